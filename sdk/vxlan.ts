// Written by npm run generate from provider/resources/vxlan.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Vxlan takes. */
export interface VxlanArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  name?: pulumi.Input<string>;

  /** The number of the layer-2 network (VNI), the same on all of its hosts: 0 to 16777215. */
  id: pulumi.Input<number>;

  /** The host's own address that its packets come from; the others have it among their `remotes`. */
  local: pulumi.Input<string>;

  /** The other hosts' addresses: each gets a copy of what is for everybody. A change adds and removes single entries, and the rest goes on. Default none. */
  remotes?: pulumi.Input<pulumi.Input<string>[]>;

  /** Instead of `remotes`: the multicast group that carries what is for everybody. Needs `device`. */
  group?: pulumi.Input<string>;

  /** The UDP port, of all hosts. Default 4789. */
  port?: pulumi.Input<number>;

  /** The host's interface that its packets go out of. Default: whichever leads to the others. */
  device?: pulumi.Input<string>;

  /** The bridge that it is a port of, in its own namespace. Default none. */
  bridge?: pulumi.Input<string>;

  /** Bytes. Left out, it is what the way to the `remotes` (or `device`, or the interface with the address `local`) has room for: 50 bytes less than that for IPv4, 70 for IPv6. It then follows that one. */
  mtu?: pulumi.Input<number>;

  /** Whether it learns from arriving frames which host has which Ethernet address. Default true. */
  learning?: pulumi.Input<boolean>;

  /** Its own addresses with prefix lengths; all others are removed. Default none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Its Ethernet address. Default: made from stack, host and name, the same at every run. */
  mac?: pulumi.Input<string>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;
}

/** An interface to a layer-2 network over UDP between hosts (VXLAN), most often a bridge's port. Its packets leave from the host's own namespace, whichever the interface is in. */
export class Vxlan extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Its interface name, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  declare readonly name: pulumi.Output<string>;

  /** The number of the layer-2 network (VNI), the same on all of its hosts: 0 to 16777215. */
  declare readonly vni: pulumi.Output<number>;

  /** The host's own address that its packets come from; the others have it among their `remotes`. */
  declare readonly local: pulumi.Output<string>;

  /** The other hosts' addresses: each gets a copy of what is for everybody. A change adds and removes single entries, and the rest goes on. Default none. */
  declare readonly remotes: pulumi.Output<string[]>;

  /** Instead of `remotes`: the multicast group that carries what is for everybody. Needs `device`. */
  declare readonly group: pulumi.Output<string | undefined>;

  /** The UDP port, of all hosts. Default 4789. */
  declare readonly port: pulumi.Output<number>;

  /** The host's interface that its packets go out of. Default: whichever leads to the others. */
  declare readonly device: pulumi.Output<string | undefined>;

  /** The bridge that it is a port of, in its own namespace. Default none. */
  declare readonly bridge: pulumi.Output<string | undefined>;

  /** Bytes. Left out, it is what the way to the `remotes` (or `device`, or the interface with the address `local`) has room for: 50 bytes less than that for IPv4, 70 for IPv6. It then follows that one. */
  declare readonly mtu: pulumi.Output<number | undefined>;

  /** Whether it learns from arriving frames which host has which Ethernet address. Default true. */
  declare readonly learning: pulumi.Output<boolean>;

  /** Its own addresses with prefix lengths; all others are removed. Default none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Its Ethernet address. Default: made from stack, host and name, the same at every run. */
  declare readonly mac: pulumi.Output<string>;

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

  /** The MTU that it has, whether or not `mtu` was given: what is joined to it should have no more. */
  declare readonly effectiveMtu: pulumi.Output<number>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
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
