import type { Family } from "../schema/address.js";
import { type Command, type CommandResult, type Fact, fact, type Found, inNamespace } from "./command.js";
import { type Section, joinedQuestion, joinedTransaction } from "./joined-iptables.js";

/** The two that may stand behind the name iptables, each with tables of its own in the kernel: xtables-nft(8), xtables-legacy(8). */
export type Backend = "nf_tables" | "legacy";

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
  /** Whether it goes before the rules that are there when it is made. Default: behind them. */
  readonly first?: boolean;
  /** Where it was found. */
  readonly place?: Place;
}

/** A chain of our own. */
export interface Chain {
  readonly table: string;
  readonly name: string;
  /** Where it was found. */
  readonly place?: Place;
}

/** Rules of one family that carry one mark, and chains made for them. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly chains: readonly Chain[];
}

/** A backend on a host, by the programs that write it: `iptables`, or `iptables-legacy` beside another `iptables`. */
export interface Place {
  readonly backend: Backend;
  readonly program: string;
}

/** What a host has of a set of rules, in whichever backend. */
export interface FoundRules extends RuleSet {
  /** Where they are, or would be made. In the other one they are too many. */
  readonly place: Place;
  /** Whether both backends hold rules, whoever made them. */
  readonly mixed: boolean;
  /** Where packets that are forwarded are dropped unless a rule accepts them: where such a rule belongs. */
  readonly gate?: Gate | undefined;
}

/** A place for rules that accept what is forwarded, on a host that drops the rest: by the policy of its FORWARD chain, or by that chain's last rule. */
export interface Gate {
  /** DOCKER-USER where Docker has left that for others' rules, else FORWARD. */
  readonly chain: string;
  /** Whether it has to be before the rules that are there, of which one lets nothing pass to those behind it. */
  readonly first: boolean;
}

const programOf = (family: Family) => (family === 4 ? "iptables" : "ip6tables");

/** What stands behind a rule's comment. */
const ending = ({ after = "", target }: Rule) => `${after}${target === "" ? "" : ` -j ${target}`}`;

/** A rule on one line, as states and messages show it. */
export function printRule(rule: Rule): string {
  return `-t ${rule.table} ${rule.match}${ending(rule)}`;
}

