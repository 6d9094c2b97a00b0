// Written by npm run generate from provider/resources/macvlan.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Macvlan. */
export interface MacvlanArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  name?: pulumi.Input<string>;

  /** The parent interface. It must be in the host's own namespace, whatever `namespace` is, and must not be a bridge port. If the parent is deleted, this interface is deleted too. */
  parent: pulumi.Input<string>;

  /** Which other Macvlans it can reach, in addition to the network behind the parent. `bridge`: those on the same parent; `private`: none of them; `vepa`: those on the same parent, if the switch behind the parent sends their frames back; `passthru`: it is the only Macvlan on the parent and has the parent's Ethernet address. Default `bridge`. */
  mode?: pulumi.Input<"bridge" | "private" | "vepa" | "passthru">;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Gateway of the default route through this interface: one address, or one per address family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run; in mode `passthru`, the parent's. */
  mac?: pulumi.Input<string>;

  /** MTU in bytes, at most the parent's. If left out, it is not managed: its initial value is the parent's. */
  mtu?: pulumi.Input<number>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** An interface on the network of a host's interface, with Ethernet and IP addresses of its own: it places a container directly in the host's LAN, like Docker's driver `macvlan`. It and the host cannot reach each other through the parent, because the kernel does not forward packets between the two. */
export class Macvlan extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  declare readonly name: pulumi.Output<string>;

  /** The parent interface. It must be in the host's own namespace, whatever `namespace` is, and must not be a bridge port. If the parent is deleted, this interface is deleted too. */
  declare readonly parent: pulumi.Output<string>;

  /** Which other Macvlans it can reach, in addition to the network behind the parent. `bridge`: those on the same parent; `private`: none of them; `vepa`: those on the same parent, if the switch behind the parent sends their frames back; `passthru`: it is the only Macvlan on the parent and has the parent's Ethernet address. Default `bridge`. */
  declare readonly mode: pulumi.Output<"bridge" | "private" | "vepa" | "passthru">;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Gateway of the default route through this interface: one address, or one per address family. */
  declare readonly gateway: pulumi.Output<string | string[] | undefined>;

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run; in mode `passthru`, the parent's. */
  declare readonly mac: pulumi.Output<string>;

  /** MTU in bytes, at most the parent's. If left out, it is not managed: its initial value is the parent's. */
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
  constructor(name: string, args: MacvlanArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Macvlan",
        properties: [
          "host",
          "namespace",
          "name",
          "parent",
          "mode",
          "addresses",
          "gateway",
          "mac",
          "mtu",
          "up",
          "adopt",
          "allowLockout",
          "ifindex",
          "marked",
        ],
        defaults: { mode: "bridge", addresses: [], up: true, marked: true },
        deletedWith: ["namespace", "parent"],
      },
      name,
      args,
      options,
    );
  }
}
