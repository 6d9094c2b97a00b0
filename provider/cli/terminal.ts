import { createInterface } from "node:readline/promises";

/** Who called the program: what it prints goes there, and its questions. */
export interface Terminal {
  /** The result. */
  print(text: string): void;
  /** What is said about it: not part of the result. */
  log(text: string): void;
  /** Whether somebody is there to answer. */
  readonly interactive: boolean;
  ask(question: string): Promise<string>;
}

/** The terminal, or the files and pipes, that this process was given. */
export const processTerminal: Terminal = {
  print: (text) => process.stdout.write(text),
  log: (text) => process.stderr.write(text),
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  async ask(question) {
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    // Without it a closed input would leave the question open for ever.
    const closed = new Promise<string>((resolve) => reader.once("close", () => resolve("")));
    try {
      return await Promise.race([reader.question(question), closed]);
    } finally {
      reader.close();
    }
  },
};
