// Written by npm run generate from provider/resources/veth.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The other end of the pair. */
export interface VethPeerArgs {
  /** Interface name of the other end. */
  name: pulumi.Input<string>;

  /** The other end's network namespace. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Its addresses with prefix lengths; all others are removed. Default none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** The default route's gateway by this end; one address, or one of each family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** Its Ethernet address. Default: made from stack, host, namespace and name, the same at every run. */
  mac?: pulumi.Input<string>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** The bridge that it is a port of, in its own namespace. Default none. */
  bridge?: pulumi.Input<string>;

  /** As a bridge's port: may send a frame back where it came from. Default false. */
  hairpin?: pulumi.Input<boolean>;

  /** As a bridge's port: exchanges frames with ports that are not isolated only. Default false. */
  isolated?: pulumi.Input<boolean>;
}

/** The other end of the pair. */
export interface VethPeer {
  /** Interface name of the other end. */
  name: string;

  /** The other end's network namespace. Default: the host's own. */
  namespace?: string;

  /** Its addresses with prefix lengths; all others are removed. Default none. */
  addresses: string[];

  /** The default route's gateway by this end; one address, or one of each family. */
  gateway?: string | string[];

  /** Its Ethernet address. Default: made from stack, host, namespace and name, the same at every run. */
  mac?: string;

  /** Whether the interface is up. Default true. */
  up: boolean;

  /** The bridge that it is a port of, in its own namespace. Default none. */
  bridge?: string;

  /** As a bridge's port: may send a frame back where it came from. Default false. */
  hairpin: boolean;

  /** As a bridge's port: exchanges frames with ports that are not isolated only. Default false. */
  isolated: boolean;
}

/** What a Veth takes. */
export interface VethArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Interface name of this end, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  name?: pulumi.Input<string>;

  /** Its addresses with prefix lengths; all others are removed. Default none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** The default route's gateway by this end; one address, or one of each family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** Its Ethernet address. Default: made from stack, host, namespace and name, the same at every run. */
  mac?: pulumi.Input<string>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** The bridge that it is a port of, in its own namespace. Default none. */
  bridge?: pulumi.Input<string>;

  /** As a bridge's port: may send a frame back where it came from. Default false. */
  hairpin?: pulumi.Input<boolean>;

  /** As a bridge's port: exchanges frames with ports that are not isolated only. Default false. */
  isolated?: pulumi.Input<boolean>;

  /** Bytes, for both ends. Default 1500. */
  mtu?: pulumi.Input<number>;

  /** The other end of the pair. */
  peer: pulumi.Input<VethPeerArgs>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A veth pair: a cable with an interface at each end, each in its own namespace; the way from a container to a bridge. */
export class Veth extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Interface name of this end, at most 15 characters. Default: the Pulumi name, where that is a valid one. */
  declare readonly name: pulumi.Output<string>;

  /** Its addresses with prefix lengths; all others are removed. Default none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** The default route's gateway by this end; one address, or one of each family. */
  declare readonly gateway: pulumi.Output<string | string[] | undefined>;

  /** Its Ethernet address. Default: made from stack, host, namespace and name, the same at every run. */
  declare readonly mac: pulumi.Output<string>;

  /** Whether the interface is up. Default true. */
  declare readonly up: pulumi.Output<boolean>;

  /** The bridge that it is a port of, in its own namespace. Default none. */
  declare readonly bridge: pulumi.Output<string | undefined>;

  /** As a bridge's port: may send a frame back where it came from. Default false. */
  declare readonly hairpin: pulumi.Output<boolean>;

  /** As a bridge's port: exchanges frames with ports that are not isolated only. Default false. */
  declare readonly isolated: pulumi.Output<boolean>;

  /** Bytes, for both ends. Default 1500. */
  declare readonly mtu: pulumi.Output<number>;

  /** The other end of the pair. */
  declare readonly peer: pulumi.Output<VethPeer>;

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
  constructor(name: string, args: VethArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Veth",
        properties: [
          "host",
          "namespace",
          "name",
          "addresses",
          "gateway",
          "mac",
          "up",
          "bridge",
          "hairpin",
          "isolated",
          "mtu",
          "peer",
          "adopt",
          "allowLockout",
          "ifindex",
          "marked",
        ],
        defaults: { addresses: [], up: true, hairpin: false, isolated: false, mtu: 1500, marked: true },
        partDefaults: { peer: { addresses: [], up: true, hairpin: false, isolated: false } },
        deletedWith: ["namespace", "peer.namespace"],
      },
      name,
      args,
      options,
    );
  }
}
