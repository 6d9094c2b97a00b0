// Written by npm run generate from provider/resources/sysctl.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Sysctl. */
export interface SysctlArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** The setting, such as `net.ipv4.ip_forward`. Use slashes if a part contains a dot: `net/ipv4/conf/eth0.5/forwarding`. */
  key: pulumi.Input<string>;

  /** The value. Separate several numbers with spaces. */
  value: pulumi.Input<string | number>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;
}

/** A kernel setting. Deleting it restores the value that was found when it was created. Several stacks can hold the same setting of a host at the same value: deleting the last one restores the original value. If a rule of the same program needs the setting (`net.ipv4.ip_forward`), it is left unchanged. */
export class Sysctl extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** The setting, such as `net.ipv4.ip_forward`. Use slashes if a part contains a dot: `net/ipv4/conf/eth0.5/forwarding`. */
  declare readonly key: pulumi.Output<string>;

  /** The value. Separate several numbers with spaces. */
  declare readonly value: pulumi.Output<string | number>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** The original value, found when the resource was created. Deleting the resource restores it. */
  declare readonly found: pulumi.Output<string>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
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
