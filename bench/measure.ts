import { performance } from "node:perf_hooks";

/** Numbers of one thing, one from each run, in the order of the runs. */
export type Samples = readonly number[];

/** The one in the middle; between two, their mean. */
export function median(samples: Samples): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What is compared, by its name, and how one number of it is taken. */
export type Sides<Name extends string> = Readonly<Record<Name, () => Promise<number>>>;

/**
 * One number of each side for each of the runs, side by side: A B, B A, A B … What slows the machine down for a while
 * meets both, and neither always comes first.
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

/** The order of a run: forth in the first, back in the second, and so on. */
export function alternated<T>(sides: readonly T[], run: number): T[] {
  return run % 2 === 0 ? [...sides] : sides.toReversed();
}

/** Seconds that it takes. */
export async function secondsOf(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return (performance.now() - start) / 1000;
}
