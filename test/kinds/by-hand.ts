/** Manual changes to a host. */
import type { Inputs } from "./kind-cases.js";

/** A terminal on the host: runs a program and returns its output, or undefined if it fails. */
export type Terminal = (argv: readonly string[]) => string | undefined;

/** One manual change. It ignores objects that do not exist. */
export type HandWork = (terminal: Terminal) => void;

/** Runs commands one after the other; an empty argument is written as two quotation marks. */
export const commands =
  (...lines: readonly string[]): HandWork =>
  (terminal) => {
    for (const line of lines) terminal(line.split(" ").map((word) => (word === "''" ? "" : word)));
  };

/** The `ip` command for a namespace, or for the host's own. */
export const ip = (namespace: unknown) => (typeof namespace === "string" ? `ip -n ${namespace}` : "ip");

/**
 * Deletes an interface, sets it down, removes its addresses, and removes its mark; the group still identifies its
 * owner.
 */
export const interfaceDamaged = ({ namespace, name }: Inputs): readonly HandWork[] => {
  const run = ip(namespace);
  const device = String(name);
  return [
    commands(`${run} link del ${device}`),
    commands(`${run} link set ${device} down`),
    commands(`${run} address flush dev ${device}`),
    commands(`${run} address add 10.97.0.1/24 dev ${device}`),
    commands(`${run} link set ${device} alias ''`),
  ];
};

const programs = ["iptables", "ip6tables"];
const tables = ["nat", "mangle", "raw"];

/** Damages firewall rules, which are found by the mark in their comments. */
export function rulesDamaged({ mark }: Inputs): readonly HandWork[] {
  /** In each table, selects rules that carry the mark, and runs them as commands with this action. */
  const rules =
    (action: "-D" | "-A", some: (rules: readonly string[]) => readonly string[]): HandWork =>
    (terminal) => {
      for (const [program, table] of programs.flatMap((program) => tables.map((table) => [program, table] as const))) {
        const saved = terminal([`${program}-save`, "-t", table]) ?? "";
        for (const rule of some(saved.split("\n").filter((line) => line.includes(`"${String(mark)}"`))))
          terminal([program, "-t", table, action, ...rule.replaceAll('"', "").split(" ").slice(1)]);
      }
    };
  return [
    rules("-D", (all) => all),
    rules("-D", (all) => all.slice(0, 1)),
    rules("-D", (all) => all.slice(-1)),
    rules("-A", (all) => all.slice(0, 1)),
    commands(...programs.map((program) => `${program} -t nat -F`)),
    commands(...programs.flatMap((program) => [`${program} -t nat -F`, `${program} -t nat -X`])),
    commands("iptables -t mangle -F", "iptables -t raw -F"),
    commands("iptables -t nat -F POSTROUTING"),
  ];
}
