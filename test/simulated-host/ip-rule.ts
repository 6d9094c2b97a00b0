/** `ip rule` on a simulated host: a small model of the kernel's net/core/fib_rules.c. */
import type { Family } from "../../provider/schema/address.js";
import { type NetworkNamespace, type PolicyRule, routeType } from "./network-namespace.js";
import { parsePrefix } from "./prefix.js";
import { refused } from "./program-failure.js";
import type { Words } from "./words.js";

const tableNumbers: Readonly<Record<string, string>> = { default: "253", main: "254", local: "255" };
const noMark = { mark: 0, mask: 0 };

/** Runs `ip -4 rule …` or `ip -6 rule …`; returns its output. */
export function runRule(namespace: NetworkNamespace, family: Family, words: Words): string {
  const action = words.oneOf("show", "add", "delete", "del");
  if (action === "show") return show(namespace, family, words);
  const asked = readRule(family, words);
  const { rules } = namespace;
  if (action === "add") {
    if (rules.some((there) => isTaken(there, asked))) throw refused("File exists");
    // After the rules with the same priority.
    const after = rules.findLastIndex((there) => there.family === family && there.priority <= asked.priority);
    namespace.rules = rules.toSpliced(after + 1, 0, asked);
    return "";
  }
  const found = rules.find((there) => isMeant(there, asked));
  if (!found) throw refused("No such file or directory");
  namespace.rules = rules.filter((there) => there !== found);
  return "";
}

function readRule(family: Family, words: Words): PolicyRule {
  const rule: Record<string, unknown> = {};
  while (!words.isEmpty) {
    const word = words.oneOf(
      ...(["not", "from", "to", "fwmark", "iif", "oif", "priority", "type", "table", "lookup"] as const),
      ...(["suppress_prefixlength", "proto", "protocol"] as const),
    );
    if (word === "not") rule.not = true;
    else if (word === "from" || word === "to") rule[word] = parsePrefix(words.next(), family);
    else if (word === "iif" || word === "oif") rule[word] = words.next();
    else if (word === "fwmark") Object.assign(rule, readMark(words));
    else if (word === "type") rule.type = routeType[words.oneOf("blackhole", "unreachable", "prohibit")];
    else if (word === "table" || word === "lookup") rule.table = tableIn(words);
    else if (word === "suppress_prefixlength") rule.suppress = words.nextNumber();
    else rule[word === "priority" ? word : "protocol"] = words.nextNumber();
  }
  // Without a priority, the position of a new rule depends on the others.
  if (rule.priority === undefined) throw words.unknown();
  return { priority: 0, not: false, ...noMark, type: undefined, protocol: 0, ...rule, family };
}

function readMark(words: Words): { mark: number; mask: number } {
  const [, mark, mask] = /^(0x[0-9a-f]+|\d+)\/(0x[0-9a-f]+|\d+)$/.exec(words.next()) ?? [];
  if (mark === undefined) throw words.unknown();
  return { mark: Number(mark), mask: Number(mask) };
}

function tableIn(words: Words): string {
  const word = words.next();
  return tableNumbers[word] ?? word;
}

type Key = keyof PolicyRule;

/** Whether the kernel considers a rule that is to be added a duplicate of an existing one. */
function isTaken(there: PolicyRule, asked: PolicyRule): boolean {
  const exact: readonly Key[] = ["type", "table", "priority", "iif", "oif", "mark", "mask", "suppress", "protocol"];
  return exact.every((key) => there[key] === asked[key]) && isOfThesePrefixes(there, asked);
}

/** Whether the kernel considers a rule the one that is to be deleted. */
function isMeant(there: PolicyRule, asked: PolicyRule): boolean {
  const where: readonly Key[] = ["table", "iif", "oif", "mark", "mask", "suppress", "protocol"];
  // A rule without a type is a lookup. 0 matches any value, like an omitted one.
  const given = (key: Key) => asked[key] !== undefined && (asked[key] !== 0 || key === "suppress");
  return (
    there.type === asked.type &&
    there.priority === asked.priority &&
    where.every((key) => !given(key) || there[key] === asked[key]) &&
    isOfThesePrefixes(there, asked)
  );
}

const isOfThesePrefixes = (there: PolicyRule, asked: PolicyRule) =>
  there.family === asked.family &&
  ([asked.from, asked.to] as const).every(
    (prefix, index) => prefix === undefined || prefix.text === [there.from, there.to][index]?.text,
  );

function show({ rules }: NetworkNamespace, family: Family, words: Words): string {
  const priority = words.take("priority") ? words.nextNumber() : undefined;
  words.end();
  const shown = rules.filter((rule) => rule.family === family && (priority ?? rule.priority) === rule.priority);
  return JSON.stringify(shown.map(ruleReply));
}

/** An element of `ip -N -d -j rule show`, without whether its interfaces exist. */
export function ruleReply(rule: PolicyRule): Record<string, unknown> {
  const { priority, not, from, to, mark, mask, iif, oif, table, suppress, type, protocol } = rule;
  const hexadecimal = (value: number) => (value === 0 ? "0" : `0x${value.toString(16)}`);
  return {
    priority,
    ...(not && { not: null }),
    src: from?.address ?? "all",
    ...(from && { srclen: from.length }),
    ...(to && { dst: to.address, dstlen: to.length }),
    ...(mask !== 0 && { fwmark: hexadecimal(mark) }),
    ...(mask !== 0 && mask !== 0xffffffff && { fwmask: hexadecimal(mask) }),
    ...(iif !== undefined && { iif }),
    ...(oif !== undefined && { oif }),
    ...(table !== undefined && { table }),
    ...(suppress !== undefined && { suppress_prefixlen: suppress }),
    ...(type !== undefined && { action: String(type) }),
    protocol: String(protocol),
  };
}
