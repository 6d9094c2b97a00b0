import { z } from "zod";
import {
  type RuleSet,
  asRecorded,
  changeRules,
  joinRules,
  markedRules,
  firewallWarnings,
  noRules,
  prefixMatch,
  printRule,
  recordedBackend,
  unmarkedRules,
} from "../commands/iptables.js";
import { neededAccepts, passageOf, recordedAccepts, ruleOutputs } from "../commands/passage.js";
import { type Context, defineResource } from "../lifecycle/define-resource.js";
import { chainOf } from "../lifecycle/ownership.js";
import { familyOf, network } from "../schema/address.js";
import { interfaceName } from "../schema/text.js";

const properties = z.strictObject({
  source: network().describe("The network whose packets leave with the outgoing interface's address, IPv4 or IPv6."),
  outInterface: interfaceName().optional().describe("Only what leaves by this interface."),
  exceptOutInterface: interfaceName()
    .optional()
    .describe("Only what leaves by any other interface: the network's own bridge stands here."),
  exceptDestinations: z
    .array(network())
    .min(1, "has at least one network, or is left out")
    .optional()
    .describe("Networks toward which the source address is kept."),
});

type Inputs = z.output<typeof properties>;

/** Source NAT: iptables-extensions(8), MASQUERADE. */
export const masqueradeRule = defineResource({
  kind: "MasqueradeRule",
  description:
    "Source NAT for a network's way out, as Docker has it for each of its bridges: a MASQUERADE rule in the chain POSTROUTING of the table nat.",
  properties,
  needs: ["iptables", "ip6tables"],
  outputs: {
    ...ruleOutputs,
  },
  replaceOn: [],
  replaceWhen: (old, desired) => (familyOf(old.source) === familyOf(desired.source) ? [] : ["source"]),
  diesWith: ["namespace"],
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
  derive: (inputs, context) => ({ rules: wantedRules(inputs, context).rules.map(printRule), forwarding: "accepted" }),

  observe: (inputs, context) => {
    const { namespace, source } = inputs;
    return {
      rules: markedRules(
        namespace,
        familyOf(source),
        context.marks,
        context.marks.map(chainOf),
        recordedBackend(context),
      ),
      ...(context.adopt && {
        unmarked: unmarkedRules(namespace, familyOf(source), wantedRules(inputs, context).rules),
      }),
    };
  },

  // Rules of an earlier run would be there twice, which shows.
  makesUnseen: () => true,
  // By their marks they are nobody else's.
  recordedAnswers: (inputs, context) => ({
    rules: {
      value: asRecorded(
        familyOf(inputs.source),
        joinRules(wantedRules(inputs, context), recordedAccepts(passing(inputs), context)),
        recordedBackend(context),
      ),
    },
  }),

  interpret(inputs, { rules: { value } }, { mark }) {
    const warnings = value && firewallWarnings(value);
    if (!value || value.rules.length + value.chains.length === 0) return { warnings };
    const first = value.rules.find((rule) => rule.match.startsWith("-A POSTROUTING "))?.match ?? "";
    const option = (pattern: RegExp) => pattern.exec(first)?.[1];
    const end = value.rules.findIndex(({ target }) => target.startsWith("MASQUERADE"));
    // An exception behind what it is one from has no effect.
    const kept = value.rules
      .slice(0, end === -1 ? undefined : end)
      .flatMap((rule) => (rule.target === "RETURN" ? [/ -d (\S+)/.exec(rule.match)?.[1] ?? "?"] : []));
    const { others, forwarding, acceptedIn } = passageOf(value, passing(inputs), mark);
    return {
      warnings,
      state: {
        namespace: inputs.namespace,
        source: option(/ -s (\S+)/) ?? inputs.source,
        outInterface: option(/[^!] -o (\S+)/),
        exceptOutInterface: option(/ ! -o (\S+)/),
        exceptDestinations: kept.length > 0 ? kept : undefined,
        rules: others.map(printRule),
        backend: value.place.backend,
        forwarding,
        acceptedIn,
      },
    };
  },

  plan(inputs, { rules: { value }, unmarked }, context) {
    const there = joinRules(value ?? noRules, unmarked?.value ?? []);
    const wanted = joinRules(wantedRules(inputs, context), neededAccepts(value, passing(inputs), context.mark));
    return changeRules(inputs.namespace, familyOf(inputs.source), there, wanted);
  },

  remove: (inputs, { rules: { value = noRules } }) =>
    changeRules(inputs.namespace, familyOf(inputs.source), value, noRules),
});

/** What has to get through: what the network sends out, and what is answered; what comes from where it keeps its addresses; and what stays on its own bridge, where br_netfilter shows that to iptables. */
function passing({ source, outInterface, exceptOutInterface, exceptDestinations = [] }: Inputs): string[] {
  const from = prefixMatch("-s", source);
  const to = prefixMatch("-d", source);
  return [
    `${from}${outOf(outInterface, exceptOutInterface)}`,
    `${to} -m conntrack --ctstate RELATED,ESTABLISHED`,
    ...exceptDestinations.map((destination) => `${prefixMatch("-s", destination)}${to}`),
    ...(exceptOutInterface === undefined ? [] : [` -i ${exceptOutInterface} -o ${exceptOutInterface}`]),
  ];
}

const outOf = (outInterface: string | undefined, exceptOutInterface: string | undefined) =>
  outInterface ? ` -o ${outInterface}` : exceptOutInterface ? ` ! -o ${exceptOutInterface}` : "";

function wantedRules(
  { source, outInterface, exceptOutInterface, exceptDestinations = [] }: Inputs,
  { mark }: Context,
): RuleSet {
  const match = `-A POSTROUTING${prefixMatch("-s", source)}${outOf(outInterface, exceptOutInterface)}`;
  if (exceptDestinations.length === 0)
    return { chains: [], rules: [{ table: "nat", match, mark, target: "MASQUERADE" }] };
  // A RETURN in POSTROUTING itself would keep other people's rules from such packets: hence a chain of its own.
  const chain = chainOf(mark);
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
