/** Reads and changes our rules in the firewalls of a host: iptables with its two backends, and a table of nft(8). */
import type { Family } from "../schema/address.js";
import type { FirewallChoice } from "../schema/host.js";
import { type Command, type CommandResult, type Fact, type Found, fact, inNamespace } from "./command.js";
import { changeTables, inPacketOrder, parseRules, parseUnmarked, programOf } from "./iptables.js";
import { joinedQuestion } from "./joined-rules.js";
import {
  baseSize,
  damagedBaseChains,
  changeTable,
  inTableOrder,
  isElement,
  keyOf,
  nftChain,
  isOfFamily,
  parseTable,
} from "./nftables.js";
import {
  type Chain,
  type FoundRules,
  type ForwardFilter,
  type Place,
  type Rule,
  type RuleSet,
  printRule,
  sameRules,
} from "./rules.js";

/** The firewall that a resource's rules belong in, and the one in which a state has them. */
export interface RuleLocation {
  readonly firewall: FirewallChoice;
  readonly recorded?: Place["backend"] | undefined;
  /**
   * Whether only the chains where rules of ours are created are searched: the state has none yet, or all of them are
   * known to be there. Default false.
   */
  readonly ownChainsOnly?: boolean;
}

/** Takes from a context the firewall for its host's rules, and where its state has them. */
export function ruleLocationOf({
  firewall,
  recorded,
  inPlace = false,
}: {
  readonly firewall: FirewallChoice;
  readonly recorded: Readonly<Record<string, unknown>> | undefined;
  readonly inPlace?: boolean;
}): RuleLocation {
  const backend = recorded?.firewall === "nftables" ? "nft" : (recorded?.backend as Place["backend"] | undefined);
  return { firewall, recorded: backend, ownChainsOnly: recorded === undefined || inPlace };
}

const anywhere: RuleLocation = { firewall: "auto" };

/**
 * The chains where rules of ours are created, by table; the nat table also has chains that belong to a single resource.
 */
const ownChainsByTable: Readonly<Record<string, readonly string[]>> = {
  raw: ["PREROUTING"],
  mangle: ["FORWARD"],
  nat: ["PREROUTING", "OUTPUT", "POSTROUTING"],
  filter: ["FORWARD", "DOCKER-USER"],
};

/** The lines of a shell `case` statement with these chains; the variable `own` holds the chains of single resources. */
const caseOfChains = Object.entries(ownChainsByTable)
  .map(([table, chains]) => {
    const words = [...chains, ...(table === "nat" ? ["$own"] : [])].join(" ");
    return `    ${table}) chains=${words.includes(" ") ? `"${words}"` : words} ;;`;
  })
  .join("\n");

/**
 * Prints the contents of a host's firewalls, filtered on the host, so that the amount of transferred data does not grow
 * with the number of other rules.
 */
