/** `iptables -t TABLE …` on a simulated host, as a user types it: the provider only sends iptables-restore. */
import type { Firewall } from "./firewall.js";
import { NotSimulated, ProgramFailure } from "./program-failure.js";
import { Words } from "./words.js";

/** Adds or deletes a rule, flushes one chain or all of them, or deletes all user-defined chains. */
export function runIptables(firewall: Firewall, program: string, args: readonly string[]): void {
  const words = new Words(args);
  words.oneOf("-t");
  const table = words.next();
  const action = words.oneOf("-A", "-D", "-F", "-X");
  const chain = words.isEmpty ? undefined : words.next();
  const rule = ruleOf(words);
  const chains = firewall.chainsOf(table);
  const rules = chain === undefined ? undefined : chains.get(chain);
  const change = (lines: readonly string[]) => {
    firewall.restore([`*${table}`, ...lines, "COMMIT"].join("\n"));
  };
  if (action === "-A" || action === "-D") {
    if (chain === undefined) throw words.unknown();
    firewall.checkRule(table, chain, rule);
    if (action === "-D" && !rules?.includes(rule))
      throw new ProgramFailure(1, `${program}: Bad rule (does a matching rule exist in that chain?).`);
    if (!rules) throw noChain(program);
    change([`${action} ${chain} ${rule}`]);
    return;
  }
  if (rule !== "") throw words.unknown();
  if (action === "-X") {
    if (chain !== undefined) throw words.unknown();
    // Neither this nor flushing a table creates a table that does not exist.
    if (firewall.has(table)) change(firewall.ownChainsOf(table).map((own) => `-X ${own}`));
  } else if (chain === undefined) {
    if (firewall.has(table)) change([...chains.keys()].map((each) => `-F ${each}`));
  } else {
    if (!rules) throw noChain(program);
    change([`-F ${chain}`]);
  }
}

const noChain = (program: string) => new ProgramFailure(1, `${program}: No chain/target/match by that name.`);

/** The words of a rule as iptables-save prints them. */
function ruleOf(words: Words): string {
  const all = words.rest();
  return all.map((word, index) => (all[index - 1] === "--comment" ? quoted(word) : word)).join(" ");
}

function quoted(comment: string): string {
  // If a comment has no other characters, iptables-save prints it without quotes.
  if (!/^[\w./:-]*[:/][\w./:-]*$/.test(comment)) throw new NotSimulated(`the comment "${comment}"`);
  return `"${comment}"`;
}
