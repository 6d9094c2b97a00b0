import { isDeepStrictEqual } from "node:util";

/** A property whose value is not the wanted one. */
export interface Difference {
  /** Property path: `mtu`, `peer.name`, `addresses`. */
  readonly path: string;
  readonly wanted: unknown;
  readonly found: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list counts as a whole, and in any order, if not said otherwise: the kernel keeps addresses and destinations in its own. */
function sameValue(a: unknown, b: unknown, ordered: boolean): boolean {
  if (ordered || !Array.isArray(a) || !Array.isArray(b)) return isDeepStrictEqual(a, b);
  const sorted = (list: unknown[]) => list.map((item) => JSON.stringify(item)).sort();
  return isDeepStrictEqual(sorted(a), sorted(b));
}

/** Paths of properties that are not compared like all others. */
export interface Comparison {
  /** Those that don't count where they are not wanted: the kernel has them as it likes. */
  readonly unmanaged?: readonly string[] | undefined;
  /** Lists whose order counts. */
  readonly ordered?: readonly string[] | undefined;
}

/** Where `found` is not what is `wanted`, leaf by leaf. Absent and undefined are the same. */
export function differences(wanted: unknown, found: unknown, comparison: Comparison = {}, path = ""): Difference[] {
  const { unmanaged = [], ordered = [] } = comparison;
  if (wanted === undefined && unmanaged.includes(path)) return [];
  if (isRecord(wanted) && isRecord(found)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
    // Of a map that is managed by its keys only those that are wanted count.
    const counted = unmanaged.includes(path) ? Object.keys(wanted) : keys;
    return counted.flatMap((key) => differences(wanted[key], found[key], comparison, path ? `${path}.${key}` : key));
  }
  return sameValue(wanted, found, ordered.includes(path)) ? [] : [{ path, wanted, found }];
}

/** Whether a difference at `path` is one of a property in `properties`, or of a part of it. */
export function touches(path: string, properties: readonly string[]): boolean {
  return properties.some((property) => path === property || path.startsWith(`${property}.`));
}
