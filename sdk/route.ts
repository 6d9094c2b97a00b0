// Written by npm run generate from provider/resources/route.ts; change that file instead.
import * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host-args.js";
import { LinuxnetResource } from "./linuxnet-resource.js";

/** The arguments of Route. */
export interface RouteArgs {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  host: pulumi.Input<string> | pulumi.Input<HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  namespace?: pulumi.Input<string>;

  /** The destination network, or `"default"` (IPv4) or `"default6"` (IPv6). */
  destination: pulumi.Input<"default" | "default6" | string>;

  /** The gateway, of the same address family as the destination. */
  via?: pulumi.Input<string>;

  /** The outgoing interface. Default: the interface through which the gateway is reached. Set it if the gateway's network moves from one interface to another in the same `up`, because the old interface still exists when the route is created. */
  device?: pulumi.Input<string>;

  /** The source address for packets that do not have one yet. */
  source?: pulumi.Input<string>;

  /** Among routes to the same network, the one with the lowest metric is used. Default 0; for IPv6, 1024. */
  metric?: pulumi.Input<number>;

  /** The routing table: `main`, `local`, `default` or a number. Default `main`. */
  table?: pulumi.Input<"main" | "local" | "default" | number>;

  /** Scope of the destination, IPv4 only. Default: `global` with a gateway, `link` without. */
  scope?: pulumi.Input<"global" | "site" | "link" | "host">;

  /** `unicast` forwards packets; `blackhole` drops them silently; `unreachable` and `prohibit` drop them with an ICMP error. Default `unicast`. */
  type?: pulumi.Input<"unicast" | "blackhole" | "unreachable" | "prohibit">;

  /** MTU of the route in bytes. Default: the interface's. */
  mtu?: pulumi.Input<number>;

  /** Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error. */
  adopt?: pulumi.Input<boolean>;

  /** Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created. */
  allowLockout?: pulumi.Input<boolean>;
}

/** A route in a routing table. A change of its gateway, device and so on takes effect in one step, so that the route exists at every moment. */
export class Route extends LinuxnetResource {
  /** The host: a name in the inventory (`linuxnet:hosts`), or how to reach it. */
  declare readonly host: pulumi.Output<string | HostArgs>;

  /** The network namespace that contains it. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;

  /** The destination network, or `"default"` (IPv4) or `"default6"` (IPv6). */
  declare readonly destination: pulumi.Output<"default" | "default6" | string>;

  /** The gateway, of the same address family as the destination. */
  declare readonly via: pulumi.Output<string | undefined>;

  /** The outgoing interface. Default: the interface through which the gateway is reached. Set it if the gateway's network moves from one interface to another in the same `up`, because the old interface still exists when the route is created. */
  declare readonly device: pulumi.Output<string | undefined>;

  /** The source address for packets that do not have one yet. */
  declare readonly source: pulumi.Output<string | undefined>;

  /** Among routes to the same network, the one with the lowest metric is used. Default 0; for IPv6, 1024. */
  declare readonly metric: pulumi.Output<number | undefined>;

  /** The routing table: `main`, `local`, `default` or a number. Default `main`. */
  declare readonly table: pulumi.Output<"main" | "local" | "default" | number>;

  /** Scope of the destination, IPv4 only. Default: `global` with a gateway, `link` without. */
  declare readonly scope: pulumi.Output<"global" | "site" | "link" | "host" | undefined>;

  /** `unicast` forwards packets; `blackhole` drops them silently; `unreachable` and `prohibit` drop them with an ICMP error. Default `unicast`. */
  declare readonly type: pulumi.Output<"unicast" | "blackhole" | "unreachable" | "prohibit">;

  /** MTU of the route in bytes. Default: the interface's. */
  declare readonly mtu: pulumi.Output<number | undefined>;

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
