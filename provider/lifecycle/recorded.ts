/** Where on a machine the resources of a stack's state stand, in words that a survey can be held against. */
import { z } from "zod";
import type { NetnsFileProperty } from "../commands/name-resolution.js";
import { defaultPrefix, tableNumber } from "../commands/route.js";
import { sysctlPath } from "../commands/sysctl.js";
import { type Family, canonicalPrefix, familyOf } from "../schema/address.js";
import type { PolicyRule } from "../commands/policy-rule.js";
import type { TableRoute } from "../commands/route.js";
import type { SurveyedNamespace } from "./survey.js";

/** A resource that the state has, or that a run was about to make or delete. */
export interface Recorded {
  readonly kind: string;
  readonly mark: string;
  /** Which machine it is on; undefined where that can't be told, and it might be on any. */
  readonly machine: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Properties = Recorded["properties"];

/** The parts of a resource that stand for an interface. A value that is no text is one that the state hides: it may be any. */
function endsOf({ properties }: Recorded): Properties[] {
  const { peer } = properties;
  return [properties, ...(typeof peer === "object" && peer !== null ? [peer as Properties] : [])];
}

const isOrHidden = (value: unknown, text: string | undefined) => typeof value !== "string" || value === text;

/** Whether the resource, of an unknown place or this one, stands in a namespace. */
function isIn(value: unknown, { names }: SurveyedNamespace): boolean {
  return (value !== undefined && typeof value !== "string") || names.includes(value);
}

/** Whether one of the resource's interfaces is the one of this name. */
export function hasInterface(recorded: Recorded, namespace: SurveyedNamespace, name: string): boolean {
  return endsOf(recorded).some((end) => isIn(end.namespace, namespace) && isOrHidden(end.name, name));
}

/** Whether the resource is the namespace. */
export function isNamespace({ kind, properties: { name } }: Recorded, { names }: SurveyedNamespace): boolean {
  return kind === "Namespace" && (typeof name !== "string" || names.includes(name));
}

/** Whether the resource's rules are of this namespace and family. */
export function hasRules({ properties }: Recorded, namespace: SurveyedNamespace, family: Family): boolean {
  // The property that says the family: a rule of the other one was left by a replacement.
  const address = properties.targetAddress ?? properties.source;
  return isIn(properties.namespace, namespace) && (typeof address !== "string" || familyOf(address) === family);
}

/** Whether the resource is this route, or one of its gateways is. */
export function hasRoute(recorded: Recorded, namespace: SurveyedNamespace, route: TableRoute): boolean {
  return recorded.kind === "Route" ? isRoute(recorded, namespace, route) : hasGateway(recorded, namespace, route);
}

function isRoute({ properties }: Recorded, namespace: SurveyedNamespace, route: TableRoute): boolean {
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

/** Whether the resource is this rule, by what a Rule is known by. */
export function hasPolicyRule({ kind, properties }: Recorded, namespace: SurveyedNamespace, rule: PolicyRule): boolean {
  const {
    not = false,
    priority,
    from,
    to,
    iif,
    oif,
    fwmark,
    family = rule.family === 6 ? "ipv6" : "ipv4",
  } = properties;
  const known = { not, priority, from, to, iif, oif, fwmark, family };
  const found = { ...rule, family: rule.family === 6 ? "ipv6" : "ipv4" };
  return (
    kind === "Rule" &&
    isIn(properties.namespace, namespace) &&
    Object.entries(known).every(
      ([key, value]) => typeof value === "object" || value === found[key as keyof typeof known],
    )
  );
}

const gatewaySchema = z.union([z.string(), z.array(z.string())]);

/** Whether a route is one that a resource's `gateway` makes. */
function hasGateway(recorded: Recorded, namespace: SurveyedNamespace, route: TableRoute): boolean {
  if (!isDefault(route)) return false;
  const family = familyOf(route.destination);
  return endsOf(recorded).some(({ namespace: place, name, gateway }, index) => {
    // A pair's other end that is hidden as a whole has no name to read, and may have a gateway.
    if (gateway === undefined) return index > 0 && typeof name !== "string";
    const gateways = gatewaySchema.safeParse(gateway);
    const leads = !gateways.success || [gateways.data].flat().some((address) => familyOf(address) === family);
    return leads && isIn(place, namespace) && isOrHidden(name, route.device);
  });
}

/** Whether a route is the default one of its family in the table main. */
export const isDefault = ({ table, destination }: TableRoute) =>
  table === "254" && destination === defaultPrefix(familyOf(destination));

/** Whether the resource holds the host's setting with this key, with slashes. */
export function holdsSetting({ kind, properties: { namespace, key } }: Recorded, found: string): boolean {
  return (
    kind === "Sysctl" &&
    typeof namespace !== "string" &&
    (typeof key !== "string" || sysctlPath(key) === sysctlPath(found))
  );
}

/** Whether the resource has the property whose file is in /etc/netns, in the folder of this name. */
export function holdsFile({ kind, properties }: Recorded, namespace: string, property: NetnsFileProperty): boolean {
  return kind === "Namespace" && isOrHidden(properties.name, namespace) && properties[property] !== undefined;
}
