// Written by npm run generate from provider/resources/port-forward.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of PortForward. */
export interface PortForwardArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** `tcp`, `udp` or `sctp`. */
  protocol: pulumi.Input<"tcp" | "udp" | "sctp">;

  /** Match only packets to this address of the host. Default: any address of the host. */
  listenAddress?: pulumi.Input<string>;

  /** The port to forward, or a range such as `"8000-8010"`. */
  listenPort: pulumi.Input<number | string>;

  /** Match only packets that arrive on this interface. */
  inInterface?: pulumi.Input<string>;

  /** Match only packets that do not arrive on this interface, usually the target's own bridge. `hairpin` handles packets from that bridge. */
  exceptInInterface?: pulumi.Input<string>;

  /** The address to forward to, IPv4 or IPv6. */
  targetAddress: pulumi.Input<string>;

  /** The target's port; for a range, its first port. Default: `listenPort`. */
  targetPort?: pulumi.Input<number>;

  /** Also forward packets from the target's own bridge, with the bridge's address as their source. Default: true if `exceptInInterface` is set. */
  hairpin?: pulumi.Input<boolean>;

  /** Also forward connections to the host's 127.0.0.1 (IPv4 only). This sets `route_localnet` on `exceptInInterface` and adds a rule that protects 127.0.0.0/8 from packets that arrive there. Default false. */
  localhost?: pulumi.Input<boolean>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;
}

/** A published port, like `docker run -p`: DNAT rules for packets from outside, from the host itself, and from the target's own bridge. */
export class PortForward extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** `tcp`, `udp` or `sctp`. */
  declare readonly protocol: pulumi.Output<"tcp" | "udp" | "sctp">;

  /** Match only packets to this address of the host. Default: any address of the host. */
  declare readonly listenAddress: pulumi.Output<string | undefined>;

  /** The port to forward, or a range such as `"8000-8010"`. */
  declare readonly listenPort: pulumi.Output<number | string>;

  /** Match only packets that arrive on this interface. */
  declare readonly inInterface: pulumi.Output<string | undefined>;

  /** Match only packets that do not arrive on this interface, usually the target's own bridge. `hairpin` handles packets from that bridge. */
  declare readonly exceptInInterface: pulumi.Output<string | undefined>;

  /** The address to forward to, IPv4 or IPv6. */
  declare readonly targetAddress: pulumi.Output<string>;

  /** The target's port; for a range, its first port. Default: `listenPort`. */
  declare readonly targetPort: pulumi.Output<number | undefined>;

  /** Also forward packets from the target's own bridge, with the bridge's address as their source. Default: true if `exceptInInterface` is set. */
  declare readonly hairpin: pulumi.Output<boolean>;

  /** Also forward connections to the host's 127.0.0.1 (IPv4 only). This sets `route_localnet` on `exceptInInterface` and adds a rule that protects 127.0.0.0/8 from packets that arrive there. Default false. */
  declare readonly localhost: pulumi.Output<boolean>;

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

  /** With `localhost`: the original value of `route_localnet`, which deleting the resource restores. */
  declare readonly localnetFound: pulumi.Output<string | undefined>;

  /** With `localhost`: the interface that `localnetFound` refers to. */
  declare readonly localnetInterface: pulumi.Output<string | undefined>;

  /**
   * @param name The resource's name in Pulumi.
   * @param args The resource's properties.
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
