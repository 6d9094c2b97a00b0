/** The rules of one family in a simulated namespace, as iptables-save prints them and iptables-restore reads them. */
import type { Family } from "../../provider/schema/address.js";
import { NotSimulated, ProgramFailure } from "./program-failure.js";

/** Rules by chain, each without its `-A CHAIN `. */
type Table = Map<string, string[]>;

// In the order in which iptables-save 1.8.9 prints them, regardless of which was created first.
const builtIn: Readonly<Record<string, readonly string[]>> = {
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  raw: ["PREROUTING", "OUTPUT"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
};
const tableNames = Object.keys(builtIn);

// Only rules that iptables-save prints as they were written: others would need a model of its output.
const prefix = String.raw`[\da-f.:]+/\d+`;
const rulePattern = new RegExp(
  [
    `^(?:(?:! )?-s ${prefix} )?(?:(?:! )?-d ${prefix} )?`,
    String.raw`(?:(?:! )?-i (?<in>\S+) )?(?:(?:! )?-o (?<out>\S+) )?`,
    String.raw`(?:-p (?:tcp|udp|sctp) )?(?:-m addrtype --dst-type LOCAL )?(?:-m (?:tcp|udp|sctp) --dport \d+(?::\d+)? )?`,
    String.raw`(?:-m conntrack --ctstate DNAT )?(?:-m mark --mark 0x[\da-f]+/0x[\da-f]+ )?`,
    String.raw`(?:-m comment --comment "[^"]+" )?-j (?<target>\S+)(?<options> .+)?$`,
  ].join(""),
);

/** Targets with the tables and chains in which they are allowed; user-defined chains may contain any of them. */
const targets: Readonly<Record<string, { readonly tables: readonly string[]; readonly chains?: readonly string[] }>> = {
  ACCEPT: { tables: tableNames },
  RETURN: { tables: tableNames },
  DROP: { tables: ["mangle", "raw", "filter"] },
  MARK: { tables: ["mangle"] },
  DNAT: { tables: ["nat"], chains: ["PREROUTING", "OUTPUT"] },
  MASQUERADE: { tables: ["nat"], chains: ["POSTROUTING"] },
};

/** All tables of one family. */
export class Firewall {
  private readonly tables = new Map<string, Table>();

  constructor(private readonly family: Family) {}

  /** What iptables-save prints, without its comments. A table that is named is printed even if it was never used. */
  save(only?: string): string[] {
    const lines: string[] = [];
    for (const name of only === undefined ? tableNames : [only]) {
      const table = only === undefined ? this.tables.get(name) : this.chainsOf(name);
      if (!table) continue;
      lines.push(`*${name}`);
      const builtIns = builtIn[name]!;
      for (const chain of table.keys()) lines.push(`:${chain} ${builtIns.includes(chain) ? "ACCEPT" : "-"} [0:0]`);
      for (const [chain, rules] of table) for (const rule of rules) lines.push(`-A ${chain} ${rule}`);
      lines.push("COMMIT");
    }
    return lines;
  }

  /** The rules of a table as `-A CHAIN …`. */
  rulesOf(name: string): string[] {
    return [...(this.tables.get(name) ?? [])].flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`));
  }

  /** Whether a table was ever used. */
  has(name: string): boolean {
    return this.tables.has(name);
  }

  /** The chains of a table, with their rules without `-A CHAIN `. */
  chainsOf(name: string): ReadonlyMap<string, readonly string[]> {
    return this.copyOf(name);
  }

  /** The names of the user-defined chains. */
  ownChainsOf(name: string): string[] {
    return [...this.chainsOf(name).keys()].filter((chain) => !builtIn[name]!.includes(chain));
  }

  /** Throws if the output of iptables-save for a rule is not modelled. */
  checkRule(name: string, chain: string, rule: string): void {
    checkRule(name, this.copyOf(name), chain, rule);
  }

  /** iptables-restore --noflush: one transaction for each table. */
  restore(text: string): void {
    let name: string | undefined;
    let table: Table = new Map();
    for (const [index, line] of text.split("\n").entries()) {
      if (line === "" || line.startsWith("#")) continue;
      if (line.startsWith("*")) {
        name = line.slice(1);
        table = this.copyOf(name);
      } else if (name === undefined) throw new NotSimulated(`"${line}" outside of a table`);
      else if (line === "COMMIT") {
        this.tables.set(name, table);
        name = undefined;
      } else this.apply(name, table, line, index + 1);
    }
    if (name !== undefined) throw new NotSimulated("a table without a COMMIT");
  }

  /** Replaces all rules of a table, as by hand. */
  replaceRules(name: string, rules: readonly string[]): void {
    const table = this.copyOf(name);
    for (const chain of table.keys()) table.set(chain, []);
    for (const [index, rule] of rules.entries()) this.apply(name, table, rule, index + 1);
    this.tables.set(name, table);
  }

  private copyOf(name: string): Table {
    const chains = builtIn[name];
    if (!chains) throw new NotSimulated(`the table ${name}`);
    const there = this.tables.get(name);
    return there
      ? new Map([...there].map(([chain, rules]) => [chain, [...rules]]))
      : new Map(chains.map((chain) => [chain, []]));
  }

  private apply(name: string, table: Table, line: string, number: number): void {
    const program = this.family === 4 ? "iptables-restore" : "ip6tables-restore";
    const [, made] = /^:(\S+) - \[0:0\]$/.exec(line) ?? [];
    if (made !== undefined) {
      if (builtIn[name]!.includes(made)) throw new NotSimulated(`"${line}"`);
      table.set(made, []);
      return;
    }
    const [, action, chain, rule] = /^-([ADFX]) (\S+)(?: (.*))?$/.exec(line) ?? [];
    if (action === undefined || chain === undefined) throw new NotSimulated(`the line "${line}" for ${program}`);
    const rules = table.get(chain);
    if (!rules) throw new ProgramFailure(1, `${program}: line ${number} failed: No chain/target/match by that name.`);
    if (action === "A") {
      checkRule(name, table, chain, rule ?? "");
      rules.push(rule ?? "");
    } else if (action === "D") {
      const index = rules.indexOf(rule ?? "");
      if (index === -1)
        throw new ProgramFailure(
          1,
          `${program}: line ${number} failed: Bad rule (does a matching rule exist in that chain?).`,
        );
      rules.splice(index, 1);
    } else if (action === "F") table.set(chain, []);
    else {
      const used = [...table.values()].some((others) => others.some((other) => other.endsWith(` -j ${chain}`)));
      if (used || rules.length > 0)
        throw new ProgramFailure(
          4,
          `${program} v1.8.9 (nf_tables): \nline ${number}: CHAIN_DEL failed (Device or resource busy): chain ${chain}`,
        );
      table.delete(chain);
    }
  }
}

const checked = new Set<string>();

function checkRule(name: string, table: Table, chain: string, rule: string): void {
  const key = `${name} ${chain} ${rule}`;
  const groups = rulePattern.exec(rule)?.groups;
  const target = groups?.target ?? "";
  if (groups && table.has(target) && !builtIn[name]!.includes(target)) return;
  if (checked.has(key)) return;
  const own = !builtIn[name]!.includes(chain);
  const known = targets[target];
  if (
    !groups ||
    !known?.tables.includes(name) ||
    (known.chains && !own && !known.chains.includes(chain)) ||
    (groups.in !== undefined && ["OUTPUT", "POSTROUTING"].includes(chain)) ||
    (groups.out !== undefined && ["INPUT", "PREROUTING"].includes(chain))
  )
    throw new NotSimulated(`the rule "${rule}" in ${chain} of the table ${name}`);
  checked.add(key);
}
