/**
 * Addresses of simulated interfaces, and the routes that are added and removed with them (net/ipv4/devinet.c,
 * net/ipv6/addrconf.c).
 */
import { type Address, type Link, type Route, kernelProtocol, routeScope, routeType } from "./network-namespace.js";
import { type Prefix, broadcastText, hostText, networkText, parsePrefix, sameNetwork } from "./prefix.js";
import { refused, refusedBecause } from "./program-failure.js";

/** The minimum MTU for IPv6 (RFC 8200); below it, the kernel removes IPv6 from an interface. */
export const leastIpv6Mtu = 1280;

const ofFamily = (link: Link, family: 4 | 6) => link.addresses.filter(({ prefix }) => prefix.family === family);
const scopeOf = (prefix: Prefix, link: Link): Address["scope"] =>
  link.kind === "loopback" && (prefix.text === "127.0.0.1/8" || prefix.text === "::1/128")
    ? "host"
    : prefix.family === 6 && prefix.value >> 118n === 0x3fan
      ? "link"
      : "global";

/** Adds an address to an interface; with `replace`, it may already exist. */
export function addAddress(link: Link, text: string, replace: boolean): void {
  const prefix = parsePrefix(text);
  const there = ofFamily(link, prefix.family);
  const scope = scopeOf(prefix, link);
  if (prefix.family === 6) {
    if (link.mtu < leastIpv6Mtu) throw refused("Invalid argument");
    if (there.some((address) => address.prefix.value === prefix.value)) {
      if (!replace) throw refusedBecause("ipv6: address already assigned.");
      return;
    }
    const address = { prefix, scope, secondary: false };
    link.addresses = [...ofFamily(link, 4), address, ...there];
    connect(link, address);
    return;
  }
  if (there.some((address) => address.prefix.text === prefix.text)) {
    if (!replace) throw refusedBecause("ipv4: Address already assigned.");
    return;
  }
  const secondary = there.some((address) => !address.secondary && sameNetwork(address.prefix, prefix));
  const address = { prefix, scope, secondary };
  const primaries = there.filter((address) => !address.secondary);
  const secondaries = there.filter((address) => address.secondary);
  link.addresses = secondary
    ? [...there, address, ...ofFamily(link, 6)]
    : [...primaries, address, ...secondaries, ...ofFamily(link, 6)];
  connect(link, address);
}

/** Removes an address from an interface, and what depends on it. */
export function removeAddress(link: Link, text: string): void {
  const prefix = parsePrefix(text);
  const found = link.addresses.find((address) => address.prefix.text === prefix.text);
  if (!found) throw refusedBecause(prefix.family === 4 ? "ipv4: Address not found." : "ipv6: address not found.");
  if (prefix.family === 6) {
    forgetIpv6(link, found);
    return;
  }
  const gone = found.secondary
    ? [found]
    : link.addresses.filter(
        (address) => address === found || (address.secondary && sameNetwork(address.prefix, prefix)),
      );
  for (const address of gone) forgetIpv4(link, address);
  if (ofFamily(link, 4).length === 0) dropRoutes(link, (route) => route.family === 4);
}

/** Removes all addresses from an interface. */
export function flushAddresses(link: Link): void {
  for (const { prefix } of link.addresses)
    if (link.addresses.some((address) => address.prefix.text === prefix.text)) removeAddress(link, prefix.text);
}

function forgetIpv4(link: Link, { prefix }: Address): void {
  const { namespace } = link;
  link.addresses = link.addresses.filter((address) => address.prefix.text !== prefix.text);
  const stays = link.addresses.some((address) => address.prefix.value === prefix.value && address.prefix.family === 4);
  const [host, network, broadcast] = [hostText(prefix), networkText(prefix), broadcastText(prefix)];
  dropRoutes(
    link,
    (route) =>
      route.family === 4 &&
      route.protocol === kernelProtocol &&
      ((route.type === routeType.local && route.destination.text === host && !stays) ||
        (route.source?.value === prefix.value &&
          (route.destination.text === network || route.destination.text === broadcast) &&
          route.destination.text !== host)),
  );
  const known = namespace.links.some((other) =>
    other.addresses.some((address) => address.prefix.family === 4 && address.prefix.value === prefix.value),
  );
  // The kernel removes routes whose source address no longer exists.
  if (!known)
    namespace.routes = namespace.routes.filter(({ family, source }) => family !== 4 || source?.value !== prefix.value);
}

