/** Rules in the format of iptables-save(8) and iptables-restore(8). */
import type { Family } from "../schema/address.js";
import { type Command, inNamespace } from "./command.js";
import { type Section, joinedTransaction } from "./joined-rules.js";
import { type Chain, type Place, type Rule, type RuleSet, ruleSuffix } from "./rules.js";

/** The program of a family. */
export const programOf = (family: Family) => (family === 4 ? "iptables" : "ip6tables");

/** ` -s 172.17.0.0/24`, or nothing for the prefix of all addresses, which iptables-save also omits. */
export function prefixMatch(option: "-s" | "-d" | "! -d", prefix: string | undefined): string {
  return prefix === undefined || prefix === "0.0.0.0/0" || prefix === "::/0" ? "" : ` ${option} ${prefix}`;
}

const tables = ["raw", "mangle", "nat", "filter"];
const chains = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

/**
 * Rules in the order in which packets traverse their tables and chains; rules of one chain keep their order. The
 * backends print tables and chains in different orders.
 */
export function inPacketOrder(rules: readonly Rule[]): Rule[] {
  const place = ({ table, match }: Rule) => {
    const [chain = ""] = match.slice("-A ".length).split(" ", 1);
    return tables.indexOf(table) * 10 + ((chains.indexOf(chain) + 10) % 10);
  };
  const placed = rules.map((rule) => ({ rule, at: place(rule) }));
  return placed.sort((a, b) => a.at - b.at).map(({ rule }) => rule);
}

const ruleLine = /^(-A .*?) -m comment --comment "?([^" ]+)"?((?: .*?)??)(?: -j (.*))?$/;

/** Parses the output of iptables-save: the rules whose comment is one of ours, and our chains. */
export function parseRules(
  stdout: string,
  isOurs: (mark: string) => boolean,
  isOurChain: (name: string) => boolean,
): RuleSet {
  const rules: Rule[] = [];
  const found: Chain[] = [];
  let table = "";
  for (const line of stdout.split("\n")) {
    const rule = ruleLine.exec(line);
    const name = line.slice(1).split(" ")[0]!;
    if (line.startsWith("*")) table = line.slice(1);
    else if (line.startsWith(":") && isOurChain(name)) found.push({ table, name });
    else if (rule && isOurs(rule[2]!)) {
      const [, match, mark, after, target = ""] = rule as unknown as [string, string, string, string, string?];
      rules.push({ table, match, mark, ...(after && { after }), target });
    }
  }
  return { rules: inPacketOrder(rules), chains: found };
}

const unmarkedLine = /^(-A .*) -j (.*)$/;

/** The rules without a comment. */
export function parseUnmarked(stdout: string): Rule[] {
  let table = "";
  return stdout.split("\n").flatMap((line): Rule[] => {
    const [, match, target] = unmarkedLine.exec(line) ?? [];
    if (line.startsWith("*")) table = line.slice(1);
    return match !== undefined && target !== undefined ? [{ table, match, mark: "", target }] : [];
  });
}

const chainsIn = ({ chains }: RuleSet, table: string) =>
  chains.filter((chain) => chain.table === table).map(({ name }) => name);

/** The option that inserts a rule before the existing ones, but after the resource's own rules that precede it. */
function before(chain: string, rule: Rule, all: readonly Rule[]): string {
  const own = all.filter(({ first, match }) => first && match.startsWith(`${chain} `));
  const index = own.indexOf(rule);
  return `${chain.replace("-A", "-I")}${index === 0 ? "" : ` ${index + 1}`}`;
}

/** The lines of one table that turn `remove` into `add`. */
function tableChange(table: string, remove: RuleSet, add: RuleSet): string[] {
  const line = (rule: Rule) =>
    `${rule.match}${rule.mark === "" ? "" : ` -m comment --comment "${rule.mark}"`}${ruleSuffix(rule)}`;
  const made = chainsIn(add, table);
  const gone = chainsIn(remove, table).filter((chain) => !made.includes(chain));
  // The rules of a resource's own chain need not be listed: naming the chain creates or empties it, and -F empties it
  // for -X.
  const inOwnChain = (rule: Rule) => [...made, ...gone].includes(rule.match.split(" ")[1]!);
  return [
    ...made.map((chain) => `:${chain} - [0:0]`),
    ...remove.rules
      .filter((rule) => rule.table === table && !inOwnChain(rule))
      .map((rule) => line(rule).replace(/^-A/, "-D")),
    ...gone.flatMap((chain) => [`-F ${chain}`, `-X ${chain}`]),
    ...add.rules
      .filter((rule) => rule.table === table)
      .map((rule, _, all) =>
        rule.first ? line(rule).replace(/^-A \S+/, (chain) => before(chain, rule, all)) : line(rule),
      ),
  ];
}

/** Removes `remove` and adds `add`, in one transaction per table (iptables-restore(8) with --noflush). */
export function changeTables(
  namespace: string | undefined,
  { program }: Place,
  remove: RuleSet,
  add: RuleSet,
): Command[] {
  const changed = new Set([remove, add].flatMap((set) => [...set.rules, ...set.chains]).map(({ table }) => table));
  const sections = [...changed].map((table): Section => ({ table, lines: tableChange(table, remove, add) }));
  const restore = inNamespace(namespace, [`${program}-restore`, "--noflush", "-w", "10"]);
  return sections.length === 0 ? [] : [joinedTransaction(restore, sections)];
}
