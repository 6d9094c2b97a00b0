/** What somebody does to a host by hand. */
import type { Inputs } from "./kind-cases.js";

/** Somebody's terminal at a host: runs a program; what it prints, or undefined where it fails. */
export type Terminal = (argv: readonly string[]) => string | undefined;

/** One piece of work. What is not there can't be damaged, which is no error. */
export type HandWork = (terminal: Terminal) => void;

/** Commands one after the other; an empty word is written as two quotation marks. */
export const commands =
  (...lines: readonly string[]): HandWork =>
  (terminal) => {
    for (const line of lines) terminal(line.split(" ").map((word) => (word === "''" ? "" : word)));
  };

/** `ip` in a namespace, or in the host's own. */
export const ip = (namespace: unknown) => (typeof namespace === "string" ? `ip -n ${namespace}` : "ip");

/** An interface that is deleted, down, without its addresses, and without its mark; its group still tells whose it is. */
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

/** Rules of a firewall, by the mark in their comments. */
export function rulesDamaged({ mark }: Inputs): readonly HandWork[] {
  /** Of each table, its rules that carry the mark, some of them, once more as commands. */
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
