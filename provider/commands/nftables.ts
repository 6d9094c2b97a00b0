/**
 * Our own table in nft(8), `inet linuxnet`. Published ports are elements of its maps, so that lookup cost is constant,
 * whether there is one or ten thousand; what a map cannot express is a rule in a chain. Each carries its mark as a
 * comment.
 */
import type { Family } from "../schema/address.js";
import { type Command, inNamespace } from "./command.js";
import { joinedTable } from "./joined-rules.js";
import {
  ruleAsElement,
  mapLines,
  linesForBothVersions,
  toNewerMapSyntax,
  olderLookupRule,
  toOlderMapSyntax,
  elementAsRule,
} from "./older-nft.js";
import { type Chain, type Place, type Rule, type RuleSet } from "./rules.js";

/** The table as a place for rules. */
export const nftPlace: Place = { backend: "nft", program: "nft" };

const families = [4, 6] as const;
const protocols = ["tcp", "udp", "sctp"] as const;

/** The keywords of an address family. */
export const nftKeywords = (family: Family) =>
  family === 4
    ? ({ address: "ipv4_addr", ip: "ip", nfproto: "ipv4", loopback: "127.0.0.0/8" } as const)
    : ({ address: "ipv6_addr", ip: "ip6", nfproto: "ipv6", loopback: "::1" } as const);

/**
 * The parts of a published port's key besides protocol and port: the incoming interface and the destination address.
 */
interface KeyParts {
  readonly byInterface: boolean;
  readonly byAddress: boolean;
}

/** Every kind of key; more specific keys take precedence. */
const keys: readonly KeyParts[] = [
  { byInterface: true, byAddress: true },
  { byInterface: true, byAddress: false },
  { byInterface: false, byAddress: true },
  { byInterface: false, byAddress: false },
];

const suffix = ({ byInterface, byAddress }: KeyParts) => `${byInterface ? "_in" : ""}${byAddress ? "_at" : ""}`;

/** Published ports and their targets. */
export const forwardsMap = (family: Family, key: KeyParts) => `forwards${suffix(key)}${family}`;
/**
 * Published ports that work from the target's own bridge: the key begins with that bridge twice, as incoming and
 * outgoing interface.
 */
export const hairpinsSet = (family: Family, key: Pick<KeyParts, "byAddress">) =>
  `hairpins${suffix({ ...key, byInterface: false })}${family}`;
/** Published ports of 127.0.0.1. */
export const localhostsMap = "localhosts4";

/** Chains for what no map can express. A rule is in the chain of the hook where iptables would have it. */
export const chainNames = (family: Family) =>
  ({
    /** Packets to the host, in PREROUTING. */
    inbound: `inbound_rules${family}`,
    /** Packets from the host to itself, in OUTPUT. */
    outbound: `outbound_rules${family}`,
    /** FORWARD of the table mangle. */
    forwarding: `forwarding_rules${family}`,
    /** POSTROUTING. */
    leaving: `leaving_rules${family}`,
  }) as const;

/** PREROUTING of the table raw, where 127.0.0.0/8 is guarded. */
export const guardChain = "guard4";

/** A chain's name in the table, which has one namespace for both address families. */
export const nftChain = (name: string, family: Family) => `${name}-${family}`;

/**
 * Marks a packet that leaves through the bridge that it came in by. The mark is set after routing and dropped at the
 * container.
 */
const hairpinMark = "meta mark | 0x01000000";
/** Matches such a packet. */
export const isHairpin = "meta mark & 0x01000000 == 0x01000000";
/** Marks such a packet. */
export const markHairpin = `meta mark set ${hairpinMark}`;

/* The empty table. */

function mapsOf(family: Family): string[] {
  const { address } = nftKeywords(family);
  const port = "inet_proto . inet_service";
  const target = `${address} . inet_service`;
  const keyOf = ({ byInterface, byAddress }: KeyParts, name = "ifname") =>
    `${byInterface ? `${name} . ` : ""}${byAddress ? `${address} . ` : ""}${port}`;
  return [
    ...keys.flatMap((key) => mapLines(forwardsMap(family, key), `type ${keyOf(key)} : ${target}`)),
    ...[true, false].map((byAddress) => {
      const type = keyOf({ byInterface: true, byAddress }, "ifname . ifname");
      return `add set inet linuxnet ${hairpinsSet(family, { byAddress })} { type ${type} ; }`;
    }),
    ...(family === 4 ? mapLines(localhostsMap, `type ${port} : ${target}`) : []),
  ];
}

