/// <reference types="vite/types/importMeta.d.ts" />
import { catalogue } from "../../provider/resources/catalogue.js";
import type { Drift, KindCases, Life } from "./kind-cases.js";

const files = import.meta.glob<{ readonly cases: KindCases }>("./*.cases.ts", { eager: true });

/** The cases of every KIND.cases.ts file in this folder. */
export const kindCases: readonly KindCases[] = Object.values(files).map(({ cases }) => cases);

/** The file name of a kind in provider/resources and of its cases here, up to the first dot. */
export const fileOf = (kind: string): string => kind.replaceAll(/(?!^)(?=[A-Z])/g, "-").toLowerCase();

/** The cases of one kind; throws if it has none. */
export function casesOf(kind: string): KindCases {
  const cases = kindCases.find((cases) => cases.kind === kind);
  if (!cases) throw new Error(`${kind} has no cases: add test/kinds/${fileOf(kind)}.cases.ts`);
  return cases;
}

/** The cases of every kind in the catalogue, in its order. */
export const allCases = (): readonly KindCases[] => catalogue.map(({ kind }) => casesOf(kind));

/** The cases of the kinds that the simulated host models. */
export const simulatedKinds = (): readonly KindCases[] => allCases().filter(({ isSimulated }) => isSimulated);

interface OfKind {
  readonly kind: string;
  /** For the title of a group of tests: the kind, and the title of the case if it has one. */
  readonly label: string;
}
export type LifeOfKind = Life & OfKind;
export type DriftOfKind = Drift & OfKind;

const labelled = <T extends { readonly title?: string }>(kind: string, cases: readonly T[]): (T & OfKind)[] =>
  cases.map((each) => ({ ...each, kind, label: [kind, each.title].filter(Boolean).join(" ") }));

/** The life cycles of some kinds, each with its kind. */
export const livesOf = (kinds: readonly KindCases[]): LifeOfKind[] =>
  kinds.flatMap(({ kind, lives }) => labelled(kind, lives));

/** The drifts of some kinds, each with its kind. */
export const driftsOf = (kinds: readonly KindCases[]): DriftOfKind[] =>
  kinds.flatMap(({ kind, drifts }) => labelled(kind, drifts));
