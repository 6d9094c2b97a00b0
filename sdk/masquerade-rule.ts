// Written by npm run generate from provider/resources/masquerade-rule.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of MasqueradeRule. */
export interface MasqueradeRuleArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** The network whose packets leave with the address of the outgoing interface, IPv4 or IPv6. */
  source: pulumi.Input<string>;

  /** Match only packets that leave through this interface. */
  outInterface?: pulumi.Input<string>;

  /** Match only packets that do not leave through this interface, usually the network's own bridge. */
  exceptOutInterface?: pulumi.Input<string>;

  /** Destination networks for which the source address is kept. */
  exceptDestinations?: pulumi.Input<pulumi.Input<string>[]>;

  /** Create the rule even if a route of the host leads to the network, or to a network that overlaps it, by a different path. Default false: an error. */
  allowOverlap?: pulumi.Input<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;
}

/** Source NAT for packets that leave a network, as Docker sets it up for each of its bridges: a MASQUERADE rule in the chain POSTROUTING of the table nat. */
export class MasqueradeRule extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** The network whose packets leave with the address of the outgoing interface, IPv4 or IPv6. */
  declare readonly source: pulumi.Output<string>;

  /** Match only packets that leave through this interface. */
  declare readonly outInterface: pulumi.Output<string | undefined>;

  /** Match only packets that do not leave through this interface, usually the network's own bridge. */
  declare readonly exceptOutInterface: pulumi.Output<string | undefined>;

  /** Destination networks for which the source address is kept. */
  declare readonly exceptDestinations: pulumi.Output<string[] | undefined>;

  /** Create the rule even if a route of the host leads to the network, or to a network that overlaps it, by a different path. Default false: an error. */
  declare readonly allowOverlap: pulumi.Output<boolean | undefined>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Set only if the rules on the host differ from the properties: the rules on the host, as iptables-save or nft prints them, without comments; a duplicate is listed twice. */
  declare readonly rules: pulumi.Output<string[] | undefined>;

  /** `nftables` if the rules are in the table `inet linuxnet`; not set for iptables rules. */
  declare readonly firewall: pulumi.Output<"nftables" | undefined>;

  /** The iptables backend that contains the rules: the one that `iptables` used when they were created. */
  declare readonly backend: pulumi.Output<"nf_tables" | "legacy" | undefined>;

  /** `accepted`; `off` if the kernel does not forward packets of the address family; `dropped` if the host drops forwarded packets, as Docker sets it up, and the rules that accept this resource's packets are missing. */
  declare readonly forwarding: pulumi.Output<"accepted" | "dropped" | "off">;

  /** On a host that drops forwarded packets: the chain with the rules that accept this resource's packets; `DOCKER-USER` if Docker provides it, else `FORWARD`. */
  declare readonly acceptedIn: pulumi.Output<string | undefined>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: MasqueradeRuleArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "MasqueradeRule",
        properties: [
          "host",
          "namespace",
          "source",
          "outInterface",
          "exceptOutInterface",
          "exceptDestinations",
          "allowOverlap",
          "adopt",
          "rules",
          "firewall",
          "backend",
          "forwarding",
          "acceptedIn",
        ],
        defaults: { forwarding: "accepted" },
        deletedWith: ["namespace"],
        standsOn: [],
      },
      name,
      args,
      options,
    );
  }
}