/** Chains that are recreated with every change, and their rules. */
function baseRules(family: Family): [chain: string, rule: string][] {
  const { ip, nfproto, loopback } = nftKeywords(family);
  const { inbound, outbound, forwarding, leaving } = chainNames(family);
  const dnat = (key: KeyParts) => {
    const parts = [...(key.byInterface ? ["iifname"] : []), ...(key.byAddress ? [`${ip} daddr`] : [])];
    return `dnat ${ip} to ${[...parts, "meta l4proto", "th dport"].join(" . ")} map @${forwardsMap(family, key)}`;
  };
  const hairpin = (protocol: string, byAddress: boolean, from: "iifname" | "oifname") => {
    const address = byAddress ? [`ct original ${ip} daddr`] : [];
    const key = [from, "oifname", ...address, "meta l4proto", "ct original proto-dst"].join(" . ");
    return `meta l4proto ${protocol} ${key} @${hairpinsSet(family, { byAddress })}`;
  };
  const hairpins = (from: "iifname" | "oifname", then: string) =>
    protocols.flatMap((protocol) => [true, false].map((byAddress) => `${hairpin(protocol, byAddress, from)} ${then}`));
  const chains: Readonly<Record<string, readonly string[]>> = {
    prerouting: [`meta nfproto ${nfproto} fib daddr type local jump inbound${family}`],
    [`inbound${family}`]: [...keys.map(dnat), `jump ${inbound}`],
    output: [`meta nfproto ${nfproto} fib daddr type local jump outbound${family}`],
    [`outbound${family}`]: [
      ...(family === 4 ? [`ip daddr ${loopback} dnat ip to meta l4proto . th dport map @${localhostsMap}`] : []),
      ...keys.filter(({ byInterface }) => !byInterface).map((key) => `${ip} daddr != ${loopback} ${dnat(key)}`),
      `jump ${outbound}`,
    ],
    // A packet that br_netfilter passes no longer has its incoming interface when it leaves: hence the mark.
    forward: [`meta nfproto ${nfproto} ct state new ct status dnat jump forwarding${family}`],
    [`forwarding${family}`]: [...hairpins("iifname", markHairpin), `jump ${forwarding}`],
    postrouting: [`meta nfproto ${nfproto} jump leaving${family}`],
    [`leaving${family}`]: [
      `ct status dnat ${isHairpin} jump hairpin${family}`,
      ...(family === 4 ? [`ip saddr ${loopback} oifname != "lo" ct status dnat masquerade`] : []),
      `jump ${leaving}`,
    ],
    [`hairpin${family}`]: hairpins("oifname", "masquerade"),
  };
  return Object.entries(chains).flatMap(([chain, rules]) => rules.map((rule): [string, string] => [chain, rule]));
}

const base = families.flatMap(baseRules);
const ownChains = [...new Set(base.map(([chain]) => chain))];
// Before the hooks of iptables, so that an adopting forward takes precedence over a foreign one.
const hooks: Readonly<Record<string, string>> = {
  prerouting: "type nat hook prerouting priority dstnat - 1 ;",
  output: "type nat hook output priority -101 ;",
  forward: "type filter hook forward priority mangle ;",
  postrouting: "type nat hook postrouting priority srcnat ;",
};

/** The number of rules that every other rule relies on. Their comment is `linuxnet`. */
export const baseSize = base.length;

/** Creates or repairs the table; does nothing if it is intact. */
const baseLines = [
  "add table inet linuxnet",
  ...families.flatMap(mapsOf),
  ...ownChains.map((chain) => `add chain inet linuxnet ${chain}${hooks[chain] ? ` { ${hooks[chain]} }` : ""}`),
  ...families.flatMap((family) => Object.values(chainNames(family)).map((chain) => `add chain inet linuxnet ${chain}`)),
  `add chain inet linuxnet ${guardChain} { type filter hook prerouting priority raw ; }`,
  ...ownChains.map((chain) => `flush chain inet linuxnet ${chain}`),
  ...base.flatMap(([chain, rule]) => {
    const line = (words: string) => `add rule inet linuxnet ${chain} ${words} comment "linuxnet"`;
    const older = olderLookupRule(rule);
    return older === undefined ? [line(rule)] : linesForBothVersions(line(rule), [line(older)]);
  }),
];

/** Represents that the rules which every other rule relies on are damaged. */
export const damagedBaseChains: Rule = {
  table: "",
  match: "",
  mark: "",
  target: "(the chains that all of it relies on are not as they were made)",
  place: nftPlace,
};

/* The contents of the table. */

/** An element of a map or a set, or a rule of a chain. */
export const element = (table: string, key: readonly (string | number)[], target: string, mark: string): Rule => ({
  table,
  match: key.join(" . "),
  mark,
  target,
  place: nftPlace,
});

/** A rule of a chain. */
export const chainRule = (chain: string, words: readonly (string | false | undefined)[], mark: string): Rule => ({
  table: chain,
  match: "",
  mark,
  target: words.filter(Boolean).join(" "),
  place: nftPlace,
});

/** Whether a rule is of this family. Rules of iptables always are, since each family has its own program. */
export const isOfFamily = ({ table, place }: Rule, family: Family) =>
  place?.backend !== "nft" || table.endsWith(String(family));

