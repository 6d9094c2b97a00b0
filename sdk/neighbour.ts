// Written by npm run generate from provider/resources/neighbour.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Neighbour. */
export interface NeighbourArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** The interface that the neighbour is reached by. */
  device: pulumi.Input<string>;

  /** The neighbour's IP address, IPv4 or IPv6. */
  address: pulumi.Input<string>;

  /** The neighbour's Ethernet address. */
  mac: pulumi.Input<string>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A permanent neighbour entry: which Ethernet address an IP address has, without asking the network. */
export class Neighbour extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** The interface that the neighbour is reached by. */
  declare readonly device: pulumi.Output<string>;

  /** The neighbour's IP address, IPv4 or IPv6. */
  declare readonly address: pulumi.Output<string>;

  /** The neighbour's Ethernet address. */
  declare readonly mac: pulumi.Output<string>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: NeighbourArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Neighbour",
        properties: ["host", "namespace", "device", "address", "mac", "adopt", "allowLockout"],
        deletedWith: ["namespace", "device"],
      },
      name,
      args,
      options,
    );
  }
}
