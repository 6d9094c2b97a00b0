// Written by npm run generate from provider/resources/vxlan.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Vxlan. */
export interface VxlanArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  name?: pulumi.Input<string>;

  /** The identifier of the layer-2 network (VNI), the same on all of its hosts: 0 to 16777215. */
  id: pulumi.Input<number>;

  /** The host's own address, the source of its packets. The other hosts list it in their `remotes`. */
  local: pulumi.Input<string>;

  /** The addresses of the other hosts. Each gets a copy of broadcast, multicast and unknown unicast frames. A change adds and removes individual entries without affecting the others. Default: none. */
  remotes?: pulumi.Input<pulumi.Input<string>[]>;

  /** Instead of `remotes`: the multicast group for broadcast, multicast and unknown unicast frames. Requires `device`. */
  group?: pulumi.Input<string>;

  /** UDP port, the same on all hosts. Default 4789. */
  port?: pulumi.Input<number>;

  /** The host's interface through which its packets leave. Default: determined by the route to the other hosts. */
  device?: pulumi.Input<string>;

  /** The bridge, in the same namespace, that the interface is a port of. Default: none. */
  bridge?: pulumi.Input<string>;

  /** MTU in bytes. If left out, it is derived from the MTU of the path to the `remotes` (or of `device`, or of the interface with the address `local`), and follows it: 50 bytes less for IPv4, 70 bytes less for IPv6. */
  mtu?: pulumi.Input<number>;

  /** Whether it learns from received frames which Ethernet address is on which host. Default true. */
  learning?: pulumi.Input<boolean>;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Ethernet address. Default: derived from the stack, host and name, so that it is the same in every run. */
  mac?: pulumi.Input<string>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** An interface to a layer-2 network between hosts, carried over UDP (VXLAN); usually a bridge port. Its packets leave from the host's own namespace, whichever namespace the interface is in. */
export class Vxlan extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  declare readonly name: pulumi.Output<string>;

  /** The identifier of the layer-2 network (VNI), the same on all of its hosts: 0 to 16777215. */
  declare readonly vni: pulumi.Output<number>;

  /** The host's own address, the source of its packets. The other hosts list it in their `remotes`. */
  declare readonly local: pulumi.Output<string>;

  /** The addresses of the other hosts. Each gets a copy of broadcast, multicast and unknown unicast frames. A change adds and removes individual entries without affecting the others. Default: none. */
  declare readonly remotes: pulumi.Output<string[]>;

  /** Instead of `remotes`: the multicast group for broadcast, multicast and unknown unicast frames. Requires `device`. */
  declare readonly group: pulumi.Output<string | undefined>;

  /** UDP port, the same on all hosts. Default 4789. */
  declare readonly port: pulumi.Output<number>;

  /** The host's interface through which its packets leave. Default: determined by the route to the other hosts. */
  declare readonly device: pulumi.Output<string | undefined>;

  /** The bridge, in the same namespace, that the interface is a port of. Default: none. */
  declare readonly bridge: pulumi.Output<string | undefined>;

  /** MTU in bytes. If left out, it is derived from the MTU of the path to the `remotes` (or of `device`, or of the interface with the address `local`), and follows it: 50 bytes less for IPv4, 70 bytes less for IPv6. */
  declare readonly mtu: pulumi.Output<number | undefined>;

  /** Whether it learns from received frames which Ethernet address is on which host. Default true. */
  declare readonly learning: pulumi.Output<boolean>;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Ethernet address. Default: derived from the stack, host and name, so that it is the same in every run. */
  declare readonly mac: pulumi.Output<string>;

  /** Whether the interface is up. Default true. */
  declare readonly up: pulumi.Output<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;

  /** The kernel's index of the interface (of a veth pair: of the first end). It changes when the interface is recreated. */
  declare readonly ifindex: pulumi.Output<number>;

  /** `true`, unless somebody removed the interface's mark (its alias or group), renamed the interface or moved it to another namespace. */
  declare readonly marked: pulumi.Output<boolean>;

  /** The MTU of the interface, whether or not `mtu` is set. Interfaces connected to it should not have a larger MTU. */
  declare readonly effectiveMtu: pulumi.Output<number>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: VxlanArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Vxlan",
        properties: [
          "host",
          "namespace",
          "name",
          "vni",
          "local",
          "remotes",
          "group",
          "port",
          "device",
          "bridge",
          "mtu",
          "learning",
          "addresses",
          "mac",
          "up",
          "adopt",
          "allowLockout",
          "ifindex",
          "marked",
          "effectiveMtu",
        ],
        defaults: { remotes: [], port: 4789, learning: true, addresses: [], up: true, marked: true },
        deletedWith: ["namespace"],
        argumentNames: { vni: "id" },
      },
      name,
      args,
      options,
    );
  }
}
