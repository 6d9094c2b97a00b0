// Written by npm run generate from provider/resources/rule.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Rule. */
export interface RuleArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** Rules are evaluated in order of priority, lowest first. The kernel's own rules look up `local` at 0, `main` at 32766 and `default` at 32767. */
  priority: pulumi.Input<number>;

  /** Match packets from this network, IPv4 or IPv6. */
  from?: pulumi.Input<string>;

  /** Match packets to this network. */
  to?: pulumi.Input<string>;

  /** Match packets that arrive on this interface; `lo` matches packets that the host itself sends. The interface does not have to exist yet. */
  iif?: pulumi.Input<string>;

  /** Match packets of sockets that are bound to this interface. The interface does not have to exist yet. */
  oif?: pulumi.Input<string>;

  /** Match packets with this firewall mark: a number, or a number with a mask such as `"0x1/0xff"`. */
  fwmark?: pulumi.Input<number | string>;

  /** Invert the match. Default false. */
  not?: pulumi.Input<boolean>;

  /** Address family of the packets, if neither `from` nor `to` determines it. Default: the family of `from` or `to`, or `ipv4`. */
  family?: pulumi.Input<"ipv4" | "ipv6">;

  /** The routing table to look up: `main`, `local`, `default` or a number. If it has no route for a packet, the next rule is evaluated. */
  table?: pulumi.Input<"main" | "local" | "default" | number>;

  /** Ignore routes of the table whose prefix length is at most this. 0 ignores only the default route. */
  suppressPrefixLength?: pulumi.Input<number>;

  /** `lookup` looks up the table; `blackhole` drops packets silently; `unreachable` and `prohibit` drop them with an ICMP error. Default `lookup`. */
  type?: pulumi.Input<"lookup" | "blackhole" | "unreachable" | "prohibit">;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A policy rule (`ip rule`): selects the routing table for packets by their source, their destination, their interface or their firewall mark. If its table or type changes, the new rule is added before the old one is deleted. If an interface that it names is recreated, the rule applies to the new one. */
export class Rule extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** Rules are evaluated in order of priority, lowest first. The kernel's own rules look up `local` at 0, `main` at 32766 and `default` at 32767. */
  declare readonly priority: pulumi.Output<number>;

  /** Match packets from this network, IPv4 or IPv6. */
  declare readonly from: pulumi.Output<string | undefined>;

  /** Match packets to this network. */
  declare readonly to: pulumi.Output<string | undefined>;

  /** Match packets that arrive on this interface; `lo` matches packets that the host itself sends. The interface does not have to exist yet. */
  declare readonly iif: pulumi.Output<string | undefined>;

  /** Match packets of sockets that are bound to this interface. The interface does not have to exist yet. */
  declare readonly oif: pulumi.Output<string | undefined>;

  /** Match packets with this firewall mark: a number, or a number with a mask such as `"0x1/0xff"`. */
  declare readonly fwmark: pulumi.Output<number | string | undefined>;

  /** Invert the match. Default false. */
  declare readonly not: pulumi.Output<boolean>;

  /** Address family of the packets, if neither `from` nor `to` determines it. Default: the family of `from` or `to`, or `ipv4`. */
  declare readonly family: pulumi.Output<"ipv4" | "ipv6">;

  /** The routing table to look up: `main`, `local`, `default` or a number. If it has no route for a packet, the next rule is evaluated. */
  declare readonly table: pulumi.Output<"main" | "local" | "default" | number | undefined>;

  /** Ignore routes of the table whose prefix length is at most this. 0 ignores only the default route. */
  declare readonly suppressPrefixLength: pulumi.Output<number | undefined>;

  /** `lookup` looks up the table; `blackhole` drops packets silently; `unreachable` and `prohibit` drop them with an ICMP error. Default `lookup`. */
  declare readonly type: pulumi.Output<"lookup" | "blackhole" | "unreachable" | "prohibit">;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  declare readonly allowLockout: pulumi.Output<boolean | undefined>;

  /** `true`, unless it was changed by hand and has lost the protocol number that marks it as the stack's. */
  declare readonly marked: pulumi.Output<boolean>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
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
