import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { PolicyRuleChanges } from "../commands/policy-rule-changes.js";
import {
  type PolicyRule,
  type Selectors,
  hasSameSelectors,
  policyRules,
  policyRulesOfProtocol,
  selectorArguments,
} from "../commands/policy-rule.js";
import { leftElsewhere } from "../commands/marked-objects.js";
import { inTemporaryNamespace } from "../commands/probes.js";
import { isByHand, kernelProtocol, marked, tableName, tableNumber } from "../commands/route.js";
import { type Problem, defineResource } from "../lifecycle/define-resource.js";
import { type Family, familyOf, network } from "../schema/address.js";
import { packetMark } from "../schema/mark.js";
import { routingTable, whole } from "../schema/number.js";
import { incomingInterface, interfaceName } from "../schema/text.js";
import { policyRuleTraces } from "../traces/policy-rule.js";

const properties = z.strictObject({
  priority: whole("a priority", 0, 4294967295).describe(
    "Rules are evaluated in order of priority, lowest first. The kernel's own rules look up `local` at 0, `main` at 32766 and `default` at 32767.",
  ),
  from: network().optional().describe("Match packets from this network, IPv4 or IPv6."),
  to: network().optional().describe("Match packets to this network."),
  iif: incomingInterface()
    .optional()
    .describe(
      "Match packets that arrive on this interface; `lo` matches packets that the host itself sends. The interface does not have to exist yet.",
    ),
  oif: interfaceName()
    .optional()
    .describe("Match packets of sockets that are bound to this interface. The interface does not have to exist yet."),
  fwmark: packetMark()
    .optional()
    .describe('Match packets with this firewall mark: a number, or a number with a mask such as `"0x1/0xff"`.'),
  not: z.boolean().default(false).describe("Invert the match. Default false."),
  family: z
    .enum(["ipv4", "ipv6"])
    .describe(
      "Address family of the packets, if neither `from` nor `to` determines it. Default: the family of `from` or `to`, or `ipv4`.",
    ),
  table: routingTable()
    .optional()
    .describe(
      "The routing table to look up: `main`, `local`, `default` or a number. If it has no route for a packet, the next rule is evaluated.",
    ),
  suppressPrefixLength: whole("a prefix length", 0, 128)
    .optional()
    .describe("Ignore routes of the table whose prefix length is at most this. 0 ignores only the default route."),
  type: z
    .enum(["lookup", "blackhole", "unreachable", "prohibit"])
    .default("lookup")
    .describe(
      "`lookup` looks up the table; `blackhole` drops packets silently; `unreachable` and `prohibit` drop them with an ICMP error. Default `lookup`.",
    ),
});

type Inputs = z.output<typeof properties> & { namespace?: string | undefined };

/** A routing policy rule: ip-rule(8). */
export const rule = defineResource({
  kind: "Rule",
  description:
    "A policy rule (`ip rule`): selects the routing table for packets by their source, their destination, their interface or their firewall mark. " +
    "If its table or type changes, the new rule is added before the old one is deleted. If an interface that it names is recreated, the rule applies to the new one.",
  properties,
  needs: ["ip", { argv: inTemporaryNamespace("ip", "rule", "add", "priority", "1", "table", "1") }],
  outputs: { marked },
  replaceOn: ["priority", "from", "to", "iif", "oif", "fwmark", "not", "family"],
  deleteBeforeReplace: false,
  deletedWith: ["namespace"],
  traces: [policyRuleTraces],
  // The kernel keeps a rule whose interface no longer exists, and identifies the interface by name.
  standsOn: [],

  defaults: ({ family, from, to }) => (family === undefined ? { family: familyIn(from ?? to) } : {}),
  checkTogether: ruleProblems,
  inHostNetwork: (inputs) =>
    inputs.namespace === undefined ? [{ property: "priority", rule: wantedRule(inputs, 0) }] : [],
  identify: (inputs) =>
    [inputs.namespace, inputs.family, inputs.priority, ...selectorArguments(selectorsOf(inputs))]
      .filter((part) => part !== undefined)
      .join("/"),
  // The kernel ignores `not` when it compares two rules.
  claims: (inputs) => [{ property: "priority", what: kernelKeyOf(inputs) }],

  derive: () => ({ marked: true }),

  observe: ({ namespace, family, priority }, { protocol, gone }) => ({
    rules: policyRules(namespace, familyNumber(family), priority),
    ...(gone && { elsewhere: policyRulesOfProtocol(namespace, familyNumber(family), protocol) }),
  }),

  interpret(inputs, { rules: { value = [] }, elsewhere }, { protocol, recorded }) {
    // If there are several, the kernel evaluates the first.
    const [there, ...behind] = inPlaceOf(inputs, value);
    if (!there) return { warnings: equalElsewhere(inputs, elsewhere?.value ?? [], protocol) };
    if (there.protocol === protocol) return { state: { ...ruleState(inputs, there), marked: true } };
    const isBehind = behind.some((found) => found.protocol === protocol);
    const changedByHand = recorded !== undefined && !isBehind && isByHand(there.protocol);
    const does = there.type === "lookup" ? `lookup ${tableName(there.table ?? "0")}` : there.type;
    return {
      // Ours still exists; the state shows what has taken its place.
      state: isBehind || changedByHand ? { ...ruleState(inputs, there), marked: false } : undefined,
      foreign: {
        property: "priority",
        conflict: `taken by a rule for the same packets (${does} proto ${there.protocol}) that this stack did not create`,
        advice: "Give the new one another priority, or remove that rule on the host.",
        // Without the kernel's own rules, no routing table would be used.
        adoptable: there.protocol !== kernelProtocol,
        changedByHand,
      },
    };
  },

  plan(inputs, { rules: { value = [] } }, { protocol }) {
    const changes = new PolicyRuleChanges(inputs.namespace, value);
    const there = inPlaceOf(inputs, value);
    const wanted = wantedRule(inputs, protocol);
    const isWanted = (found: PolicyRule) => isDeepStrictEqual(found, wanted);
    if (!there.some(isWanted)) changes.add(wanted);
    // If a foreign rule comes first, plan is only called to adopt it.
    const adopted = there[0]?.protocol !== protocol;
    for (const found of there) if (!isWanted(found) && (adopted || found.protocol === protocol)) changes.delete(found);
    return changes.commands;
  },

  remove(inputs, { rules: { value = [] } }, { protocol }) {
    const changes = new PolicyRuleChanges(inputs.namespace, value);
    for (const found of inPlaceOf(inputs, value)) if (found.protocol === protocol) changes.delete(found);
    return changes.commands;
  },
});

