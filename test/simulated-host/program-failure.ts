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

/** What the kernel answers with a number only: iproute2 prints the C library's words for it. */
export const refused = (words: string) => new ProgramFailure(2, `RTNETLINK answers: ${words}`);

/** What the kernel answers with a sentence of its own. */
export const refusedBecause = (sentence: string) => new ProgramFailure(2, `Error: ${sentence}`);

/** A command that the simulation has no model of. It must never look like an answer of a host. */
export class NotSimulated extends Error {
  override readonly name = "NotSimulated";
  constructor(what: string) {
    super(`The simulated host does not know ${what}: give it a model that is held against the real kernel.`);
  }
}
