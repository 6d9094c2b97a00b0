/** The exit codes of the program. */
export const exitCodes = {
  /** Nothing was found, or all of it was removed. */
  clean: 0,
  /** Something was found and still exists. */
  found: 1,
  /** Some or all hosts could not be examined. */
  failed: 2,
} as const;

/** The command cannot do what was requested. The message says what is wrong and what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
