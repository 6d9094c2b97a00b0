import * as pulumi from "@pulumi/pulumi";
import { Bridge } from "../bridge.js";
import { Containers, nameOf, nameOfAttached, portName, tooLong, withLengths } from "../containers.js";
import { LinuxnetComponent } from "../linuxnet-component.js";
import { MasqueradeRule } from "../masquerade-rule.js";
import { Namespace } from "../namespace.js";
import { PortForward } from "../port-forward.js";
import { Addresses, type Family, type Subnet, eachOf, familyOf, subnetsOf } from "../subnet.js";
import { Veth } from "../veth.js";
import type { AttachArgs, Attachment, ContainerNetworkArgs, PublishArgs } from "./container-network-args.js";

/**
 * Docker's default network in one statement: a bridge with the containers' gateway, and source NAT for outgoing packets.
 * `attach` connects a container, `publish` forwards a port of the host to it. Its children are ordinary resources.
 */
export class ContainerNetwork extends LinuxnetComponent {
  /** The bridge. */
  readonly bridge: Bridge;

  /** Source NAT for outgoing packets, one rule per subnet; none with `internal` or `masquerade: false`. */
  readonly masqueradeRules: readonly MasqueradeRule[];

  /** The subnets. */
  readonly subnets: readonly string[];

  /** The host's addresses on the bridge, without prefix lengths. */
  readonly gateways: readonly string[];

  readonly #name: string;
  readonly #args: ContainerNetworkArgs;
  readonly #subnets: readonly Subnet[];
  readonly #containers: Containers;

