/**
 * What nft(8) takes before version 1.0, where that is something else. It has no map whose key has more parts than its data: what is
 * an element of such a map elsewhere is a rule there, in a chain with the map's name. Only the text differs: whoever asks
 * for the table's rules, or for a change of them, knows elements alone.
 */
import type { Rule } from "./rules.js";

const since = " # since nft 1.0";
const before = "# before nft 1.0: ";

/** A line that nft takes since 1.0, and those for the versions before it. To the others, they are comments. */
export const linesForBothVersions = (line: string, older: readonly string[]): string[] => [
  `${line}${since}`,
  ...older.map((each) => `${before}${each}`),
];

/** A filter of the shell that makes such lines those for the versions before 1.0. Each keeps its number, which errors name. */
export const olderVersionFilter = `sed -e 's/^.*${since}$//' -e 's/^${before}//'`;

/** What nft is asked to check, to tell which it is: a map and a rule that the versions before 1.0 refuse. */
export const newerVersionCheck = [
  "add table inet linuxnet",
  "add map inet linuxnet forwards_at4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service ; }",
  "add chain inet linuxnet inbound4",
  "add rule inet linuxnet inbound4 dnat ip to ip daddr . meta l4proto . th dport map @forwards_at4",
].join("; ");

/** How a rule says that it takes address and port from a map. */
export const toOlderMapSyntax = (line: string) => line.replace(/dnat (ip6?) to (?=.* map )/, "dnat $1 addr . port to ");

/** The same as all versions since 1.0 print it. */
export const toNewerMapSyntax = (words: string) => words.replace(/dnat (ip6?) addr \. port to /, "dnat $1 to ");

/** Whether a map's key has too many parts: those of published ports that are told by an interface or by an address. */
const hasLongKey = (map: string) => /^forwards_(?:in|at)/.test(map);

/** The lines that make a map. */
export function mapLines(map: string, type: string): string[] {
  const line = `add map inet linuxnet ${map} { ${type} ; }`;
  if (!hasLongKey(map)) return [line];
  // In a table with such chains the name is taken, so that a newer nft, too, can't make the map beside them.
  const taken = `add map inet linuxnet ${map} { type inet_proto : ipv4_addr ; }`;
  return linesForBothVersions(line, [taken, `add chain inet linuxnet ${map}`]);
}

/** The rule that leads packets by a map. `rule`: as nft takes it since 1.0. */
export function olderLookupRule(rule: string): string | undefined {
  const map = / map @(\S+)$/.exec(rule)?.[1];
  if (map === undefined) return undefined;
  return hasLongKey(map)
    ? rule.replace(/dnat .*/, `jump ${map}`)
    : toOlderMapSyntax(rule.replace("dnat ", "meta l4proto { tcp, udp, sctp } dnat "));
}

/** What an element of such a map is as a rule; undefined where its map is no such one. */
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

/** A rule of such a chain as the element that it stands for; any other as it is. */
export function ruleAsElement(rule: Rule): Rule {
  const [, ...parts]: (string | undefined)[] = elementRulePattern.exec(rule.target) ?? [];
  const [targetPort = "", ipv4, ipv6] = parts.splice(4).toReversed();
  const match = parts.filter((part) => part !== undefined).join(" . ");
  const element = { ...rule, match, target: `${ipv6 ?? ipv4 ?? ""} . ${targetPort}` };
  return elementAsRule(element) === rule.target ? element : rule;
}
