import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Command } from "../commands/command.js";
import { deleteFlows, hasConntrack, missingConntrackWarning } from "../commands/conntrack.js";
import {
  areInPlace,
  recordedRules,
  changeRules,
  firewallWarnings,
  markedRules,
  rulesOfAnyStack,
  unmarkedRules,
  ruleLocationOf,
} from "../commands/firewall.js";
import { forwardingKey, forwardingMayBeOff, switchOnForwarding } from "../commands/forwarding.js";
import { inEveryBackend, natBackendOf } from "../commands/nat.js";
import { iptablesNat, targetMatch } from "../commands/nat-iptables.js";
import { nftablesNat } from "../commands/nat-nftables.js";
import { linePrefixesOf, isElement } from "../commands/nftables.js";
import {
  placeForNewRules,
  isWanted,
  neededAccepts,
  outputsOf,
  recordedAccepts,
  ruleOutputs,
  type BackendRules,
  wantedOutputs,
} from "../commands/forward-accepts.js";
import { type PortClaim, portsFree } from "../commands/port-holders.js";
import { type FoundRules, type Rule, type RuleSet, joinRules, noRules } from "../commands/rules.js";
import { setSysctl, settingClaim, sysctl } from "../commands/sysctl.js";
import { type Context, type Problem, defineResource } from "../lifecycle/define-resource.js";
import { stackMark } from "../lifecycle/ownership.js";
import { canonicalPrefix, contains, familyOf, ipAddress } from "../schema/address.js";
import { port, portRange, portsOf } from "../schema/number.js";
import { interfaceName } from "../schema/text.js";
import { firewallRuleTraces } from "../traces/firewall-rules.js";

