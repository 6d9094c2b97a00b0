import type { Family } from "../schema/address.js";
import { type Command, type Fact, fact, type Found, inNamespace } from "./command.js";

/** A rule in the words of iptables-save(8). */
export interface Rule {
  /** nat, mangle, raw or filter. */
  readonly table: string;
  /** Matches before the comment, in the order in which iptables-save prints them: `-A CHAIN …`. */
  readonly match: string;
  /** Its comment, which says whose it is; empty where there is none. */
  readonly mark: string;
  /** Matches behind the comment, where somebody added some: ` -m mark --mark 0x1`. */
  readonly after?: string;
  /** The target with its options, such as `DNAT --to-destination 172.17.0.101:8080`; empty where there is none. */
  readonly target: string;
}

/** Rules of one family that carry one mark, and chains made for them. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** Our own chains, as `table chain`. */
  readonly chains: readonly string[];
}

const program = (family: Family, name: string) => `${family === 4 ? "iptables" : "ip6tables"}-${name}`;

/** What stands behind a rule's comment. */
const ending = ({ after = "", target }: Rule) => `${after}${target === "" ? "" : ` -j ${target}`}`;

/** A rule on one line, as states and messages show it. */
export function printRule(rule: Rule): string {
  return `-t ${rule.table} ${rule.match}${ending(rule)}`;
}

/** Whether both have the same rules and chains in the same order. */
export function sameRules(a: RuleSet, b: RuleSet): boolean {
  const text = (set: RuleSet) =>
    [...set.chains, ...set.rules.map((rule) => `${rule.mark} ${printRule(rule)}`)].join("\n");
  return text(a) === text(b);
}

/** ` -s 172.17.0.0/24`, or nothing for the prefix of all addresses, which iptables-save leaves out too. */
export function prefixMatch(option: "-s" | "-d" | "! -d", prefix: string | undefined): string {
  return prefix === undefined || prefix === "0.0.0.0/0" || prefix === "::/0" ? "" : ` ${option} ${prefix}`;
}

const tables = ["raw", "mangle", "nat", "filter"];
const chains = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

/** Rules in the order in which packets meet their tables and chains; those of one chain stay in their order. Backends print them in different ones. */
export function inPacketOrder(rules: readonly Rule[]): Rule[] {
  const place = ({ table, match }: Rule) =>
    tables.indexOf(table) * 10 + ((chains.indexOf(match.split(" ")[1]!) + 10) % 10);
  return rules.toSorted((a, b) => place(a) - place(b));
}

const unmarkedLine = /^(-A .*) -j (.*)$/;
const ruleLine = /^(-A .*?) -m comment --comment "?([^" ]+)"?((?: .*?)??)(?: -j (.*))?$/;

/** Reads iptables-save's reply: the rules whose comment is one of ours, and the chains of these names. */
export function parseRules(stdout: string, isOurs: (mark: string) => boolean, chainNames: readonly string[]): RuleSet {
  const rules: Rule[] = [];
  const found: string[] = [];
  let table = "";
  for (const line of stdout.split("\n")) {
    const rule = ruleLine.exec(line);
    if (line.startsWith("*")) table = line.slice(1);
    else if (line.startsWith(":") && chainNames.includes(line.slice(1).split(" ")[0]!))
      found.push(`${table} ${line.slice(1).split(" ")[0]!}`);
    else if (rule && isOurs(rule[2]!)) {
      const [, match, mark, after, target = ""] = rule as unknown as [string, string, string, string, string?];
      rules.push({ table, match, mark, ...(after && { after }), target });
    }
  }
  return { rules: inPacketOrder(rules), chains: found };
}

/** iptables-save, filtered on the host, so that what crosses the wire does not grow with the number of other rules. */
export function savedLines(namespace: string | undefined, family: Family, patterns: readonly string[]): Command {
  // grep's exit code 1 (no line) is an answer; iptables-save's own failure is not.
  const script = 'rules=$("$1") || exit; shift; printf "%s\\n" "$rules" | grep -F "$@" || [ $? = 1 ]';
  return inNamespace(namespace, [
    "sh",
    "-c",
    script,
    "sh",
    program(family, "save"),
    ...["*", ...patterns].flatMap((text) => ["-e", text]),
  ]);
}

