/** Rules of a firewall that carry marks, and where they are. */

/** The two that may stand behind the name iptables, each with tables of its own in the kernel: xtables-nft(8), xtables-legacy(8). */
export type Backend = "nf_tables" | "legacy";

/** A firewall on a host, by the program that writes it: `iptables`, `iptables-legacy` beside another `iptables`, or `nft` for a table of our own. */
export interface Place {
  readonly backend: Backend | "nft";
  readonly program: string;
}

/**
 * A rule in the words of iptables-save(8); or, in the table of nft(8), an element of a map or a set (`match` is its key, and
 * `target` its data), or a rule of a chain (all of it is `target`).
 */
export interface Rule {
  /** nat, mangle, raw or filter; in nft's table, the name of the map, set or chain. */
  readonly table: string;
  /** Matches before the comment, in the order in which iptables-save prints them: `-A CHAIN …`. */
  readonly match: string;
  /** Its comment, which says whose it is; empty where there is none. */
  readonly mark: string;
  /** Matches behind the comment, where somebody added some: ` -m mark --mark 0x1`. */
  readonly after?: string;
  /** The target with its options, such as `DNAT --to-destination 172.17.0.101:8080`; empty where there is none. */
  readonly target: string;
  /** Whether it goes before the rules that are there when it is made. Default: behind them. */
  readonly first?: boolean;
  /** Where it was found, or is to be; left out, where its host's rules belong. */
  readonly place?: Place;
  /** The number by which nft deletes a rule of a chain. */
  readonly handle?: number;
}

/** A chain of our own. */
export interface Chain {
  readonly table: string;
  readonly name: string;
  /** Where it was found, or is to be. */
  readonly place?: Place;
}

/** Rules of one family that carry one mark, and chains made for them. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly chains: readonly Chain[];
}

/** No rule and no chain. */
export const noRules: RuleSet = { rules: [], chains: [] };

/** What a host has of a set of rules, in whichever firewall. */
export interface FoundRules extends RuleSet {
  /** Where they are, or would be made. In others they are too many. */
  readonly place: Place;
  /** Where they belong. */
  readonly home: Place;
  /** Whether both backends of iptables hold rules, whoever made them. */
  readonly mixed: boolean;
  /** Whether the kernel forwards packets of the family; undefined where it does not say. */
  readonly forwards: boolean | undefined;
  /** Where packets that are forwarded are dropped unless a rule accepts them: where such a rule belongs. */
  readonly forwardFilter?: ForwardFilter | undefined;
  /** What the reply knows of in nft's table under the key of an element, whoever made it. */
  readonly elementAtKey?: (element: Rule) => Rule | undefined;
}

/** A place for rules that accept what is forwarded, on a host that drops the rest: by the policy of its FORWARD chain, or by that chain's last rule. */
export interface ForwardFilter {
  /** DOCKER-USER where Docker has left that for others' rules, else FORWARD. */
  readonly chain: string;
  /** Whether it has to be before the rules that are there, of which one lets nothing pass to those behind it. */
  readonly first: boolean;
  /** The backend of iptables that drops them. */
  readonly place?: Place;
}

/** What stands behind a rule's comment. */
export const ruleSuffix = ({ after = "", target }: Rule) => `${after}${target === "" ? "" : ` -j ${target}`}`;

/** A rule on one line, as states and messages show it. */
export function printRule(rule: Rule): string {
  const { table, match, target, place } = rule;
  if (place?.backend !== "nft") return `-t ${table} ${match}${ruleSuffix(rule)}`;
  const words = match === "" ? target : `{ ${match}${target === "" ? "" : ` : ${target}`} }`;
  return `inet linuxnet ${table} ${words}`;
}

/** Whether both have the same rules and chains in the same order. */
export function sameRules(a: RuleSet, b: RuleSet): boolean {
  const text = (set: RuleSet) =>
    [
      ...set.chains.map(({ table, name }) => `${table} ${name}`),
      ...set.rules.map((rule) => `${rule.mark} ${printRule(rule)}`),
    ].join("\n");
  return text(a) === text(b);
}

/** Whether all of these rules are there. */
export const hasAll = ({ rules }: RuleSet, wanted: readonly Rule[]) =>
  wanted.length > 0 && wanted.every((rule) => rules.some((there) => printRule(there) === printRule(rule)));

/** Both sets' rules and chains. */
export function joinRules<S extends RuleSet>(a: S, b: readonly Rule[]): S {
  return { ...a, rules: [...a.rules, ...b] };
}
