// Written by npm run generate from provider/resources/ipvlan.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Ipvlan takes. */
export interface IpvlanArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  name?: pulumi.Input<string>;

  /** The interface that it stands on, in the host's own namespace whatever `namespace` is; no bridge's port, and with no Macvlan on it. When that one goes, it goes too. */
  parent: pulumi.Input<string>;

  /** `l2`: it is in the parent's network; `l3`: the host's kernel routes between it and the parent, without ARP and broadcasts; `l3s`: the same, and the host's firewall sees its packets. All on one parent have the same: the last one set holds for all. Default `l2`. */
  mode?: pulumi.Input<"l2" | "l3" | "l3s">;

  /** Whether it reaches the others on the parent: `bridge`: yes; `private`: no; `vepa`: where what is behind the parent sends their frames back. All on one parent have the same: the last one set holds for all. Default `bridge`. */
  flag?: pulumi.Input<"bridge" | "private" | "vepa">;

  /** Its addresses with prefix lengths; all others are removed. By them the kernel tells what is for it. Default none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** The default route's gateway by it; one address, or one of each family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** Bytes. Left out, it is not managed: it follows the parent's. */
  mtu?: pulumi.Input<number>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;
}

/** An interface on the network of a host's interface, with IP addresses of its own and the parent's Ethernet address: for networks that let each port have one Ethernet address only. As with a Macvlan, the kernel passes nothing between it and the host by the parent. */
export class Ipvlan extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  declare readonly name: pulumi.Output<string>;

  /** The interface that it stands on, in the host's own namespace whatever `namespace` is; no bridge's port, and with no Macvlan on it. When that one goes, it goes too. */
  declare readonly parent: pulumi.Output<string>;

  /** `l2`: it is in the parent's network; `l3`: the host's kernel routes between it and the parent, without ARP and broadcasts; `l3s`: the same, and the host's firewall sees its packets. All on one parent have the same: the last one set holds for all. Default `l2`. */
  declare readonly mode: pulumi.Output<"l2" | "l3" | "l3s">;

  /** Whether it reaches the others on the parent: `bridge`: yes; `private`: no; `vepa`: where what is behind the parent sends their frames back. All on one parent have the same: the last one set holds for all. Default `bridge`. */
  declare readonly flag: pulumi.Output<"bridge" | "private" | "vepa">;

  /** Its addresses with prefix lengths; all others are removed. By them the kernel tells what is for it. Default none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** The default route's gateway by it; one address, or one of each family. */
  declare readonly gateway: pulumi.Output<string | string[] | undefined>;

  /** Bytes. Left out, it is not managed: it follows the parent's. */
  declare readonly mtu: pulumi.Output<number | undefined>;

  /** Whether the interface is up. Default true. */
  declare readonly up: pulumi.Output<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;

  /** The number that its kernel gives the interface (of a pair: the first end); another one when it was made anew. */
  declare readonly ifindex: pulumi.Output<number>;

  /** `true`, unless somebody took off the mark by which it is known as the stack's (its alias, its group), or renamed the interface or moved it to another namespace. */
  declare readonly marked: pulumi.Output<boolean>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
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
