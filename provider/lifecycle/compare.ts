import { isDeepStrictEqual } from "node:util";

/** A property whose value differs from the wanted one. */
export interface Difference {
  /** Property path: `mtu`, `peer.name`, `addresses`. */
  readonly path: string;
  readonly wanted: unknown;
  readonly found: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Lists are compared as a whole and in any order unless stated otherwise: the kernel keeps addresses and destinations
 * in its own order.
 */
function sameValue(a: unknown, b: unknown, ordered: boolean): boolean {
  if (ordered || !Array.isArray(a) || !Array.isArray(b)) return isDeepStrictEqual(a, b);
  const sorted = (list: unknown[]) => list.map((item) => JSON.stringify(item)).sort();
  return isDeepStrictEqual(sorted(a), sorted(b));
}

/** Paths of properties that are compared differently. */
export interface Comparison {
  /** Properties that are ignored when nothing is wanted for them: the kernel chooses their value. */
  readonly unmanaged?: readonly string[] | undefined;
  /** Lists whose order is significant. */
  readonly ordered?: readonly string[] | undefined;
}

/** The differences between `wanted` and `found`, leaf by leaf. A missing value equals undefined. */
export function differences(wanted: unknown, found: unknown, comparison: Comparison = {}, path = ""): Difference[] {
  const { unmanaged = [], ordered = [] } = comparison;
  if (wanted === undefined && unmanaged.includes(path)) return [];
  if (isRecord(wanted) && isRecord(found)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
    // In a map that is managed key by key, only the wanted keys are compared.
    const counted = unmanaged.includes(path) ? Object.keys(wanted) : keys;
    return counted.flatMap((key) => differences(wanted[key], found[key], comparison, path ? `${path}.${key}` : key));
  }
  return sameValue(wanted, found, ordered.includes(path)) ? [] : [{ path, wanted, found }];
}

/** Whether `path` is one of `properties` or a part of one. */
export function touches(path: string, properties: readonly string[]): boolean {
  return properties.some((property) => path === property || path.startsWith(`${property}.`));
}
