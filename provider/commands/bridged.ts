/**
 * Frames that stay on a bridge. With br_netfilter enabled, as Docker and Kubernetes do, the host's iptables treats them
 * as forwarded packets (Documentation/networking/bridge.rst), so an iptables that drops forwarded packets drops these
 * frames, too.
 */
import type { Family } from "../schema/address.js";
import { type Command, type CommandResult, type Fact, type Found, fact, inNamespace } from "./command.js";
import { anyMark, changeRules, patternsOf, iptablesRulesIn, saveScript } from "./firewall.js";
import { neededAccepts, forwardAcceptsOf } from "./forward-accepts.js";
import { type FoundRules, noRules } from "./rules.js";

/**
 * Prints the rules that iptables has for a bridge's frames, filtered on the host; nothing if iptables does not see the
 * frames and `known` does not say that it did.
 */
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

/** The rules that were found for an address family. */
interface BridgedFamilyRules {
  readonly family: Family;
  readonly found: FoundRules;
}

/** The rules that a host's iptables has for the frames of a bridge. */
export type BridgedRules = readonly BridgedFamilyRules[];

/** The rules with one of the marks. `recorded`: the bridge in the state. */
export function bridgedRules(
  namespace: string | undefined,
  marks: readonly string[],
  recorded: Readonly<Record<string, unknown>> | undefined,
): Fact<Found<BridgedRules>> {
  const questionFor = (patterns: readonly string[]): Command => {
    // If no rules are recorded, only the chains where they are created are read: other programs can have thousands of
    // rules in chains of their own.
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
      // The frames pass whether or not the host forwards, and if iptables does not see them, whatever it drops.
      return {
        family,
        found: { ...found, forwards: true, forwardFilter: seen === "1" ? found.forwardFilter : undefined },
      };
    });
}

const bridgedMatches = (bridge: string) => [` -i ${bridge} -o ${bridge}`];

/** The outputs of a bridge that describe the handling of its frames. */
export const bridgedOutputs = {
  bridged: {
    type: '"accepted" | "dropped"',
    description:
      "`accepted`; or `dropped` if the host drops packets that stay on the bridge (br_netfilter passes them to iptables, which drops forwarded packets) and the rules that accept them are missing.",
    implied: true,
    default: "accepted",
  },
  acceptedIn: {
    type: "string[] | undefined",
    description:
      "On a host that drops such packets: the chains with the rules that accept them, such as `iptables DOCKER-USER`, one per address family.",
  },
};

/** The values of those outputs. */
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

/** Creates the rules that are needed. */
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

/** Removes them. */
export const removeBridgedRules = (namespace: string | undefined, bridged: BridgedRules | undefined): Command[] =>
  (bridged ?? []).flatMap(({ family, found }) => changeRules(namespace, family, found, noRules));