/** Whether both have the same rules and chains in the same order. */
export function sameRules(a: RuleSet, b: RuleSet): boolean {
  const text = (set: RuleSet) =>
    [
      ...set.chains.map(({ table, name }) => `${table} ${name}`),
      ...set.rules.map((rule) => `${rule.mark} ${printRule(rule)}`),
    ].join("\n");
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

/** Reads iptables-save's reply: the rules whose comment is one of ours, and our chains. */
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

/** iptables-save of each backend, filtered on the host, so that what crosses the wire does not grow with the number of other rules. */
export const saveScript = `# iptables-save of each backend, filtered
program=$1 recorded=$2
shift 2
show() {
  rules=$1 backend=$2 name=$3
  shift 3
  case $rules in *"-A "*) any=rules ;; *) any=none ;; esac
  gate=open chain=FORWARD at=A
  case $rules in *":FORWARD DROP "*) gate=closed ;; esac
  case $rules in *"-A FORWARD -j DROP
"* | *"-A FORWARD -j REJECT "*) gate=closed at=I ;; esac
  case $rules in *"-A FORWARD -j DOCKER-USER"*)
    chain=DOCKER-USER at=A
    case $rules in *"-A DOCKER-USER -j RETURN"*) at=I ;; esac
  esac
  echo "@$backend $name $any $gate $at $chain"
  # Exit code 1, no line, is an answer.
  printf '%s\\n' "$rules" | grep -F "$@" || [ $? = 1 ] || exit
}
rules=$("$program-save") || exit
# Its first line says which it is; where there is no table, there is none.
version=\${rules%%"
"*}
[ "$version" ] || version=$("$program" --version) || exit
case $version in
*nf_tables*)
  show "$rules" nf_tables "$program" "$@"
  if { read -r _ <"/proc/net/\${program%tables}_tables_names"; } 2>/dev/null &&
    { [ "$recorded" = legacy ] || command -v "$program-legacy-save" >/dev/null; }; then
    rules=$("$program-legacy-save") || exit
    show "$rules" legacy "$program-legacy" "$@"
  fi
  ;;
*)
  show "$rules" legacy "$program" "$@"
  if [ "$recorded" = nf_tables ] || command -v "$program-nft-save" >/dev/null; then
    rules=$("$program-nft-save") || exit
    show "$rules" nf_tables "$program-nft" "$@"
  fi
  ;;
esac`;

/** What the backends of a host have in lines with one of these texts. `recorded`: one that has to be looked into. */
export function savedLines(
  namespace: string | undefined,
  family: Family,
  patterns: readonly string[],
  recorded?: Backend,
): Command {
  const program = ["sh", "-c", saveScript, "sh", programOf(family), recorded ?? "-"];
  return joinedQuestion(
    inNamespace(namespace, [...program, "-e", "*"]),
    patterns.map((pattern) => ["-e", pattern]),
  );
}

/** One backend's part of what `savedLines` prints. */
interface Saved {
  readonly place: Place;
  /** Whether it holds any rule at all. */
  readonly any: boolean;
  readonly gate: Gate | undefined;
  readonly text: string;
}

/** The parts; first the backend that `iptables` is. */
function parseSaved(stdout: string): [Saved, ...Saved[]] {
  const parts = stdout
    .split(/^@/m)
    .slice(1)
    .map((part): Saved => {
      const [first = ""] = part.split("\n");
      const [backend, program = "", any, gate, at, chain = ""] = first.split(" ");
      return {
        place: { backend: backend as Backend, program },
        any: any === "rules",
        gate: gate === "closed" ? { chain, first: at === "I" } : undefined,
        text: part.slice(first.length + 1),
      };
    });
  const [first, ...rest] = parts;
  if (!first) throw new Error("iptables-save says nothing of its backend");
  return [first, ...rest];
}

/** How every mark begins, whichever stack's. */
const anyMark = "linuxnet:";
/** How every line about a chain of our own begins. */
const ownChain = ":LINUXNET-";

/** What a reply holds of any stack's. */
interface SavedRules {
  readonly parts: readonly [Saved, ...Saved[]];
  readonly rules: readonly Rule[];
  readonly byMark: ReadonlyMap<string, readonly Rule[]>;
  readonly chainsByName: ReadonlyMap<string, readonly Chain[]>;
}

function readSaved(stdout: string): SavedRules {
  const parts = parseSaved(stdout);
  const both = parts.map(({ place, text }) => {
    const { rules, chains } = parseRules(
      text,
      (mark) => mark.startsWith(anyMark),
      () => true,
    );
    return { rules: rules.map((rule) => ({ ...rule, place })), chains: chains.map((chain) => ({ ...chain, place })) };
  });
  const rules = both.flatMap(({ rules }) => rules);
  const chains = both.flatMap(({ chains }) => chains);
  return {
    parts,
    rules,
    byMark: Map.groupBy(rules, ({ mark }) => mark),
    chainsByName: Map.groupBy(chains, ({ name }) => name),
  };
}

let lastSaved: { readonly stdout: string; readonly saved: SavedRules } | undefined;

/** Reads a reply once, however many ask in turn what it says of them. */
function savedRules(stdout: string): SavedRules {
  if (lastSaved?.stdout !== stdout) lastSaved = { stdout, saved: readSaved(stdout) };
  return lastSaved.saved;
}

/** What a reply holds of these marks and chains. */
function rulesOfMarks(stdout: string, marks: readonly string[], chainNames: readonly string[]): FoundRules {
  const { parts, byMark, chainsByName } = savedRules(stdout);
  const rules = inPacketOrder(marks.flatMap((mark) => byMark.get(mark) ?? []));
  const chains = chainNames.flatMap((name) => chainsByName.get(name) ?? []);
  // Rules stay where they are; those of a host that knows none of them yet go where `iptables` leads.
  const places = [...rules, ...chains].flatMap(({ place }) => place ?? []);
  const home = parts.find(({ place: { backend } }) => places.some((used) => used.backend === backend)) ?? parts[0];
  return {
    rules,
    chains,
    place: home.place,
    mixed: parts.filter(({ any }) => any).length > 1,
    gate: home.gate,
  };
}

// With its quotes, which a mark's colon calls for: "web" is the beginning of "web-1", whose coming is no change of it.
const patternsOf = (marks: readonly string[], chainNames: readonly string[]) => [
  ...marks.map((mark) => `"${mark}"`),
  ...chainNames.map((chain) => `:${chain} `),
];

/** The rules of one family that carry one of the marks, in all tables, duplicates too; and the chains of these names. */
export function markedRules(
  namespace: string | undefined,
  family: Family,
  marks: readonly string[],
  chainNames: readonly string[] = [],
  recorded?: Backend,
): Fact<Found<FoundRules>> {
  const read = (stdout: string) => rulesOfMarks(stdout, marks, chainNames);
  const everyRule = savedLines(namespace, family, [anyMark, ownChain], recorded);
  const answer = (result: CommandResult) => (result.exitCode === 0 ? { value: read(result.stdout) } : undefined);
  return {
    ...fact(savedLines(namespace, family, patternsOf(marks, chainNames), recorded), read),
    wide: { key: everyRule.argv.join(" "), command: everyRule, answer },
  };
}

/** What a host has, if the recorded backend is the one where `iptables` leads. */
export function asRecorded(family: Family, rules: RuleSet, backend: Backend = "nf_tables"): FoundRules {
  return { ...rules, place: { backend, program: programOf(family) }, mixed: false };
}

/** The backend that a state has for its rules. */
export const recordedBackend = ({ recorded }: { readonly recorded: Readonly<Record<string, unknown>> | undefined }) =>
  recorded?.backend as Backend | undefined;

/** What its user should know of the firewall that the rules are in. */
export function firewallWarnings({ mixed }: Pick<FoundRules, "mixed">): string[] {
  // Packets meet the rules of two backends, which know nothing of each other.
  return mixed
    ? [
        "both backends of iptables hold rules there (nf_tables and legacy), and a packet has to pass both; move them into one: `iptables-legacy-save` shows the old ones",
      ]
    : [];
}

/** The rules of any stack's resources; only those with this match, where one is given. */
export function rulesOfAnyStack(
  namespace: string | undefined,
  family: Family,
  match?: string,
): Fact<Found<readonly Rule[]>> {
  const pattern = match === undefined ? anyMark : `${match} -m comment --comment "${anyMark}`;
  return fact(savedLines(namespace, family, [pattern]), (stdout) =>
    savedRules(stdout).rules.filter((rule) => match === undefined || rule.match === match),
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
    const rules = parseSaved(stdout).flatMap(({ place, text }) => {
      let table = "";
      return text.split("\n").flatMap((line): Rule[] => {
        const [, match, target] = unmarkedLine.exec(line) ?? [];
        if (line.startsWith("*")) table = line.slice(1);
        return match !== undefined && target !== undefined ? [{ table, match, mark: "", target, place }] : [];
      });
    });
    return rules.filter((rule) => wanted.includes(printRule(rule)));
  });
}

