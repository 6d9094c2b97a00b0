/** Firewall rules that carry marks, and where they are. */

/**
 * The two backends that the name iptables may refer to, each with its own tables in the kernel: xtables-nft(8),
 * xtables-legacy(8).
 */
export type Backend = "nf_tables" | "legacy";

/**
 * A firewall on a host, identified by the program that writes it: `iptables`, `iptables-legacy` next to another
 * `iptables`, or `nft` for our own table.
 */
export interface Place {
  readonly backend: Backend | "nft";
  readonly program: string;
}

/**
 * A rule in the format of iptables-save(8); or, in the table of nft(8), an element of a map or a set (`match` is its
 * key and `target` its data), or a rule of a chain (`target` is the whole rule).
 */
export interface Rule {
  /** nat, mangle, raw or filter; in nft's table, the name of the map, set or chain. */
  readonly table: string;
  /** Matches before the comment, in the order in which iptables-save prints them: `-A CHAIN …`. */
  readonly match: string;
  /** Its comment, which identifies the owner; empty if there is none. */
  readonly mark: string;
  /** Matches after the comment, if somebody added some: ` -m mark --mark 0x1`. */
  readonly after?: string;
  /** The target with its options, such as `DNAT --to-destination 172.17.0.101:8080`; empty if there is none. */
  readonly target: string;
  /** Whether it is inserted before the existing rules. Default: after them. */
  readonly first?: boolean;
  /** Where it was found or will be created; left out, where its host's rules belong. */
  readonly place?: Place;
  /** The handle by which nft deletes a rule of a chain. */
  readonly handle?: number;
}

/** A chain of our own. */
export interface Chain {
  readonly table: string;
  readonly name: string;
  /** Where it was found or will be created. */
  readonly place?: Place;
}

/** Rules of one family that carry one mark, and chains created for them. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly chains: readonly Chain[];
}

/** No rule and no chain. */
export const noRules: RuleSet = { rules: [], chains: [] };

/** The rules of a set that a host has, in whichever firewall. */
export interface FoundRules extends RuleSet {
  /** Where they are or would be created. Rules in other places are superfluous. */
  readonly place: Place;
  /** Where they belong. */
  readonly home: Place;
  /** Whether both backends of iptables contain rules, whoever created them. */
  readonly mixed: boolean;
  /** Whether the kernel forwards packets of the family; undefined if it does not say. */
  readonly forwards: boolean | undefined;
  /** The filter that drops forwarded packets unless a rule accepts them, and the place for such rules. */
  readonly forwardFilter?: ForwardFilter | undefined;
  /** The existing element in nft's table with the same key as this one, whoever created it. */
  readonly elementAtKey?: (element: Rule) => Rule | undefined;
}

/**
 * The place for rules that accept forwarded packets, on a host that drops the rest by the policy of its FORWARD chain
 * or by that chain's last rule.
 */
export interface ForwardFilter {
  /** DOCKER-USER if Docker provides that chain for others' rules, else FORWARD. */
  readonly chain: string;
  /**
   * Whether a rule must be inserted before the existing ones, because one of them lets nothing reach the rules after
   * it.
   */
  readonly first: boolean;
  /** The backend of iptables that drops them. */
  readonly place?: Place;
}

/** The part of a rule after its comment. */
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

/** Whether all of these rules exist. */
export const hasAll = ({ rules }: RuleSet, wanted: readonly Rule[]) =>
  wanted.length > 0 && wanted.every((rule) => rules.some((there) => printRule(there) === printRule(rule)));

/** A set with additional rules. */
export function joinRules<S extends RuleSet>(a: S, b: readonly Rule[]): S {
  return { ...a, rules: [...a.rules, ...b] };
}
