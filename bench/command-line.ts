/** What the benches' command lines have in common. */
import { InvalidArgumentError } from "commander";

/** A number that counts something. */
export function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It has to be a number, at least 1.");
  return Number(text);
}

/** Some of these names, with commas between them. */
export const someOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name[] =>
    text.split(",").map((word) => {
      const name = names.find((name) => name === word);
      if (name === undefined) throw new InvalidArgumentError(`There is no ${word}; there are ${names.join(", ")}.`);
      return name;
    });
