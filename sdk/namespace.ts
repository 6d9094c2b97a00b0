// Written by npm run generate from provider/resources/namespace.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Namespace takes. */
export interface NamespaceArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** Its name, a file in /run/netns. Default: the Pulumi name, where that is a valid one. */
  name?: pulumi.Input<string>;

  /** Kernel settings inside it: `net.…` keys to values, as in sysctl(8). Keys left out are not managed. */
  sysctls?: pulumi.Input<Record<string, pulumi.Input<string | number>>>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;
}

/** A named network namespace, as `ip netns add` makes it: the network side of a container. Its `lo` is always up. Deleting it first deletes the links that this stack made in it, so that nothing lives on where a process is still inside. */
export class Namespace extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** Its name, a file in /run/netns. Default: the Pulumi name, where that is a valid one. */
  declare readonly name: pulumi.Output<string>;

  /** Kernel settings inside it: `net.…` keys to values, as in sysctl(8). Keys left out are not managed. */
  declare readonly sysctls: pulumi.Output<Record<string, string | number> | undefined>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** The file that stands for the namespace: `/run/netns/NAME`. */
  declare readonly path: pulumi.Output<string>;

  /** `up`, unless `lo` in it was set down by hand. */
  declare readonly loopback: pulumi.Output<string>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: NamespaceArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Namespace",
        properties: ["host", "name", "sysctls", "adopt", "path", "loopback"],
        defaults: { loopback: "up" },
        diesWith: [],
      },
      name,
      args,
      options,
    );
  }
}
