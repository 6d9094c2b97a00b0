// Written by npm run generate from provider/resources/port-forward.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a PortForward takes. */
export interface PortForwardArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** `tcp`, `udp` or `sctp`. */
  protocol: pulumi.Input<"tcp" | "udp" | "sctp">;

  /** Only what is sent to this address of the host. Default: any address of the host. */
  listenAddress?: pulumi.Input<string>;

  /** The port that is forwarded, or a range such as `"8000-8010"`. */
  listenPort: pulumi.Input<number | string>;

  /** Only what comes in by this interface. */
  inInterface?: pulumi.Input<string>;

  /** What comes in by any other interface; the target's own bridge stands here, and `hairpin` takes care of what comes from there. */
  exceptInInterface?: pulumi.Input<string>;

  /** Where it is forwarded to, IPv4 or IPv6. */
  targetAddress: pulumi.Input<string>;

  /** The target's port; for a range, its first. Default: `listenPort`. */
  targetPort?: pulumi.Input<number>;

  /** Works from the target's own bridge too, with the bridge's address as the source. Default: true where `exceptInInterface` is given. */
  hairpin?: pulumi.Input<boolean>;

  /** Works on the host's 127.0.0.1 too (IPv4). Sets `route_localnet` on `exceptInInterface`, with a rule that guards 127.0.0.0/8 against what comes from there. Default false. */
  localhost?: pulumi.Input<boolean>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;
}

/** A published port, as `docker run -p` makes it: DNAT rules for what comes from outside, from the host itself, and from the target's own bridge. */
export class PortForward extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** `tcp`, `udp` or `sctp`. */
  declare readonly protocol: pulumi.Output<"tcp" | "udp" | "sctp">;

  /** Only what is sent to this address of the host. Default: any address of the host. */
  declare readonly listenAddress: pulumi.Output<string | undefined>;

  /** The port that is forwarded, or a range such as `"8000-8010"`. */
  declare readonly listenPort: pulumi.Output<number | string>;

  /** Only what comes in by this interface. */
  declare readonly inInterface: pulumi.Output<string | undefined>;

  /** What comes in by any other interface; the target's own bridge stands here, and `hairpin` takes care of what comes from there. */
  declare readonly exceptInInterface: pulumi.Output<string | undefined>;

  /** Where it is forwarded to, IPv4 or IPv6. */
  declare readonly targetAddress: pulumi.Output<string>;

  /** The target's port; for a range, its first. Default: `listenPort`. */
  declare readonly targetPort: pulumi.Output<number | undefined>;

  /** Works from the target's own bridge too, with the bridge's address as the source. Default: true where `exceptInInterface` is given. */
  declare readonly hairpin: pulumi.Output<boolean>;

  /** Works on the host's 127.0.0.1 too (IPv4). Sets `route_localnet` on `exceptInInterface`, with a rule that guards 127.0.0.0/8 against what comes from there. Default false. */
  declare readonly localhost: pulumi.Output<boolean>;

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

  /** With `localhost`: the value of `route_localnet` that deleting it puts back. */
  declare readonly localnetFound: pulumi.Output<string | undefined>;

  /** With `localhost`: the interface whose `route_localnet` that is. */
  declare readonly localnetInterface: pulumi.Output<string | undefined>;

  /**
   * @param name Its name in Pulumi.
   * @param args What it takes.
   * @param options Pulumi's resource options.
   */
  constructor(name: string, args: PortForwardArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "PortForward",
        properties: [
          "host",
          "namespace",
          "protocol",
          "listenAddress",
          "listenPort",
          "inInterface",
          "exceptInInterface",
          "targetAddress",
          "targetPort",
          "hairpin",
          "localhost",
          "adopt",
          "rules",
          "firewall",
          "backend",
          "forwarding",
          "acceptedIn",
          "localnetFound",
          "localnetInterface",
        ],
        defaults: { localhost: false, forwarding: "accepted" },
        deletedWith: ["namespace"],
        standsOn: ["localhost"],
      },
      name,
      args,
      options,
    );
  }
}
