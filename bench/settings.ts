import os from "node:os";

/** Where progress is told. */
export interface Progress {
  readonly progress: (text: string) => void;
}

/** What the command line asks for, and where progress is told. */
export interface Settings extends Progress {
  readonly runs: number;
  readonly containers: number;
  /** Network namespaces of others on a crowded host. */
  readonly foreign: number;
  /** Also the parts that take many minutes. */
  readonly long: boolean;
}

/** Resources of the program with so many containers on each of so many hosts. */
export const resourceCount = (containers: number, hosts = 1) => hosts * (4 * containers + 4);

/** How many resources the engine has in work at once, where nobody says otherwise (`--parallel`): four times the processors. */
export const engineParallel = 4 * os.availableParallelism();