/** Elements sorted by map and key, then rules; rules of one chain keep their order. */
export function inTableOrder(rules: readonly Rule[]): Rule[] {
  const place = ({ table, match }: Rule) => (match === "" ? `~${table}` : `${table} ${match}`);
  return rules.toSorted((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
}

const objectLine = /^\t(map|set|chain) (\S+) \{/;
const elementLine = /^\s*(?:elements = \{ )?(.+?) comment "([^"]+)"(?: : (.+?))?(?:,| \})?$/;
const chainLine = /^\t\t(.*?) ?comment "([^"]+)" # handle (\d+)$/;

/** Parses nft's listing of the table: objects with a mark that is one of ours, and the chains of single resources. */
export function parseTable(text: string, isOurs: (mark: string) => boolean): RuleSet {
  const rules: Rule[] = [];
  const chains: Chain[] = [];
  let [kind, name] = ["", ""];
  for (const line of text.split("\n")) {
    const object = objectLine.exec(line);
    if (object) {
      [, kind, name] = object as unknown as [string, string, string];
      if (kind === "chain" && name.startsWith("LINUXNET-"))
        chains.push({ table: "inet linuxnet", name, place: nftPlace });
      continue;
    }
    if (kind === "chain") {
      const [, target = "", mark = "", handle] = chainLine.exec(line) ?? [];
      if (!isOurs(mark)) continue;
      const words = toNewerMapSyntax(target);
      rules.push(ruleAsElement({ ...chainRule(name, [words], mark), handle: Number(handle) }));
    } else {
      const [, match = "", mark = "", target = ""] = elementLine.exec(line) ?? [];
      if (isOurs(mark)) rules.push({ table: name, match, mark, target, place: nftPlace });
    }
  }
  return { rules: inTableOrder(rules), chains };
}

/** Creates the empty table. `shell`: where. */
export const makeTable = (shell: Command): Pick<Command, "argv" | "stdin"> => joinedTable(shell, baseLines, [], false);

/** Removes `remove` and adds `add`, in one transaction. The table is removed with its last object. */
export function changeTable(namespace: string | undefined, remove: RuleSet, add: RuleSet): Command[] {
  const isInMap = (rule: Rule) => isElement(rule) && rule.handle === undefined;
  const kept = new Set(add.rules.filter(isElement).map(lineOf));
  const there = new Set(remove.rules.filter(isInMap).map(lineOf));
  const made = add.chains.map(({ name }) => name);
  const gone = remove.chains.map(({ name }) => name).filter((name) => !made.includes(name));
  const ownChain = (rule: Rule) => [...made, ...gone].includes(rule.table);
  const lines = [
    ...made.flatMap((name) => [`add chain inet linuxnet ${name}`, `flush chain inet linuxnet ${name}`]),
    ...remove.rules.flatMap((rule) => {
      if (isInMap(rule))
        return kept.has(lineOf(rule)) ? [] : [`delete element inet linuxnet ${rule.table} { ${rule.match} }`];
      if (rule.handle === undefined || ownChain(rule)) return [];
      return [`delete rule inet linuxnet ${rule.table} handle ${rule.handle}`];
    }),
    ...gone.flatMap((name) => [`flush chain inet linuxnet ${name}`, `delete chain inet linuxnet ${name}`]),
    ...add.rules.filter((rule) => !there.has(lineOf(rule))).flatMap(linesOf),
  ];
  return [joinedTable(inNamespace(namespace, ["sh"]), baseLines, lines, add.rules.length === 0)];
}

/** Whether it is an element of a map or a set. */
export const isElement = ({ match, place }: Rule) => place?.backend === "nft" && match !== "";
/** The map or set of an element and its key, which is unique. */
export const keyOf = ({ table, match }: Rule) => `${table} ${match}`;

/** The line that adds it. `create` fails if a foreign element has the same key. */
function lineOf(rule: Rule): string {
  const { table, match, mark, target } = rule;
  return isElement(rule)
    ? `create element inet linuxnet ${table} { ${match} comment "${mark}"${target === "" ? "" : ` : ${target}`} }`
    : `add rule inet linuxnet ${table} ${target} comment "${mark}"`;
}

/** The lines that add it, for every version of nft. */
function linesOf(rule: Rule): string[] {
  const line = lineOf(rule);
  const words = elementAsRule(rule);
  const older = words === undefined ? toOlderMapSyntax(line) : lineOf({ ...rule, match: "", target: words });
  return older === line ? [line] : linesForBothVersions(line, [older]);
}

/** The beginnings of lines by which the table may list an element with this key. `mark`: the beginning of its mark. */
export function linePrefixesOf(element: Rule, mark: string): string[] {
  const words = elementAsRule(element)?.replace(/ dnat .*/, " dnat ");
  return [`${element.match} comment "${mark}`, ...(words === undefined ? [] : [words])];
}
