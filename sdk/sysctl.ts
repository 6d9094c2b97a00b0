// Written by npm run generate from provider/resources/sysctl.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Sysctl takes. */
export interface SysctlArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** The setting: `net.ipv4.ip_forward`; with slashes where a part has a dot in it: `net/ipv4/conf/eth0.5/forwarding`. */
  key: pulumi.Input<string>;

  /** Its value; several numbers are separated by spaces. */
  value: pulumi.Input<string | number>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;
}

/** A kernel setting. Deleting it puts back the value that was found when it was made. Several stacks can hold the same setting of a host at the same value: the last one that goes puts it back. Where a rule of the same program needs it (`net.ipv4.ip_forward`), it stays as it is. */
export class Sysctl extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** The setting: `net.ipv4.ip_forward`; with slashes where a part has a dot in it: `net/ipv4/conf/eth0.5/forwarding`. */
  declare readonly key: pulumi.Output<string>;

  /** Its value; several numbers are separated by spaces. */
  declare readonly value: pulumi.Output<string | number>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** The value that was found when the resource was made, and that deleting it puts back. */
  declare readonly found: pulumi.Output<string>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: SysctlArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Sysctl",
        properties: ["host", "namespace", "key", "value", "adopt", "found"],
        deletedWith: ["namespace"],
      },
      name,
      args,
      options,
    );
  }
}
