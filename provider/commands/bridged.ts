/**
 * Frames that stay on a bridge. Where br_netfilter is on, as Docker and Kubernetes switch it on, the host's iptables sees them
 * as packets that it forwards (Documentation/networking/bridge.rst), and one that drops those drops these.
 */
import type { Family } from "../schema/address.js";
import { type Command, type CommandResult, type Fact, type Found, fact, inNamespace } from "./command.js";
import { anyMark, changeRules, patternsOf, rulesIn, saveScript } from "./firewall.js";
import { neededAccepts, passageOf } from "./passage.js";
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
interface Seen {
  readonly family: Family;
  readonly found: FoundRules;
}

/** What a host's iptables has for the frames of a bridge. */
export type Bridged = readonly Seen[];

/** The rules with one of the marks; `recorded`: the bridge in the state. */
export function bridgedRules(
  namespace: string | undefined,
  marks: readonly string[],
  recorded: Readonly<Record<string, unknown>> | undefined,
): Fact<Found<Bridged>> {
  const asked = (patterns: readonly string[]): Command => {
    // One that has none is looked for where they are made; others can have thousands in chains of their own.
    const known = recorded?.acceptedIn === undefined ? ["-", "chains"] : ["known", "all"];
    const words = ["sh", "-c", bridgedScript, "sh", saveScript, ...known];
    return inNamespace(namespace, [...words, ...["*", ...patterns].flatMap((pattern) => ["-e", pattern])]);
  };
  const read = (stdout: string) => parseBridged(stdout, marks);
  const wide = asked([anyMark]);
  const answer = (result: CommandResult) => (result.exitCode === 0 ? { value: read(result.stdout) } : undefined);
  return {
    ...fact(asked(patternsOf(marks, [])), read),
    wide: { key: wide.argv.join(" "), command: () => wide, answer },
  };
}

function parseBridged(stdout: string, marks: readonly string[]): Bridged {
  return stdout
    .split(/^=/m)
    .slice(1)
    .map((part) => {
      const [first = ""] = part.split("\n");
      const [program, seen] = first.split(" ");
      const family = program === "iptables" ? 4 : 6;
      const found = rulesIn(part.slice(first.length + 1), family, marks);
      // They pass whether or not the host forwards, and where iptables does not see them, whatever it drops.
      return { family, found: { ...found, forwards: true, gate: seen === "1" ? found.gate : undefined } };
    });
}

const passing = (bridge: string) => [` -i ${bridge} -o ${bridge}`];

/** The outputs of a bridge that tell of its frames. */
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

/** What those outputs are. */
export function bridgedState(bridge: string, bridged: Bridged | undefined, mark: string) {
  const passages = (bridged ?? []).map(({ found }) => passageOf(found, passing(bridge), mark));
  const chains = passages.flatMap(({ accepts: [rule], acceptedIn }) =>
    rule && acceptedIn !== undefined ? [`${rule.place!.program} ${acceptedIn}`] : [],
  );
  return {
    bridged: passages.some(({ forwarding }) => forwarding === "dropped") ? "dropped" : "accepted",
    acceptedIn: chains.length > 0 ? chains : undefined,
  };
}

/** Makes the rules that there have to be. */
export function letBridged(
  namespace: string | undefined,
  bridge: string,
  bridged: Bridged | undefined,
  mark: string,
): Command[] {
  return (bridged ?? []).flatMap(({ family, found }) =>
    changeRules(namespace, family, found, { rules: neededAccepts(found, passing(bridge), mark), chains: [] }),
  );
}

/** Takes them away. */
export const forgetBridged = (namespace: string | undefined, bridged: Bridged | undefined): Command[] =>
  (bridged ?? []).flatMap(({ family, found }) => changeRules(namespace, family, found, noRules));
