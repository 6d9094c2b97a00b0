/** Compares properties that a state recorded with what is on a host. A value that the state hides may be anything. */
import type { RecordedProperties, SurveyedNamespace } from "../lifecycle/trace.js";

/** The property or properties of a resource that represent an interface: the resource itself, and its peer. */
export function endsOf(properties: RecordedProperties): RecordedProperties[] {
  const { peer } = properties;
  return [properties, ...(typeof peer === "object" && peer !== null ? [peer as RecordedProperties] : [])];
}

/** Whether a recorded text is this one, or hidden. */
export const isOrHidden = (value: unknown, text: string | undefined) => typeof value !== "string" || value === text;

/** Whether a recorded `namespace` is this one, or hidden. */
export function isIn(value: unknown, { names }: Pick<SurveyedNamespace, "names">): boolean {
  return (value !== undefined && typeof value !== "string") || names.includes(value);
}

/** Where an object is, as the end of its description. */
export const within = (namespace: string | undefined) => (namespace === undefined ? "" : ` in ${namespace}`);
