import type { Progress } from "../settings.ts";
import type { BackendName } from "./backends.ts";

/** The settings from the command line of bench:nat. */
export interface NatSettings extends Progress {
  readonly runs: number;
  /** Numbers of forwards, in ascending order. */
  readonly sizes: readonly number[];
  readonly backends: readonly BackendName[];
  /** Whether to include the parts that take many minutes. */
  readonly long: boolean;
}

export const manyForwards = (count: number) => (count === 1 ? "1 forward" : `${count} forwards`);

/** Rounds per run. Each round measures everything once, so that a short disturbance of the machine affects only one. */
export const rounds = 3;
