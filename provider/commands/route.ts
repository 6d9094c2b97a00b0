import { type Family, canonicalPrefix } from "../schema/address.js";
import { type Fact, type Found, fact, ip } from "./command.js";

/** A route as `ip -d -j route show` tells it (ip-route(8)). */
export interface KernelRoute {
  /** unicast, blackhole, unreachable, prohibit, local … */
  readonly type: string;
  /** Canonical prefix; 0.0.0.0/0 or ::/0 for the default route. */
  readonly destination: string;
  readonly via: string | undefined;
  readonly device: string | undefined;
  /** Preferred source address. */
  readonly source: string | undefined;
  readonly metric: number;
  /** global, link, host, or a number. */
  readonly scope: string;
  /** The number of its origin (rt_protos), where iproute2 has no name for it. */
  readonly protocol: string;
  readonly mtu: number | undefined;
}

interface RouteJson {
  type: string;
  dst: string;
  gateway?: string;
  via?: { host: string };
  dev?: string;
  prefsrc?: string;
  metric?: number;
  scope?: string;
  protocol?: string;
  metrics?: { mtu?: number }[];
}

/** The prefix that "default" stands for. */
export function defaultPrefix(family: Family): string {
  return family === 4 ? "0.0.0.0/0" : "::/0";
}

/** Reads the reply of `ip -d -j route show`. */
export function parseRoutes(stdout: string, family: Family): KernelRoute[] {
  return (JSON.parse(stdout || "[]") as RouteJson[]).map((json) => ({
    type: json.type,
    destination: json.dst === "default" ? defaultPrefix(family) : canonicalPrefix(json.dst),
    via: json.gateway ?? json.via?.host,
    device: json.dev,
    source: json.prefsrc,
    metric: json.metric ?? 0,
    scope: json.scope ?? "global",
    protocol: json.protocol ?? "unspec",
    mtu: json.metrics?.find((metrics) => metrics.mtu !== undefined)?.mtu,
  }));
}

/** The routes to exactly this prefix in one table of a namespace, whatever their metric and origin. */
export function routesTo(
  namespace: string | undefined,
  destination: string,
  table = "main",
): Fact<Found<KernelRoute[]>> {
  const family: Family = destination.includes(":") ? 6 : 4;
  return fact(
    ip(namespace, `-${family}`, "-d", "-j", "route", "show", "table", table, "exact", destination),
    (stdout) => parseRoutes(stdout, family),
  );
}
