import * as pulumi from "@pulumi/pulumi";
import { Bridge } from "../bridge.js";
import { Containers, nameOfAttached, portName, tooLong, withLengths } from "../containers.js";
import { LinuxnetComponent } from "../linuxnet-component.js";
import { Namespace } from "../namespace.js";
import { Addresses, type Subnet, subnetsOf } from "../subnet.js";
import { Veth } from "../veth.js";
import { Vxlan } from "../vxlan.js";
import type { Attachment } from "./container-network-args.js";
import type { OverlayArgs, OverlayAttachArgs, OverlayHostArgs } from "./overlay-args.js";

/** What an Overlay has on one host. */
interface Side {
  readonly host: NonNullable<OverlayHostArgs["host"]>;
  readonly bridge: Bridge;
  readonly vxlan: Vxlan;
}

/**
 * One network of containers on several hosts, like Docker's driver `overlay`: a bridge on each host, connected by a
 * VXLAN. `attach` connects a container on any of the hosts. Its children are ordinary resources. The network has no
 * gateway: to reach other networks, a container needs another interface.
 */
export class Overlay extends LinuxnetComponent {
  /** The bridges, keyed by host name. */
  readonly bridges: Readonly<Record<string, Bridge>>;

  /** The VXLAN interfaces, keyed by host name. */
  readonly vxlans: Readonly<Record<string, Vxlan>>;

  /** The subnets. */
  readonly subnets: readonly string[];

  /** The MTU of the containers' interfaces in bytes. */
  readonly mtu: pulumi.Output<number>;

  readonly #name: string;
  readonly #subnets: readonly Subnet[];
  readonly #sides: ReadonlyMap<string, Side>;
  readonly #containers: Containers;
  readonly #portPrefix: string;

  /**
   * @param name The component's name in Pulumi, and the prefix of its children's names.
   * @param args The component's arguments.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: OverlayArgs, options?: pulumi.ComponentResourceOptions) {
    super("Overlay", name, options);
    this.#name = name;
    this.#subnets = this.checked("subnet", () => subnetsOf(args.subnet));
    this.subnets = this.#subnets.map(String);
    this.#containers = new Containers(this.#subnets.map((subnet) => new Addresses(subnet)));
    const bridgeName = args.name ?? name;
    const problem = tooLong(bridgeName, vxlanSuffix);
    if (problem) this.refuse("name", problem);
    this.#portPrefix = typeof bridgeName === "string" ? bridgeName : name;
    const hosts = this.checked("hosts", () => hostsOf(args.hosts));
    this.#sides = new Map(hosts.map((host) => [host.name, this.#side(host, hosts, bridgeName, args)]));
    const sides = [...this.#sides];
    this.bridges = Object.fromEntries(sides.map(([host, { bridge }]) => [host, bridge]));
    this.vxlans = Object.fromEntries(sides.map(([host, { vxlan }]) => [host, vxlan]));
    // A bridge tells nobody that a packet was too large: no container may send more than each of the others can get.
    this.mtu =
      args.mtu === undefined
        ? pulumi.all(sides.map(([, { vxlan }]) => vxlan.effectiveMtu)).apply((each) => Math.min(...each))
        : pulumi.output(args.mtu);
    this.registerOutputs({ subnets: this.subnets, mtu: this.mtu });
  }

  /**
   * Connects a container: creates a veth pair from its namespace to its host's bridge, with an address of each subnet.
   *
   * @param namespace The container's Namespace, or the name of a namespace.
   * @param args How the container is attached, and on which host.
   * @param options Pulumi's resource options, for the Veth.
   */
  attach(
    namespace: Namespace | pulumi.Input<string>,
    args: OverlayAttachArgs,
    options?: pulumi.CustomResourceOptions,
  ): Attachment {
    const side = this.#sides.get(args.host);
    if (!side)
      return this.refuse(
        "attach: host",
        `there is no host ${JSON.stringify(args.host)} on it (there are: ${[...this.#sides.keys()].join(", ")})`,
      );
    const called = this.checked("attach", () => nameOfAttached(namespace, args));
    // Several hosts may have containers of one name.
    const container = `${args.host}/${called}`;
    const step = `attach ${JSON.stringify(container)}`;
    if (this.#containers.get(container))
      this.refuse(step, "it is attached already; give another one another name by `container`");
    const addresses = this.checked(`${step}: address`, () => this.#containers.choose(container, args.address));
    const veth = new Veth(
      `${this.#name}-${args.host}-${called}`,
      {
        host: side.host,
        namespace: namespace instanceof Namespace ? namespace.name : namespace,
        name: args.name ?? "eth0",
        addresses: withLengths(this.#subnets, addresses),
        ...(args.mac !== undefined && { mac: args.mac }),
        mtu: this.mtu,
        peer: { name: args.port ?? portName(this.#portPrefix, called), bridge: side.bridge.name },
      },
      { parent: this, ...options },
    );
    return this.#containers.add(container, veth, addresses);
  }

  #side(
    { name, host, local }: Host,
    hosts: readonly Host[],
    bridgeName: pulumi.Input<string>,
    args: OverlayArgs,
  ): Side {
    const mtu = args.mtu === undefined ? {} : { mtu: args.mtu };
    const bridge = new Bridge(`${this.#name}-${name}-bridge`, { host, name: bridgeName, ...mtu }, { parent: this });
    const vxlan = new Vxlan(
      `${this.#name}-${name}-vxlan`,
      {
        host,
        name: pulumi.interpolate`${bridgeName}${vxlanSuffix}`,
        id: args.id,
        local,
        remotes: hosts.filter((other) => other.name !== name).map((other) => other.local),
        ...(args.port !== undefined && { port: args.port }),
        bridge: bridge.name,
        ...mtu,
      },
      { parent: this },
    );
    return { host, bridge, vxlan };
  }
}

const vxlanSuffix = "-vx";

/** A host as it was given, with what it is called. */
interface Host {
  readonly name: string;
  readonly host: NonNullable<OverlayHostArgs["host"]>;
  readonly local: pulumi.Input<string>;
}

function hostsOf(given: OverlayArgs["hosts"]): Host[] {
  const names = Object.keys(given);
  if (names.length === 0) throw new Error("has none; give each host's address on the network between them");
  return names.map((name) => {
    const value = given[name]!;
    const args = isHostArgs(value) ? value : { local: value };
    return { name, host: args.host ?? name, local: args.local };
  });
}

const isHostArgs = (value: pulumi.Input<string> | OverlayHostArgs): value is OverlayHostArgs =>
  typeof value === "object" && "local" in value && !pulumi.Output.isInstance(value);
