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
    rules: {
      type: "string[] | undefined",
      description:
        "Where the host's rules are not what the properties say: the rules that it has, in the words of iptables-save, without their comments; a duplicate is listed twice.",
      implied: true,
    },
    backend: {
      type: '"nf_tables" | "legacy" | undefined',
      description: "The backend of iptables that they are in: the one that `iptables` was when they were made.",
    },
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
  derive: (inputs, context) => ({ rules: wantedRules(inputs, context).rules.map(printRule) }),

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
    rules: { value: asRecorded(familyOf(inputs.source), wantedRules(inputs, context), recordedBackend(context)) },
  }),

  interpret(inputs, { rules: { value } }) {
    const warnings = value && firewallWarnings(value);
    if (!value || value.rules.length + value.chains.length === 0) return { warnings };
    const first = value.rules.find((rule) => rule.match.startsWith("-A POSTROUTING "))?.match ?? "";
    const option = (pattern: RegExp) => pattern.exec(first)?.[1];
    const end = value.rules.findIndex(({ target }) => target.startsWith("MASQUERADE"));
    // An exception behind what it is one from has no effect.
    const kept = value.rules
      .slice(0, end === -1 ? undefined : end)
      .flatMap((rule) => (rule.target === "RETURN" ? [/ -d (\S+)/.exec(rule.match)?.[1] ?? "?"] : []));
    return {
      warnings,
      state: {
        namespace: inputs.namespace,
        source: option(/ -s (\S+)/) ?? inputs.source,
        outInterface: option(/[^!] -o (\S+)/),
        exceptOutInterface: option(/ ! -o (\S+)/),
        exceptDestinations: kept.length > 0 ? kept : undefined,
        rules: value.rules.map(printRule),
        backend: value.place.backend,
      },
    };
  },

  plan(inputs, { rules: { value = noRules }, unmarked }, context) {
    const there = joinRules(value, unmarked?.value ?? []);
    const wanted = wantedRules(inputs, context);
    return changeRules(inputs.namespace, familyOf(inputs.source), there, wanted);
  },

  remove: (inputs, { rules: { value = noRules } }) =>
    changeRules(inputs.namespace, familyOf(inputs.source), value, noRules),
});

function wantedRules(
  { source, outInterface, exceptOutInterface, exceptDestinations = [] }: Inputs,
  { mark }: Context,
): RuleSet {
  const out = outInterface ? ` -o ${outInterface}` : exceptOutInterface ? ` ! -o ${exceptOutInterface}` : "";
  const match = `-A POSTROUTING${prefixMatch("-s", source)}${out}`;
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
