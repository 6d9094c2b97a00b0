/** Rules that let through what a resource is for, on a host that drops what it forwards. */
import { type FoundRules, type Gate, type Rule, printRule } from "./iptables.js";

/** The outputs of a resource that is rules, in which it shows what they are, where, and whether its packets get through. */
export const ruleOutputs = {
  rules: {
    type: "string[] | undefined",
    description:
      "Where the host's rules are not what the properties say: the rules that it has, in the words of iptables-save, without their comments; a duplicate is listed twice.",
    implied: true,
  },
  backend: {
    type: '"nf_tables" | "legacy" | undefined',
    description: "The backend of iptables that they are in: the one that `iptables` was when they were made.",
  },
  forwarding: {
    type: '"accepted" | "dropped"',
    description:
      "`accepted`, unless the host drops what it forwards (as Docker sets it up) and the rules that let this through are not there.",
    implied: true,
    default: "accepted",
  },
  acceptedIn: {
    type: "string | undefined",
    description:
      "On a host that drops what it forwards: the chain in which rules let this through, `DOCKER-USER` where Docker left that for others, else `FORWARD`.",
  },
};

/** Whether a resource's packets get through the host. */
export interface Passage {
  /** What there is of the rules that let them through, where they are as they should be. */
  readonly accepts: readonly Rule[];
  /** The resource's other rules; and those that should let its packets through, where they are not as they should be. */
  readonly others: readonly Rule[];
  readonly forwarding: "accepted" | "dropped";
  /** The chain in which rules let them through, where there are some. */
  readonly acceptedIn: string | undefined;
}

/** The rules that accept what matches, in the place that the host has for them. */
export function acceptRules({ chain, first }: Gate, matches: readonly string[], mark: string): Rule[] {
  return matches.map((match) => ({ table: "filter", match: `-A ${chain}${match}`, mark, target: "ACCEPT", first }));
}

/** What the rules that were found come to. Rules that accept are left where they are, whatever becomes of the host's own. */
export function passageOf({ rules, gate }: FoundRules, matches: readonly string[], mark: string): Passage {
  const accepts = rules.filter(({ table }) => table === "filter");
  const others = rules.filter(({ table }) => table !== "filter");
  const chain = accepts[0]?.match.split(" ")[1];
  if (chain !== undefined) {
    const texts = (these: readonly Rule[]) =>
      these
        .map((rule) => `${rule.mark} ${printRule(rule)}`)
        .sort()
        .join("\n");
    const wanted = acceptRules({ chain, first: false }, matches, mark);
    if (texts(wanted) === texts(accepts)) return { accepts, others, forwarding: "accepted", acceptedIn: chain };
  }
  return { accepts: [], others: rules, forwarding: gate ? "dropped" : "accepted", acceptedIn: undefined };
}

/** The rules that there have to be: those that are there and right (should they have to be made again, in the place for new ones), or new ones where packets would be dropped. */
export function neededAccepts(
  found: FoundRules | undefined,
  matches: readonly string[],
  mark: string,
): readonly Rule[] {
  if (!found) return [];
  const { accepts } = passageOf(found, matches, mark);
  if (accepts.length > 0) return accepts.map((rule) => ({ ...rule, first: found.gate?.first ?? false }));
  return found.gate ? acceptRules(found.gate, matches, mark) : [];
}

/** The rules that a state says there are. */
export function recordedAccepts(
  matches: readonly string[],
  { mark, recorded }: { readonly mark: string; readonly recorded: Readonly<Record<string, unknown>> | undefined },
): Rule[] {
  const chain = recorded?.acceptedIn;
  return typeof chain === "string" ? acceptRules({ chain, first: false }, matches, mark) : [];
}
