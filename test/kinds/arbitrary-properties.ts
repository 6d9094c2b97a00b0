/** Properties that several kinds share, for a host as described at `arbitraryInputs`. */
import fc from "fast-check";
import { cidr, interfaceName } from "../inputs/well-formed.js";

export const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
export const some = <T>(each: fc.Arbitrary<T>) => fc.uniqueArray(each, { minLength: 1, maxLength: 3 });

export const namespace = fc.constant("con1");
/** Names that no interface of that host has. */
export const newName = interfaceName.filter((name) => !["eth9", "port9"].includes(name));
export const addresses = fc.uniqueArray(cidr, { maxLength: 3, selector: (text) => text.replace(/\/.*/, "") });
export const mtu = fc.integer({ min: 1280, max: 9000 });
export const port = fc.integer({ min: 1, max: 65_535 });
export const families = fc.constantFrom(4 as const, 6 as const);

/** Returns a copy without the undefined properties. */
export function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