/** Both sets' rules and chains. */
export function joinRules<S extends RuleSet>(a: S, b: readonly Rule[]): S {
  return { ...a, rules: [...a.rules, ...b] };
}

/** No rule and no chain. */
export const noRules: RuleSet = { rules: [], chains: [] };

const chainsIn = ({ chains }: RuleSet, table: string) =>
  chains.filter((chain) => chain.table === table).map(({ name }) => name);

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
    ...add.rules
      .filter((rule) => rule.table === table)
      .map((rule) => (rule.first ? line(rule).replace(/^-A/, "-I") : line(rule))),
  ];
}

/**
 * The commands that make `wanted` of what is there, none where it is that already: one transaction a table and backend
 * (iptables-restore(8) with --noflush).
 */
export function changeRules(
  namespace: string | undefined,
  family: Family,
  there: RuleSet & Partial<FoundRules>,
  wanted: RuleSet,
): Command[] {
  if (sameRules(there, wanted)) return [];
  const home = there.place?.program ?? programOf(family);
  const elsewhere = new Set(
    [...there.rules, ...there.chains].flatMap(({ place }) => place?.program ?? []).filter((name) => name !== home),
  );
  const isIn =
    (program: string) =>
    ({ place }: Rule | Chain) =>
      (place?.program ?? home) === program;
  return [home, ...elsewhere].flatMap((program) => {
    const remove = { rules: there.rules.filter(isIn(program)), chains: there.chains.filter(isIn(program)) };
    const sections = changeSections(remove, program === home ? wanted : noRules);
    const restore = inNamespace(namespace, [`${program}-restore`, "--noflush", "-w", "10"]);
    return sections.length === 0 ? [] : [joinedTransaction(restore, sections)];
  });
}

/** iptables-restore's input that takes `remove` away and adds `add`, table by table. */
function changeSections(remove: RuleSet, add: RuleSet): Section[] {
  const changed = new Set([remove, add].flatMap((set) => [...set.rules, ...set.chains]).map(({ table }) => table));
  return [...changed].map((table) => ({ table, lines: tableChange(table, remove, add) }));
}
