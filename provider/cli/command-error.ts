/** What a run of the program comes to. */
export const exitCodes = {
  /** There was nothing to find, or all of it was removed. */
  clean: 0,
  /** Something was found, and is still there. */
  found: 1,
  /** It could not look, or not everywhere. */
  failed: 2,
} as const;

/** The command can't do what was asked: what is wrong, and what to do, for whoever typed it. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
