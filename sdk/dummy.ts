// Written by npm run generate from provider/resources/dummy.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Dummy. */
export interface DummyArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  name?: pulumi.Input<string>;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run. */
  mac?: pulumi.Input<string>;

  /** MTU in bytes. Default 1500. */
  mtu?: pulumi.Input<number>;

  /** Whether the interface is up. Default true. */
  up?: pulumi.Input<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A dummy interface: it drops all packets that are sent through it. Its addresses belong to the host or container whichever cables are plugged in, as those of a router's loopback do. */
export class Dummy extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Interface name, at most 15 characters. Default: the Pulumi name, if it is a valid interface name. */
  declare readonly name: pulumi.Output<string>;

  /** IP addresses of the interface, with prefix lengths. All other addresses are removed. Default: none. */
  declare readonly addresses: pulumi.Output<string[]>;

  /** Ethernet address. Default: derived from the stack, host, namespace and name, so that it is the same in every run. */
  declare readonly mac: pulumi.Output<string>;

  /** MTU in bytes. Default 1500. */
  declare readonly mtu: pulumi.Output<number>;

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
  constructor(name: string, args: DummyArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Dummy",
        properties: [
          "host",
          "namespace",
          "name",
          "addresses",
          "mac",
          "mtu",
          "up",
          "adopt",
          "allowLockout",
          "ifindex",
          "marked",
        ],
        defaults: { addresses: [], mtu: 1500, up: true, marked: true },
        deletedWith: ["namespace"],
      },
      name,
      args,
      options,
    );
  }
}
