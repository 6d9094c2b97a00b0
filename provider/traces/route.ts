/** Routes, marked by the stack's protocol number. */
import { z } from "zod";
import { type Answers, ip } from "../commands/command.js";
import { routesOfProtocol } from "../commands/marked-objects.js";
import { type TableRoute, defaultPrefix, isDefault, routesTo, tableNumber } from "../commands/route.js";
import { type StackName, protocolOf } from "../lifecycle/ownership.js";
import {
  type RecordedProperties,
  type SurveyedNamespace,
  type Trace,
  claimTraces,
  defineTraceSort,
  gone,
  removal,
} from "../lifecycle/trace.js";
import { canonicalPrefix, familyOf } from "../schema/address.js";
import { interfacePlace } from "./interface.js";
import { endsOf, isIn, isOrHidden, within } from "./recorded-properties.js";

const routesIn = (namespace: string | undefined, stack: StackName) => ({
  ipv4: routesOfProtocol(namespace, 4, protocolOf(stack)),
  ipv6: routesOfProtocol(namespace, 6, protocolOf(stack)),
});

/** A route with the namespace that it is in. */
interface Place {
  readonly namespace: SurveyedNamespace<Answers<ReturnType<typeof routesIn>>>;
  readonly route: TableRoute;
}

/** The types of a Route; the kernel creates others by itself. */
const routeTypes = ["unicast", "blackhole", "unreachable", "prohibit"];

const sort = defineTraceSort({
  name: "route",
  inNamespace: routesIn,
  isNumbered: true,
  find: ({ namespaces }, stack) =>
    namespaces.flatMap((namespace) =>
      [...(namespace.answers.ipv4.value ?? []), ...(namespace.answers.ipv6.value ?? [])]
        .filter((route) => route.protocol === protocolOf(stack) && routeTypes.includes(route.type))
        .map((route) => traceOf({ namespace, route })),
    ),
});

/** The route that the properties `destination`, `table` and `metric` identify. */
export const routeTraces = claimTraces(sort, isRoute, () => true);

/** The default routes that a `gateway` of the resource or of its peer adds. */
export const gatewayTraces = claimTraces(sort, hasGateway);

function traceOf({ namespace, route }: Place): Trace<Place> {
  const [name] = namespace.names;
  return {
    object: { namespace, route },
    mark: undefined,
    description: `${describeRoute(route)}${within(name)}`,
    identity: `${JSON.stringify(route)}${within(name)}`,
    // A pair's gateway is removed with the pair.
    ...(isDefault(route) && { goesWith: interfacePlace(name, route.device) }),
    stage: "uses interfaces",
    removal: removal([routesTo(name, route.destination, route.table)], ([{ value = [] }]) =>
      value.some((there) => isSameRoute({ ...there, table: route.table }, route)) ? [deleteRoute(name, route)] : gone,
    ),
  };
}

function describeRoute(route: TableRoute): string {
  const { type, destination, via, device, metric, table } = route;
  const path = [
    isDefault(route) ? (destination.includes(":") ? "default6" : "default") : destination,
    ...(via === undefined ? [] : [`via ${via}`]),
    ...(type === "unicast" && device !== undefined ? [`dev ${device}`] : []),
    ...(metric === 0 || metric === 1024 ? [] : [`metric ${metric}`]),
    ...(table === "254" ? [] : [`table ${table}`]),
  ].join(" ");
  return `${type === "unicast" ? "route" : `${type} route`} ${path}`;
}

function isRoute(properties: RecordedProperties, { namespace, route }: Place): boolean {
  const { destination, table = "main", metric } = properties;
  const prefix =
    destination === "default"
      ? defaultPrefix(4)
      : destination === "default6"
        ? defaultPrefix(6)
        : typeof destination === "string"
          ? canonicalPrefix(destination)
          : undefined;
  const tableText = typeof table === "string" || typeof table === "number" ? String(table) : undefined;
  return (
    isIn(properties.namespace, namespace) &&
    (prefix === undefined || prefix === route.destination) &&
    (tableText === undefined || tableNumber(tableText) === route.table) &&
    (typeof metric !== "number" || metric === route.metric)
  );
}

const gatewaySchema = z.union([z.string(), z.array(z.string())]);

function hasGateway(properties: RecordedProperties, { namespace, route }: Place): boolean {
  if (!isDefault(route)) return false;
  const family = familyOf(route.destination);
  return endsOf(properties).some(({ namespace: place, name, gateway }, index) => {
    // If a pair's other end is hidden as a whole, its name cannot be read, and it may have a gateway.
    if (gateway === undefined) return index > 0 && typeof name !== "string";
    const gateways = gatewaySchema.safeParse(gateway);
    const leads = !gateways.success || [gateways.data].flat().some((address) => familyOf(address) === family);
    return leads && isIn(place, namespace) && isOrHidden(name, route.device);
  });
}

const isSameRoute = (a: TableRoute, b: TableRoute) =>
  (["type", "via", "device", "metric", "protocol", "table"] as const).every((key) => a[key] === b[key]);

function deleteRoute(namespace: string | undefined, route: TableRoute) {
  const { type, destination, via, device, metric, table, protocol } = route;
  const unicast = type === "unicast";
  return ip(
    namespace,
    `-${familyOf(destination)}`,
    "route",
    "delete",
    ...(unicast ? [] : [type]),
    destination,
    ...(unicast && via !== undefined ? ["via", via] : []),
    // IPv6 lists routes that lead nowhere with lo as their device.
    ...(unicast && device !== undefined ? ["dev", device] : []),
    ...(metric === 0 ? [] : ["metric", metric]),
    "table",
    table,
    "proto",
    protocol,
  );
}
