/**
 * The syntax of nft(8) before version 1.0, where it differs. These versions have no maps whose keys have more parts
 * than their data: an element of such a map is instead a rule in a chain with the map's name. Only the text differs:
 * code that reads or changes the table only deals with elements.
 */
import type { Rule } from "./rules.js";

const since = " # since nft 1.0";
const before = "# before nft 1.0: ";

/** A line for nft since 1.0, and those for older versions, which are comments for the newer ones. */
export const linesForBothVersions = (line: string, older: readonly string[]): string[] => [
  `${line}${since}`,
  ...older.map((each) => `${before}${each}`),
];

/** A shell filter that selects the lines for versions before 1.0. Each keeps its line number, which errors mention. */
export const olderVersionFilter = `sed -e 's/^.*${since}$//' -e 's/^${before}//'`;

/** Lines that nft checks to reveal its version: a map and a rule that versions before 1.0 refuse. */
export const newerVersionCheck = [
  "add table inet linuxnet",
  "add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }",
  "add chain inet linuxnet inbound4",
  "add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4",
].join("; ");

/** A rule that takes address and port from a map, in the older syntax. */
export const toOlderMapSyntax = (line: string) => line.replace(/dnat (ip6?) to (?=.* map )/, "dnat $1 addr . port to ");

/** The same in the syntax that all versions since 1.0 print. */
export const toNewerMapSyntax = (words: string) => words.replace(/dnat (ip6?) addr \. port to /, "dnat $1 to ");

/**
 * Whether a map's key has too many parts: those of published ports that are restricted to an interface or an address.
 */
const hasLongKey = (map: string) => /^forwards_(?:in|at)/.test(map);

/** The lines that create a map. */
export function mapLines(map: string, type: string): string[] {
  const line = `add map inet linuxnet ${map} { ${type} ; }`;
  if (!hasLongKey(map)) return [line];
  // In a table with such chains a map occupies the name, so that a newer nft cannot create the real map next to them.
  const taken = `add map inet linuxnet ${map} { type inet_proto : ipv4_addr ; }`;
  return linesForBothVersions(line, [taken, `add chain inet linuxnet ${map}`]);
}

/** The rule that looks packets up in a map. `rule`: in the syntax of nft since 1.0. */
export function olderLookupRule(rule: string): string | undefined {
  const map = / map @(\S+)$/.exec(rule)?.[1];
  if (map === undefined) return undefined;
  return hasLongKey(map)
    ? rule.replace(/dnat .*/, `jump ${map}`)
    : toOlderMapSyntax(rule.replace("dnat ", "meta l4proto { tcp, udp, sctp } dnat "));
}

/** An element of such a map as a rule; undefined for elements of other maps. */
export function elementAsRule({ table, match, target }: Pick<Rule, "table" | "match" | "target">): string | undefined {
  if (!hasLongKey(table) || match === "") return undefined;
  const ip = table.endsWith("6") ? "ip6" : "ip";
  const parts = match.split(" . ");
  const [address = "", targetPort = ""] = target.split(" . ");
  const [port = "", protocol = "", listenAddress = ""] = parts.toReversed();
  return [
    ...(table.includes("_in") ? [`iifname ${parts[0]!}`] : []),
    ...(table.includes("_at") ? [`${ip} daddr ${listenAddress}`] : []),
    `${protocol} dport ${port} dnat ${ip} to ${ip === "ip6" ? `[${address}]` : address}:${targetPort}`,
  ].join(" ");
}

const elementRulePattern =
  /^(?:iifname ("[^"]+") )?(?:ip6? daddr ([\da-f:.]+) )?(tcp|udp|sctp) dport (\d+) dnat ip6? to (?:\[(.+)\]|([\d.]+)):(\d+)$/;

/** A rule of such a chain as the element that it represents; any other rule unchanged. */
export function ruleAsElement(rule: Rule): Rule {
  const [, ...parts]: (string | undefined)[] = elementRulePattern.exec(rule.target) ?? [];
  const [targetPort = "", ipv4, ipv6] = parts.splice(4).toReversed();
  const match = parts.filter((part) => part !== undefined).join(" . ");
  const element = { ...rule, match, target: `${ipv6 ?? ipv4 ?? ""} . ${targetPort}` };
  return elementAsRule(element) === rule.target ? element : rule;
}
