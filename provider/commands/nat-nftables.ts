/** Published ports and masqueraded networks in the table of nft(8). */
import { type Family, familyOf } from "../schema/address.js";
import { portsOf } from "../schema/number.js";
import type { Forward, Masquerade, NatBackend } from "./nat.js";
import { targetPortAsGiven } from "./nat-iptables.js";
import {
  chainNames,
  chainRule,
  element,
  forwardsMap,
  guardChain,
  hairpinsSet,
  inTableOrder,
  isHairpin,
  localhostsMap,
  markHairpin,
  nftChain,
  nftPlace,
  nftKeywords,
} from "./nftables.js";
import { type Rule, type RuleSet, hasAll } from "./rules.js";

/** The NAT backend that uses the table of nft. */
export const nftablesNat: NatBackend = {
  forward: (forward, mark) => ({
    chains: [],
    rules: inTableOrder([
      ...publishRules(forward, mark),
      ...hairpinRules(forward, mark),
      ...localhostRules(forward, mark),
    ]),
  }),
  readForward,
  guard,
  guardedInterface: ({ table, target }) => (table === guardChain ? /^iifname "([^"]+)"/.exec(target)?.[1] : undefined),
  masquerade: masqueradeRules,
  readMasquerade,
};

const quoted = (name: string) => `"${name}"`;
const familyIn = ({ targetAddress }: Forward) => familyOf(targetAddress);

/** Whether the port is an element of a map. Map keys have one port each and no excluded interface. */
function isOnePort({ listenPort, exceptInInterface, hairpin }: Forward): boolean {
  const [first, last] = portsOf(listenPort);
  return first === last && (exceptInInterface === undefined || hairpin === true);
}

const targetKey = ({ targetAddress, targetPort, listenPort }: Forward) =>
  `${targetAddress} . ${targetPort ?? portsOf(listenPort)[0]}`;

/** Protocol and port, after the address if there is one. */
const listenKey = ({ protocol, listenAddress, listenPort }: Forward) => [
  ...(listenAddress === undefined ? [] : [listenAddress]),
  protocol,
  portsOf(listenPort)[0],
];

/** ` tcp dport 8000-8010` */
function portMatch({ protocol, listenPort }: Forward): string {
  const [first, last] = portsOf(listenPort);
  return `${protocol} dport ${first === last ? first : `${first}-${last}`}`;
}

function dnat(forward: Forward): string {
  const { protocol, targetAddress, targetPort, listenPort } = forward;
  const [first, last] = portsOf(listenPort);
  const { ip } = nftKeywords(familyIn(forward));
  const base = targetPort ?? first;
  if (first === last) {
    const address = ip === "ip6" ? `[${targetAddress}]` : targetAddress;
    return `dnat ${ip} to ${address}:${base}`;
  }
  if (base === first) return `dnat ${ip} to ${targetAddress}`;
  // nft cannot shift a range as a whole.
  const each = Array.from({ length: last - first + 1 }, (_, n) => `${first + n} : ${targetAddress} . ${base + n}`);
  return `dnat ${ip} to ${protocol} dport map { ${each.join(", ")} }`;
}

function publishRules(forward: Forward, mark: string): Rule[] {
  const { listenAddress, inInterface, exceptInInterface, hairpin } = forward;
  const family = familyIn(forward);
  const key = { byInterface: inInterface !== undefined, byAddress: listenAddress !== undefined };
  if (isOnePort(forward)) {
    const parts = [...(inInterface === undefined ? [] : [quoted(inInterface)]), ...listenKey(forward)];
    return [element(forwardsMap(family, key), parts, targetKey(forward), mark)];
  }
  const { ip, loopback } = nftKeywords(family);
  const { inbound, outbound } = chainNames(family);
  const from =
    inInterface !== undefined
      ? `iifname ${quoted(inInterface)}`
      : exceptInInterface !== undefined && !hairpin && `iifname != ${quoted(exceptInInterface)}`;
  const to = listenAddress !== undefined && `${ip} daddr ${listenAddress}`;
  const then = [portMatch(forward), dnat(forward)];
  return [
    chainRule(inbound, [from, to, ...then], mark),
    ...(inInterface === undefined ? [chainRule(outbound, [to || `${ip} daddr != ${loopback}`, ...then], mark)] : []),
  ];
}

