import { z } from "zod";
import type { Command } from "../commands/command.js";
import {
  type Rule,
  type RuleSet,
  asRecorded,
  changeRules,
  inPacketOrder,
  joinRules,
  markedRules,
  firewallWarnings,
  noRules,
  prefixMatch,
  printRule,
  recordedBackend,
  rulesOfAnyStack,
  unmarkedRules,
} from "../commands/iptables.js";
import { forgetFlows, hasConntrack, withoutConntrack } from "../commands/conntrack.js";
import { neededAccepts, passageOf, recordedAccepts, ruleOutputs } from "../commands/passage.js";
import { setSysctl, sysctl } from "../commands/sysctl.js";
import { type Context, type Problem, defineResource } from "../lifecycle/define-resource.js";
import { canonicalPrefix, contains, familyOf, ipAddress } from "../schema/address.js";
import { port, portRange, portsOf } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";

const properties = z.strictObject({
  protocol: z.enum(["tcp", "udp", "sctp"]).describe("`tcp`, `udp` or `sctp`."),
  listenAddress: ipAddress()
    .optional()
    .describe("Only what is sent to this address of the host. Default: any address of the host."),
  listenPort: portRange().describe('The port that is forwarded, or a range such as `"8000-8010"`.'),
  inInterface: interfaceName().optional().describe("Only what comes in by this interface."),
  exceptInInterface: interfaceName()
    .optional()
    .describe(
      "What comes in by any other interface; the target's own bridge stands here, and `hairpin` takes care of what comes from there.",
    ),
  targetAddress: ipAddress().describe("Where it is forwarded to, IPv4 or IPv6."),
  targetPort: port().optional().describe("The target's port; for a range, its first. Default: `listenPort`."),
  hairpin: z
    .boolean()
    .optional()
    .describe(
      "Works from the target's own bridge too, with the bridge's address as the source. Default: true where `exceptInInterface` is given.",
    ),
  localhost: z
    .boolean()
    .default(false)
    .describe(
      "Works on the host's 127.0.0.1 too (IPv4). Sets `route_localnet` on `exceptInInterface`, with a rule that guards 127.0.0.0/8 against what comes from there. Default false.",
    ),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** Destination NAT: iptables-extensions(8), DNAT. */
export const portForward = defineResource({
  kind: "PortForward",
  description:
    "A published port, as `docker run -p` makes it: DNAT rules for what comes from outside, from the host itself, and from the target's own bridge.",
  properties,
  needs: ["iptables", "ip6tables"],
  outputs: {
    ...ruleOutputs,
    localnetFound: {
      type: "string | undefined",
      description: "With `localhost`: the value of `route_localnet` that deleting it puts back.",
    },
    localnetInterface: {
      type: "string | undefined",
      description: "With `localhost`: the interface whose `route_localnet` that is.",
    },
  },
  replaceOn: [],
  replaceWhen: (old, desired) => [
    ...(familyOf(old.targetAddress) === familyOf(desired.targetAddress) ? [] : ["targetAddress"]),
    // The setting of the bridge that is left has to be put back: a delete does that.
    ...(old.localhost && desired.localhost && old.exceptInInterface !== desired.exceptInInterface
      ? ["exceptInInterface"]
      : []),
  ],
  diesWith: ["namespace"],
  standsOn: ["localhost"],
  transactional: true,

  defaults: (raw) => (raw.hairpin === undefined ? { hairpin: raw.exceptInInterface !== undefined } : {}),
  checkTogether: portForwardProblems,
  identify: ({ namespace, protocol, listenPort }, { owner }) =>
    [namespace, protocol, listenPort, owner.name].filter((part) => part !== undefined).join("/"),
  derive: (inputs, context) => ({ rules: wantedRules(inputs, context).rules.map(printRule), forwarding: "accepted" }),

  observe: (inputs, context) => {
    const { namespace, targetAddress } = inputs;
    const bridge = localnetBridge(inputs) ?? recordedBridge(context);
    return {
      rules: markedRules(namespace, familyOf(targetAddress), context.marks, [], recordedBackend(context)),
      ...(context.adopt && {
        unmarked: unmarkedRules(namespace, familyOf(targetAddress), wantedRules(inputs, context).rules),
      }),
      ...(bridge !== undefined && {
        localnet: sysctl(namespace, localnetKey(bridge)),
        guards: rulesOfAnyStack(namespace, 4, guardMatch(bridge)),
      }),
      ...(inputs.protocol === "udp" && { conntrack: hasConntrack() }),
    };
  },

  remember: (inputs, { localnet, guards }, context) => ({
    // On without a guard of ours, it was somebody else who switched it on.
    localnetFound:
      context.recorded?.localnetFound ??
      (inputs.localhost ? (localnet?.value === "1" && guards?.value?.length === 0 ? "1" : "0") : undefined),
    localnetInterface: localnetBridge(inputs) ?? recordedBridge(context),
  }),

  // Rules of an earlier run would be there twice, which shows. What a setting was before has to be seen.
  makesUnseen: ({ localhost }) => !localhost,
  // By their marks they are nobody else's; a setting may be.
  recordedAnswers: (inputs, context) =>
    recordedBridge(context) === undefined
      ? {
          rules: {
            value: asRecorded(
              familyOf(inputs.targetAddress),
              joinRules(wantedRules(inputs, context), recordedAccepts(passing(inputs), context)),
              recordedBackend(context),
            ),
          },
        }
      : undefined,

  interpret(inputs, answers, context) {
    const { value } = answers.rules;
    // A setting that is to be put back is something that is there, and without its guard nothing to forget.
    const toClose = closeLocalnet(answers, context).length > 0;
    const warnings = [
      ...(value ? firewallWarnings(value) : []),
      ...(answers.conntrack?.value === false ? [withoutConntrack] : []),
    ];
    if (!value || (value.rules.length === 0 && !toClose)) return { warnings };
    const { recorded, remembered = recorded } = context;
    const read = readForward(value, inputs);
    const { others, forwarding, acceptedIn } = passageOf(value, passing(inputs), context.mark);
    const bridge = localnetBridge(inputs) ?? recordedBridge(context);
    const routesLocalnet = answers.localnet?.value === "1" && read.exceptInInterface === bridge;
    return {
      warnings,
      state: {
        namespace: inputs.namespace,
        ...read,
        hairpin: hasAll(value, hairpinRules({ ...read, hairpin: true }, context)),
        localhost: routesLocalnet && hasAll(value, localhostRules({ ...read, localhost: true }, context)),
        rules: others.map(printRule),
        backend: value.place.backend,
        forwarding,
        acceptedIn,
        // A change that has put it back has no more to remember.
        ...((remembered === recorded || inputs.localhost || toClose) && {
          localnetFound: remembered?.localnetFound,
          localnetInterface: remembered?.localnetInterface,
        }),
      },
    };
  },

  plan(inputs, answers, context) {
    const { rules, unmarked, localnet } = answers;
    const there = joinRules(rules.value ?? noRules, unmarked?.value ?? []);
    const accepts = neededAccepts(rules.value, passing(inputs), context.mark);
    const wanted = joinRules(wantedRules(inputs, context), accepts);
    const bridge = localnetBridge(inputs);
    const open =
      bridge !== undefined && localnet?.value !== "1" ? [setSysctl(inputs.namespace, localnetKey(bridge), "1")] : [];
    const close = bridge === undefined ? closeLocalnet(answers, context) : [];
    const change = changeRules(inputs.namespace, familyOf(inputs.targetAddress), there, wanted);
    const forget = change.length > 0 ? forgetUdp([...forwardsIn(rules.value ?? noRules, inputs), inputs]) : [];
    // The guard is there before what it guards against, and goes after it.
    return [...close, ...change, ...open, ...forget];
  },

  remove: (inputs, answers, context) => {
    const { value = noRules } = answers.rules;
    return [
      ...closeLocalnet(answers, context),
      ...changeRules(inputs.namespace, familyOf(inputs.targetAddress), value, noRules),
      ...forgetUdp(forwardsIn(value, inputs)),
    ];
  },
});

/** The forward that the rules are, where there are some. */
const forwardsIn = (rules: RuleSet, inputs: Inputs): Inputs[] =>
  rules.rules.length > 0 ? [readForward(rules, inputs)] : [];

/** UDP has no beginning that a rule could wait for: flows that run have to be forgotten, those to the ports of these forwards alone. */
function forgetUdp(forwards: readonly Inputs[]): Command[] {
  const commands = forwards
    .filter(({ protocol }) => protocol === "udp")
    .map(({ namespace, targetAddress, listenAddress, listenPort }) =>
      forgetFlows(namespace, familyOf(targetAddress), { listenAddress, ports: portsOf(listenPort) }),
    );
  return [...new Map(commands.map((command) => [command.argv.join(" "), command])).values()];
}

function portForwardProblems(inputs: Inputs): Problem[] {
  const { listenAddress, listenPort, inInterface, exceptInInterface, targetAddress, targetPort, hairpin, localhost } =
    inputs;
  const [first, last] = portsOf(listenPort);
  const loopback = (address: string | undefined) =>
    address !== undefined && (contains("127.0.0.0/8", address) || address === "::1");
  return [
    ...(inInterface !== undefined && exceptInInterface !== undefined
      ? [{ property: "exceptInInterface", message: "can't stand beside inInterface: leave one of them out" }]
      : []),
    ...(listenAddress !== undefined && familyOf(listenAddress) !== familyOf(targetAddress)
      ? [{ property: "listenAddress", message: `is of the other address family than the target ${targetAddress}` }]
      : []),
    ...(loopback(listenAddress)
      ? [{ property: "listenAddress", message: "can't be a loopback address: write localhost: true instead" }]
      : []),
    ...(loopback(targetAddress)
      ? [{ property: "targetAddress", message: "can't be a loopback address: the kernel forwards nothing to it" }]
      : []),
    ...(targetPort !== undefined && targetPort + last - first > 65535
      ? [
          {
            property: "targetPort",
            message: `leaves no room for the ${last - first + 1} ports of the range ${listenPort}`,
          },
        ]
      : []),
    ...(hairpin && exceptInInterface === undefined
      ? [{ property: "hairpin", message: "needs exceptInInterface: the bridge that the target is on" }]
      : []),
    ...(localhost && exceptInInterface === undefined
      ? [{ property: "localhost", message: "needs exceptInInterface: the bridge that the target is on" }]
      : []),
    ...(localhost && familyOf(targetAddress) === 6
      ? [{ property: "localhost", message: "is for IPv4 only: the kernel never routes ::1" }]
      : []),
  ];
}

/* The rules, each as iptables-save prints it. */

const hostPrefix = (address: string) => canonicalPrefix(address);

function wantedRules(inputs: Inputs, context: Context): RuleSet {
  return {
    chains: [],
    rules: inPacketOrder([
      ...publishRules(inputs, context),
      ...hairpinRules(inputs, context),
      ...localhostRules(inputs, context),
    ]),
  };
}

function dnat({ targetAddress, targetPort, listenPort }: Inputs): string {
  const [first, last] = portsOf(listenPort);
  const address = familyOf(targetAddress) === 6 ? `[${targetAddress}]` : targetAddress;
  if (first === last) return `DNAT --to-destination ${address}:${targetPort ?? first}`;
  // A range keeps its ports, or is moved as a whole: the port after the slash is the one that the first becomes.
  return targetPort === undefined || targetPort === first
    ? `DNAT --to-destination ${targetAddress}`
    : `DNAT --to-destination ${address}:${targetPort}-${targetPort + last - first}/${first}`;
}

const ports = (first: number, last: number) => (first === last ? String(first) : `${first}:${last}`);
const listenMatch = ({ protocol, listenPort }: Inputs) => ` -m ${protocol} --dport ${ports(...portsOf(listenPort))}`;
function targetMatch({ protocol, listenPort, targetPort }: Inputs): string {
  const [first, last] = portsOf(listenPort);
  const base = targetPort ?? first;
  return ` -p ${protocol} -m ${protocol} --dport ${ports(base, base + last - first)}`;
}

/** What has to get through: what was sent to the port, and what belongs to connections that there are, errors too. */
function passing(inputs: Inputs): string[] {
  const target = hostPrefix(inputs.targetAddress);
  return [
    ` -d ${target}${targetMatch(inputs)} -m conntrack --ctstate DNAT`,
    ` -s ${target} -m conntrack --ctstate RELATED,ESTABLISHED`,
    ` -d ${target} -m conntrack --ctstate RELATED,ESTABLISHED`,
  ];
}

/** What is sent to the host from outside, and by the host itself. Only to its own addresses: what it routes elsewhere is let alone. */
function publishRules(inputs: Inputs, { mark }: Context): Rule[] {
  const { protocol, listenAddress, inInterface, exceptInInterface, targetAddress } = inputs;
  const destination = listenAddress === undefined ? "" : ` -d ${hostPrefix(listenAddress)}`;
  const from =
    inInterface !== undefined
      ? ` -i ${inInterface}`
      : exceptInInterface !== undefined
        ? ` ! -i ${exceptInInterface}`
        : "";
  const local = ` -p ${protocol} -m addrtype --dst-type LOCAL${listenMatch(inputs)}`;
  const notLoopback = familyOf(targetAddress) === 4 ? " ! -d 127.0.0.0/8" : " ! -d ::1/128";
  const rule = (match: string) => ({ table: "nat", match, mark, target: dnat(inputs) });
  return [
    rule(`-A PREROUTING${destination}${from}${local}`),
    ...(inInterface === undefined ? [rule(`-A OUTPUT${destination || notLoopback}${local}`)] : []),
  ];
}

/** The packet mark's bit that says: came in by the bridge that it leaves by. It is set after routing and dropped at the container. */
const hairpinBit = "0x1000000/0x1000000";

/** From the target's own bridge: the answer has to come back this way, so the source becomes the bridge's address. */
function hairpinRules(inputs: Inputs, { mark }: Context): Rule[] {
  const { protocol, listenAddress, exceptInInterface: bridge, targetAddress, hairpin } = inputs;
  if (!hairpin || bridge === undefined) return [];
  const destination = listenAddress === undefined ? "" : ` -d ${hostPrefix(listenAddress)}`;
  const target = ` -d ${hostPrefix(targetAddress)}`;
  const translated = `${targetMatch(inputs)} -m conntrack --ctstate DNAT`;
  return [
    {
      table: "nat",
      match: `-A PREROUTING${destination} -i ${bridge} -p ${protocol} -m addrtype --dst-type LOCAL${listenMatch(inputs)}`,
      mark,
      target: dnat(inputs),
    },
    // POSTROUTING does not know where a packet came in; FORWARD does.
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

const localnetKey = (bridge: string) => `net/ipv4/conf/${bridge}/route_localnet`;
const localnetBridge = ({ localhost, exceptInInterface }: Partial<Inputs>) =>
  localhost ? exceptInInterface : undefined;
/** Where `route_localnet` was switched on, whatever a refresh has found of the rules since. */
const recordedBridge = ({ recorded }: Context) =>
  (recorded?.localnetInterface as string | undefined) ?? localnetBridge(recorded ?? {});
const guardMatch = (bridge: string) => `-A PREROUTING${prefixMatch("-d", "127.0.0.0/8")} -i ${bridge}`;

/** From 127.0.0.1 on the host: ip-sysctl.rst, route_localnet; the guard is what CVE-2020-8558 asks for. */
function localhostRules(inputs: Inputs, { mark }: Context): Rule[] {
  const { protocol, exceptInInterface: bridge, targetAddress, localhost } = inputs;
  if (!localhost || bridge === undefined) return [];
  return [
    { table: "raw", match: guardMatch(bridge), mark, target: "DROP" },
    {
      table: "nat",
      match: `-A OUTPUT -d 127.0.0.0/8 -p ${protocol}${listenMatch(inputs)}`,
      mark,
      target: dnat(inputs),
    },
    {
      table: "nat",
      match: `-A POSTROUTING -s 127.0.0.0/8 -d ${hostPrefix(targetAddress)} -o ${bridge}${targetMatch(inputs)}`,
      mark,
      target: "MASQUERADE",
    },
  ];
}

interface LocalnetAnswers {
  readonly rules: { readonly value?: RuleSet | undefined };
  readonly localnet?: { readonly value?: string | undefined };
  readonly guards?: { readonly value?: readonly Rule[] | undefined };
}

/** Puts `route_localnet` back with the last forward that needs it, unless it was on before the first came. */
function closeLocalnet({ rules, localnet, guards }: LocalnetAnswers, context: Context) {
  const { recorded } = context;
  const bridge = recordedBridge(context);
  const own = rules.value?.rules.filter((rule) => rule.table === "raw").length ?? 0;
  const others = (guards?.value?.length ?? 0) - own;
  const close = bridge !== undefined && localnet?.value === "1" && others <= 0 && recorded?.localnetFound !== "1";
  return close ? [setSysctl(recorded?.namespace as string | undefined, localnetKey(bridge), "0")] : [];
}

const hasAll = ({ rules }: RuleSet, wanted: readonly Rule[]) =>
  wanted.length > 0 && wanted.every((rule) => rules.some((there) => printRule(there) === printRule(rule)));

const fromInterface = ({ match }: Rule) => /[^!] -i (\S+)/.exec(match)?.[1];

/** The inputs, with the properties that the first rule tells of as it has them; what it does not tell shows in `rules` only. */
function readForward({ rules }: RuleSet, inputs: Inputs): Inputs {
  const given = Object.fromEntries(Object.entries(inputs).filter(([key]) => key in properties.shape)) as Inputs;
  const { exceptInInterface } = inputs;
  const first = rules.find(
    (rule) =>
      rule.table === "nat" &&
      rule.match.startsWith("-A PREROUTING ") &&
      // That one is for the hairpin.
      (exceptInInterface === undefined || fromInterface(rule) !== exceptInInterface),
  );
  if (!first) return given;
  const option = (pattern: RegExp) => pattern.exec(first.match)?.[1];
  // Only an IPv6 address with a port stands in brackets.
  const [, bracketed, ipv4, portText, ipv6] =
    /--to-destination (?:(?:\[(.+)\]|([\d.]+))(?::(\d+)(?:-\d+\/\d+)?)?|([\da-f:.]+))$/.exec(first.target) ?? [];
  const targetAddress = bracketed ?? ipv4 ?? ipv6;
  const listenText = option(/ --dport (\S+)/)?.replace(":", "-") ?? String(inputs.listenPort);
  const listenPort = listenText.includes("-") ? listenText : Number(listenText);
  const targetPort = portText === undefined ? undefined : Number(portText);
  const there = {
    ...given,
    protocol: (option(/ -p (\S+)/) ?? inputs.protocol) as Inputs["protocol"],
    listenAddress: option(/ -d (\S+)\/\d+/),
    listenPort,
    inInterface: fromInterface(first),
    exceptInInterface: option(/ ! -i (\S+)/),
  };
  if (targetAddress === undefined) return there;
  return {
    ...there,
    targetAddress,
    // Left out, it is the listening port; said all the same, it stays said.
    targetPort:
      (targetPort ?? portsOf(listenPort)[0]) === (inputs.targetPort ?? portsOf(inputs.listenPort)[0])
        ? inputs.targetPort
        : targetPort,
  };
}
