import { type Family, canonicalPrefix, familyOf } from "../schema/address.js";
import { type CommandResult, type Fact, type Found, fact, ip } from "./command.js";
import { ipInNamespaces, parseByNamespace } from "./in-namespaces.js";

/** A route as reported by `ip -N -d -j route show` (ip-route(8)). */
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
  /** The protocol number of its origin; 2 is the kernel, 3 boot, 4 static. */
  readonly protocol: number;
  readonly mtu: number | undefined;
  /** It only applies to packets with this type of service. */
  readonly tos?: string;
}

interface RouteJson {
  type: string;
  dst: string;
  table?: string;
  gateway?: string;
  via?: { host: string };
  dev?: string;
  prefsrc?: string;
  metric?: number;
  tos?: string;
  scope?: string;
  protocol?: string;
  metrics?: { mtu?: number }[];
}

// -N, since a host's own rt_protos can name any number, also turns these into numbers (linux/rtnetlink.h).
const types: Readonly<Record<string, string>> = {
  1: "unicast",
  2: "local",
  6: "blackhole",
  7: "unreachable",
  8: "prohibit",
  9: "throw",
};
const scopes: Readonly<Record<string, string>> = { 0: "global", 200: "site", 253: "link", 254: "host" };

/**
 * The protocol numbers of routes and rules that were created by hand: rtnetlink(7), RTPROT_UNSPEC, RTPROT_BOOT and
 * RTPROT_STATIC.
 */
export const byHandProtocols = [0, 3, 4] as const;

/** The output that shows that a change by hand removed the protocol number of a Route or a Rule. */
export const marked = {
  type: "boolean",
  description: "`true`, unless it was changed by hand and has lost the protocol number that marks it as the stack's.",
  implied: true,
  default: true,
};

export const isByHand = (protocol: number) => (byHandProtocols as readonly number[]).includes(protocol);

/** The protocol number of the routes that the kernel creates with an address (rtnetlink(7), RTPROT_KERNEL). */
export const kernelProtocol = 2;

const tables: Readonly<Record<string, string>> = { local: "255", main: "254", default: "253" };

/** The number of a routing table with a predefined name, or the number itself. */
export const tableNumber = (table: string | number): string => tables[table] ?? String(table);

/** The name or number of a routing table in a resource's properties: `main`, 77. */
export function tableName(number: string): string | number {
  return Object.keys(tables).find((name) => tables[name] === number) ?? Number(number);
}

/** The prefix that "default" stands for. */
export function defaultPrefix(family: Family): string {
  return family === 4 ? "0.0.0.0/0" : "::/0";
}

/** The metric that the kernel gives a route by default. */
export const defaultMetric = (family: Family): number => (family === 4 ? 0 : 1024);

/** A route with the number of its table: 254 is main. */
export interface TableRoute extends KernelRoute {
  readonly table: string;
}

function readRoute(json: RouteJson, family: Family): KernelRoute {
  return {
    type: types[json.type] ?? json.type,
    destination: json.dst === "default" ? defaultPrefix(family) : canonicalPrefix(json.dst),
    via: json.gateway ?? json.via?.host,
    device: json.dev,
    source: json.prefsrc,
    metric: json.metric ?? 0,
    scope: scopes[json.scope ?? 0] ?? String(json.scope),
    protocol: Number(json.protocol ?? 0),
    mtu: json.metrics?.find((metrics) => metrics.mtu !== undefined)?.mtu,
    ...(json.tos !== undefined && { tos: json.tos }),
  };
}

const routesIn = (stdout: string) => JSON.parse(stdout || "[]") as RouteJson[];

/** Parses the output of `ip -N -d -j route show`. */
export function parseRoutes(stdout: string, family: Family): KernelRoute[] {
  return routesIn(stdout).map((json) => readRoute(json, family));
}

/** Parses the output of `ip -N -d -j route show table all`. */
export function parseTableRoutes(stdout: string, family: Family): TableRoute[] {
  return routesIn(stdout).map((json) => ({ ...readRoute(json, family), table: json.table ?? "254" }));
}

/** Whether a route is the default one of its family in the table main. */
export const isDefault = ({ table, destination }: TableRoute) =>
  table === "254" && destination === defaultPrefix(familyOf(destination));

/**
 * The routes to exactly this prefix in one table of a namespace that apply to every type of service, whatever their
 * metric and origin.
 */
export function routesTo(
  namespace: string | undefined,
  destination: string,
  table = "main",
): Fact<Found<KernelRoute[]>> {
  const family: Family = destination.includes(":") ? 6 : 4;
  const { question, routesByPlace } = everyRoute[family];
  const ofAllTypesOfService = ({ tos }: KernelRoute) => tos === undefined;
  const answer = (result: CommandResult): Found<KernelRoute[]> | undefined => {
    // A custom name in rt_tables is only known on the host.
    const number = table === "main" ? "254" : /^\d+$/.test(table) ? table : undefined;
    const routes = number === undefined ? undefined : routesByPlace(result, namespace);
    return routes && { value: (routes.get([number, destination].join()) ?? []).filter(ofAllTypesOfService) };
  };
  const command = ip(namespace, `-${family}`, "-N", "-d", "-j", "route", "show", "table", table, "exact", destination);
  return {
    ...fact(command, (stdout) => parseRoutes(stdout, family).filter(ofAllTypesOfService)),
    shared: { ...question, namespace, answer },
  };
}

/**
 * All routes of a family in a namespace's table main. A plan based on them stays valid if some of them change
 * meanwhile.
 */
export function mainRoutes(namespace: string | undefined, family: Family): Fact<Found<KernelRoute[]>> {
  const command = ip(namespace, `-${family}`, "-N", "-d", "-j", "route", "show", "table", "main");
  return { ...fact(command, (stdout) => parseRoutes(stdout, family)), unguarded: true };
}

/** All routes of a family, by table number and destination. */
const everyRoute = { 4: routesInNamespaces(4), 6: routesInNamespaces(6) };

function routesInNamespaces(family: Family) {
  const options = [`-${family}`, "-N", "-d", "-j"];
  return {
    question: ipInNamespaces(...options, "route", "show", "table", "all"),
    routesByPlace: parseByNamespace((line) =>
      Map.groupBy(parseTableRoutes(line, family), ({ table, destination }) => [table, destination].join()),
    ),
  };
}