function forgetIpv6(link: Link, { prefix }: Address): void {
  const { namespace } = link;
  link.addresses = link.addresses.filter((address) => address.prefix.text !== prefix.text);
  const shared = link.addresses.some((address) => sameNetwork(address.prefix, prefix));
  const [host, network] = [hostText(prefix), networkText(prefix)];
  dropRoutes(
    link,
    (route) =>
      route.family === 6 &&
      route.protocol === kernelProtocol &&
      ((route.type === routeType.local && route.destination.text === host) ||
        (route.type === routeType.unicast && route.destination.text === network && !shared)),
  );
  for (const route of namespace.routes)
    if (route.family === 6 && route.source?.value === prefix.value) route.source = undefined;
}

/** The interface is set up: the routes of its addresses are added, and lo gets its addresses. */
export function connectAddresses(link: Link): void {
  if (link.kind === "loopback") {
    if (ofFamily(link, 4).length === 0) addAddress(link, "127.0.0.1/8", false);
    addAddress(link, "::1/128", true);
  }
  for (const address of link.addresses) connect(link, address);
}

/** The interface was set down: IPv6 removes its addresses, IPv4 only their routes. */
export function disconnectAddresses(link: Link): void {
  dropRoutes(link, ({ family, scope }) => family === 6 || scope !== routeScope.host);
  dropIpv6(link);
}

/** Removes IPv6 from the interface. */
export function dropIpv6(link: Link): void {
  dropRoutes(link, ({ family }) => family === 6);
  link.addresses = ofFamily(link, 4);
}

/** Removes routes through this interface. */
export function dropRoutes(link: Link, which: (route: Route) => boolean): void {
  const { namespace } = link;
  namespace.routes = namespace.routes.filter((route) => route.link !== link || !which(route));
}

function connect(link: Link, { prefix, secondary }: Address): void {
  const loopback = link.kind === "loopback";
  if (prefix.family === 6) {
    add(link, { table: "local", to: hostText(prefix), type: "local", scope: "global", metric: 0 });
    if (!loopback && link.up)
      add(link, { table: "main", to: networkText(prefix), type: "unicast", scope: "global", metric: 256 });
    return;
  }
  const primary = secondary
    ? link.addresses.find((address) => !address.secondary && sameNetwork(address.prefix, prefix))!.prefix
    : prefix;
  add(link, { table: "local", to: hostText(prefix), type: "local", scope: "host", source: primary });
  if (!link.up || secondary || prefix.length === 32) return;
  add(
    link,
    loopback
      ? { table: "local", to: networkText(prefix), type: "local", scope: "host", source: prefix }
      : { table: "main", to: networkText(prefix), type: "unicast", scope: "link", source: prefix },
  );
  if (prefix.length < 31)
    add(link, { table: "local", to: broadcastText(prefix), type: "broadcast", scope: "link", source: prefix });
}

interface KernelRoute {
  readonly table: "main" | "local";
  readonly to: string;
  readonly type: "unicast" | "local" | "broadcast";
  readonly scope: keyof typeof routeScope;
  readonly metric?: number;
  readonly source?: Prefix;
}

function add(link: Link, { table, to, type, scope, metric = 0, source }: KernelRoute): void {
  const { namespace } = link;
  const destination = parsePrefix(to);
  const there = namespace.routes.some(
    (route) =>
      route.link === link &&
      route.table === table &&
      route.destination.text === destination.text &&
      route.type === routeType[type] &&
      route.metric === metric &&
      route.via === undefined &&
      (destination.family === 6 || (route.source?.value === source?.value && route.protocol === kernelProtocol)),
  );
  if (there) return;
  namespace.tables[destination.family].add(table);
  namespace.routes.push({
    family: destination.family,
    table,
    destination,
    type: routeType[type],
    via: undefined,
    link,
    source,
    metric,
    scope: routeScope[scope],
    protocol: kernelProtocol,
    mtu: undefined,
  });
}
