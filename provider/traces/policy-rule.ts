/** Routing policy rules, marked by the stack's protocol number. */
import { isDeepStrictEqual } from "node:util";
import type { Answers } from "../commands/command.js";
import { PolicyRuleChanges } from "../commands/policy-rule-changes.js";
import { type PolicyRule, policyRules, policyRulesOfProtocol, selectorArguments } from "../commands/policy-rule.js";
import { tableName } from "../commands/route.js";
import { type StackName, protocolOf } from "../lifecycle/ownership.js";
import {
  type RecordedProperties,
  type SurveyedNamespace,
  type Trace,
  claimTraces,
  defineTraceSort,
  removal,
} from "../lifecycle/trace.js";
import { isIn, within } from "./recorded-properties.js";

const rulesIn = (namespace: string | undefined, stack: StackName) => ({
  ipv4: policyRulesOfProtocol(namespace, 4, protocolOf(stack)),
  ipv6: policyRulesOfProtocol(namespace, 6, protocolOf(stack)),
});

/** A rule with the namespace that it is in. */
interface Place {
  readonly namespace: SurveyedNamespace<Answers<ReturnType<typeof rulesIn>>>;
  readonly rule: PolicyRule;
}

const sort = defineTraceSort({
  name: "policy rule",
  inNamespace: rulesIn,
  isNumbered: true,
  // RTM_GETRULE, struct fib_rule_hdr, FRA_PROTOCOL: linux/fib_rules.h
  dump: { request: 34, header: 12, attribute: 21 },
  find: ({ namespaces }, stack) =>
    namespaces.flatMap((namespace) =>
      [...(namespace.answers.ipv4.value ?? []), ...(namespace.answers.ipv6.value ?? [])]
        .filter((rule) => rule.protocol === protocolOf(stack))
        .map((rule) => traceOf({ namespace, rule })),
    ),
});

/** The rule that a resource's priority, selectors and family identify. */
export const policyRuleTraces = claimTraces(sort, isRule, () => true);

function traceOf({ namespace, rule }: Place): Trace<Place> {
  const [name] = namespace.names;
  return {
    object: { namespace, rule },
    mark: undefined,
    description: `${rule.family === 4 ? "IPv4" : "IPv6"} policy rule ${describePolicyRule(rule)}${within(name)}`,
    identity: `${JSON.stringify(rule)}${within(name)}`,
    stage: "uses interfaces",
    removal: removal([policyRules(name, rule.family, rule.priority)], ([{ value = [] }]) => {
      const changes = new PolicyRuleChanges(name, value);
      for (const found of value) if (isDeepStrictEqual(found, rule)) changes.delete(found);
      return changes.commands;
    }),
  };
}

/** In the format of `ip rule`: `1000: from 10.1.0.0/24 lookup 77`. */
function describePolicyRule(rule: PolicyRule): string {
  const does = rule.type === "lookup" ? `lookup ${tableName(rule.table ?? "0")}` : rule.type;
  return [`${rule.priority}:`, ...selectorArguments(rule), does].join(" ");
}

function isRule(properties: RecordedProperties, { namespace, rule }: Place): boolean {
  const ofFound = rule.family === 6 ? "ipv6" : "ipv4";
  const { not = false, priority, from, to, iif, oif, fwmark, family = ofFound } = properties;
  const known = { not, priority, from, to, iif, oif, fwmark, family };
  const found = { ...rule, family: ofFound };
  return (
    isIn(properties.namespace, namespace) &&
    Object.entries(known).every(
      ([key, value]) => typeof value === "object" || value === found[key as keyof typeof known],
    )
  );
}