/**
 * Packets from the target's own bridge: the reply has to return through the host, so the bridge's address becomes the
 * source.
 */
function hairpinRules(forward: Forward, mark: string): Rule[] {
  const { protocol, listenAddress, listenPort, exceptInInterface: bridge, hairpin } = forward;
  if (!hairpin || bridge === undefined) return [];
  const family = familyIn(forward);
  if (isOnePort(forward)) {
    const set = hairpinsSet(family, { byAddress: listenAddress !== undefined });
    return [element(set, [quoted(bridge), quoted(bridge), ...listenKey(forward)], "", mark)];
  }
  const [first, last] = portsOf(listenPort);
  const { forwarding, leaving } = chainNames(family);
  const words = (from: "iifname" | "oifname", test: string, then: string) => [
    ...[`${from} ${quoted(bridge)}`, from === "iifname" && `oifname ${quoted(bridge)}`, test],
    listenAddress !== undefined && `ct original ${nftKeywords(family).ip} daddr ${listenAddress}`,
    `meta l4proto ${protocol} ct original proto-dst ${first}-${last}`,
    then,
  ];
  return [
    chainRule(forwarding, words("iifname", "ct status dnat", markHairpin), mark),
    chainRule(leaving, words("oifname", `ct status dnat ${isHairpin}`, "masquerade"), mark),
  ];
}

function guard(interfaceName: string, mark: string): Rule {
  return chainRule(guardChain, [`iifname ${quoted(interfaceName)}`, "ip daddr 127.0.0.0/8", "drop"], mark);
}

/**
 * Packets from 127.0.0.1 on the host: ip-sysctl.rst, route_localnet. The guard is required because of CVE-2020-8558.
 */
function localhostRules(forward: Forward, mark: string): Rule[] {
  const { protocol, exceptInInterface: bridge, listenPort, localhost } = forward;
  if (!localhost || bridge === undefined) return [];
  const [first, last] = portsOf(listenPort);
  const { loopback, ip } = nftKeywords(4);
  return [
    first === last
      ? element(localhostsMap, [protocol, first], targetKey(forward), mark)
      : chainRule(chainNames(4).outbound, [`${ip} daddr ${loopback}`, portMatch(forward), dnat(forward)], mark),
    guard(bridge, mark),
  ];
}

/** The published port from its map element or its first rule, and whether the other rules exist. */
function readForward(found: RuleSet, given: Forward): Forward {
  const family = familyIn(given);
  const { inbound } = chainNames(family);
  const first = found.rules.find(({ table }) => table.startsWith("forwards") || table === inbound);
  const read = { ...given, ...(first && (first.match === "" ? readRule(first, given) : readElement(first, given))) };
  return {
    ...read,
    hairpin: hasAll(found, hairpinRules({ ...read, hairpin: true }, "")),
    localhost: hasAll(found, localhostRules({ ...read, localhost: true }, "")),
  };
}

function readElement({ table, match, target }: Rule, given: Forward): Partial<Forward> {
  const parts = match.split(" . ");
  const [protocol, port] = parts.slice(-2) as [Forward["protocol"], string];
  const [targetAddress = "", targetPort] = target.split(" . ");
  const inInterface = table.startsWith("forwards_in") ? parts[0]!.replaceAll('"', "") : undefined;
  return {
    protocol,
    listenPort: Number(port),
    inInterface,
    listenAddress: parts.length - 2 > (inInterface === undefined ? 0 : 1) ? parts.at(-3)! : undefined,
    targetAddress,
    targetPort: targetPortAsGiven(Number(targetPort), Number(port), given),
  };
}