/** The rules of one family that carry one of the marks, in all tables, duplicates too; and the chains of these names. */
export function markedRules(
  namespace: string | undefined,
  family: Family,
  marks: readonly string[],
  chainNames: readonly string[] = [],
): Fact<Found<RuleSet>> {
  // With its quotes, which a mark's colon calls for: "web" is the beginning of "web-1", whose coming is no change of it.
  const patterns = [...marks.map((mark) => `"${mark}"`), ...chainNames.map((chain) => `:${chain} `)];
  return fact(savedLines(namespace, family, patterns), (stdout) =>
    parseRules(stdout, (mark) => marks.includes(mark), chainNames),
  );
}

/** The rules of any stack's resources with this match. */
export function rulesOfAnyStack(
  namespace: string | undefined,
  family: Family,
  match: string,
): Fact<Found<readonly Rule[]>> {
  return fact(savedLines(namespace, family, [`${match} -m comment --comment "linuxnet:`]), (stdout) =>
    parseRules(stdout, (mark) => mark.startsWith("linuxnet:"), []).rules.filter((rule) => rule.match === match),
  );
}

/** Rules like these that somebody made without a comment, duplicates too. */
export function unmarkedRules(
  namespace: string | undefined,
  family: Family,
  like: readonly Rule[],
): Fact<Found<readonly Rule[]>> {
  const wanted = like.map((rule) => printRule(rule));
  const patterns = like.map((rule) => `${rule.match} -j ${rule.target}`);
  return fact(savedLines(namespace, family, patterns), (stdout) => {
    const rules: Rule[] = [];
    let table = "";
    for (const line of stdout.split("\n")) {
      const [, match, target] = unmarkedLine.exec(line) ?? [];
      if (line.startsWith("*")) table = line.slice(1);
      else if (match !== undefined && target !== undefined) rules.push({ table, match, mark: "", target });
    }
    return rules.filter((rule) => wanted.includes(printRule(rule)));
  });
}

/** Both sets' rules and chains. */
export function joinRules(a: RuleSet, b: readonly Rule[]): RuleSet {
  return { rules: [...a.rules, ...b], chains: a.chains };
}

/** No rule and no chain. */
export const noRules: RuleSet = { rules: [], chains: [] };

const chainsIn = (set: RuleSet, table: string) =>
  set.chains.flatMap((entry) => (entry.startsWith(`${table} `) ? [entry.slice(table.length + 1)] : []));

/** The lines of one table that turn `remove` into `add`. */
function tableChange(table: string, remove: RuleSet, add: RuleSet): string[] {
  const line = (rule: Rule) =>
    `${rule.match}${rule.mark === "" ? "" : ` -m comment --comment "${rule.mark}"`}${ending(rule)}`;
  const made = chainsIn(add, table);
  const gone = chainsIn(remove, table).filter((chain) => !made.includes(chain));
  // The rules of an own chain go with it: naming the chain makes or empties it, and -F empties it for -X.
  const inOwnChain = (rule: Rule) => [...made, ...gone].includes(rule.match.split(" ")[1]!);
  return [
    ...made.map((chain) => `:${chain} - [0:0]`),
    ...remove.rules
      .filter((rule) => rule.table === table && !inOwnChain(rule))
      .map((rule) => line(rule).replace(/^-A/, "-D")),
    ...gone.flatMap((chain) => [`-F ${chain}`, `-X ${chain}`]),
    ...add.rules.filter((rule) => rule.table === table).map(line),
  ];
}

/** Takes `remove` away and adds `add`, one transaction a table (iptables-restore(8) with --noflush). */
export function changeRules(namespace: string | undefined, family: Family, remove: RuleSet, add: RuleSet): Command {
  const changed = new Set(
    [remove, add].flatMap((set) => [
      ...set.rules.map((rule) => rule.table),
      ...set.chains.map((entry) => entry.split(" ")[0]!),
    ]),
  );
  const text = [...changed]
    .flatMap((table) => [`*${table}`, ...tableChange(table, remove, add), "COMMIT", ""])
    .join("\n");
  return inNamespace(namespace, [program(family, "restore"), "--noflush", "-w", "10"], text);
}
