/** Published ports and masqueraded networks as rules of iptables: iptables-extensions(8). */
import { canonicalPrefix, familyOf } from "../schema/address.js";
import { portsOf } from "../schema/number.js";
import { inPacketOrder, prefixMatch } from "./iptables.js";
import type { Forward, Masquerade, NatBackend } from "./nat.js";
import { type Rule, type RuleSet, hasAll } from "./rules.js";

/** The NAT backend that uses iptables. */
export const iptablesNat: NatBackend = {
  forward: (forward, mark) => ({
    chains: [],
    rules: inPacketOrder([
      ...publishRules(forward, mark),
      ...hairpinRules(forward, mark),
      ...localhostRules(forward, mark),
    ]),
  }),
  readForward,
  guard,
  guardedInterface: ({ table, match }) =>
    table === "raw" ? /^-A PREROUTING -d 127\.0\.0\.0\/8 -i (\S+)$/.exec(match)?.[1] : undefined,
  masquerade: masqueradeRules,
  readMasquerade,
};

function dnat({ targetAddress, targetPort, listenPort }: Forward): string {
  const [first, last] = portsOf(listenPort);
  const address = familyOf(targetAddress) === 6 ? `[${targetAddress}]` : targetAddress;
  if (first === last) return `DNAT --to-destination ${address}:${targetPort ?? first}`;
  // A range keeps its ports or is shifted as a whole: the port after the slash is the one that maps to the first target
  // port.
  return targetPort === undefined || targetPort === first
    ? `DNAT --to-destination ${targetAddress}`
    : `DNAT --to-destination ${address}:${targetPort}-${targetPort + last - first}/${first}`;
}

const ports = (first: number, last: number) => (first === last ? String(first) : `${first}:${last}`);
const listenMatch = ({ protocol, listenPort }: Forward) => ` -m ${protocol} --dport ${ports(...portsOf(listenPort))}`;
/** Matches packets to the target's ports. */
export function targetMatch({ protocol, listenPort, targetPort }: Forward): string {
  const [first, last] = portsOf(listenPort);
  const base = targetPort ?? first;
  return ` -p ${protocol} -m ${protocol} --dport ${ports(base, base + last - first)}`;
}
const listenPrefix = ({ listenAddress }: Forward) =>
  listenAddress === undefined ? "" : ` -d ${canonicalPrefix(listenAddress)}`;

/**
 * Packets sent to the host from outside and by the host itself. Only packets to the host's own addresses: what it
 * routes elsewhere is not touched.
 */
function publishRules(forward: Forward, mark: string): Rule[] {
  const { protocol, inInterface, exceptInInterface, targetAddress } = forward;
  const from =
    inInterface !== undefined
      ? ` -i ${inInterface}`
      : exceptInInterface !== undefined
        ? ` ! -i ${exceptInInterface}`
        : "";
  const local = ` -p ${protocol} -m addrtype --dst-type LOCAL${listenMatch(forward)}`;
  const notLoopback = familyOf(targetAddress) === 4 ? " ! -d 127.0.0.0/8" : " ! -d ::1/128";
  const rule = (match: string) => ({ table: "nat", match, mark, target: dnat(forward) });
  return [
    rule(`-A PREROUTING${listenPrefix(forward)}${from}${local}`),
    ...(inInterface === undefined ? [rule(`-A OUTPUT${listenPrefix(forward) || notLoopback}${local}`)] : []),
  ];
}

/**
 * The bit of the packet mark for packets that leave through the bridge that they came in by. It is set after routing
 * and dropped at the container.
 */
const hairpinBit = "0x1000000/0x1000000";

/**
 * Packets from the target's own bridge: the reply has to return through the host, so the bridge's address becomes the
 * source.
 */
function hairpinRules(forward: Forward, mark: string): Rule[] {
  const { protocol, exceptInInterface: bridge, targetAddress, hairpin } = forward;
  if (!hairpin || bridge === undefined) return [];
  const target = ` -d ${canonicalPrefix(targetAddress)}`;
  const translated = `${targetMatch(forward)} -m conntrack --ctstate DNAT`;
  return [
    {
      table: "nat",
      match: `-A PREROUTING${listenPrefix(forward)} -i ${bridge} -p ${protocol} -m addrtype --dst-type LOCAL${listenMatch(forward)}`,
      mark,
      target: dnat(forward),
    },
    // POSTROUTING does not know the incoming interface; FORWARD does.
    {
      table: "mangle",
      match: `-A FORWARD${target} -i ${bridge} -o ${bridge}${translated}`,
      mark,
      target: `MARK --set-xmark ${hairpinBit}`,
    },
    {
      table: "nat",
      match: `-A POSTROUTING${target} -o ${bridge}${translated} -m mark --mark ${hairpinBit}`,
      mark,
      target: "MASQUERADE",
    },
  ];
}

function guard(interfaceName: string, mark: string): Rule {
  return {
    table: "raw",
    match: `-A PREROUTING${prefixMatch("-d", "127.0.0.0/8")} -i ${interfaceName}`,
    mark,
    target: "DROP",
  };
}

/**
 * Packets from 127.0.0.1 on the host: ip-sysctl.rst, route_localnet. The guard is required because of CVE-2020-8558.
 */
