/** A simulated program that ends with an error, in the words of the real one. */
export class ProgramFailure extends Error {
  override readonly name = "ProgramFailure";
  constructor(
    readonly exitCode: number,
    readonly stderr: string,
  ) {
    super(stderr);
  }
}

/** A kernel error that is only a number: iproute2 prints the C library's text for it. */
export const refused = (words: string) => new ProgramFailure(2, `RTNETLINK answers: ${words}`);

/** A kernel error with its own message. */
export const refusedBecause = (sentence: string) => new ProgramFailure(2, `Error: ${sentence}`);

/** A command that the simulation does not model. It must never look like a host's answer. */
export class NotSimulated extends Error {
  override readonly name = "NotSimulated";
  constructor(what: string) {
    super(`The simulated host does not know ${what}: give it a model that is held against the real kernel.`);
  }
}