export const saveScript = `# what each firewall of the host has, filtered
program=$1 recorded=$2 firewall=$3 look=$4
shift 4
has() { command -v "$1" >/dev/null; }
case $program in iptables) switch=ipv4/ip_forward ;; *) switch=ipv6/conf/all/forwarding ;; esac
# A shell that reads byte by byte finds no end of the line there.
forward=-
{ read -r forward <"/proc/sys/net/$switch"; } 2>/dev/null || :
# Exit code 1, no line, is an answer.
filter() { grep -F "$@" || [ $? = 1 ]; }
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
  echo "@$backend $name $forward $any $gate $at $chain"
  printf '%s\\n' "$rules" | filter "$@" || exit
}
# As iptables-save prints them, of the chains where rules of ours are made: others can have thousands in chains of their own.
in_chains() {
  own=
  for word; do case $word in ":LINUXNET-"*) own="$own \${word#:}" ;; esac; done
  for table in raw mangle nat filter; do
    case $table in
${caseOfChains}
    esac
    echo "*$table"
    for chain in $chains; do
      "$program" -t $table -S $chain 2>/dev/null && continue
      # Of a chain that is not there, 1.8.9 says that it is incompatible.
      case $chain in DOCKER-USER | LINUXNET-*) ;; *) return 1 ;; esac
      case $("$program" -t $table -S $chain 2>&1) in *"No chain/target/match by that name"* | *" is incompatible, "*) ;; *) return 1 ;; esac
    done
  done
}
in_iptables() {
  rules=
  if [ "$look" = chains ] && ! { read -r _ <"/proc/net/\${program%tables}_tables_names"; } 2>/dev/null; then
    case $("$program" --version 2>&1) in *nf_tables*) rules=$(in_chains "$@") || rules= ;; esac
  fi
  if [ "$rules" ]; then
    version=nf_tables
    rules=$(printf '%s\\n' "$rules" | sed -e 's/^-P \\([^ ]*\\) \\(.*\\)/:\\1 \\2 [0:0]/' -e 's/^-N \\(.*\\)/:\\1 - [0:0]/')
  else
    rules=$("$program-save") || exit
    # Its first line says which it is, from 1.8.8 on and where there is a table; else the program does, from 1.8.0 on.
    version=\${rules%%"
"*}
  fi
  case $version in *nf_tables*) ;; *) version=$("$program" --version) || exit ;; esac
  case $version in
  *nf_tables*)
    show "$rules" nf_tables "$program" "$@"
    if { read -r _ <"/proc/net/\${program%tables}_tables_names"; } 2>/dev/null &&
      { [ "$recorded" = legacy ] || has "$program-legacy-save"; }; then
      rules=$("$program-legacy-save") || exit
      show "$rules" legacy "$program-legacy" "$@"
    fi
    ;;
  *)
    show "$rules" legacy "$program" "$@"
    if [ "$recorded" = nf_tables ] || has "$program-nft-save"; then
      rules=$("$program-nft-save") || exit
      show "$rules" nf_tables "$program-nft" "$@"
    fi
    ;;
  esac
}
in_nftables() {
  table=$(nft -a list table inet linuxnet 2>&1)
  code=$?
  case $code$table in
  0*) ;;
  1"Error: No such file or directory"*) table= ;;
  *)
    printf '%s\\n' "$table" >&2
    exit $code
    ;;
  esac
  [ "$table" ] || [ "$home" = nft ] || return 0
  echo "@nft nft $forward $(printf '%s\\n' "$table" | grep -c ' comment "linuxnet"')"
  tab=$(printf '\\t')
  printf '%s\\n' "$table" | filter "$@" -e "\${tab}map " -e "\${tab}set " -e "\${tab}chain " || exit
}
home=iptables
case $firewall in
nftables) home=nft ;;
auto) has "$program-save" || ! has nft || home=nft ;;
esac
case $home in
nft)
  in_nftables "$@"
  if [ "$recorded" = nf_tables ] || [ "$recorded" = legacy ] || has "$program-save"; then in_iptables "$@"; fi
  ;;
*)
  in_iptables "$@"
  if [ "$recorded" = nft ] || has nft; then in_nftables "$@"; fi
  ;;
esac`;

/** The command that prints lines with one of these texts from the firewalls of a host. */
export function saveCommand(
  namespace: string | undefined,
  family: Family,
  patterns: readonly string[],
  { firewall, recorded, ownChainsOnly = false }: RuleLocation = anywhere,
): Command {
  const look = ownChainsOnly ? "chains" : "all";
  const program = ["sh", "-c", saveScript, "sh", programOf(family), recorded ?? "-", firewall, look];
  return joinedQuestion(
    inNamespace(namespace, [...program, "-e", "*"]),
    patterns.map((pattern) => ["-e", pattern]),
  );
}

/** One firewall's part of the output of `saveCommand`. */
interface Saved {
  readonly place: Place;
  /** Whether iptables has any rule at all in it. */
  readonly any: boolean;
  /** For nft's table, whether the chains that every rule needs are intact. */
  readonly isIntact: boolean;
  readonly forwards: boolean | undefined;
  readonly forwardFilter: ForwardFilter | undefined;
  readonly text: string;
}

/** The parts, beginning with the firewall that new rules belong in. */
function parseSaved(stdout: string): [Saved, ...Saved[]] {
  const parts = stdout
    .split(/^@/m)
    .slice(1)
    .map((part): Saved => {
      const [first = ""] = part.split("\n");
      const [backend, program = "", forward, any, gate, at, chain = ""] = first.split(" ");
      const place = { backend: backend as Place["backend"], program };
      return {
        place,
        any: any === "rules",
        isIntact: backend !== "nft" || any === String(baseSize),
        forwards: forward === "-" ? undefined : forward !== "0",
        forwardFilter: gate === "closed" ? { chain, first: at === "I", place } : undefined,
        text: part.slice(first.length + 1),
      };
    });
  const [first, ...rest] = parts;
  if (!first) throw new Error("the host says nothing of its firewalls");
  return [first, ...rest];
}

/** The beginning of every mark, whichever stack's. */
export const anyMark = "linuxnet:";
/** The beginning of every line about a chain of our own. */
const ownChain = ":LINUXNET-";

/** The contents of a reply that belong to any stack. */
interface SavedRules {
  readonly parts: readonly [Saved, ...Saved[]];
  readonly rules: readonly Rule[];
  readonly byMark: ReadonlyMap<string, readonly Rule[]>;
  readonly chainsByName: ReadonlyMap<string, readonly Chain[]>;
  readonly byKey: ReadonlyMap<string, Rule>;
}

