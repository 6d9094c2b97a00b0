import { parseArgs } from "node:util";
import { LabError } from "../examples/lab/lab-error.ts";
import type { InterfaceNames } from "../examples/lab/qemu.ts";
import { isSuite, type Suite, SUITES } from "./machines/suites.mjs";

/** A machine as the command line selects it. */
export interface MachineArguments {
  readonly suite: Suite;
  readonly interfaceNames: InterfaceNames;
}

/** The naming schemes for a machine's interface. */
const interfaceNames: readonly InterfaceNames[] = ["eth0", "systemd"];

const option = "--interface-names";

/**
 * Reads `SUITE [--interface-names eth0|systemd]`.
 * @throws LabError that lists the valid values.
 */
export function readMachineArguments(args: readonly string[]): MachineArguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: { "interface-names": { type: "string" } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  let names: InterfaceNames = "eth0";
  const suites: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") suites.push(token.value);
    if (token.kind !== "option") continue;
    if (token.rawName !== option) {
      throw new LabError(`Unknown option ${token.rawName}: a machine has ${option} ${interfaceNames.join("|")}.`);
    }
    const known = interfaceNames.find((candidate) => candidate === token.value);
    if (!known) throw new LabError(`${option} is ${interfaceNames.join(" or ")}, not "${token.value ?? ""}".`);
    names = known;
  }
  if (suites.length > 1) throw new LabError(`One suite at a time, not ${suites.join(" and ")}.`);
  return { suite: readSuite(suites[0] ?? ""), interfaceNames: names };
}

/**
 * Checks that a name is one of the suites.
 * @throws LabError that lists the suites.
 */
export function readSuite(name: string): Suite {
  if (isSuite(name)) return name;
  const reason = name === "" ? "Name a suite" : `There is no suite "${name}"`;
  throw new LabError(`${reason}: ${SUITES.join(", ")}.`);
}
