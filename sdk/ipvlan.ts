// Written by npm run generate from provider/resources/ipvlan.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Ipvlan. */
export interface IpvlanArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  name?: pulumi.Input<string>;

  /** The parent interface. It must be in the host's own namespace, whatever `namespace` is, and must not be a bridge port or the parent of a Macvlan. If the parent is deleted, this interface is deleted too. */
  parent: pulumi.Input<string>;

  /** `l2`: the interface is in the parent's layer-2 network; `l3`: the host's kernel routes between it and the parent, without ARP and broadcasts; `l3s`: like `l3`, but its packets pass the host's firewall. All ipvlan interfaces on one parent share the mode: the last one set applies to all. Default `l2`. */
  mode?: pulumi.Input<"l2" | "l3" | "l3s">;

  /** Whether it can reach the other ipvlan interfaces on the parent: `bridge`: yes; `private`: no; `vepa`: only if the switch behind the parent sends their frames back. All ipvlan interfaces on one parent share the flag: the last one set applies to all. Default `bridge`. */
  flag?: pulumi.Input<"bridge" | "private" | "vepa">;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. The kernel uses them to decide which packets are for this interface. Default: none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Gateway of the default route through this interface: one address, or one per address family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** MTU in bytes. If left out, it is not managed: it follows the parent's. */
  mtu?: pulumi.Input<number>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** An interface on the network of a host's interface, with IP addresses of its own but the parent's Ethernet address. Use it on networks that allow only one Ethernet address per port. As with a Macvlan, the kernel does not forward packets between this interface and the host through the parent. */
export class Ipvlan extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  declare readonly name: pulumi.Output<string>;

  /** The parent interface. It must be in the host's own namespace, whatever `namespace` is, and must not be a bridge port or the parent of a Macvlan. If the parent is deleted, this interface is deleted too. */
  declare readonly parent: pulumi.Output<string>;

  /** `l2`: the interface is in the parent's layer-2 network; `l3`: the host's kernel routes between it and the parent, without ARP and broadcasts; `l3s`: like `l3`, but its packets pass the host's firewall. All ipvlan interfaces on one parent share the mode: the last one set applies to all. Default `l2`. */
  declare readonly mode: pulumi.Output<"l2" | "l3" | "l3s">;

  /** Whether it can reach the other ipvlan interfaces on the parent: `bridge`: yes; `private`: no; `vepa`: only if the switch behind the parent sends their frames back. All ipvlan interfaces on one parent share the flag: the last one set applies to all. Default `bridge`. */
  declare readonly flag: pulumi.Output<"bridge" | "private" | "vepa">;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. The kernel uses them to decide which packets are for this interface. Default: none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Gateway of the default route through this interface: one address, or one per address family. */
  declare readonly gateway: pulumi.Output<string | string[] | undefined>;

  /** MTU in bytes. If left out, it is not managed: it follows the parent's. */
  declare readonly mtu: pulumi.Output<number | undefined>;

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

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: IpvlanArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Ipvlan",
        properties: [
          "host",
          "namespace",
          "name",
          "parent",
          "mode",
          "flag",
          "addresses",
          "gateway",
          "mtu",
          "up",
          "adopt",
          "allowLockout",
          "ifindex",
          "marked",
        ],
        defaults: { mode: "l2", flag: "bridge", addresses: [], up: true, marked: true },
        deletedWith: ["namespace", "parent"],
      },
      name,
      args,
      options,
    );
  }
}
