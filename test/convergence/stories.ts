/** Runs random scenarios on one kind of host, and repeats one that failed. */
import fc from "fast-check";
import type { KindCases } from "../kinds/kind-cases.js";
import { seeding } from "../seed.js";
import { type Host, type Story, story, tell } from "./converges.js";

/** Starts a new host for a scenario. */
export type Start = () => Host | Promise<Host>;

/** Runs one scenario. */
export async function tellTo(start: Start, each: Story): Promise<void> {
  const host = await start();
  try {
    await tell(host, each);
  } finally {
    await host.stop();
  }
}

const { LINUXNET_STORY: path, LINUXNET_SHRINK: shrink } = process.env;

/**
 * Runs random scenarios with networks of these kinds, derived from the seed. The error of a failure says how to repeat
 * it.
 */
export async function tellRandom(
  start: Start,
  kinds: readonly KindCases[],
  count: number,
  file: string,
): Promise<void> {
  const told = await fc.check(
    fc.asyncProperty(story(kinds), (each) => tellTo(start, each)),
    {
      numRuns: path === undefined ? count : 1,
      ...seeding,
      ...(path !== undefined && { path }),
      endOnFailure: shrink === undefined,
    },
  );
  if (!told.failed) return;
  const again = `LINUXNET_SEED=${told.seed} LINUXNET_STORY=${told.counterexamplePath ?? ""} npx vitest run ${file}`;
  const message = await fc.asyncDefaultReportMessage(told);
  throw new Error(`${message}\n\nThe same story again:\n  ${again}\nIts least form: LINUXNET_SHRINK=1 before it.`, {
    cause: told.errorInstance,
  });
}
