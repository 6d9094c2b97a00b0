/** Damage that somebody does to a host by hand. */
import type { Terminal } from "../kinds/by-hand.js";
import { casesOf } from "../kinds/index.js";
import type { Program } from "../small-engine.js";

/** Which resource is damaged, and how. Both numbers choose among what exists. */
export interface Damage {
  readonly at: number;
  readonly how: number;
}

type Properties = Readonly<Record<string, unknown>>;

/** Damages something that exists according to the recorded state, if there is anything. */
export function doDamage(
  terminal: Terminal,
  program: Program,
  outputs: (name: string) => Properties,
  { at, how }: Damage,
): void {
  const names = Object.keys(program);
  const name = names[at % Math.max(names.length, 1)];
  if (name === undefined) return;
  const possible = casesOf(program[name]!.kind).byHand(outputs(name));
  possible[how % possible.length]!(terminal);
}
