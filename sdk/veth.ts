// Written by npm run generate from provider/resources/veth.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The other end of the veth pair. */
export interface VethPeerArgs {
  /** Interface name of the other end. */
  name: pulumi.Input<string>;

  /** The other end's network namespace. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Gateway of the default route through this end: one address, or one per address family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run. */
  mac?: pulumi.Input<string>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** The bridge, in the same namespace, that the interface is a port of. Default: none. */
  bridge?: pulumi.Input<string>;

  /** As a bridge port: allow frames to be sent back through the port they came from. Default false. */
  hairpin?: pulumi.Input<boolean>;

  /** As a bridge port: exchange frames only with ports that are not isolated. Default false. */
  isolated?: pulumi.Input<boolean>;
}

/** The other end of the veth pair. */
export interface VethPeer {
  /** Interface name of the other end. */
  name: string;

  /** The other end's network namespace. Default: the host's own. */
  namespace?: string;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  addresses: string[];

  /** Gateway of the default route through this end: one address, or one per address family. */
  gateway?: string | string[];

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run. */
  mac?: string;

  /** Whether the interface is up. Default true. */
  up: boolean;

  /** The bridge, in the same namespace, that the interface is a port of. Default: none. */
  bridge?: string;

  /** As a bridge port: allow frames to be sent back through the port they came from. Default false. */
  hairpin: boolean;

  /** As a bridge port: exchange frames only with ports that are not isolated. Default false. */
  isolated: boolean;
}

/** The arguments of Veth. */
export interface VethArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Interface name of this end, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  name?: pulumi.Input<string>;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Gateway of the default route through this end: one address, or one per address family. */
  gateway?: pulumi.Input<string | pulumi.Input<string>[]>;

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run. */
  mac?: pulumi.Input<string>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** The bridge, in the same namespace, that the interface is a port of. Default: none. */
  bridge?: pulumi.Input<string>;

  /** As a bridge port: allow frames to be sent back through the port they came from. Default false. */
  hairpin?: pulumi.Input<boolean>;

  /** As a bridge port: exchange frames only with ports that are not isolated. Default false. */
  isolated?: pulumi.Input<boolean>;

  /** MTU of both ends in bytes. Default 1500. */
  mtu?: pulumi.Input<number>;

  /** The other end of the veth pair. */
  peer: pulumi.Input<VethPeerArgs>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A veth pair: a virtual cable with an interface at each end, each in a namespace of its own. It connects a container to a bridge. */
export class Veth extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Interface name of this end, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  declare readonly name: pulumi.Output<string>;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Gateway of the default route through this end: one address, or one per address family. */
  declare readonly gateway: pulumi.Output<string | string[] | undefined>;

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run. */
  declare readonly mac: pulumi.Output<string>;

  /** Whether the interface is up. Default true. */
  declare readonly up: pulumi.Output<boolean>;

  /** The bridge, in the same namespace, that the interface is a port of. Default: none. */
  declare readonly bridge: pulumi.Output<string | undefined>;

  /** As a bridge port: allow frames to be sent back through the port they came from. Default false. */
  declare readonly hairpin: pulumi.Output<boolean>;

  /** As a bridge port: exchange frames only with ports that are not isolated. Default false. */
  declare readonly isolated: pulumi.Output<boolean>;

  /** MTU of both ends in bytes. Default 1500. */
  declare readonly mtu: pulumi.Output<number>;

  /** The other end of the veth pair. */
  declare readonly peer: pulumi.Output<VethPeer>;

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
