/** Compares the resources of a stack's state with what a survey found on a machine. */
import { z } from "zod";
import type { NetnsFileProperty } from "../commands/name-resolution.js";
import { defaultPrefix, isDefault, tableNumber } from "../commands/route.js";
import { sysctlPath } from "../commands/sysctl.js";
import { type Family, canonicalPrefix, familyOf } from "../schema/address.js";
import type { PolicyRule } from "../commands/policy-rule.js";
import type { TableRoute } from "../commands/route.js";
import type { SurveyedNamespace } from "./survey.js";

/** A resource that is in the state, or that a run was about to create or delete. */
export interface Recorded {
  readonly kind: string;
  readonly mark: string;
  /** The machine that it is on; undefined if that is unknown, in which case it might be on any. */
  readonly machine: string | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Properties = Recorded["properties"];

/**
 * The parts of a resource that represent an interface. A value that is not a string is hidden in the state and may be
 * anything.
 */
function endsOf({ properties }: Recorded): Properties[] {
  const { peer } = properties;
  return [properties, ...(typeof peer === "object" && peer !== null ? [peer as Properties] : [])];
}

const isOrHidden = (value: unknown, text: string | undefined) => typeof value !== "string" || value === text;

/** Whether a resource is in a namespace, or may be because its place is unknown. */
function isIn(value: unknown, { names }: SurveyedNamespace): boolean {
  return (value !== undefined && typeof value !== "string") || names.includes(value);
}

/** Whether the resource has an interface of this name. */
export function hasInterface(recorded: Recorded, namespace: SurveyedNamespace, name: string): boolean {
  return endsOf(recorded).some((end) => isIn(end.namespace, namespace) && isOrHidden(end.name, name));
}

/** Whether the resource is the namespace. */
export function isNamespace({ kind, properties: { name } }: Recorded, { names }: SurveyedNamespace): boolean {
  return kind === "Namespace" && (typeof name !== "string" || names.includes(name));
}

/** Whether the resource's rules are in this namespace and family. */
export function hasRules({ properties }: Recorded, namespace: SurveyedNamespace, family: Family): boolean {
  // The property that determines the family: rules of the other family were left by a replacement.
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

/** Whether the resource is this rule, by the properties that identify a Rule. */
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

/** Whether a route was created for a resource's `gateway`. */
function hasGateway(recorded: Recorded, namespace: SurveyedNamespace, route: TableRoute): boolean {
  if (!isDefault(route)) return false;
  const family = familyOf(route.destination);
  return endsOf(recorded).some(({ namespace: place, name, gateway }, index) => {
    // If a pair's other end is hidden as a whole, its name cannot be read, and it may have a gateway.
    if (gateway === undefined) return index > 0 && typeof name !== "string";
    const gateways = gatewaySchema.safeParse(gateway);
    const leads = !gateways.success || [gateways.data].flat().some((address) => familyOf(address) === family);
    return leads && isIn(place, namespace) && isOrHidden(name, route.device);
  });
}

/** Whether the resource manages the host's setting with this key, with slashes. */
export function holdsSetting({ kind, properties: { namespace, key } }: Recorded, found: string): boolean {
  return (
    kind === "Sysctl" &&
    typeof namespace !== "string" &&
    (typeof key !== "string" || sysctlPath(key) === sysctlPath(found))
  );
}

/** Whether the resource has the property that is written to this namespace's folder in /etc/netns. */
export function holdsFile({ kind, properties }: Recorded, namespace: string, property: NetnsFileProperty): boolean {
  return kind === "Namespace" && isOrHidden(properties.name, namespace) && properties[property] !== undefined;
}
