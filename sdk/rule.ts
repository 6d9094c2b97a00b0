// Written by npm run generate from provider/resources/rule.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Rule takes. */
export interface RuleArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Rules are asked in the order of their priorities, the lowest first. The kernel's own look into `local` at 0, `main` at 32766 and `default` at 32767. */
  priority: pulumi.Input<number>;

  /** For packets from this network, IPv4 or IPv6. */
  from?: pulumi.Input<string>;

  /** For packets to this network. */
  to?: pulumi.Input<string>;

  /** For packets that came in by this interface; `lo`: those of the host itself. It need not be there yet. */
  iif?: pulumi.Input<string>;

  /** For packets of programs that are bound to this interface. It need not be there yet. */
  oif?: pulumi.Input<string>;

  /** For packets with this mark, which a firewall gave them: a number, or with a mask `"0x1/0xff"`. */
  fwmark?: pulumi.Input<number | string>;

  /** For all packets but those. Default false. */
  not?: pulumi.Input<boolean>;

  /** Which packets it is for, where neither `from` nor `to` says it. Default: as they say, or `ipv4`. */
  family?: pulumi.Input<"ipv4" | "ipv6">;

  /** The routing table that is looked into: `main`, `local`, `default` or a number. Where it has no route for the packet, the next rule is asked. */
  table?: pulumi.Input<"main" | "local" | "default" | number>;

  /** Routes of the table whose prefix is no longer than this don't count. 0: the table without its default route. */
  suppressPrefixLength?: pulumi.Input<number>;

  /** `lookup` looks into the table; `blackhole` drops silently; `unreachable` and `prohibit` drop with an ICMP error. Default `lookup`. */
  type?: pulumi.Input<"lookup" | "blackhole" | "unreachable" | "prohibit">;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A rule of the routing policy: which routing table packets look into, by where they come from, where they go or what they are marked with. A change of its table or type adds the new rule before the old one goes. Where an interface that it names is made anew, it holds for the new one. */
export class Rule extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Rules are asked in the order of their priorities, the lowest first. The kernel's own look into `local` at 0, `main` at 32766 and `default` at 32767. */
  declare readonly priority: pulumi.Output<number>;

  /** For packets from this network, IPv4 or IPv6. */
  declare readonly from: pulumi.Output<string | undefined>;

  /** For packets to this network. */
  declare readonly to: pulumi.Output<string | undefined>;

  /** For packets that came in by this interface; `lo`: those of the host itself. It need not be there yet. */
  declare readonly iif: pulumi.Output<string | undefined>;

  /** For packets of programs that are bound to this interface. It need not be there yet. */
  declare readonly oif: pulumi.Output<string | undefined>;

  /** For packets with this mark, which a firewall gave them: a number, or with a mask `"0x1/0xff"`. */
  declare readonly fwmark: pulumi.Output<number | string | undefined>;

  /** For all packets but those. Default false. */
  declare readonly not: pulumi.Output<boolean>;

  /** Which packets it is for, where neither `from` nor `to` says it. Default: as they say, or `ipv4`. */
  declare readonly family: pulumi.Output<"ipv4" | "ipv6">;

  /** The routing table that is looked into: `main`, `local`, `default` or a number. Where it has no route for the packet, the next rule is asked. */
  declare readonly table: pulumi.Output<"main" | "local" | "default" | number | undefined>;

  /** Routes of the table whose prefix is no longer than this don't count. 0: the table without its default route. */
  declare readonly suppressPrefixLength: pulumi.Output<number | undefined>;

  /** `lookup` looks into the table; `blackhole` drops silently; `unreachable` and `prohibit` drop with an ICMP error. Default `lookup`. */
  declare readonly type: pulumi.Output<"lookup" | "blackhole" | "unreachable" | "prohibit">;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;

  /** `true`, unless it was changed by hand and has lost the protocol number by which it is known as the stack's. */
  declare readonly marked: pulumi.Output<boolean>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: RuleArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Rule",
        properties: [
          "host",
          "namespace",
          "priority",
          "from",
          "to",
          "iif",
          "oif",
          "fwmark",
          "not",
          "family",
          "table",
          "suppressPrefixLength",
          "type",
          "adopt",
          "allowLockout",
          "marked",
        ],
        defaults: { not: false, type: "lookup", marked: true },
        deletedWith: ["namespace"],
        standsOn: [],
      },
      name,
      args,
      options,
    );
  }
}
