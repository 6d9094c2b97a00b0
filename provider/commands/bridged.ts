/**
 * Frames that stay on a bridge. Where br_netfilter is on, as Docker and Kubernetes switch it on, the host's iptables sees them
 * as packets that it forwards (Documentation/networking/bridge.rst), and one that drops those drops these.
 */
import type { Family } from "../schema/address.js";
import { type Command, type CommandResult, type Fact, type Found, fact, inNamespace } from "./command.js";
import { anyMark, changeRules, patternsOf, iptablesRulesIn, saveScript } from "./firewall.js";
import { neededAccepts, forwardAcceptsOf } from "./forward-accepts.js";
import { type FoundRules, noRules } from "./rules.js";

/** What iptables has for a bridge's frames, filtered there; nothing where it does not see them, and `known` does not say that it had. */
export const bridgedScript = `# what lets a bridge's own frames through, where iptables sees them
save=$1 known=$2 look=$3
shift 3
for program in iptables ip6tables; do
  seen=0
  { read -r seen <"/proc/sys/net/bridge/bridge-nf-call-$program"; } 2>/dev/null || :
  case $seen$known in 0-) continue ;; esac
  # Who may not look may not make a bridge either, and is told so by that.
  command -v "$program-save" >/dev/null && [ "$(id -u)" = 0 ] || continue
  echo "=$program $seen"
  sh -c "$save" sh "$program" - iptables "$look" "$@" || exit
done`;

/** A family's rules, as they are found. */
interface BridgedFamilyRules {
  readonly family: Family;
  readonly found: FoundRules;
}

/** What a host's iptables has for the frames of a bridge. */
export type BridgedRules = readonly BridgedFamilyRules[];

/** The rules with one of the marks; `recorded`: the bridge in the state. */
export function bridgedRules(
  namespace: string | undefined,
  marks: readonly string[],
  recorded: Readonly<Record<string, unknown>> | undefined,
): Fact<Found<BridgedRules>> {
  const questionFor = (patterns: readonly string[]): Command => {
    // One that has none is looked for where they are made; others can have thousands in chains of their own.
    const acceptsKnown = recorded?.acceptedIn === undefined ? ["-", "chains"] : ["known", "all"];
    const words = ["sh", "-c", bridgedScript, "sh", saveScript, ...acceptsKnown];
    return inNamespace(namespace, [...words, ...["*", ...patterns].flatMap((pattern) => ["-e", pattern])]);
  };
  const read = (stdout: string) => parseBridged(stdout, marks);
  const everyMark = questionFor([anyMark]);
  const answer = (result: CommandResult) => (result.exitCode === 0 ? { value: read(result.stdout) } : undefined);
  return {
    ...fact(questionFor(patternsOf(marks, [])), read),
    shared: { key: everyMark.argv.join(" "), command: () => everyMark, answer },
  };
}

function parseBridged(stdout: string, marks: readonly string[]): BridgedRules {
  return stdout
    .split(/^=/m)
    .slice(1)
    .map((part) => {
      const [first = ""] = part.split("\n");
      const [program, seen] = first.split(" ");
      const family = program === "iptables" ? 4 : 6;
      const found = iptablesRulesIn(part.slice(first.length + 1), family, marks);
      // They pass whether or not the host forwards, and where iptables does not see them, whatever it drops.
      return {
        family,
        found: { ...found, forwards: true, forwardFilter: seen === "1" ? found.forwardFilter : undefined },
      };
    });
}

const bridgedMatches = (bridge: string) => [` -i ${bridge} -o ${bridge}`];

/** The outputs of a bridge that tell of its frames. */
export const bridgedOutputs = {
  bridged: {
    type: '"accepted" | "dropped"',
    description:
      "`accepted`, unless the host drops what stays on the bridge (its iptables sees that, by br_netfilter, and drops what it forwards) and the rules that let it through are not there (`dropped`).",
    implied: true,
    default: "accepted",
  },
  acceptedIn: {
    type: "string[] | undefined",
    description:
      "On such a host: the chains in which rules let it through, such as `iptables DOCKER-USER`, one for each address family.",
  },
};

/** What those outputs are. */
export function bridgedState(bridge: string, bridged: BridgedRules | undefined, mark: string) {
  const accepts = (bridged ?? []).map(({ found }) => forwardAcceptsOf(found, bridgedMatches(bridge), mark));
  const chains = accepts.flatMap(({ accepts: [rule], acceptedIn }) =>
    rule && acceptedIn !== undefined ? [`${rule.place!.program} ${acceptedIn}`] : [],
  );
  return {
    bridged: accepts.some(({ forwarding }) => forwarding === "dropped") ? "dropped" : "accepted",
    acceptedIn: chains.length > 0 ? chains : undefined,
  };
}

/** Makes the rules that there have to be. */
export function acceptBridged(
  namespace: string | undefined,
  bridge: string,
  bridged: BridgedRules | undefined,
  mark: string,
): Command[] {
  return (bridged ?? []).flatMap(({ family, found }) =>
    changeRules(namespace, family, found, { rules: neededAccepts(found, bridgedMatches(bridge), mark), chains: [] }),
  );
}

/** Takes them away. */
export const removeBridgedRules = (namespace: string | undefined, bridged: BridgedRules | undefined): Command[] =>
  (bridged ?? []).flatMap(({ family, found }) => changeRules(namespace, family, found, noRules));
