/** Default routes through an interface, as requested by the property `gateway` of its resource. */
import { type Family, contains, familyOf, withoutLength } from "../schema/address.js";
import { type Command, ip } from "./command.js";
import type { Link } from "./link.js";
import { type KernelRoute, byHandProtocols, defaultMetric, defaultPrefix, isByHand, routesTo } from "./route.js";

/** An interface with its requested gateways. */
export interface GatewayEnd {
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly gateway?: string | string[] | undefined;
  readonly up?: boolean | undefined;
  /** With prefix lengths. */
  readonly addresses?: readonly string[];
}

/** The protocol number of the stack's routes. */
interface Own {
  readonly protocol: number;
  /** The recorded interface. */
  readonly recorded?: Partial<GatewayEnd> | undefined;
}

/** The requested gateways, at most one of each family. */
export const gatewaysOf = (end: Partial<GatewayEnd> | undefined): string[] =>
  end?.gateway === undefined ? [] : [end.gateway].flat();

/** The problems with them. `prefix` is put before the property. */
export function gatewayProblems(prefix: string, end: GatewayEnd): { property: string; message: string }[] {
  const gateways = gatewaysOf(end);
  const families = gateways.map(familyOf);
  const problems = [
    ...(new Set(families).size < families.length ? ["takes one address of each family at most"] : []),
    ...(families.length > 0 && !end.up ? ["needs the interface up; leave out `up: false`"] : []),
  ];
  const reach = gateways.flatMap((gateway) => outOfReach(gateway, end.addresses ?? []) ?? []);
  return (problems.length > 0 ? problems : reach).map((message) => ({ property: `${prefix}gateway`, message }));
}

/** Why the kernel would refuse the gateway on an interface with these addresses; undefined if it accepts it. */
function outOfReach(gateway: string, addresses: readonly string[]): string | undefined {
  // Every interface has a link-local address.
  if (contains("fe80::/10", gateway)) return undefined;
  const same = addresses.filter((address) => familyOf(address) === familyOf(gateway));
  if (same.length === 0)
    return `${gateway} can't be reached by an interface without an IPv${familyOf(gateway)} address: give it one in \`addresses\`, or leave the gateway out`;
  if (same.some((address) => withoutLength(address) === gateway))
    return `${gateway} is the interface's own address; the gateway is another one's on the same network`;
  if (same.some((address) => contains(address, gateway))) return undefined;
  return `${gateway} is in none of the interface's networks (${same.join(", ")}); correct the gateway, or the address's prefix length`;
}

/** The key of a question. Several interfaces may be asked about, each under its own name: `near`, `far`. */
const question = (which: string, family: Family) => `${which} default${family}`;

/** Asks for default routes only if a gateway is or was wanted. */
export function gatewayQuestions(which: string, end: GatewayEnd, recorded: Partial<GatewayEnd> | undefined) {
  const families = new Set([...gatewaysOf(end), ...gatewaysOf(recorded)].map(familyOf));
  return Object.fromEntries(
    [...families].map((family) => [question(which, family), routesTo(end.namespace, defaultPrefix(family))]),
  );
}

/** The default routes in an interface's namespace. */
export interface DefaultRoutes {
  readonly routes: readonly KernelRoute[];
  /** The families that were observed. */
  readonly observedFamilies: readonly Family[];
}

/** The answers to those questions, whose keys are only known at run time. */
export function defaultRoutes(answers: object, which: string): DefaultRoutes {
  const named = answers as Record<string, { value?: KernelRoute[] } | undefined>;
  const valueOf = (family: Family) => named[question(which, family)]?.value;
  const observedFamilies = ([4, 6] as const).filter((family) => valueOf(family) !== undefined);
  return { routes: observedFamilies.flatMap((family) => valueOf(family) ?? []), observedFamilies };
}

/** A foreign default route in the place of the one that `property` requests. */
export function foreignGateway(
  property: string,
  end: GatewayEnd,
  { routes }: DefaultRoutes,
  { protocol, recorded }: Own,
) {
  for (const gateway of gatewaysOf(end)) {
    const family = familyOf(gateway);
    const held = routes.find(
      (route) =>
        familyOf(route.destination) === family && route.metric === defaultMetric(family) && route.protocol !== protocol,
    );
    if (held) {
      return {
        property,
        conflict: `taken by a default route (via ${held.via ?? "no gateway"} dev ${held.device ?? "-"} proto ${held.protocol}) that this stack did not create`,
        advice: "Leave out the gateway, or remove that route on the host.",
        adoptable: true,
        changedByHand: isByHand(held.protocol) && gatewaysOf(recorded).some((address) => familyOf(address) === family),
      };
    }
  }
  return undefined;
}

const ownGateways = (end: GatewayEnd, routes: readonly KernelRoute[], protocol: number) =>
  routes.flatMap(({ destination, metric, via, ...route }) =>
    // A default route with another metric belongs to a Route resource.
    route.protocol === protocol && route.device === end.name && metric === defaultMetric(familyOf(destination)) && via
      ? [via]
      : [],
  );

/** The existing gateways, in the form of the property. */
export function gatewayState(
  end: GatewayEnd,
  { routes }: DefaultRoutes,
  { protocol, recorded }: Own,
): string | string[] | undefined {
  const families = gatewaysOf(recorded).map(familyOf);
  // A gateway that was changed by hand is shown as it is now.
  const gateways = [
    ...ownGateways(end, routes, protocol),
    ...byHandProtocols
      .flatMap((byHand) => ownGateways(end, routes, byHand))
      .filter((via) => families.includes(familyOf(via))),
  ];
  const wanted = gatewaysOf(end);
  const ordered = [
    ...wanted.filter((gateway) => gateways.includes(gateway)),
    ...gateways.filter((gateway) => !wanted.includes(gateway)),
  ];
  return Array.isArray(end.gateway) || ordered.length > 1 ? ordered : ordered[0];
}

const gatewayRoute = (end: GatewayEnd, action: string, gateway: string, protocol: number) =>
  ip(
    end.namespace,
    `-${familyOf(gateway)}`,
    "route",
    action,
    "default",
    "via",
    gateway,
    "dev",
    end.name,
    "proto",
    protocol,
  );

/** Must run before an interface goes down or changes its addresses, since the kernel then removes routes by itself. */
export function removeGateways(end: GatewayEnd, { routes }: DefaultRoutes, { protocol }: Own): Command[] {
  // If another gateway of the family is wanted, `replace` swaps the two at once.
  const families = gatewaysOf(end).map(familyOf);
  return ownGateways(end, routes, protocol)
    .filter((gateway) => !families.includes(familyOf(gateway)))
    .map((gateway) => gatewayRoute(end, "delete", gateway, protocol));
}

/** Must run last: a default route needs its interface to be up. `found` is the interface as it was before. */
export function addGateways(
  end: GatewayEnd,
  found: Link,
  { routes, observedFamilies }: DefaultRoutes,
  own: Own,
): Command[] {
  const { protocol } = own;
  const there = ownGateways(end, routes, protocol);
  // An interface that was down has lost its routes, whatever was observed before. In a family that was not observed,
  // nothing is replaced.
  return gatewaysOf(end)
    .filter((gateway) => !found.up || !there.includes(gateway))
    .map((gateway) =>
      gatewayRoute(end, observedFamilies.includes(familyOf(gateway)) ? "replace" : "add", gateway, protocol),
    );
}
