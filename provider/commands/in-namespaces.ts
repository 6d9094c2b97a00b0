/** One question to many network namespaces of a host, for many that ask about a part of the answer. */
import type { Command, CommandResult, Scope } from "./command.js";

/**
 * Runs a program of iproute2 in each of some namespaces: a line each for where it is, for what is said there, and for how that
 * ended. Beside those that are named (`-` is the host's own) it is those that the stack's pairs lead to from there, which are
 * the next that are asked about; never all, of which a host can have thousands that are others'.
 */
const scriptOf = (program: "ip" | "bridge") => `# in namespaces that are named, and where pairs of this group lead to
names=$1 group=$2 own=$3
shift 3
led=$(ip -o link show type veth group "$group" 2>/dev/null | sed -nE 's/.* link-netns ([A-Za-z0-9][A-Za-z0-9_.-]*).*/\\1/p')
for name in $led; do
  case " $names " in *" $name "*) ;; *) names="$names $name" ;; esac
done
for name in $names; do
  case $name in
  -) printf '@\\n' && ${program} "$@" $own 2>/dev/null ;;
  *) printf '@%s\\n' "$name" && ${program} -n "$name" "$@" 2>/dev/null ;;
  esac
  printf '=%s\\n' $?
done`;

export const inNamespacesScript = scriptOf("ip");

interface NamespacesQuestion {
  readonly key: string;
  readonly command: (scope: Scope) => Command;
}

const namespacesQuestion = (
  script: string,
  key: string,
  args: readonly string[],
  ownNamespaceFilter: (scope: Scope) => string,
): NamespacesQuestion => ({
  key,
  command: (scope) => {
    const names = scope.namespaces.map((name) => name ?? "-").join(" ");
    return { argv: ["sh", "-c", script, "sh", names, String(scope.group), ownNamespaceFilter(scope), ...args] };
  },
});

/** Asks what `ip` with these arguments prints in each namespace, as JSON. */
export const ipInNamespaces = (...args: string[]) =>
  namespacesQuestion(inNamespacesScript, args.join(" "), args, () => "");

/** The same; in the host's own namespace only about the stack's interfaces. */
export const ipInNamespacesOfGroup = (...args: string[]) =>
  namespacesQuestion(inNamespacesScript, args.join(" "), args, ({ group }) => `group ${group}`);

/** The same of `bridge`. */
export const bridgeInNamespaces = (...args: string[]) =>
  namespacesQuestion(scriptOf("bridge"), `bridge ${args.join(" ")}`, args, () => "");

/** The lines of JSON by the names of their namespaces; those that could not be asked are missing. */
export function linesByNamespace(stdout: string): Map<string, string> {
  const lines = new Map<string, string>();
  let [name, line] = ["", ""];
  for (const part of stdout.split("\n")) {
    if (part.startsWith("@")) [name, line] = [part.slice(1), ""];
    else if (!part.startsWith("=")) line += part;
    else if (part === "=0") lines.set(name, line);
  }
  return lines;
}

/** Reads each namespace's part once, when it is first asked for, however many ask. */
export function parseByNamespace<T>(
  parse: (line: string) => T,
): (result: CommandResult, namespace?: string) => T | undefined {
  const replies = new WeakMap<
    CommandResult,
    { readonly lines: Map<string, string>; readonly parsed: Map<string, T> }
  >();
  return (result, namespace = "") => {
    if (result.exitCode !== 0) return undefined;
    const reply = replies.get(result) ?? { lines: linesByNamespace(result.stdout), parsed: new Map<string, T>() };
    replies.set(result, reply);
    const line = reply.lines.get(namespace);
    if (line === undefined) return undefined;
    const parsed = reply.parsed.get(namespace) ?? parse(line);
    reply.parsed.set(namespace, parsed);
    return parsed;
  };
}
