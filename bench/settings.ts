import os from "node:os";

/** How a section reports its progress. */
export interface Progress {
  readonly progress: (text: string) => void;
}

/** The settings from the command line, and how a section reports its progress. */
export interface Settings extends Progress {
  readonly runs: number;
  readonly containers: number;
  /** The number of foreign network namespaces on a crowded host. */
  readonly foreign: number;
  /** Whether to include the parts that take many minutes. */
  readonly long: boolean;
}

/**
 * The number of resources in the bench's program.
 * @param containers The number of containers on each host.
 */
export const resourceCount = (containers: number, hosts = 1) => hosts * (4 * containers + 4);

/** The engine's default for `--parallel`, the number of resource operations at once: four times the processors. */
export const engineParallel = 4 * os.availableParallelism();
