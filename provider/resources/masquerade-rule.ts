import { z } from "zod";
import {
  areInPlace,
  recordedRules,
  changeRules,
  firewallWarnings,
  markedRules,
  unmarkedRules,
  ruleLocationOf,
} from "../commands/firewall.js";
import { forwardingKey, forwardingMayBeOff, switchOnForwarding } from "../commands/forwarding.js";
import { prefixMatch } from "../commands/iptables.js";
import { type Link, linksOfGroup } from "../commands/link.js";
import { type Masquerade, natBackendOf } from "../commands/nat.js";
import { iptablesNat, outOf } from "../commands/nat-iptables.js";
import {
  placeForNewRules,
  neededAccepts,
  outputsOf,
  recordedAccepts,
  ruleOutputs,
  type BackendRules,
  wantedOutputs,
} from "../commands/forward-accepts.js";
import { type KernelRoute, mainRoutes } from "../commands/route.js";
import { joinRules, noRules } from "../commands/rules.js";
import { type Context, type Foreign, defineResource } from "../lifecycle/define-resource.js";
import { chainOf, isOfThisStack, protocolOf } from "../lifecycle/ownership.js";
import { familyOf, network, overlap } from "../schema/address.js";
import { interfaceName } from "../schema/text.js";
import { settingClaim } from "../commands/sysctl.js";
import { firewallRuleTraces } from "../traces/firewall-rules.js";

const properties = z.strictObject({
  source: network().describe(
    "The network whose packets leave with the address of the outgoing interface, IPv4 or IPv6.",
  ),
  outInterface: interfaceName().optional().describe("Match only packets that leave through this interface."),
  exceptOutInterface: interfaceName()
    .optional()
    .describe("Match only packets that do not leave through this interface, usually the network's own bridge."),
  exceptDestinations: z
    .array(network())
    .min(1, "has at least one network, or is left out")
    .optional()
    .describe("Destination networks for which the source address is kept."),
  allowOverlap: z
    .boolean()
    .optional()
    .describe(
      "Create the rule even if a route of the host leads to the network, or to a network that overlaps it, by a different path. Default false: an error.",
    ),
});

type Inputs = z.output<typeof properties>;

/** Source NAT: iptables-extensions(8), MASQUERADE. */
export const masqueradeRule = defineResource({
  kind: "MasqueradeRule",
  description:
    "Source NAT for packets that leave a network, as Docker sets it up for each of its bridges: a MASQUERADE rule in the chain POSTROUTING of the table nat.",
  properties,
  needs: ["iptables", "ip6tables"],
  outputs: {
    ...ruleOutputs,
  },
  replaceOn: [],
  replaceWhen: (old, desired) => (familyOf(old.source) === familyOf(desired.source) ? [] : ["source"]),
  deletedWith: ["namespace"],
  traces: [firewallRuleTraces],
  standsOn: [],
  transactional: true,

  checkTogether: ({ source, outInterface, exceptOutInterface, exceptDestinations = [] }) => [
    ...(outInterface !== undefined && exceptOutInterface !== undefined
      ? [{ property: "exceptOutInterface", message: "can't stand beside outInterface: leave one of them out" }]
      : []),
    ...exceptDestinations.flatMap((destination, index) =>
      familyOf(destination) === familyOf(source)
        ? []
        : [
            {
              property: `exceptDestinations[${index}]`,
              message: `is of the other address family than the source ${source}`,
            },
          ],
    ),
  ],
  identify: ({ namespace, source }, { owner }) =>
    [namespace, "masquerade", source, owner.name].filter(Boolean).join("/"),
  reliesOn: (inputs) => [settingClaim(forwardingKey(familyOf(inputs.source)))],
  derive: (inputs, context) => wantedOutputs(context, backendRulesOf(inputs, context)),

  observe: (inputs, context) => {
    const { namespace, source } = inputs;
    const { mark, marks, adopt } = context;
    const family = familyOf(source);
    return {
      rules: markedRules(namespace, family, marks, marks.map(chainOf), ruleLocationOf(context)),
      ...(adopt && {
        unmarked: unmarkedRules(namespace, family, iptablesNat.masquerade(inputs, mark, chainOf(mark)).rules),
      }),
      ...(asksForRoutes(inputs, context) && {
        routes: mainRoutes(namespace, family),
        links: { ...linksOfGroup(namespace, context.group), unguarded: true },
      }),
    };
  },

  fast: {
    // If an earlier run left its rules, they exist twice, which the observation shows. Routes have to be observed first.
    createsUnobserved: ({ allowOverlap }) => allowOverlap === true,
    // The marks prove whose rules they are. To delete a rule, nft needs its handle, which has to be observed.
    recordedAnswers: (inputs, context) => {
      const { mark } = context;
      const { recorded } = ruleLocationOf(context);
      if (recorded === "nft") return undefined;
      const rules = iptablesNat.masquerade(inputs, mark, chainOf(mark));
      return {
        rules: {
          value: recordedRules(
            familyOf(inputs.source),
            joinRules(rules, recordedAccepts(acceptMatches(inputs), context)),
            recorded,
          ),
        },
      };
    },

    inPlace: ({ namespace, source }, context) =>
      areInPlace(namespace, familyOf(source), context.marks, ruleLocationOf(context)),
  },

  interpret(inputs, answers, context) {
    const { value } = answers.rules;
    const { mark } = context;
    const warnings = value && firewallWarnings(value);
    if (!value || value.rules.length + value.chains.length === 0)
      return { warnings, foreign: overlapWith(inputs, answers, context) };
    const read = natBackendOf(value.place).readMasquerade(value, inputs);
    const foreign = read.source === inputs.source ? undefined : overlapWith(inputs, answers, context);
    return {
      warnings,
      foreign,
      state: {
        namespace: inputs.namespace,
        ...read,
        allowOverlap: inputs.allowOverlap,
        ...outputsOf(value, backendRulesOf(read, context), acceptMatches(inputs), mark),
      },
    };
  },

  plan(inputs, { rules, unmarked }, context) {
    const { namespace } = inputs;
    const { mark } = context;
    const family = familyOf(inputs.source);
    const home = placeForNewRules(rules, context, family);
    const there = { ...joinRules(rules.value ?? noRules, unmarked?.value ?? []), home };
    const accepts = neededAccepts(rules.value, acceptMatches(inputs), mark);
    const wanted = joinRules(natBackendOf(home).masquerade(inputs, mark, chainOf(mark)), accepts);
    return [
      ...(forwardingMayBeOff(rules) ? [switchOnForwarding(namespace, family)] : []),
      ...changeRules(namespace, family, there, wanted),
    ];
  },

  remove: (inputs, { rules: { value } }) =>
    changeRules(inputs.namespace, familyOf(inputs.source), value ?? noRules, noRules),
});

