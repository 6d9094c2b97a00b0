/** The path by which a host is managed: the addresses of its SSH connection, and how the host routes its replies. */
import { contains, familyOf, overlap, withoutLength } from "../schema/address.js";
import { type Fact, type Found, fact, ip } from "./command.js";
import { type PolicyRule, parsePolicyRules } from "./policy-rule.js";
import { type TableRoute, defaultMetric, defaultPrefix, parseTableRoutes, tableNumber } from "./route.js";

/** The connection from Pulumi, as seen from the host. */
export interface ManagementPath {
  /** The address of the machine that runs Pulumi, or of the last jump host. */
  readonly client: string;
  /** The host's own address. */
  readonly server: string;
  /** The interface that replies leave through. */
  readonly device: string;
  /** That interface's addresses, with prefix lengths. */
  readonly addresses: readonly string[];
}

/** A part of a resource that is in its host's own network namespace. */
export type HostNetworkPart =
  | { readonly property: string; readonly address: string; readonly device: string }
  | { readonly property: string; readonly down: string }
  | { readonly property: string; readonly neighbour: string; readonly device: string }
  | { readonly property: string; readonly route: TableRoute }
  | { readonly property: string; readonly rule: PolicyRule };

/** An interface in the host's own namespace, as its resource requests it. */
interface HostInterface {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly up?: boolean | undefined;
  readonly gateway?: string | string[] | undefined;
}

/**
 * The parts that an interface adds.
 * @param prefix Put before its properties: `peer.`, or nothing.
 */
export function partsOfInterface(prefix: string, { name, addresses, up, gateway }: HostInterface): HostNetworkPart[] {
  return [
    ...addresses.map((address) => ({ property: `${prefix}addresses`, address, device: name })),
    ...(up === false ? [{ property: `${prefix}up`, down: name }] : []),
    ...[gateway ?? []].flat().map((via) => ({
      property: `${prefix}gateway`,
      route: {
        ...{
          type: "unicast",
          table: tableNumber("main"),
          destination: defaultPrefix(familyOf(via)),
          via,
          device: name,
        },
        ...{ source: undefined, metric: defaultMetric(familyOf(via)), scope: "global", protocol: 0, mtu: undefined },
      },
    })),
  ];
}

const isOneAddress = (address: string) => address.endsWith(familyOf(address) === 4 ? "/32" : "/128");

/**
 * Why an address, a neighbour entry or an interface that is set down would cut the path; undefined if it would not, or
 * if the host has to be asked.
 */
export function managementPathConflict(
  part: HostNetworkPart,
  { client, server, device, addresses }: ManagementPath,
): string | undefined {
  if ("down" in part)
    return part.down === device ? `${device} is the interface by which Pulumi reaches this host` : undefined;
  if ("neighbour" in part)
    return part.device === device && part.neighbour === client
      ? `${client} is the address that Pulumi reaches this host from`
      : undefined;
  if (!("address" in part) || part.device === device) return undefined;
  const { address } = part;
  if (withoutLength(address) === server) return `${server} is the address by which Pulumi reaches this host`;
  if (withoutLength(address) === client) return `${client} is the address that Pulumi reaches this host from`;
  if (isOneAddress(address)) return undefined;
  if (contains(address, client)) return `${address} has ${client} in it, which Pulumi reaches this host from`;
  const own = addresses.find((own) => overlap(own, address));
  return own === undefined
    ? undefined
    : `${address} overlaps ${own}, the network of ${device}, by which Pulumi reaches this host`;
}

/** How a host routes. */
export interface Routing {
  readonly rules: readonly PolicyRule[];
  readonly routes: readonly TableRoute[];
}

/** Whether a route, a rule or a neighbour entry can affect replies to the client at all. */
export function concernsManagementPath(part: HostNetworkPart, { client, server, device }: ManagementPath): boolean {
  if ("neighbour" in part) return part.device === device;
  if ("route" in part) return contains(part.route.destination, client);
  return "rule" in part && part.rule.family === familyOf(client) && matchesReplies(part.rule, client, server);
}

/** The rules, and the routes in all tables that lead to the client. */
export function routingFacts({ client }: ManagementPath): [Fact<Found<PolicyRule[]>>, Fact<Found<TableRoute[]>>] {
  const family = familyOf(client);
  const options = [`-${family}`, "-N", "-d", "-j"];
  return [
    fact(ip(undefined, ...options, "rule", "show"), (stdout) => parsePolicyRules(stdout, family)),
    fact(ip(undefined, ...options, "route", "show", "table", "all", "match", client), (stdout) =>
      parseTableRoutes(stdout, family),
    ),
  ];
}

const lengthOf = (prefix: string) => Number(prefix.split("/")[1]);

/** The routing with these parts added, each replacing what the kernel would have it replace. */
export function routingWith({ rules, routes }: Routing, parts: readonly HostNetworkPart[]): Routing {
  const added = parts.flatMap((part) => ("route" in part ? [part.route] : []));
  const newRules = parts.flatMap((part) => ("rule" in part ? [part.rule] : []));
  const keyOf = ({ table, destination, metric }: TableRoute) => [table, destination, metric].join();
  const selectorsOf = ({ priority, not, from, to, iif, oif, fwmark }: PolicyRule) =>
    [priority, not, from, to, iif, oif, fwmark].join();
  const replaced = new Set([...added.map(keyOf), ...newRules.map(selectorsOf)]);
  return {
    routes: [...routes.filter((route) => !replaced.has(keyOf(route))), ...added],
    rules: [...rules.filter((rule) => !replaced.has(selectorsOf(rule))), ...newRules].sort(
      (a, b) => a.priority - b.priority,
    ),
  };
}

/**
 * The route of the host's replies to the client: `dev eth0 via 10.0.0.1`, `unreachable`, or undefined if there is none.
 * ip-rule(8).
 */
export function replyRoute({ rules, routes }: Routing, { client, server }: ManagementPath): string | undefined {
  for (const rule of rules) {
    if (!matchesReplies(rule, client, server)) continue;
    if (rule.type !== "lookup") return rule.type;
    const [best] = routes
      .filter(({ table, destination }) => table === rule.table && contains(destination, client))
      .sort((a, b) => lengthOf(b.destination) - lengthOf(a.destination) || a.metric - b.metric);
    if (!best || best.type === "throw") continue;
    if (rule.suppressPrefixLength !== undefined && lengthOf(best.destination) <= rule.suppressPrefixLength) continue;
    return best.type === "unicast" ? `dev ${best.device ?? ""} via ${best.via ?? ""}` : best.type;
  }
  return undefined;
}

/** Whether a neighbour entry is that of the gateway of this reply route. */
export const isNextHop = (part: HostNetworkPart, route: string | undefined): boolean =>
  "neighbour" in part && route === `dev ${part.device} via ${part.neighbour}`;

/** Whether a rule matches packets of the host itself from this address to that one. */
function matchesReplies({ not, from, to, iif, oif, fwmark }: PolicyRule, client: string, server: string): boolean {
  const [mark, mask = "0xffffffff"] = fwmark?.split("/") ?? [];
  const selected =
    (from === undefined || contains(from, server)) &&
    (to === undefined || contains(to, client)) &&
    (iif === undefined || iif === "lo") &&
    oif === undefined &&
    // The replies have no packet mark.
    (mark === undefined || (Number(mark) & Number(mask)) === 0);
  return selected !== not;
}