const properties = z.strictObject({
  protocol: z.enum(["tcp", "udp", "sctp"]).describe("`tcp`, `udp` or `sctp`."),
  listenAddress: ipAddress()
    .optional()
    .describe("Match only packets to this address of the host. Default: any address of the host."),
  listenPort: portRange().describe('The port to forward, or a range such as `"8000-8010"`.'),
  inInterface: interfaceName().optional().describe("Match only packets that arrive on this interface."),
  exceptInInterface: interfaceName()
    .optional()
    .describe(
      "Match only packets that do not arrive on this interface, usually the target's own bridge. `hairpin` handles packets from that bridge.",
    ),
  targetAddress: ipAddress().describe("The address to forward to, IPv4 or IPv6."),
  targetPort: port().optional().describe("The target's port; for a range, its first port. Default: `listenPort`."),
  hairpin: z
    .boolean()
    .optional()
    .describe(
      "Also forward packets from the target's own bridge, with the bridge's address as their source. Default: true if `exceptInInterface` is set.",
    ),
  localhost: z
    .boolean()
    .default(false)
    .describe(
      "Also forward connections to the host's 127.0.0.1 (IPv4 only). This sets `route_localnet` on `exceptInInterface` and adds a rule that protects 127.0.0.0/8 from packets that arrive there. Default false.",
    ),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** Destination NAT: iptables-extensions(8), DNAT. */
export const portForward = defineResource({
  kind: "PortForward",
  description:
    "A published port, like `docker run -p`: DNAT rules for packets from outside, from the host itself, and from the target's own bridge.",
  properties,
  needs: ["iptables", "ip6tables"],
  outputs: {
    ...ruleOutputs,
    localnetFound: {
      type: "string | undefined",
      description: "With `localhost`: the original value of `route_localnet`, which deleting the resource restores.",
    },
    localnetInterface: {
      type: "string | undefined",
      description: "With `localhost`: the interface that `localnetFound` refers to.",
    },
  },
  replaceOn: [],
  replaceWhen: (old, desired) => [
    ...(familyOf(old.targetAddress) === familyOf(desired.targetAddress) ? [] : ["targetAddress"]),
    // The former bridge's setting has to be restored, which a delete does.
    ...(old.localhost && desired.localhost && old.exceptInInterface !== desired.exceptInInterface
      ? ["exceptInInterface"]
      : []),
  ],
  deletedWith: ["namespace"],
  traces: [firewallRuleTraces],
  standsOn: ["localhost"],
  transactional: true,

  defaults: (raw) => (raw.hairpin === undefined ? { hairpin: raw.exceptInInterface !== undefined } : {}),
  checkTogether: portForwardProblems,
  identify: ({ namespace, protocol, listenPort }, { owner }) =>
    [namespace, protocol, listenPort, owner.name].filter((part) => part !== undefined).join("/"),
  claims: ({ protocol, listenPort, listenAddress, inInterface, targetAddress }) => {
    const [first, last] = portsOf(listenPort);
    const of = [listenAddress ?? `any IPv${familyOf(targetAddress)} address`, inInterface].filter(Boolean).join(" by ");
    return Array.from({ length: last - first + 1 }, (_, n) => ({
      property: "listenPort",
      what: `${protocol} port ${first + n} of ${of}`,
    }));
  },
  reliesOn: (inputs) => [settingClaim(forwardingKey(familyOf(inputs.targetAddress)))],
  derive: (inputs, context) => wantedOutputs(context, backendRulesOf(inputs, context)),

  observe: (inputs, context) => {
    const { namespace, targetAddress } = inputs;
    const bridge = localnetBridge(inputs) ?? recordedBridge(context);
    return {
      rules: markedRules(
        namespace,
        familyOf(targetAddress),
        context.marks,
        [],
        ruleLocationOf(context),
        mayBeInNftTable(context) ? elementPatterns(inputs, context) : [],
      ),
      ...(context.adopt && {
        unmarked: unmarkedRules(namespace, familyOf(targetAddress), iptablesNat.forward(inputs, context.mark).rules),
      }),
      ...(bridge !== undefined && {
        localnet: sysctl(namespace, localnetKey(bridge)),
        guards: rulesOfAnyStack(
          namespace,
          4,
          inEveryBackend(({ guard }) => guard(bridge, context.mark)),
        ),
      }),
      ...(inputs.protocol === "udp" && { conntrack: hasConntrack() }),
    };
  },

  remember: (inputs, { localnet, guards }, context) => ({
    // If it is on and no guard of ours exists, somebody else switched it on.
    localnetFound:
      context.recorded?.localnetFound ??
      (inputs.localhost ? (localnet?.value === "1" && guards?.value?.length === 0 ? "1" : "0") : undefined),
    localnetInterface: localnetBridge(inputs) ?? recordedBridge(context),
  }),

  fast: {
    // If an earlier run left its rules, they exist twice, which the observation shows. The original value of a setting has
    // to be observed first.
    createsUnobserved: ({ localhost }) => !localhost,
    // The marks prove whose rules they are; a setting has no mark.
    recordedAnswers: (inputs, context) =>
      recordedBridge(context) === undefined && !mayBeInNftTable(context)
        ? {
            rules: {
              value: recordedRules(
                familyOf(inputs.targetAddress),
                joinRules(iptablesNat.forward(inputs, context.mark), recordedAccepts(acceptMatches(inputs), context)),
                ruleLocationOf(context).recorded,
              ),
            },
          }
        : undefined,

    inPlace: ({ namespace, targetAddress }, context) =>
      areInPlace(namespace, familyOf(targetAddress), context.marks, ruleLocationOf(context)),
  },

  interpret(inputs, answers, context) {
    const { value } = answers.rules;
    // A setting that has to be restored counts as part of the resource, even if its guard is gone.
    const toClose = closeLocalnet(answers, context).length > 0;
    const warnings = [
      ...(value ? firewallWarnings(value) : []),
      ...(answers.conntrack?.value === false ? [missingConntrackWarning] : []),
    ];
    if (!value || (value.rules.length === 0 && !toClose)) return { warnings };
    const { recorded, remembered = recorded } = context;
    const backend = natBackendOf(value.place);
    const read = backend.readForward(value, ownProperties(inputs)) as Inputs;
    const bridge = localnetBridge(inputs) ?? recordedBridge(context);
    const routesLocalnet = answers.localnet?.value === "1" && read.exceptInInterface === bridge;
    return {
      warnings,
      state: {
        ...read,
        localhost: routesLocalnet && read.localhost,
        ...outputsOf(value, backendRulesOf(read, context), acceptMatches(inputs), context.mark),
        // Once it has been restored, there is nothing to remember.
        ...((remembered === recorded || inputs.localhost || toClose) && {
          localnetFound: remembered?.localnetFound,
          localnetInterface: remembered?.localnetInterface,
        }),
      },
    };
  },

  plan(inputs, answers, context) {
    const { rules, unmarked, localnet } = answers;
    const { namespace } = inputs;
    const family = familyOf(inputs.targetAddress);
    const home = placeForNewRules(rules, context, family);
    const more = [...(unmarked?.value ?? []), ...replacedElements(rules.value, inputs, context)];
    const there = { ...joinRules(rules.value ?? noRules, more), home };
    const accepts = neededAccepts(rules.value, acceptMatches(inputs), context.mark);
    const rulesFor = natBackendOf(home).forward(inputs, context.mark);
    const wanted = joinRules(context.adopt ? placedFirst(rulesFor) : rulesFor, accepts);
    const bridge = localnetBridge(inputs);
    const open =
      bridge !== undefined && localnet?.value !== "1" ? [setSysctl(namespace, localnetKey(bridge), "1")] : [];
    const close = bridge === undefined ? closeLocalnet(answers, context) : [];
    const change = changeRules(namespace, family, there, wanted);
    const forget = isUnchanged(rules.value, inputs, context)
      ? []
      : deleteUdpFlows([...forwardsIn(rules.value, inputs), inputs]);
    const free =
      context.adopt || claimsNothingNew(rules.value, inputs)
        ? []
        : [portsFree(namespace, family, stackMark(context.owner), portClaimOf(inputs))];
    const forwarding = forwardingMayBeOff(rules) ? [switchOnForwarding(namespace, family)] : [];
    // The guard is added before the setting is switched on and deleted after it is switched off.
    return change.length === 0
      ? [...close, ...forwarding, ...open]
      : [...free, ...close, ...forwarding, ...change, ...open, ...forget];
  },

  remove: (inputs, answers, context) => {
    const { value } = answers.rules;
    return [
      ...closeLocalnet(answers, context),
      ...changeRules(inputs.namespace, familyOf(inputs.targetAddress), value ?? noRules, noRules),
      ...deleteUdpFlows(forwardsIn(value, inputs)),
    ];
  },
});

/** The rules of the forward. */
const backendRulesOf =
  (inputs: Inputs, { mark }: Context): BackendRules =>
  (words) =>
    words.forward(inputs, mark);

/** The forward's own properties, without the other values of a state. */
const ownProperties = (inputs: Inputs) =>
  Object.fromEntries(
    Object.entries(inputs).filter(([key]) => key === "namespace" || key in properties.shape),
  ) as unknown as Inputs;

/** The forward that the existing rules implement, if there are any. */
const forwardsIn = (found: FoundRules | undefined, inputs: Inputs): Inputs[] =>
  found && found.rules.length > 0 ? [{ ...inputs, ...natBackendOf(found.place).readForward(found, inputs) }] : [];

/** Whether the existing rules already forward the port as wanted, wherever they are. */
const isUnchanged = (found: FoundRules | undefined, inputs: Inputs, context: Context) =>
  found !== undefined && isWanted(found, backendRulesOf(inputs, context), acceptMatches(inputs), context.mark);

/** Whether its rules may be in the nft table. */
const mayBeInNftTable = (context: Context) =>
  context.firewall === "nftables" || ruleLocationOf(context).recorded === "nft";

/**
 * Prefixes of the marks whose elements it may take over: an element of another resource of the stack belongs to one that
 * is deleted in this same update.
 */
const replaceable = ({ owner, adopt }: Context) => (adopt ? "linuxnet:" : stackMark(owner));

/** Its elements in the nft table. */
const elementsOf = (inputs: Inputs, context: Context) =>
  nftablesNat.forward(inputs, context.mark).rules.filter(isElement);

/** Prefixes of the lines in which the table lists elements with the wanted keys. */
const elementPatterns = (inputs: Inputs, context: Context) =>
  elementsOf(inputs, context).flatMap((element) => linePrefixesOf(element, replaceable(context)));

/** Existing elements with the wanted keys: each key exists once. */
const replacedElements = (found: FoundRules | undefined, inputs: Inputs, context: Context): Rule[] =>
  elementsOf(inputs, context)
    .flatMap((element) => found?.elementAtKey?.(element) ?? [])
    .filter(({ mark }) => !context.marks.includes(mark) && mark.startsWith(replaceable(context)));

/** Puts its rules before others for the same port. */
const placedFirst = (wanted: RuleSet): RuleSet => ({
  ...wanted,
  rules: wanted.rules.map((rule) => ({ ...rule, first: true })),
});

/** The ports of the host that it uses. */
const portClaimOf = ({ protocol, listenPort, listenAddress, inInterface, localhost }: Inputs): PortClaim => ({
  protocol,
  ports: portsOf(listenPort),
  listenAddress,
  inInterface,
  localhost,
});

/** Whether the existing forward already has all of the ports. */
const claimsNothingNew = (found: FoundRules | undefined, inputs: Inputs) =>
  forwardsIn(found, inputs).some((there) =>
    isDeepStrictEqual(portClaimOf({ ...there, localhost: there.localhost && inputs.localhost }), portClaimOf(inputs)),
  );

/**
 * NAT rules only apply to the first packet of a flow. UDP flows have no end, so the conntrack entries of existing flows
 * to these forwards' ports are deleted.
 */
function deleteUdpFlows(forwards: readonly Inputs[]): Command[] {
  const commands = forwards
    .filter(({ protocol }) => protocol === "udp")
    .map(({ namespace, targetAddress, listenAddress, listenPort }) =>
      deleteFlows(namespace, familyOf(targetAddress), { listenAddress, ports: portsOf(listenPort) }),
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
      ? [
          {
            property: "localhost",
            message: "is for IPv4 only: the kernel takes ::1 from lo alone, and would drop the target's answer",
          },
        ]
      : []),
  ];
}

/** The packets to accept: those sent to the port, and those of existing connections, ICMP errors included. */
function acceptMatches(inputs: Inputs): string[] {
  const target = canonicalPrefix(inputs.targetAddress);
  return [
    ` -d ${target}${targetMatch(inputs)} -m conntrack --ctstate DNAT`,
    ` -s ${target} -m conntrack --ctstate RELATED,ESTABLISHED`,
    ` -d ${target} -m conntrack --ctstate RELATED,ESTABLISHED`,
  ];
}

const localnetKey = (bridge: string) => `net/ipv4/conf/${bridge}/route_localnet`;
const localnetBridge = ({ localhost, exceptInInterface }: Partial<Inputs>) =>
  localhost ? exceptInInterface : undefined;
/** The bridge on which `route_localnet` was switched on, whatever a refresh has found of the rules since. */
const recordedBridge = ({ recorded }: Context) =>
  (recorded?.localnetInterface as string | undefined) ?? localnetBridge(recorded ?? {});

interface LocalnetAnswers {
  readonly rules: { readonly value?: RuleSet | undefined };
  readonly localnet?: { readonly value?: string | undefined };
  readonly guards?: { readonly value?: readonly Rule[] | undefined };
}

/** Switches `route_localnet` off with the last forward that needs it, unless it was on before the first one. */
function closeLocalnet({ rules, localnet, guards }: LocalnetAnswers, context: Context) {
  const { recorded } = context;
  const bridge = recordedBridge(context);
  const own = rules.value?.rules.map(({ mark }) => mark) ?? [];
  const others = (guards?.value ?? []).some(({ mark }) => !own.includes(mark));
  const close = bridge !== undefined && localnet?.value === "1" && !others && recorded?.localnetFound !== "1";
  return close ? [setSysctl(recorded?.namespace as string | undefined, localnetKey(bridge), "0")] : [];
}