function localhostRules(forward: Forward, mark: string): Rule[] {
  const { protocol, exceptInInterface: bridge, targetAddress, localhost } = forward;
  if (!localhost || bridge === undefined) return [];
  return [
    guard(bridge, mark),
    {
      table: "nat",
      match: `-A OUTPUT -d 127.0.0.0/8 -p ${protocol}${listenMatch(forward)}`,
      mark,
      target: dnat(forward),
    },
    {
      table: "nat",
      match: `-A POSTROUTING -s 127.0.0.0/8 -d ${canonicalPrefix(targetAddress)} -o ${bridge}${targetMatch(forward)}`,
      mark,
      target: "MASQUERADE",
    },
  ];
}

const fromInterface = ({ match }: Rule) => /[^!] -i (\S+)/.exec(match)?.[1];

/** The properties that the first rule expresses, and whether the other rules exist. */
function readForward(found: RuleSet, given: Forward): Forward {
  const read = { ...given, ...readFirst(found, given) };
  return {
    ...read,
    hairpin: hasAll(found, hairpinRules({ ...read, hairpin: true }, "")),
    localhost: hasAll(found, localhostRules({ ...read, localhost: true }, "")),
  };
}

function readFirst({ rules }: RuleSet, given: Forward): Partial<Forward> {
  const { exceptInInterface } = given;
  const first = rules.find(
    (rule) =>
      rule.table === "nat" &&
      rule.match.startsWith("-A PREROUTING ") &&
      // That rule is for the hairpin.
      (exceptInInterface === undefined || fromInterface(rule) !== exceptInInterface),
  );
  if (!first) return {};
  const option = (pattern: RegExp) => pattern.exec(first.match)?.[1];
  // Only an IPv6 address with a port is in brackets.
  const [, bracketed, ipv4, portText, ipv6] =
    /--to-destination (?:(?:\[(.+)\]|([\d.]+))(?::(\d+)(?:-\d+\/\d+)?)?|([\da-f:.]+))$/.exec(first.target) ?? [];
  const targetAddress = bracketed ?? ipv4 ?? ipv6;
  const listenText = option(/ --dport (\S+)/)?.replace(":", "-") ?? String(given.listenPort);
  const listenPort = listenText.includes("-") ? listenText : Number(listenText);
  const targetPort = portText === undefined ? undefined : Number(portText);
  return {
    protocol: (option(/ -p (\S+)/) ?? given.protocol) as Forward["protocol"],
    listenAddress: option(/ -d (\S+)\/\d+/),
    listenPort,
    inInterface: fromInterface(first),
    exceptInInterface: option(/ ! -i (\S+)/),
    ...(targetAddress !== undefined && { targetAddress, targetPort: targetPortAsGiven(targetPort, listenPort, given) }),
  };
}

/**
 * If the target's port is left out, it is the listening port. If the user states it anyway, it stays in the properties.
 */
export function targetPortAsGiven(
  targetPort: number | undefined,
  listenPort: Forward["listenPort"],
  given: Forward,
): number | undefined {
  const before = given.targetPort ?? portsOf(given.listenPort)[0];
  return (targetPort ?? portsOf(listenPort)[0]) === before ? given.targetPort : targetPort;
}

/** ` -o br0`, ` ! -o br0` or nothing. */
export const outOf = ({ outInterface, exceptOutInterface }: Masquerade) =>
  outInterface ? ` -o ${outInterface}` : exceptOutInterface ? ` ! -o ${exceptOutInterface}` : "";

function masqueradeRules(masquerade: Masquerade, mark: string, chain: string): RuleSet {
  const { source, exceptDestinations = [] } = masquerade;
  const match = `-A POSTROUTING${prefixMatch("-s", source)}${outOf(masquerade)}`;
  if (exceptDestinations.length === 0)
    return { chains: [], rules: [{ table: "nat", match, mark, target: "MASQUERADE" }] };
  // A RETURN in POSTROUTING itself would keep such packets from other people's rules: hence the chain of its own.
  return {
    chains: [{ table: "nat", name: chain }],
    rules: [
      { table: "nat", match, mark, target: chain },
      ...exceptDestinations.map((destination) => ({
        table: "nat",
        match: `-A ${chain}${prefixMatch("-d", destination)}`,
        mark,
        target: "RETURN",
      })),
      { table: "nat", match: `-A ${chain}`, mark, target: "MASQUERADE" },
    ],
  };
}

function readMasquerade({ rules }: RuleSet, given: Masquerade): Masquerade {
  const first = rules.find((rule) => rule.match.startsWith("-A POSTROUTING "))?.match ?? "";
  const option = (pattern: RegExp) => pattern.exec(first)?.[1];
  const end = rules.findIndex(({ target }) => target.startsWith("MASQUERADE"));
  // An exception after the rule that it applies to has no effect.
  const kept = rules
    .slice(0, end === -1 ? undefined : end)
    .flatMap((rule) => (rule.target === "RETURN" ? [/ -d (\S+)/.exec(rule.match)?.[1] ?? "?"] : []));
  return {
    source: option(/ -s (\S+)/) ?? given.source,
    outInterface: option(/[^!] -o (\S+)/),
    exceptOutInterface: option(/ ! -o (\S+)/),
    exceptDestinations: kept.length > 0 ? kept : undefined,
  };
}