const familyIn = (prefix: unknown) => (typeof prefix === "string" && familyOf(prefix) === 6 ? "ipv6" : "ipv4");
const familyNumber = (family: Inputs["family"]): Family => (family === "ipv6" ? 6 : 4);

function ruleProblems(inputs: Inputs): Problem[] {
  const { from, to, family, not, table, suppressPrefixLength, type } = inputs;
  const everything = (prefix: string | undefined) => prefix?.endsWith("/0") ?? false;
  const other = (prefix: string | undefined) => prefix !== undefined && familyIn(prefix) !== family;
  const problem = (when: boolean, property: keyof Inputs, message: string) => (when ? [{ property, message }] : []);
  const all = (prefix: string | undefined) =>
    `is every address: leave it out, and write family: "${familyIn(prefix)}" where nothing else says it`;
  const looks = type === "lookup";
  return [
    ...problem(everything(from), "from", all(from)),
    ...problem(everything(to), "to", all(to)),
    ...problem(
      from !== undefined && to !== undefined && familyIn(from) !== familyIn(to),
      "to",
      `is of the other address family than from ${String(from)}`,
    ),
    ...problem(other(from ?? to), "family", `is ${family}, and ${String(from ?? to)} is not: leave it out`),
    ...problem(
      not && selectorArguments(selectorsOf({ ...inputs, not: false })).length === 0,
      "not",
      "is for no packets at all where nothing else is given: add from, to, iif, oif or fwmark",
    ),
    ...problem(looks && table === undefined, "table", "is missing: which routing table is to be looked into?"),
    ...problem(!looks && table !== undefined, "table", `can't stand beside type ${type}, which looks into none`),
    ...problem(
      !looks && suppressPrefixLength !== undefined,
      "suppressPrefixLength",
      `can't stand beside type ${type}, which looks into no table`,
    ),
    ...problem(family === "ipv4" && (suppressPrefixLength ?? 0) > 32, "suppressPrefixLength", "is at most 32 for IPv4"),
  ];
}

function selectorsOf({ not, from, to, iif, oif, fwmark }: Inputs): Selectors {
  return { not, from, to, iif, oif, fwmark };
}

/** The existing rules with the same selectors, the resource's own included. */
function inPlaceOf(inputs: Inputs, rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.filter((found) => hasSameSelectors(found, selectorsOf(inputs)));
}

/**
 * Warnings about the stack's rules that equal the missing one but for their priority. Either somebody moved it, or they
 * are other resources', which a delete cannot tell.
 */
const equalElsewhere = (inputs: Inputs, rules: readonly PolicyRule[], protocol: number) =>
  rules
    .filter((found) => isDeepStrictEqual(found, { ...wantedRule(inputs, protocol), priority: found.priority }))
    .map(({ priority }) =>
      leftElsewhere(`a policy rule for the same packets (priority ${priority})`, inputs.namespace),
    );

/** Describes what the kernel tells rules apart by. */
function kernelKeyOf(inputs: Inputs): string {
  const { family, priority, table, suppressPrefixLength, type } = inputs;
  const does = type === "lookup" ? ["lookup", tableNumber(table ?? 0)] : [type];
  const suppress = suppressPrefixLength === undefined ? [] : ["suppress_prefixlength", suppressPrefixLength];
  const selectors = selectorArguments({ ...selectorsOf(inputs), not: false });
  return ["the", family, "rule", priority, ...selectors, ...does, ...suppress].join(" ");
}

/** The wanted rule as the kernel would report it. */
function wantedRule(inputs: Inputs, protocol: number): PolicyRule {
  const { priority, family, table, suppressPrefixLength, type } = inputs;
  return {
    family: familyNumber(family),
    priority,
    ...selectorsOf(inputs),
    type,
    table: table === undefined ? undefined : tableNumber(table),
    suppressPrefixLength,
    protocol,
  };
}

function ruleState(inputs: Inputs & { namespace?: string | undefined }, found: PolicyRule): Record<string, unknown> {
  const { namespace, priority, family, table } = inputs;
  const asWanted = table !== undefined && found.table === tableNumber(table);
  return {
    namespace,
    priority,
    ...selectorsOf(inputs),
    family,
    table: asWanted ? table : found.table === undefined ? undefined : tableName(found.table),
    suppressPrefixLength: found.suppressPrefixLength,
    type: found.type,
  };
}
