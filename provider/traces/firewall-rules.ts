/** Rules of iptables or nft, marked by a comment. */
import type { Answers, Found } from "../commands/command.js";
import { changeRules, markedRules, rulesOfAnyStack } from "../commands/firewall.js";
import { inEveryBackend } from "../commands/nat.js";
import { type FoundRules, type Rule, noRules } from "../commands/rules.js";
import { setSysctl, sysctl } from "../commands/sysctl.js";
import { chainOf, isOfStack } from "../lifecycle/ownership.js";
import {
  type Removal,
  type SurveyedNamespace,
  type Trace,
  claimTraces,
  defineTraceSort,
  removal,
} from "../lifecycle/trace.js";
import { type Family, familyOf } from "../schema/address.js";
import { isIn, within } from "./recorded-properties.js";

const rulesIn = (namespace: string | undefined) => ({
  ipv4: rulesOfAnyStack(namespace, 4),
  ipv6: rulesOfAnyStack(namespace, 6),
});

/** All rules of one family in one namespace with the same mark. */
interface MarkedRules {
  readonly namespace: SurveyedNamespace<Answers<ReturnType<typeof rulesIn>>>;
  readonly family: Family;
  readonly mark: string;
  readonly rules: readonly Rule[];
}

const sort = defineTraceSort({
  name: "rules",
  inNamespace: rulesIn,
  marks: ({ namespaces }) =>
    namespaces.flatMap(({ answers: { ipv4, ipv6 } }) =>
      [...(ipv4.value ?? []), ...(ipv6.value ?? [])].map(({ mark }) => mark),
    ),
  find: ({ namespaces }, stack) =>
    namespaces.flatMap((namespace) =>
      ([4, 6] as const).flatMap((family) => {
        const { value = [] } = family === 4 ? namespace.answers.ipv4 : namespace.answers.ipv6;
        const byMark = Map.groupBy(value, ({ mark }) => mark);
        return [...byMark]
          .filter(([mark]) => isOfStack(mark, stack))
          .map(([mark, rules]) => traceOf({ namespace, family, mark, rules }));
      }),
    ),
});

/** The rules with a resource's mark in its namespace. */
export const firewallRuleTraces = claimTraces(sort, (properties, { namespace, family }) => {
  // The property that determines the family: rules of the other family were left by a replacement.
  const address = properties.targetAddress ?? properties.source;
  return isIn(properties.namespace, namespace) && (typeof address !== "string" || familyOf(address) === family);
});

function traceOf(object: MarkedRules): Trace<MarkedRules> {
  const { namespace, family, mark, rules } = object;
  const [name] = namespace.names;
  const tables = [...new Set(rules.map(({ table }) => table))].join(", ");
  const count = `${rules.length} ${family === 4 ? "IPv4" : "IPv6"} ${rules.length > 1 ? "rules" : "rule"}`;
  return {
    object,
    mark,
    description: `${count} of ${tables}${within(name)}`,
    identity: `${family} ${mark}${within(name)}`,
    stage: "uses interfaces",
    removal: rulesRemoval(name, object),
  };
}

function rulesRemoval(namespace: string | undefined, { family, mark, rules }: MarkedRules): Removal {
  const chain = chainOf(mark);
  const hasChain = rules.some(({ match, target }) => match.split(" ")[1] === chain || target === chain);
  const marked = markedRules(namespace, family, [mark], hasChain ? [chain] : []);
  const change = ({ value }: Found<FoundRules>) => changeRules(namespace, family, value ?? noRules, noRules);
  const [guarded] = rules
    .flatMap((rule) => inEveryBackend((backend) => backend.guardedInterface(rule)))
    .filter(Boolean);
  if (guarded === undefined) return removal([marked], ([found]) => change(found));
  // A guard of 127.0.0.0/8: `route_localnet` is switched off before the last guard is removed. Whether it was on before
  // is only recorded in a state.
  const key = `net/ipv4/conf/${guarded}/route_localnet`;
  const guards = inEveryBackend((backend) => backend.guard(guarded, mark));
  return removal(
    [marked, sysctl(namespace, key), rulesOfAnyStack(namespace, 4, guards)],
    ([found, localnet, guards]) => {
      const commands = change(found);
      const others = (guards.value ?? []).some((rule) => rule.mark !== mark);
      return commands.length > 0 && localnet.value === "1" && !others
        ? [setSysctl(namespace, key, "0"), ...commands]
        : commands;
    },
    // Without the setting: it no longer exists if the bridge is gone, so it cannot be guarded.
    [marked.command],
  );
}
