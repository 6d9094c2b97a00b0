import type { Progress } from "../settings.ts";
import type { BackendName } from "./backends.ts";

/** What the command line of bench:nat asks for. */
export interface NatSettings extends Progress {
  readonly runs: number;
  /** Numbers of forwards, least first. */
  readonly sizes: readonly number[];
  readonly backends: readonly BackendName[];
  /** Also the parts that take many minutes. */
  readonly long: boolean;
}

export const manyForwards = (count: number) => (count === 1 ? "1 forward" : `${count} forwards`);

/** How often in a run, and in turn, what takes a second is measured: what disturbs the machine for a moment meets one of them. */
export const rounds = 3;