function readSaved(stdout: string): SavedRules {
  const parts = parseSaved(stdout);
  const each = parts.map(({ place, text }) => {
    const isOurs = (mark: string) => mark.startsWith(anyMark);
    if (place.backend === "nft") return parseTable(text, isOurs);
    const { rules, chains } = parseRules(text, isOurs, () => true);
    return { rules: rules.map((rule) => ({ ...rule, place })), chains: chains.map((chain) => ({ ...chain, place })) };
  });
  const rules = each.flatMap(({ rules }) => rules);
  const chains = each.flatMap(({ chains }) => chains);
  return {
    parts,
    rules,
    byMark: Map.groupBy(rules, ({ mark }) => mark),
    chainsByName: Map.groupBy(chains, ({ name }) => name),
    byKey: new Map(rules.filter(isElement).map((rule) => [keyOf(rule), rule])),
  };
}

const lastSaved = new Map<Family, { readonly stdout: string; readonly saved: SavedRules }>();

/** Parses a family's reply once, however many resources ask for parts of it in turn; some ask for both families. */
function savedRules(stdout: string, family: Family): SavedRules {
  const last = lastSaved.get(family);
  if (last?.stdout === stdout) return last.saved;
  const saved = readSaved(stdout);
  lastSaved.set(family, { stdout, saved });
  return saved;
}

const isNft = ({ backend }: Place) => backend === "nft";

/** The contents of a reply with these marks and chains. */
function rulesOfMarks(
  stdout: string,
  family: Family,
  marks: readonly string[],
  chainNames: readonly string[],
  firewall: FirewallChoice,
): FoundRules {
  const { parts, byMark, chainsByName, byKey } = savedRules(stdout, family);
  const marked = marks.flatMap((mark) => byMark.get(mark) ?? []).filter((rule) => isOfFamily(rule, family));
  const chains = [...chainNames, ...chainNames.map((name) => nftChain(name, family))].flatMap(
    (name) => chainsByName.get(name) ?? [],
  );
  const [inNft, inIptables] = [true, false].map((nft) => marked.filter(({ place }) => isNft(place!) === nft)) as [
    Rule[],
    Rule[],
  ];
  const isDamaged = inNft.length > 0 && parts.some(({ isIntact }) => !isIntact);
  const rules = [...inPacketOrder(inIptables), ...inTableOrder(inNft), ...(isDamaged ? [damagedBaseChains] : [])];
  // Rules stay where they are; if a host has none of them yet, they are created in its first firewall. Rules that
  // accept forwarded packets are always rules of iptables.
  const placed = [...rules, ...chains].filter(({ table }) => table !== "filter");
  const backends = (placed.length > 0 ? placed : rules).map(({ place }) => place?.backend);
  const there = parts.find(({ place: { backend } }) => backends.includes(backend)) ?? parts[0];
  const belongs = firewall === "auto" || isNft(there.place) === (firewall === "nftables");
  const home = belongs ? there : (parts.find(({ place }) => isNft(place) === (firewall === "nftables")) ?? there);
  const filtering = isNft(home.place) ? parts.find(({ place }) => !isNft(place)) : home;
  return {
    rules,
    chains,
    place: there.place,
    home: home.place,
    mixed: parts.filter(({ any }) => any).length > 1,
    forwards: parts[0].forwards,
    forwardFilter: filtering?.forwardFilter,
    elementAtKey: (rule) => byKey.get(keyOf(rule)),
  };
}

/** The iptables rules of a reply with these marks. */
export const iptablesRulesIn = (stdout: string, family: Family, marks: readonly string[]): FoundRules =>
  rulesOfMarks(stdout, family, marks, [], "iptables");

// The quotes, which iptables-save prints because of the colon, delimit the mark: "web" is the beginning of "web-1",
// whose creation is not a change of "web".
export const patternsOf = (marks: readonly string[], chainNames: readonly string[]) => [
  ...marks.map((mark) => `"${mark}"`),
  ...chainNames.map((chain) => `:${chain} `),
];

/**
 * The rules of one family that carry one of the marks, in all tables, including duplicates; and the chains with these
 * names. `also`: texts in other lines that the answer has to cover.
 */
export function markedRules(
  namespace: string | undefined,
  family: Family,
  marks: readonly string[],
  chainNames: readonly string[] = [],
  where: RuleLocation = anywhere,
  also: readonly string[] = [],
): Fact<Found<FoundRules>> {
  const read = (stdout: string) => rulesOfMarks(stdout, family, marks, chainNames, where.firewall);
  const everyRule = saveCommand(namespace, family, [anyMark, ownChain], where);
  const answer = (result: CommandResult) => (result.exitCode === 0 ? { value: read(result.stdout) } : undefined);
  return {
    ...fact(saveCommand(namespace, family, [...patternsOf(marks, chainNames), ...also], where), read),
    shared: { key: everyRule.argv.join(" "), command: () => everyRule, equallyCheap: true, answer },
  };
}

