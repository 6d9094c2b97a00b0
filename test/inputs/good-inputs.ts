/** Valid inputs of every kind of resource, for a host as described at `arbitraryInputs`. */
import fc from "fast-check";
import { allCases } from "../kinds/index.js";
import type { Inputs } from "../kinds/kind-cases.js";

export interface GoodInputs {
  readonly kind: string;
  readonly inputs: Inputs;
}

export const goodInputs: fc.Arbitrary<GoodInputs> = fc.oneof(
  ...allCases().map(({ kind, arbitraryInputs }) => fc.record({ kind: fc.constant(kind), inputs: arbitraryInputs })),
);
