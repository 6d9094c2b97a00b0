// Written by npm run generate from provider/resources/macvlan.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Macvlan takes. */
export interface MacvlanArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  name?: pulumi.Input<string>;

  /** The interface that it stands on, in the host's own namespace whatever `namespace` is; no bridge's port. When that one goes, it goes too. */
  parent: pulumi.Input<string>;

  /** Whom it reaches beside what is behind the parent: `bridge`: the others on the parent; `private`: none of them; `vepa`: them too, where the switch behind the parent sends their frames back; `passthru`: it is the only one on the parent and has its Ethernet address. Default `bridge`. */
  mode?: pulumi.Input<"bridge" | "private" | "vepa" | "passthru">;

  /** Its addresses with prefix lengths; all others are removed. Default none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** The default route's gateway by it; one address, or one of each family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** Its Ethernet address. Default: made from stack, host, namespace and name, the same at every run; in mode `passthru` the parent's. */
  mac?: pulumi.Input<string>;

  /** Bytes, at most the parent's. Left out, it is not managed: it starts with the parent's. */
  mtu?: pulumi.Input<number>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;
}

/** An interface of its own on the network of a host's interface: a container with it is in the host's LAN, with its own Ethernet and IP address, as Docker's driver `macvlan` makes it. It does not reach the host itself by the parent, nor the host it: the kernel passes nothing between the two. */
export class Macvlan extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  declare readonly name: pulumi.Output<string>;

  /** The interface that it stands on, in the host's own namespace whatever `namespace` is; no bridge's port. When that one goes, it goes too. */
  declare readonly parent: pulumi.Output<string>;

  /** Whom it reaches beside what is behind the parent: `bridge`: the others on the parent; `private`: none of them; `vepa`: them too, where the switch behind the parent sends their frames back; `passthru`: it is the only one on the parent and has its Ethernet address. Default `bridge`. */
  declare readonly mode: pulumi.Output<"bridge" | "private" | "vepa" | "passthru">;

  /** Its addresses with prefix lengths; all others are removed. Default none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** The default route's gateway by it; one address, or one of each family. */
  declare readonly gateway: pulumi.Output<string | string[] | undefined>;

  /** Its Ethernet address. Default: made from stack, host, namespace and name, the same at every run; in mode `passthru` the parent's. */
  declare readonly mac: pulumi.Output<string>;

  /** Bytes, at most the parent's. Left out, it is not managed: it starts with the parent's. */
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
