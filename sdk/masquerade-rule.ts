// Written by npm run generate from provider/resources/masquerade-rule.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a MasqueradeRule takes. */
export interface MasqueradeRuleArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** The network whose packets leave with the outgoing interface's address, IPv4 or IPv6. */
  source: pulumi.Input<string>;

  /** Only what leaves by this interface. */
  outInterface?: pulumi.Input<string>;

  /** Only what leaves by any other interface: the network's own bridge stands here. */
  exceptOutInterface?: pulumi.Input<string>;

  /** Networks toward which the source address is kept. */
  exceptDestinations?: pulumi.Input<pulumi.Input<string>[]>;

  /** Made even where a route of the host leads to a part of the network, or to more than it, by another way. Default false: an error. */
  allowOverlap?: pulumi.Input<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;
}

/** Source NAT for a network's way out, as Docker has it for each of its bridges: a MASQUERADE rule in the chain POSTROUTING of the table nat. */
export class MasqueradeRule extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** The network whose packets leave with the outgoing interface's address, IPv4 or IPv6. */
  declare readonly source: pulumi.Output<string>;

  /** Only what leaves by this interface. */
  declare readonly outInterface: pulumi.Output<string | undefined>;

  /** Only what leaves by any other interface: the network's own bridge stands here. */
  declare readonly exceptOutInterface: pulumi.Output<string | undefined>;

  /** Networks toward which the source address is kept. */
  declare readonly exceptDestinations: pulumi.Output<string[] | undefined>;

  /** Made even where a route of the host leads to a part of the network, or to more than it, by another way. Default false: an error. */
  declare readonly allowOverlap: pulumi.Output<boolean | undefined>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  declare readonly adopt: pulumi.Output<boolean | undefined>;

  /** Where the host's rules are not what the properties say: the rules that it has, in the words of iptables-save or of nft, without their comments; a duplicate is listed twice. */
  declare readonly rules: pulumi.Output<string[] | undefined>;

  /** `nftables` where they are in the table `inet linuxnet`; left out, they are rules of iptables. */
  declare readonly firewall: pulumi.Output<"nftables" | undefined>;

  /** The backend of iptables that they are in: the one that `iptables` was when they were made. */
  declare readonly backend: pulumi.Output<"nf_tables" | "legacy" | undefined>;

  /** `accepted`, unless the kernel forwards no packets of the family (`off`), or the host drops what it forwards (as Docker sets it up) and the rules that let this through are not there (`dropped`). */
  declare readonly forwarding: pulumi.Output<"accepted" | "dropped" | "off">;

  /** On a host that drops what it forwards: the chain in which rules let this through, `DOCKER-USER` where Docker left that for others, else `FORWARD`. */
  declare readonly acceptedIn: pulumi.Output<string | undefined>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
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
