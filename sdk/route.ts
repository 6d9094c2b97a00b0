// Written by npm run generate from provider/resources/route.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** What a Route takes. */
export interface RouteArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** The network that it leads to, or `"default"` (IPv4) or `"default6"`. */
  destination: pulumi.Input<"default" | "default6" | string>;

  /** The gateway, of the destination's family. */
  via?: pulumi.Input<string>;

  /** The interface that it leads out of. Default: the one that the gateway is reached by. Name it where the gateway's network moves from one interface to another in one `up`: the old one is there while the route is made. */
  device?: pulumi.Input<string>;

  /** The source address that packets get which have none yet. */
  source?: pulumi.Input<string>;

  /** The lower one wins among routes to the same network. Default 0; for IPv6 1024. */
  metric?: pulumi.Input<number>;

  /** The routing table: `main`, `local`, `default` or a number. Default `main`. */
  table?: pulumi.Input<"main" | "local" | "default" | number>;

  /** How far the destination is, IPv4 only. Default: `global` with a gateway, `link` without. */
  scope?: pulumi.Input<"global" | "site" | "link" | "host">;

  /** `unicast` leads somewhere; `blackhole` drops silently; `unreachable` and `prohibit` drop with an ICMP error. Default `unicast`. */
  type?: pulumi.Input<"unicast" | "blackhole" | "unreachable" | "prohibit">;

  /** Bytes of the largest packet along it. Default: the interface's. */
  mtu?: pulumi.Input<number>;

  /** Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error. */
  adopt?: pulumi.Input<boolean>;

  /** Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A route in a routing table. A change of its gateway, device and the like replaces it in one step, so that there is no moment without it. */
export class Route extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace it is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** The network that it leads to, or `"default"` (IPv4) or `"default6"`. */
  declare readonly destination: pulumi.Output<"default" | "default6" | string>;

  /** The gateway, of the destination's family. */
  declare readonly via: pulumi.Output<string | undefined>;

  /** The interface that it leads out of. Default: the one that the gateway is reached by. Name it where the gateway's network moves from one interface to another in one `up`: the old one is there while the route is made. */
  declare readonly device: pulumi.Output<string | undefined>;

  /** The source address that packets get which have none yet. */
  declare readonly source: pulumi.Output<string | undefined>;

  /** The lower one wins among routes to the same network. Default 0; for IPv6 1024. */
  declare readonly metric: pulumi.Output<number | undefined>;

  /** The routing table: `main`, `local`, `default` or a number. Default `main`. */
  declare readonly table: pulumi.Output<"main" | "local" | "default" | number>;

  /** How far the destination is, IPv4 only. Default: `global` with a gateway, `link` without. */
  declare readonly scope: pulumi.Output<"global" | "site" | "link" | "host" | undefined>;

  /** `unicast` leads somewhere; `blackhole` drops silently; `unreachable` and `prohibit` drop with an ICMP error. Default `unicast`. */
  declare readonly type: pulumi.Output<"unicast" | "blackhole" | "unreachable" | "prohibit">;

  /** Bytes of the largest packet along it. Default: the interface's. */
  declare readonly mtu: pulumi.Output<number | undefined>;

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
  constructor(name: string, args: RouteArgs, options?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "Route",
        properties: [
          "host",
          "namespace",
          "destination",
          "via",
          "device",
          "source",
          "metric",
          "table",
          "scope",
          "type",
          "mtu",
          "adopt",
          "allowLockout",
          "marked",
        ],
        defaults: { table: "main", type: "unicast", marked: true },
        deletedWith: ["namespace", "device"],
      },
      name,
      args,
      options,
    );
  }
}
