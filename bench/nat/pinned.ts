import os from "node:os";

const processors = os.availableParallelism();

/** Whether client and server each run on their own processor. */
export const isPinned = processors > 1;

/**
 * The argument list that runs a program on one processor. Without this, the speed of a connection depends mostly on
 * where the scheduler places client and server.
 */
export const pinned = (processor: 0 | 1, argv: readonly string[]): string[] =>
  isPinned ? ["taskset", "--cpu-list", String(processor), ...argv] : [...argv];
