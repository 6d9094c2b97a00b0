/** `ip route` on a simulated host. */
import type { Family } from "../../provider/schema/address.js";
import { type NetworkNamespace, routeScope, routeType } from "./network-namespace.js";
import { parsePrefix } from "./prefix.js";
import { routeReply } from "./replies.js";
import { type RouteFilter, type UnwantedRoute, deleteRoute, listRoutes, putRoute } from "./routes.js";
import type { Words } from "./words.js";

const types = ["unicast", "blackhole", "unreachable", "prohibit"] as const;
const bootProtocol = 3;
const tableNames: Readonly<Record<string, string>> = { 253: "default", 254: "main", 255: "local" };
const tableNumbers: Readonly<Record<string, string>> = { default: "253", main: "254", local: "255" };

/** A table, by its name if it has one. */
function tableIn(words: Words): string {
  const word = words.next();
  return tableNames[word] ?? word;
}

/** Runs `ip -4 route …` or `ip -6 route …`; returns its output. */
export function runRoute(namespace: NetworkNamespace, family: Family, words: Words): string {
  const action = words.oneOf("show", "add", "replace", "delete", "del", "flush");
  if (action === "show") return show(namespace, readFilter(family, words));
  if (action === "flush") {
    const gone = new Set(listRoutes(namespace, readFilter(family, words), "Flush"));
    namespace.routes = namespace.routes.filter((route) => !gone.has(route));
    return "";
  }
  const asked = readRoute(family, words);
  const isGiven = action !== "add" && action !== "replace";
  if (isGiven) deleteRoute(namespace, asked);
  else putRoute(namespace, completed(asked), action === "replace");
  return "";
}

function readRoute(family: Family, words: Words): UnwantedRoute & { readonly mtu?: number | undefined } {
  const type = types.find((one) => words.take(one));
  const destination = parsePrefix(words.next(), family);
  const options: Record<string, unknown> = {};
  while (!words.isEmpty) {
    const word = words.oneOf("via", "dev", "src", "metric", "table", "scope", "mtu", "proto");
    if (word === "via") options.via = parsePrefix(words.next());
    else if (word === "src") options.source = parsePrefix(words.next());
    else if (word === "dev") options.device = words.next();
    else if (word === "table") options.table = tableIn(words);
    else if (word === "scope") options.scope = routeScope[words.oneOf("global", "site", "link", "host")];
    else options[word === "proto" ? "protocol" : word] = words.nextNumber();
  }
  return { table: "main", ...options, family, destination, type: type && routeType[type] };
}

/** Adds the defaults of iproute2 and the kernel to a request. */
function completed({ family, ...asked }: ReturnType<typeof readRoute>) {
  const { type = routeType.unicast, via, protocol = bootProtocol, mtu } = asked;
  const usualScope = family === 6 || via || type !== routeType.unicast ? routeScope.global : routeScope.link;
  return {
    ...asked,
    family,
    type,
    via,
    mtu,
    device: asked.device,
    source: asked.source,
    metric: asked.metric ?? (family === 6 ? 1024 : 0),
    scope: asked.scope ?? usualScope,
    protocol,
  };
}

function readFilter(family: Family, words: Words): RouteFilter {
  let filter: RouteFilter = { family, table: "main" };
  while (!words.isEmpty) {
    const word = words.oneOf("table", "exact", "proto");
    if (word === "table") filter = { ...filter, table: tableIn(words) };
    else if (word === "exact") filter = { ...filter, destination: parsePrefix(words.next(), family) };
    else filter = { ...filter, protocol: words.nextNumber() };
  }
  return filter;
}

function show(namespace: NetworkNamespace, filter: RouteFilter): string {
  const routes = listRoutes(namespace, filter, "Dump").map((route) => {
    const { protocol, ...reply } = routeReply(route);
    // The output does not repeat the filter, and omits the main table.
    return {
      ...reply,
      ...(filter.protocol === undefined && { protocol }),
      ...(filter.table === "all" && route.table !== "main" && { table: tableNumbers[route.table] ?? route.table }),
    };
  });
  return JSON.stringify(routes);
}
