import { createInterface } from "node:readline/promises";

/** The caller of the program, who receives its output and its questions. */
export interface Terminal {
  /** The result. */
  print(text: string): void;
  /** Messages, which are not part of the result. */
  log(text: string): void;
  /** Whether there is a user to answer questions. */
  readonly interactive: boolean;
  ask(question: string): Promise<string>;
}

/** The terminal, files or pipes of this process. */
export const processTerminal: Terminal = {
  print: (text) => process.stdout.write(text),
  log: (text) => process.stderr.write(text),
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  async ask(question) {
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    // Without this, a closed input would leave the question pending forever.
    const closed = new Promise<string>((resolve) => reader.once("close", () => resolve("")));
    try {
      return await Promise.race([reader.question(question), closed]);
    } finally {
      reader.close();
    }
  },
};
