import os from "node:os";

const processors = os.availableParallelism();

/** Whether both ends of a connection have a processor each. */
export const isPinned = processors > 1;

/** The argument list that keeps a program on one processor: where the scheduler puts both ends of a connection is most of its speed. */
export const pinned = (processor: 0 | 1, argv: readonly string[]): string[] =>
  isPinned ? ["taskset", "--cpu-list", String(processor), ...argv] : [...argv];
