/** Routes of simulated namespaces (net/ipv4/fib_semantics.c, fib_trie.c, net/ipv6/route.c). */
import type { Family } from "../../provider/schema/address.js";
import { leastIpv6Mtu } from "./addresses.js";
import { type Link, type NetworkNamespace, type Route, routeScope, routeType } from "./network-namespace.js";
import { type Prefix, holds } from "./prefix.js";
import { ProgramFailure, refused, refusedBecause } from "./program-failure.js";

/** A route as a command requests it. */
export type WantedRoute = Omit<Route, "link" | "source"> & {
  readonly device: string | undefined;
  readonly source: Prefix | undefined;
};

const leadsNowhere = (type: number) => type >= routeType.blackhole;

/** The interface that a command names. */
export function deviceOf(namespace: NetworkNamespace, name: string | undefined): Link | undefined {
  if (name === undefined) return undefined;
  const link = namespace.link(name);
  if (!link) throw new ProgramFailure(1, `Cannot find device "${name}"`);
  return link;
}

/** Adds a route, or replaces the one with the same table, destination and metric. */
export function putRoute(namespace: NetworkNamespace, { device, ...wanted }: WantedRoute, replace: boolean): void {
  const given = deviceOf(namespace, device);
  namespace.tables[wanted.family].add(wanted.table);
  const link = wanted.family === 4 ? leadIpv4(namespace, wanted, given) : leadIpv6(namespace, wanted, given);
  checkSource(namespace, wanted);
  const route: Route = { ...wanted, link };
  const same = (other: Route) => isAt(other, wanted) && other.metric === wanted.metric;
  // A replacement prefers a route of the same type, with or without a gateway, and otherwise takes the first one.
  const sameSort = namespace.routes.findIndex(
    (other) => same(other) && (wanted.family === 4 || (other.via === undefined) === (wanted.via === undefined)),
  );
  const index = sameSort === -1 ? namespace.routes.findIndex(same) : sameSort;
  if (index === -1) namespace.routes.push(route);
  else if (replace) namespace.routes[index] = route;
  else throw refused("File exists");
}

const isAt = (route: Route, { family, table, destination }: Pick<Route, "family" | "table" | "destination">) =>
  route.table === table && route.family === family && route.destination.text === destination.text;

/** How a command identifies the route to delete; omitted values match anything. */
export interface UnwantedRoute extends Pick<Route, "family" | "table" | "destination"> {
  readonly type?: number | undefined;
  readonly via?: Prefix | undefined;
  readonly device?: string | undefined;
  readonly source?: Prefix | undefined;
  readonly metric?: number | undefined;
  readonly scope?: number | undefined;
  readonly protocol?: number | undefined;
}

/** Deletes the first route that matches. */
export function deleteRoute(namespace: NetworkNamespace, unwanted: UnwantedRoute): void {
  const link = deviceOf(namespace, unwanted.device);
  if (!namespace.tables[unwanted.family].has(unwanted.table)) throw refusedBecause("FIB table does not exist.");
  const { type, via, source, scope, protocol } = unwanted;
  const metric = unwanted.metric === 0 ? undefined : unwanted.metric;
  const matches = routesAt(namespace, unwanted).filter(
    (route) =>
      (metric === undefined || route.metric === metric) &&
      (protocol === undefined || route.protocol === protocol) &&
      (link === undefined || route.link === link) &&
      (via === undefined || route.via?.value === via.value) &&
      (source === undefined || route.source?.value === source.value) &&
      // IPv6 ignores these.
      (unwanted.family === 6 ||
        ((type === undefined || route.type === type) && (scope === undefined || route.scope === scope))),
  );
  const found = matches[0];
  if (!found) throw refused("No such process");
  namespace.routes.splice(namespace.routes.indexOf(found), 1);
}

/** The routes of one table to exactly this prefix, the best first. */
export function routesAt(namespace: NetworkNamespace, place: Pick<Route, "family" | "table" | "destination">): Route[] {
  return namespace.routes.filter((route) => isAt(route, place)).sort((a, b) => a.metric - b.metric);
}

/** The routes that a command applies to. */
export interface RouteFilter {
  readonly family: Family;
  /** `all`: of every table. */
  readonly table: string;
  readonly destination?: Prefix | undefined;
  readonly protocol?: number | undefined;
}

