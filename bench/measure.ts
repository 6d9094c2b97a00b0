import { performance } from "node:perf_hooks";

/** Measurements of one thing, one per run, in the order of the runs. */
export type Samples = readonly number[];

/** The middle value, or the mean of the two middle values. */
export function median(samples: Samples): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The sides of a comparison by name, each with the function that takes one measurement. */
export type Sides<Name extends string> = Readonly<Record<Name, () => Promise<number>>>;

/**
 * Measures each side once per run, in alternating order: A B, B A, A B … If the machine slows down for a while, all
 * sides are affected, and no side is always first.
 */
export async function sideBySide<Name extends string>(
  runs: number,
  sides: Sides<Name>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(sides) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let run = 0; run < runs; run++)
    for (const name of alternated(names, run)) samples[name].push(await sides[name]());
  return samples;
}

/** The order of the sides in a run: forwards in the first run, backwards in the second, and so on. */
export function alternated<T>(sides: readonly T[], run: number): T[] {
  return run % 2 === 0 ? [...sides] : sides.toReversed();
}

/** Runs the body and returns the seconds that it takes. */
export async function secondsOf(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return (performance.now() - start) / 1000;
}
