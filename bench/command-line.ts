/** Parsers that the command lines of the benches share. */
import { InvalidArgumentError } from "commander";

/**
 * Parses a positive integer.
 * @throws InvalidArgumentError
 */
export function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It has to be a number, at least 1.");
  return Number(text);
}

/** Makes a parser for a comma-separated list of these names. The parser throws InvalidArgumentError. */
export const someOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name[] =>
    text.split(",").map((word) => {
      const name = names.find((name) => name === word);
      if (name === undefined) throw new InvalidArgumentError(`There is no ${word}; there are ${names.join(", ")}.`);
      return name;
    });