  /**
   * @param name The component's name in Pulumi, and the prefix of its children's names.
   * @param args The component's arguments.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: ContainerNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("ContainerNetwork", name, options);
    const { host, internal = false, masquerade = !internal, exceptDestinations = [] } = args;
    const subnets = this.checked("subnet", () => subnetsOf(args.subnet));
    this.#name = name;
    this.#args = args;
    this.#subnets = subnets;
    const each = subnets.map((subnet) => new Addresses(subnet));
    this.#containers = new Containers(each);
    const given = this.checked("gateway", () => eachOf(subnets, args.gateway));
    // Kept free on an internal network too: whoever makes it one changes no container's address.
    const gateways = this.checked("gateway", () =>
      each.map((addresses, index) => addresses.take(given[index] ?? addresses.subnet.first, "the gateway")),
    );
    this.subnets = subnets.map(String);
    this.gateways = gateways.filter((_, index) => !internal || given[index] !== undefined);
    if (internal && masquerade)
      this.refuse("masquerade", "can't be true on an internal network, which has no way out: leave one of them out");

    const bridgeName = args.name ?? name;
    const problem = tooLong(bridgeName);
    if (problem) this.refuse("name", problem);
    this.bridge = new Bridge(
      `${name}-bridge`,
      {
        host,
        name: bridgeName,
        addresses: withLengths(subnets, this.gateways),
        ...mtuOf(args),
        ...(args.allowLockout !== undefined && { allowLockout: args.allowLockout }),
      },
      { parent: this },
    );
    const destinations = this.checked("exceptDestinations", () => networksOf(exceptDestinations, subnets));
    this.masqueradeRules = (masquerade ? subnets : []).map((subnet) => {
      const kept = destinations.filter((destination) => familyOf(destination) === subnet.family);
      return new MasqueradeRule(
        `${name}-masquerade${suffix(subnet.family)}`,
        {
          host,
          source: subnet.toString(),
          exceptOutInterface: this.bridge.name,
          ...(kept.length > 0 && { exceptDestinations: kept }),
        },
        { parent: this },
      );
    });
    this.registerOutputs({ bridge: this.bridge.name, subnets: this.subnets, gateways: this.gateways });
  }

  /**
   * Connects a container: creates a veth pair from its namespace to the bridge, with an address of each subnet and the
   * default route.
   *
   * @param namespace The container's Namespace, or the name of a namespace.
   * @param args How the container is attached.
   * @param options Pulumi's resource options, for the Veth.
   */
  attach(
    namespace: Namespace | pulumi.Input<string>,
    args: AttachArgs = {},
    options?: pulumi.CustomResourceOptions,
  ): Attachment {
    const container = this.checked("attach", () => nameOfAttached(namespace, args));
    const step = `attach ${JSON.stringify(container)}`;
    if (this.#containers.get(container))
      this.refuse(step, "it is attached already; give another one another name by `container`");
    const { host, internal = false, icc = true } = this.#args;
    const { defaultRoute = !internal } = args;
    if (defaultRoute && this.gateways.length < this.subnets.length)
      this.refuse(`${step}: defaultRoute`, "can't be true on an internal network, which leads nowhere: leave it out");
    const addresses = this.checked(`${step}: address`, () => this.#containers.choose(container, args.address));
    const veth = new Veth(
      `${this.#name}-${container}`,
      {
        host,
        namespace: namespace instanceof Namespace ? namespace.name : namespace,
        name: args.name ?? "eth0",
        addresses: withLengths(this.#subnets, addresses),
        ...(defaultRoute && { gateway: [...this.gateways] }),
        ...(args.mac !== undefined && { mac: args.mac }),
        ...mtuOf(this.#args),
        peer: {
          name: args.port ?? portName(this.#hostsName, container),
          bridge: this.bridge.name,
          // For a container that asks for its own published port.
          hairpin: true,
          isolated: !icc,
        },
      },
      { parent: this, ...options },
    );
    return this.#containers.add(container, veth, addresses);
  }

  /**
   * Forwards a port of the host to an attached container; on a dual-stack network, for both address families.
   *
   * @param container The result of `attach`, the container's Namespace, or its name in this network.
   * @param args The port to publish.
   * @param options Pulumi's resource options, for each PortForward.
   */
  publish(
    container: Attachment | Namespace | pulumi.Input<string>,
    args: PublishArgs,
    options?: pulumi.CustomResourceOptions,
  ): PortForward[] {
    const name = nameOf(container);
    const attachment = name === undefined ? undefined : this.#containers.get(name);
    const step = `publish ${name === undefined ? "" : JSON.stringify(name)}`.trim();
    if (!attachment)
      return this.refuse(
        step,
        `no such container is attached (attached: ${this.#containers.names.join(", ") || "none"}); attach it first`,
      );
    if (this.#args.internal) this.refuse(step, "nothing can be published on an internal network");
    const { protocol = "tcp", listenAddress, listenPort, localhost, family, ...others } = args;
    const part = args.name ?? partName(protocol, listenAddress, listenPort);
    if (part === undefined)
      return this.refuse(`${step}: name`, "is needed where the port or the address to listen on is an output");
    return this.checked(step, () => this.#familiesOf(family, listenAddress)).map(
      (family) =>
        new PortForward(
          `${this.#name}-${attachment.container}-${part}${suffix(family)}`,
          {
            host: this.#args.host,
            protocol,
            listenPort,
            ...(listenAddress !== undefined && { listenAddress }),
            exceptInInterface: this.bridge.name,
            targetAddress: attachment.addresses.find((address) => familyOf(address) === family)!,
            ...(others.targetPort !== undefined && { targetPort: others.targetPort }),
            ...(others.hairpin !== undefined && { hairpin: others.hairpin }),
            // IPv6 has none.
            ...(localhost !== undefined && family === 4 && { localhost }),
          },
          { parent: this, ...options },
        ),
    );
  }

  /** What the network is called on its host, where the program knows it. */
  get #hostsName(): string {
    return typeof this.#args.name === "string" ? this.#args.name : this.#name;
  }

  #familiesOf(family: Family | undefined, listenAddress: PublishArgs["listenAddress"]): Family[] {
    const families = this.#subnets.map(({ family }) => family);
    if (family === undefined && listenAddress === undefined) return families;
    if (family === undefined && typeof listenAddress !== "string") {
      if (families.length === 1) return families;
      throw new Error("listenAddress is an output, whose address family is not known yet; say which one by `family`");
    }
    const only = family ?? familyOf(listenAddress as string);
    if (!families.includes(only))
      throw new Error(`there is no IPv${only} on this network, which has ${this.subnets.join(" and ")}`);
    return [only];
  }
}

/** Networks that somebody gave, each of a family that the subnets have. */
function networksOf(given: readonly unknown[], subnets: readonly Subnet[]): string[] {
  return given.map((destination) => {
    if (typeof destination !== "string")
      throw new Error("takes plain texts, such as 10.1.0.0/16: each family's go to a rule of their own");
    if (!subnets.some(({ family }) => family === familyOf(destination)))
      throw new Error(`${destination} is of no family that the network has: leave it out`);
    return destination;
  });
}

/** IPv6 beside IPv4: a network that gets its second family makes nothing anew of its first. */
const suffix = (family: Family) => (family === 6 ? "-ipv6" : "");

const mtuOf = ({ mtu }: ContainerNetworkArgs) => (mtu === undefined ? {} : { mtu });

function partName(protocol: string, address: unknown, port: unknown): string | undefined {
  if (typeof port !== "string" && typeof port !== "number") return undefined;
  if (address !== undefined && typeof address !== "string") return undefined;
  return [protocol, ...(address === undefined ? [] : [address.replaceAll(":", "-")]), port].join("-");
}
