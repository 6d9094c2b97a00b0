import { z } from "zod";
import { ip } from "../commands/command.js";
import { defaultRouteClaim } from "../commands/interface-claims.js";
import {
  type KernelRoute,
  type TableRoute,
  defaultMetric,
  defaultPrefix,
  isByHand,
  isDefault,
  kernelProtocol,
  marked,
  routesTo,
  tableName,
  tableNumber,
} from "../commands/route.js";
import { leftElsewhere, routesOfProtocol } from "../commands/marked-objects.js";
import { type Context, type Problem, defineResource } from "../lifecycle/define-resource.js";
import { familyOf, ipAddress, network } from "../schema/address.js";
import { metric, mtu, routingTable } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";
import { routeTraces } from "../traces/route.js";

const properties = z.strictObject({
  destination: z
    .union([z.enum(["default", "default6"]), network()], { error: (issue) => networkProblem(issue.input) })
    .describe('The destination network, or `"default"` (IPv4) or `"default6"` (IPv6).'),
  via: ipAddress().optional().describe("The gateway, of the same address family as the destination."),
  device: interfaceName()
    .optional()
    .describe(
      "The outgoing interface. Default: the interface through which the gateway is reached. Set it if the gateway's network moves from one interface to another in the same `up`, because the old interface still exists when the route is created.",
    ),
  source: ipAddress().optional().describe("The source address for packets that do not have one yet."),
  metric: metric()
    .optional()
    .describe("Among routes to the same network, the one with the lowest metric is used. Default 0; for IPv6, 1024."),
  table: routingTable()
    .default("main")
    .describe("The routing table: `main`, `local`, `default` or a number. Default `main`."),
  scope: z
    .enum(["global", "site", "link", "host"])
    .optional()
    .describe("Scope of the destination, IPv4 only. Default: `global` with a gateway, `link` without."),
  type: z
    .enum(["unicast", "blackhole", "unreachable", "prohibit"])
    .default("unicast")
    .describe(
      "`unicast` forwards packets; `blackhole` drops them silently; `unreachable` and `prohibit` drop them with an ICMP error. Default `unicast`.",
    ),
  mtu: mtu().optional().describe("MTU of the route in bytes. Default: the interface's."),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** A route: ip-route(8). */
export const route = defineResource({
  kind: "Route",
  description:
    "A route in a routing table. A change of its gateway, device and so on takes effect in one step, so that the route exists at every moment.",
  properties,
  needs: ["ip"],
  outputs: { marked },
  replaceOn: ["destination", "metric", "table"],
  deleteBeforeReplace: false,
  deletedWith: ["namespace", "device"],
  traces: [routeTraces],

  defaults: (raw) => ({
    ...(raw.metric === undefined &&
      typeof raw.destination === "string" && { metric: isIpv6(raw.destination) ? 1024 : 0 }),
    ...(raw.scope === undefined &&
      typeof raw.destination === "string" &&
      !isIpv6(raw.destination) && {
        scope: raw.via !== undefined || (raw.type ?? "unicast") !== "unicast" ? "global" : "link",
      }),
  }),
  checkTogether: routeProblems,
  claims({ destination, table, metric }) {
    const prefix = prefixOf(destination);
    const family = familyOf(prefix);
    // As created by the property `gateway` of an interface.
    const isOrdinary = prefix === defaultPrefix(family) && String(table) === "main" && metric === defaultMetric(family);
    return isOrdinary ? [defaultRouteClaim("destination", family)] : [];
  },
  inHostNetwork: (inputs) =>
    inputs.namespace === undefined
      ? [{ property: "destination", route: { ...wantedRoute(inputs), table: tableNumber(inputs.table) } }]
      : [],
  identify: ({ namespace, table, destination, metric }) =>
    [namespace, table, destination, metric]
      .filter((part) => part !== undefined && part !== 0 && part !== 1024)
      .join("/"),

  derive: () => ({ marked: true }),

  observe: ({ namespace, destination, table }, { protocol, gone }) => ({
    routes: routesTo(namespace, prefixOf(destination), String(table)),
    ...(gone && { elsewhere: routesOfProtocol(namespace, isIpv6(destination) ? 6 : 4, protocol) }),
  }),

  // The first command creates it and fails if its key is taken.
  fast: { createsUnobserved: () => true },

  interpret(inputs, { routes: { value = [] }, elsewhere }, { protocol, recorded }) {
    // If there are several, the kernel uses the first.
    const [there, ...behind] = value.filter((found) => found.metric === inputs.metric);
    if (!there) return { warnings: equalElsewhere(inputs, elsewhere?.value ?? []) };
    if (there.protocol !== protocol) {
      const { type, via, device } = there;
      const path = [
        type === "unicast" ? "" : type,
        via && `via ${via}`,
        device && `dev ${device}`,
        `proto ${there.protocol}`,
      ]
        .filter(Boolean)
        .join(" ");
      const isBehind = behind.some((found) => found.protocol === protocol);
      const changedByHand = recorded !== undefined && !isBehind && isByHand(there.protocol);
      return {
        // Ours still exists; the state shows what has taken its place.
        state: isBehind || changedByHand ? { ...routeState(inputs, there), marked: false } : undefined,
        foreign: {
          property: "destination",
          conflict: `taken by a route (${path}) that this stack did not create`,
          advice: "Give the new one another metric or table, or remove that route on the host.",
          // The kernel creates its own routes together with addresses.
          adoptable: there.protocol !== kernelProtocol,
          changedByHand,
        },
      };
    }
    return { state: { ...routeState(inputs, there), marked: true } };
  },

  plan(inputs, { routes: { value = [] } }, { protocol }) {
    const there = value.find((found) => found.metric === inputs.metric && found.protocol === protocol);
    if (there && JSON.stringify(routeState(inputs, there)) === JSON.stringify(routeState(inputs, wantedRoute(inputs))))
      return [];
    // If a foreign route has the same key, plan is only called to adopt it.
    const taken = value.some((found) => found.metric === inputs.metric);
    return [routeCommand(taken ? "replace" : "add", inputs, protocol)];
  },

  remove(inputs, { routes: { value = [] } }, { protocol }) {
    return value
      .filter((found) => found.metric === inputs.metric && found.protocol === protocol)
      .map(({ type }) =>
        ip(
          inputs.namespace,
          ...familyOption(inputs),
          "route",
          "delete",
          ...(type === "unicast" ? [] : [type]),
          prefixOf(inputs.destination),
          ...keyOf(inputs),
          "proto",
          protocol,
        ),
      );
  },
});

/**
 * Warnings about the stack's routes that equal the missing one but for their table and metric. Either somebody moved it,
 * or they are other resources', which a delete cannot tell.
 */
function equalElsewhere(inputs: Inputs, routes: readonly TableRoute[]): string[] {
  const stateOf = (route: KernelRoute) => JSON.stringify(routeState(inputs, route));
  const wanted = stateOf(wantedRoute(inputs));
  return (
    routes
      .filter((route) => route.destination === prefixOf(inputs.destination) && stateOf(route) === wanted)
      .filter(({ tos }) => tos === undefined)
      // A default route in the main table may be an interface's gateway.
      .filter((route) => !isDefault(route))
      .map(({ table, metric }) => {
        const at = [`table ${tableName(table)}`, ...(metric === 0 ? [] : [`metric ${metric}`])].join(", ");
        return leftElsewhere(`a route to ${inputs.destination} (${at})`, inputs.namespace);
      })
  );
}

const isIpv6 = (destination: string) => destination === "default6" || destination.includes(":");
const prefixOf = (destination: string) =>
  destination === "default" ? defaultPrefix(4) : destination === "default6" ? defaultPrefix(6) : destination;
const familyOption = ({ destination }: Inputs) => [isIpv6(destination) ? "-6" : "-4"];
const keyOf = ({ metric, table }: Inputs) => [...(metric ? ["metric", metric] : []), "table", table];

function networkProblem(input: unknown): string {
  const issue = network().safeParse(input).error?.issues[0]?.message;
  return typeof input === "string" && issue
    ? `${issue}; "default" and "default6" are accepted too`
    : 'is a network such as 172.17.0.0/24, or "default" or "default6"';
}

function routeProblems(inputs: Inputs): Problem[] {
  const { destination, via, device, source, scope, type } = inputs;
  const ipv6 = isIpv6(destination);
  const other = (address: string | undefined) => address !== undefined && (familyOf(address) === 6) !== ipv6;
  const leads = [via, device, source].some((value) => value !== undefined);
  const correction =
    destination === "default"
      ? '; for the IPv6 default route write destination: "default6"'
      : destination === "default6"
        ? '; for the IPv4 default route write destination: "default"'
        : "";
  return [
    ...(destination === "0.0.0.0/0" || destination === "::/0"
      ? [{ property: "destination", message: `is the default route; write "${ipv6 ? "default6" : "default"}"` }]
      : []),
    ...(other(via)
      ? [
          {
            property: "via",
            message: `is of the other address family than the destination ${destination}${correction}`,
          },
        ]
      : []),
    ...(other(source)
      ? [{ property: "source", message: `is of the other address family than the destination ${destination}` }]
      : []),
    ...(type === "unicast" && via === undefined && device === undefined
      ? [{ property: "via", message: "or device is needed: a unicast route has to lead somewhere" }]
      : []),
    ...(type !== "unicast" && leads
      ? [{ property: "type", message: `${type} leads nowhere: leave out via, device and source` }]
      : []),
    ...(ipv6 && scope !== undefined ? [{ property: "scope", message: "is for IPv4 only" }] : []),
  ];
}

/** The wanted route as the kernel would report it. */
function wantedRoute(inputs: Inputs): KernelRoute {
  const { type, destination, via, device, source, metric = 0, scope = "global", mtu } = inputs;
  return { type, destination: prefixOf(destination), via, device, source, metric, scope, protocol: 0, mtu };
}

function routeState(inputs: Inputs, found: KernelRoute): Record<string, unknown> {
  const { namespace, destination, metric, table } = inputs;
  return {
    namespace,
    destination,
    via: found.via,
    // If left out, the kernel chooses the device; IPv6 reports lo for routes that lead nowhere.
    device: inputs.device === undefined ? undefined : found.device,
    source: found.source,
    metric,
    table,
    scope: isIpv6(destination) ? undefined : found.scope,
    type: found.type,
    mtu: found.mtu,
  };
}

function routeCommand(action: "add" | "replace", inputs: Inputs, protocol: Context["protocol"]) {
  const { namespace, destination, via, device, source, scope, type, mtu } = inputs;
  const option = (name: string, value: string | number | undefined) => (value === undefined ? [] : [name, value]);
  return ip(
    namespace,
    ...familyOption(inputs),
    "route",
    action,
    ...(type === "unicast" ? [] : [type]),
    prefixOf(destination),
    ...option("via", via),
    ...option("dev", device),
    ...option("src", source),
    ...keyOf(inputs),
    ...option("scope", scope),
    ...option("mtu", mtu),
    "proto",
    protocol,
  );
}