function readRule({ target }: Rule, given: Forward): Partial<Forward> {
  const option = (pattern: RegExp) => pattern.exec(target)?.[1];
  const [, protocol, port = ""] = /(tcp|udp|sctp) dport ([\d-]+)/.exec(target) ?? [];
  if (protocol === undefined) return {};
  const listenPort = port.includes("-") ? port : Number(port);
  // Only an IPv6 address with a port is in brackets.
  const [, bracketed, ipv4, singlePort, ipv6] =
    /dnat ip6? to (?:(?:\[(.+)\]|([\d.]+))(?::(\d+))?|([\da-f:.]+))$/.exec(target) ?? [];
  const [, mapped, mappedPort] = / map \{ \d+ : (\S+) \. (\d+)/.exec(target) ?? [];
  const targetAddress = mapped ?? bracketed ?? ipv4 ?? ipv6;
  const targetPort = mappedPort ?? singlePort;
  return {
    protocol: protocol as Forward["protocol"],
    listenPort,
    inInterface: option(/^iifname "([^"]+)"/),
    exceptInInterface: option(/^iifname != "([^"]+)"/) ?? (given.hairpin ? given.exceptInInterface : undefined),
    listenAddress: option(/ip6? daddr ([\da-f:.]+) /),
    ...(targetAddress !== undefined && {
      targetAddress,
      targetPort: targetPortAsGiven(targetPort === undefined ? undefined : Number(targetPort), listenPort, given),
    }),
  };
}

/** The prefix of all addresses needs no match. */
const prefixMatch = (family: Family, side: "saddr" | "daddr", prefix: string) =>
  !/\/0$/.test(prefix) && `${nftKeywords(family).ip} ${side} ${prefix.replace(family === 4 ? /\/32$/ : /\/128$/, "")}`;

function masqueradeRules(masquerade: Masquerade, mark: string, chain: string): RuleSet {
  const { source, outInterface, exceptOutInterface, exceptDestinations = [] } = masquerade;
  const family = familyOf(source);
  const { leaving } = chainNames(family);
  const out =
    outInterface !== undefined
      ? `oifname ${quoted(outInterface)}`
      : exceptOutInterface !== undefined && `oifname != ${quoted(exceptOutInterface)}`;
  const match = [prefixMatch(family, "saddr", source), out];
  if (exceptDestinations.length === 0)
    return { chains: [], rules: [chainRule(leaving, [...match, "masquerade"], mark)] };
  const name = nftChain(chain, family);
  return {
    chains: [{ table: "inet linuxnet", name, place: nftPlace }],
    rules: inTableOrder([
      chainRule(leaving, [...match, `jump ${name}`], mark),
      ...exceptDestinations.map((destination) =>
        chainRule(name, [prefixMatch(family, "daddr", destination), "return"], mark),
      ),
      chainRule(name, ["masquerade"], mark),
    ]),
  };
}

function readMasquerade({ rules }: RuleSet, given: Masquerade): Masquerade {
  const family = familyOf(given.source);
  const first = rules.find(({ table }) => table === chainNames(family).leaving)?.target ?? "";
  const option = (pattern: RegExp) => pattern.exec(first)?.[1];
  const whole = (address: string) => (address.includes("/") ? address : `${address}/${family === 4 ? 32 : 128}`);
  const source = option(/saddr (\S+)/);
  const inChain = rules.filter(({ table }) => table.startsWith("LINUXNET-")).map(({ target }) => target);
  // An exception after the rule that it applies to has no effect.
  const kept = inChain
    .slice(0, inChain.includes("masquerade") ? inChain.indexOf("masquerade") : undefined)
    .flatMap((target) => {
      if (!target.endsWith("return")) return [];
      const address = / daddr (\S+)/.exec(` ${target}`)?.[1];
      return [address === undefined ? "?" : whole(address)];
    });
  return {
    source: source === undefined ? given.source : whole(source),
    outInterface: option(/oifname "([^"]+)"/),
    exceptOutInterface: option(/oifname != "([^"]+)"/),
    exceptDestinations: kept.length > 0 ? kept : undefined,
  };
}
