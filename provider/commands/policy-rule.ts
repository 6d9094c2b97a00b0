/** Rules of the routing policy database: ip-rule(8), linux/fib_rules.h. Not firewall rules. */
import { type Family, canonicalPrefix } from "../schema/address.js";
import { canonicalMark } from "../schema/mark.js";
import { type Command, type Fact, type Found, fact, ip } from "./command.js";
import { ipInNamespaces, parseByNamespace } from "./in-namespaces.js";
import { classify } from "./failure.js";

/** A routing policy rule, as far as a Rule resource can represent it. */
export interface PolicyRule {
  readonly family: Family;
  /** The lowest is evaluated first; among equal ones, the one that was added first. */
  readonly priority: number;
  /** It applies to packets that its selectors do not match. */
  readonly not: boolean;
  /** Canonical prefixes. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly iif: string | undefined;
  readonly oif: string | undefined;
  /** `0x1`, or `0x1/0xff` with a mask. */
  readonly fwmark: string | undefined;
  /** lookup, blackhole, unreachable, prohibit. */
  readonly type: string;
  /** The number of the table that it looks up: 254 is main. */
  readonly table: string | undefined;
  readonly suppressPrefixLength: number | undefined;
  /** The protocol number of its origin; 2 is the kernel, 0 is unspecified. */
  readonly protocol: number;
}

interface RuleJson {
  priority: number;
  not?: null;
  src: string;
  srclen?: number;
  dst?: string;
  dstlen?: number;
  fwmark?: string;
  fwmask?: string;
  iif?: string;
  iif_detached?: null;
  oif?: string;
  oif_detached?: null;
  table?: string;
  suppress_prefixlen?: number;
  action?: string;
  protocol?: string;
}

/** All keys that a Rule can represent. A rule with others matches other packets or does something else. */
const knownKeys = new Set(
  "priority not src srclen dst dstlen fwmark fwmask iif iif_detached oif oif_detached table suppress_prefixlen action protocol".split(
    " ",
  ),
);

// -N, since a host's own rt_protos can name any number, also turns these into numbers (linux/rtnetlink.h).
const types: Readonly<Record<string, string>> = { 6: "blackhole", 7: "unreachable", 8: "prohibit" };

function readRule(json: RuleJson, family: Family): PolicyRule {
  const prefix = (address: string | undefined, length: number | undefined) =>
    address === undefined || address === "all"
      ? undefined
      : canonicalPrefix(length === undefined ? address : `${address}/${length}`);
  return {
    family,
    priority: json.priority,
    not: "not" in json,
    from: prefix(json.src, json.srclen),
    to: prefix(json.dst, json.dstlen),
    iif: json.iif,
    oif: json.oif,
    fwmark: json.fwmark === undefined ? undefined : canonicalMark(json.fwmark, json.fwmask),
    type: json.action === undefined ? "lookup" : (types[json.action] ?? json.action),
    table: json.table,
    suppressPrefixLength: json.suppress_prefixlen,
    protocol: Number(json.protocol ?? 0),
  };
}

/** Parses the output of `ip -N -d -j rule show`: the rules that a Rule can represent, in the order of evaluation. */
export function parsePolicyRules(stdout: string, family: Family): PolicyRule[] {
  return (JSON.parse(stdout || "[]") as RuleJson[])
    .filter((json) => Object.keys(json).every((key) => knownKeys.has(key)))
    .map((json) => readRule(json, family));
}

const question = (family: Family) => [`-${family}`, "-N", "-d", "-j", "rule", "show"];

/** All rules of a family in each namespace, by their priority. */
const everyRule = { 4: rulesInNamespaces(4), 6: rulesInNamespaces(6) };

function rulesInNamespaces(family: Family) {
  return {
    question: ipInNamespaces(...question(family)),
    rulesByPriority: parseByNamespace((line) =>
      Map.groupBy(parsePolicyRules(line, family), ({ priority }) => priority),
    ),
  };
}

/** The rules with one priority, whoever created them. */
export function policyRules(
  namespace: string | undefined,
  family: Family,
  priority: number,
): Fact<Found<readonly PolicyRule[]>> {
  const { question: sharedQuestion, rulesByPriority } = everyRule[family];
  return {
    ...fact(ip(namespace, ...question(family), "priority", priority), (stdout) => parsePolicyRules(stdout, family)),
    shared: {
      ...sharedQuestion,
      namespace,
      answer: (result) => {
        const rules = rulesByPriority(result, namespace);
        return rules && { value: rules.get(priority) ?? [] };
      },
    },
  };
}

/** The rules with this protocol number; none if the kernel does not support rules of the family. */
export function policyRulesOfProtocol(
  namespace: string | undefined,
  family: Family,
  protocol: number,
): Fact<Found<readonly PolicyRule[]>> {
  // iproute2 6.1 accepts the protocol as a filter but lists all rules anyway.
  const all = fact(ip(namespace, ...question(family)), (stdout) =>
    parsePolicyRules(stdout, family).filter((rule) => rule.protocol === protocol),
  );
  return {
    ...all,
    parse: (result) => (classify(result).kind === "unsupported" ? { missing: "object" } : all.parse(result)),
  };
}

/** The command that adds a rule or deletes it. */
export function ruleCommand(namespace: string | undefined, action: "add" | "delete", rule: PolicyRule): Command {
  const { family, priority, type, table, suppressPrefixLength, protocol } = rule;
  return ip(
    namespace,
    `-${family}`,
    "rule",
    action,
    ...selectorArguments(rule),
    "priority",
    priority,
    ...(type === "lookup" ? [] : ["type", type]),
    ...(table === undefined ? [] : ["table", table]),
    ...(suppressPrefixLength === undefined ? [] : ["suppress_prefixlength", suppressPrefixLength]),
    "proto",
    protocol,
  );
}

/** The selectors of a rule. */
export type Selectors = Pick<PolicyRule, "not" | "from" | "to" | "iif" | "oif" | "fwmark">;

/** A rule's selectors as arguments of `ip rule`. */
export function selectorArguments({ not, from, to, iif, oif, fwmark }: Selectors): string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  // Without a mask, iproute2 and the kernel treat a mark of 0 as any mark.
  const mark = fwmark === undefined || fwmark.includes("/") ? fwmark : `${fwmark}/0xffffffff`;
  return [
    ...(not ? ["not"] : []),
    ...option("from", from),
    ...option("to", to),
    ...option("fwmark", mark),
    ...option("iif", iif),
    ...option("oif", oif),
  ];
}

/** Whether two rules with the same priority match the same packets, in which case the first one applies. */
export function hasSameSelectors(a: Selectors, b: Selectors): boolean {
  return selectorArguments(a).join(" ") === selectorArguments(b).join(" ");
}
