/** Rules that accept a resource's packets on a host that drops what it forwards. */
import type { Family } from "../schema/address.js";
import type { FirewallChoice } from "../schema/host.js";
import { programOf } from "./iptables.js";
import { type NatBackend, natBackendOf } from "./nat.js";
import { iptablesNat } from "./nat-iptables.js";
import { nftPlace } from "./nftables.js";
import { type FoundRules, type ForwardFilter, type Place, type Rule, type RuleSet, printRule } from "./rules.js";

/**
 * The outputs of a resource that consists of rules: what they are, where they are, and whether its packets get through.
 */
export const ruleOutputs = {
  rules: {
    type: "string[] | undefined",
    description:
      "Set only if the rules on the host differ from the properties: the rules on the host, as iptables-save or nft prints them, without comments; a duplicate is listed twice.",
    implied: true,
  },
  firewall: {
    type: '"nftables" | undefined',
    description: "`nftables` if the rules are in the table `inet linuxnet`; not set for iptables rules.",
  },
  backend: {
    type: '"nf_tables" | "legacy" | undefined',
    description: "The iptables backend that contains the rules: the one that `iptables` used when they were created.",
  },
  forwarding: {
    type: '"accepted" | "dropped" | "off"',
    description:
      "`accepted`; `off` if the kernel does not forward packets of the address family; `dropped` if the host drops forwarded packets, as Docker sets it up, and the rules that accept this resource's packets are missing.",
    implied: true,
    default: "accepted",
  },
  acceptedIn: {
    type: "string | undefined",
    description:
      "On a host that drops forwarded packets: the chain with the rules that accept this resource's packets; `DOCKER-USER` if Docker provides it, else `FORWARD`.",
  },
};

/** A resource's rules in a firewall backend, without those that accept its forwarded packets. */
export type BackendRules = (words: NatBackend) => RuleSet;

/** Rules in iptables format, whatever firewall they are in, so that states and properties can be compared. */
const asIptablesRules = (backendRules: BackendRules) => backendRules(iptablesNat).rules.map(printRule);

/** The wanted values of those outputs. If the user leaves the choice of the firewall open, any will do. */
export function wantedOutputs(
  { firewall }: { readonly firewall: FirewallChoice },
  backendRules: BackendRules,
): Record<string, unknown> {
  return {
    rules: asIptablesRules(backendRules),
    forwarding: "accepted",
    ...(firewall !== "auto" && { firewall: firewall === "nftables" ? firewall : undefined }),
  };
}

/** The actual values of those outputs. `backendRules`: the rules for the properties that were interpreted. */
export function outputsOf(found: FoundRules, backendRules: BackendRules, matches: readonly string[], mark: string) {
  const { others, forwarding, acceptedIn } = forwardAcceptsOf(found, matches, mark);
  return {
    rules: isWanted(found, backendRules, matches, mark) ? asIptablesRules(backendRules) : others.map(printRule),
    ...(found.place.backend === "nft" ? { firewall: "nftables" } : { backend: found.place.backend }),
    forwarding,
    acceptedIn,
  };
}

/** Whether the rules are as they should be, without those that accept forwarded packets. */
export function isWanted(
  found: FoundRules,
  backendRules: BackendRules,
  matches: readonly string[],
  mark: string,
): boolean {
  const text = (rules: readonly Rule[]) => rules.map(printRule).join("\n");
  return text(forwardAcceptsOf(found, matches, mark).others) === text(backendRules(natBackendOf(found.place)).rules);
}

/** The rules that accept a resource's forwarded packets, and whether these packets get through the host. */
export interface ForwardAccepts {
  /** The existing rules that accept them, if these are as they should be. */
  readonly accepts: readonly Rule[];
  /** The resource's other rules, including those that accept its packets if these are not as they should be. */
  readonly others: readonly Rule[];
  readonly forwarding: "accepted" | "dropped" | "off";
  /** The chain with the rules that accept them, if there are any. */
  readonly acceptedIn: string | undefined;
}

/** Where new rules are created. Without an observation, where they most likely belong. */
export function placeForNewRules(
  { value }: { readonly value?: FoundRules | undefined },
  { firewall }: { readonly firewall: FirewallChoice },
  family: Family,
): Place {
  if (value) return value.home;
  return firewall === "nftables" ? nftPlace : { backend: "nf_tables", program: programOf(family) };
}

/** The rules that accept matching packets, in the place that the host has for them. */
export function acceptRules({ chain, first, place }: ForwardFilter, matches: readonly string[], mark: string): Rule[] {
  return matches.map((match) => ({
    table: "filter",
    match: `-A ${chain}${match}`,
    mark,
    target: "ACCEPT",
    first,
    ...(place && { place }),
  }));
}

/**
 * What the existing rules achieve. Rules that accept packets stay where they are, whatever happens to the host's own
 * rules.
 */
export function forwardAcceptsOf(
  { rules, forwardFilter, forwards }: FoundRules,
  matches: readonly string[],
  mark: string,
): ForwardAccepts {
  const accepts = rules.filter(({ table }) => table === "filter");
  const others = rules.filter(({ table }) => table !== "filter");
  const unlessOff = (otherwise: "accepted" | "dropped") => (forwards === false ? "off" : otherwise);
  const chain = accepts[0]?.match.split(" ")[1];
  if (chain !== undefined) {
    const texts = (these: readonly Rule[]) =>
      these
        .map((rule) => `${rule.mark} ${printRule(rule)}`)
        .sort()
        .join("\n");
    const wanted = acceptRules({ chain, first: false }, matches, mark);
    if (texts(wanted) === texts(accepts))
      return { accepts, others, forwarding: unlessOff("accepted"), acceptedIn: chain };
  }
  return {
    accepts: [],
    others: rules,
    forwarding: unlessOff(forwardFilter ? "dropped" : "accepted"),
    acceptedIn: undefined,
  };
}

/**
 * The rules that are needed: the existing ones if they are right (should they have to be recreated, in the place for
 * new ones), or new ones if packets would be dropped.
 */
export function neededAccepts(
  found: FoundRules | undefined,
  matches: readonly string[],
  mark: string,
): readonly Rule[] {
  if (!found) return [];
  const { accepts } = forwardAcceptsOf(found, matches, mark);
  if (accepts.length > 0) return accepts.map((rule) => ({ ...rule, first: found.forwardFilter?.first ?? false }));
  return found.forwardFilter ? acceptRules(found.forwardFilter, matches, mark) : [];
}

/** The accepting rules according to a state. */
export function recordedAccepts(
  matches: readonly string[],
  { mark, recorded }: { readonly mark: string; readonly recorded: Readonly<Record<string, unknown>> | undefined },
): Rule[] {
  const chain = recorded?.acceptedIn;
  return typeof chain === "string" ? acceptRules({ chain, first: false }, matches, mark) : [];
}