/** The routes that match a filter, sorted by metric. */
export function listRoutes(namespace: NetworkNamespace, filter: RouteFilter, doing: "Dump" | "Flush"): Route[] {
  const { family, table, destination, protocol } = filter;
  if (table !== "all" && !namespace.tables[family].has(table))
    throw new ProgramFailure(2, `Error: ipv${family}: FIB table does not exist.\n${doing} terminated`);
  return namespace.routes
    .filter(
      (route) =>
        route.family === family &&
        (table === "all" || route.table === table) &&
        (destination === undefined || route.destination.text === destination.text) &&
        (protocol === undefined || route.protocol === protocol),
    )
    .sort((a, b) => a.metric - b.metric);
}

type Wanted = Omit<WantedRoute, "device">;

function leadIpv4(namespace: NetworkNamespace, wanted: Wanted, given: Link | undefined): Link | undefined {
  const { type, via, scope, table } = wanted;
  if (leadsNowhere(type)) return undefined;
  if (scope === routeScope.host) {
    if (via) throw refusedBecause("Route with host scope can not have a gateway.");
    return given;
  }
  if (!via) {
    if (!given) throw refused("No such device");
    if (!given.up) throw refusedBecause("Device for nexthop is not up.");
    return given;
  }
  // The gateway must have a narrower scope than the route.
  const nearer = Math.max(scope + 1, routeScope.link);
  const own = table === "main" ? undefined : lookUp(namespace, via, [table], given, nearer);
  const found = own ?? lookUp(namespace, via, ["local", "main", "default"], given, nearer);
  if (!found || (found.type !== routeType.unicast && found.type !== routeType.local))
    throw refusedBecause("Nexthop has invalid gateway.");
  if (!found.link!.up) throw refused("Network is down");
  return found.link;
}

function leadIpv6(namespace: NetworkNamespace, wanted: Wanted, given: Link | undefined): Link {
  const { type, via, table } = wanted;
  if (leadsNowhere(type)) return namespace.loopback;
  if (given && given.mtu < leastIpv6Mtu) throw refused("No such device");
  const link = via ? gatewayLink(namespace, via, table, given) : given;
  if (!link) throw refused("No such device");
  if (!link.up) throw refusedBecause("Nexthop device is not up.");
  return link;
}

function gatewayLink(namespace: NetworkNamespace, via: Prefix, table: string, given: Link | undefined): Link {
  const linkLocal = via.value >> 118n === 0x3fan;
  const isOwn = (link: Link | undefined) =>
    namespace.links.some(
      (other) =>
        (!linkLocal || other === link) &&
        other.addresses.some(({ prefix }) => prefix.family === 6 && prefix.value === via.value),
    );
  const checkOwn = (link: Link | undefined) => {
    if (isOwn(link)) throw refusedBecause("Gateway can not be a local address.");
  };
  if (given) checkOwn(given);
  if (!linkLocal) {
    const direct = (tables: readonly string[]) => {
      const found = lookUp(namespace, via, tables, given, 0);
      return found && !leadsNowhere(found.type) && found.via === undefined ? found.link : undefined;
    };
    const found = direct([table]) ?? direct(["local", "main"]);
    if (!found) throw refused("No route to host");
    given ??= found;
  }
  if (!given) throw refusedBecause("Egress device not specified.");
  if (given.kind === "loopback") throw refusedBecause("Egress device can not be loopback device for this route.");
  checkOwn(given);
  return given;
}

/** The route that a packet would take, among those through this interface and with at least this scope. */
function lookUp(
  namespace: NetworkNamespace,
  address: Prefix,
  tables: readonly string[],
  link: Link | undefined,
  scope: number,
): Route | undefined {
  for (const table of tables) {
    let best: Route | undefined;
    for (const route of namespace.routes) {
      if (route.table !== table || route.scope < scope || !holds(route.destination, address)) continue;
      if (link !== undefined && !leadsNowhere(route.type) && route.link !== link) continue;
      if (!best || isBetter(route, best)) best = route;
    }
    if (best) return best;
  }
  return undefined;
}

const isBetter = (a: Route, b: Route) =>
  a.destination.length > b.destination.length || (a.destination.length === b.destination.length && a.metric < b.metric);

function checkSource(namespace: NetworkNamespace, { family, type, source }: Wanted): void {
  if (!source || leadsNowhere(type)) return;
  const known = namespace.links.some(({ addresses }) =>
    addresses.some(({ prefix }) => prefix.family === family && prefix.value === source.value),
  );
  if (!known) throw refusedBecause(family === 4 ? "Invalid prefsrc address." : "Invalid source address.");
}
