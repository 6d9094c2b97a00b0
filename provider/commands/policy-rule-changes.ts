import type { Command } from "./command.js";
import { type PolicyRule, ruleCommand } from "./policy-rule.js";

/**
 * Commands that add and delete exactly the given rules among others of the same priority. The kernel by itself deletes
 * the first rule that has all the given attributes, whatever else it has, and refuses to add a rule next to one that it
 * considers equal (net/core/fib_rules.c, rule_find and rule_exists).
 */
export class PolicyRuleChanges {
  readonly commands: Command[] = [];

  /** @param rules All existing rules of the priority, in their order. */
  constructor(
    private readonly namespace: string | undefined,
    private rules: readonly PolicyRule[],
  ) {}

  add(rule: PolicyRule): void {
    const blocking = this.rules.filter((there) => isRefusedBeside(rule, there));
    for (const there of blocking) this.delete(there);
    this.commands.push(ruleCommand(this.namespace, "add", rule));
    this.rules = [...this.rules, rule];
    // The kernel refuses the others: they have the same selectors except for `not`.
    for (const there of blocking) if (!isRefusedBeside(there, rule)) this.add(there);
  }

  delete(rule: PolicyRule): void {
    const before = this.rules.slice(0, this.rules.indexOf(rule)).filter((there) => isDeletedFor(rule, there));
    for (const there of [...before, rule]) {
      this.commands.push(ruleCommand(this.namespace, "delete", rule));
      this.rules = this.rules.filter((other) => other !== there);
    }
    for (const there of before) this.add(there);
  }
}

/**
 * Whether the kernel would delete a rule when asked to delete the given one. It compares the given attributes, but
 * neither `not` nor zeros.
 */
function isDeletedFor(given: PolicyRule, there: PolicyRule): boolean {
  const [mark, mask] = given.fwmark?.split("/") ?? [];
  const [markThere, maskThere] = there.fwmark?.split("/") ?? [];
  return (
    given.type === there.type &&
    (["from", "to", "iif", "oif", "table", "suppressPrefixLength"] as const).every(
      (key) => given[key] === undefined || given[key] === there[key],
    ) &&
    (given.fwmark === undefined || ((mark === "0x0" || mark === markThere) && mask === maskThere)) &&
    (given.protocol === 0 || given.protocol === there.protocol)
  );
}

/**
 * Whether the kernel refuses to add the given rule because of an existing one. It compares given prefixes, but not
 * `not`.
 */
function isRefusedBeside(given: PolicyRule, there: PolicyRule): boolean {
  return (
    (["type", "table", "iif", "oif", "fwmark", "suppressPrefixLength", "protocol"] as const).every(
      (key) => given[key] === there[key],
    ) && (["from", "to"] as const).every((key) => given[key] === undefined || given[key] === there[key])
  );
}