/** The rules for the network. */
const backendRulesOf =
  (inputs: Masquerade, { mark }: Context): BackendRules =>
  (words) =>
    words.masquerade(inputs, mark, chainOf(mark));

/** Whether the network differs from the recorded one and must not overlap with others. */
const asksForRoutes = ({ source, allowOverlap }: Inputs, { recorded }: Context) =>
  allowOverlap !== true && recorded?.source !== source;

interface RouteAnswers {
  readonly routes?: { readonly value?: readonly KernelRoute[] | undefined };
  readonly links?: { readonly value?: readonly Link[] | undefined };
}

/** A route to a part of the network, or to more than it, that does not lead to one of this stack's interfaces. */
function overlapWith(inputs: Inputs, { routes, links }: RouteAnswers, context: Context): Foreign | undefined {
  const { source, outInterface, exceptOutInterface } = inputs;
  const all = routes?.value ?? [];
  const isDefault = ({ destination }: KernelRoute) => destination.endsWith("/0");
  const uplinks = [outInterface, ...all.filter(isDefault).map(({ device }) => device)];
  const own = (links?.value ?? []).filter(({ alias }) => alias !== undefined && isOfThisStack(alias, context));
  const isOwn = ({ device, protocol }: KernelRoute) =>
    protocol === protocolOf(context.owner) || device === exceptOutInterface || own.some(({ name }) => name === device);
  // If the network's interface is unknown, any interface without a gateway or uplink may be it.
  const isElsewhere = ({ device, via }: KernelRoute) =>
    exceptOutInterface !== undefined || via !== undefined || uplinks.includes(device);
  const other = all.find(
    (route) => !isDefault(route) && overlap(route.destination, source) && !isOwn(route) && isElsewhere(route),
  );
  if (!other) return undefined;
  const { destination, via, device } = other;
  const words = [
    destination,
    ...(via === undefined ? [] : ["via", via]),
    ...(device === undefined ? [] : ["dev", device]),
  ];
  return {
    property: "source",
    conflict: `in part where the host's route \`${words.join(" ")}\` leads, which is none of this stack's`,
    advice: "Take another network, or say `allowOverlap: true` where that is meant.",
    adoptable: false,
  };
}

/** What has to get through: what the network sends out, and what is answered; what comes from where it keeps its addresses; and what stays on its own bridge, where br_netfilter shows that to iptables. */
function acceptMatches(inputs: Inputs): string[] {
  const { source, exceptOutInterface, exceptDestinations = [] } = inputs;
  const from = prefixMatch("-s", source);
  const to = prefixMatch("-d", source);
  return [
    `${from}${outOf(inputs)}`,
    `${to} -m conntrack --ctstate RELATED,ESTABLISHED`,
    ...exceptDestinations.map((destination) => `${prefixMatch("-s", destination)}${to}`),
    ...(exceptOutInterface === undefined ? [] : [` -i ${exceptOutInterface} -o ${exceptOutInterface}`]),
  ];
}