/** Whether a rule that begins like this (`-A CHAIN …`) is in one of those chains or in a resource's own. */
function isInOwnChain(table: string, match: string): boolean {
  const chain = match.split(" ")[1] ?? "";
  return ownChainsByTable[table]?.includes(chain) === true || (table === "nat" && /^LINUXNET-./.test(chain));
}

/**
 * Whether all of a family's rules with these marks are in chains where rules of ours are created, and not in others
 * where somebody put them.
 */
export function areInPlace(
  namespace: string | undefined,
  family: Family,
  marks: readonly string[],
  { firewall, recorded }: RuleLocation,
): Fact<boolean> {
  const marked = markedRules(namespace, family, marks, [], { firewall, recorded });
  const isThere = ({ rules }: FoundRules) =>
    rules.every(({ place, table, match }) => place?.backend === "nft" || isInOwnChain(table, match));
  const { command, shared } = marked;
  const answer = (result: CommandResult) => {
    const found = shared?.answer(result)?.value;
    return found && isThere(found);
  };
  const parse = (result: CommandResult) => {
    const { value } = marked.parse(result);
    return value !== undefined && isThere(value);
  };
  return { command, parse, ...(shared && { shared: { ...shared, answer } }) };
}

/** What a host has if these rules exist in the firewall that `iptables` leads to, in the recorded backend. */
export function recordedRules(family: Family, rules: RuleSet, backend: Place["backend"] = "nf_tables"): FoundRules {
  const place = { backend, program: programOf(family) };
  return { ...rules, place, home: place, mixed: false, forwards: true };
}

/** Warnings about the firewall that the rules are in. */
export function firewallWarnings({ mixed }: Pick<FoundRules, "mixed">): string[] {
  // Packets traverse the rules of both backends, which do not know of each other.
  return mixed
    ? [
        "both backends of iptables hold rules there (nf_tables and legacy), and a packet has to pass both; move them into one: `iptables-legacy-save` shows the old ones",
      ]
    : [];
}

/** The rules of any stack's resources. `like`: only those that equal one of these apart from the mark. */
export function rulesOfAnyStack(
  namespace: string | undefined,
  family: Family,
  like?: readonly Rule[],
): Fact<Found<readonly Rule[]>> {
  const wanted = like?.map(printRule);
  const patterns = like?.map(({ place, match, target }) =>
    place && isNft(place) ? `${target} comment "${anyMark}` : `${match} -m comment --comment "${anyMark}`,
  );
  return fact(saveCommand(namespace, family, patterns ?? [anyMark]), (stdout) =>
    savedRules(stdout, family).rules.filter(
      (rule) => isOfFamily(rule, family) && (wanted?.includes(printRule(rule)) ?? true),
    ),
  );
}

/** Rules of iptables that equal these but have no comment, including duplicates. */
export function unmarkedRules(
  namespace: string | undefined,
  family: Family,
  like: readonly Rule[],
): Fact<Found<readonly Rule[]>> {
  const wanted = like.map((rule) => printRule(rule));
  const patterns = like.map((rule) => `${rule.match} -j ${rule.target}`);
  return fact(saveCommand(namespace, family, patterns), (stdout) => {
    const rules = parseSaved(stdout).flatMap(({ place, text }) =>
      isNft(place) ? [] : parseUnmarked(text).map((rule) => ({ ...rule, place })),
    );
    return rules.filter((rule) => wanted.includes(printRule(rule)));
  });
}

/**
 * The commands that turn the existing rules into `wanted`; none if they are equal. One transaction per firewall and
 * table. What is in another firewall than the one it belongs in is removed after it has been created there, so that
 * connections always find one or the other.
 */
export function changeRules(
  namespace: string | undefined,
  family: Family,
  there: RuleSet & Partial<FoundRules>,
  wanted: RuleSet,
): Command[] {
  if (sameRules(there, wanted)) return [];
  const home: Place = there.home ?? { backend: "nf_tables", program: programOf(family) };
  const all = [there, wanted].flatMap(({ rules, chains }) => [...rules, ...chains]);
  const places = [home, ...all.flatMap(({ place }) => place ?? [])];
  const byProgram = new Map(places.map((place) => [place.program, place]));
  return [...byProgram.values()].flatMap((place) => {
    const isIn = (part: Rule | Chain) => (part.place ?? home).program === place.program;
    const inPlace = ({ rules, chains }: RuleSet) => ({ rules: rules.filter(isIn), chains: chains.filter(isIn) });
    const [remove, add] = [inPlace(there), inPlace(wanted)];
    if (remove.rules.length > 0 && sameRules(remove, add)) return [];
    return isNft(place) ? changeTable(namespace, remove, add) : changeTables(namespace, place, remove, add);
  });
}
