/** One question to many network namespaces of a host, for many facts that each need a part of the answer. */
import type { Command, CommandResult, Scope } from "./command.js";

/**
 * Runs a program of iproute2 in several namespaces and prints one line each for the namespace, the output and the exit
 * code. In addition to the named namespaces (`-` is the host's own) it covers the namespaces that the stack's pairs
 * lead to from the host's own, since those are asked about next. It never covers all namespaces: a host can have
 * thousands that belong to others.
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

/** Runs `ip` with these arguments in each namespace; the output is JSON. */
export const ipInNamespaces = (...args: string[]) =>
  namespacesQuestion(inNamespacesScript, args.join(" "), args, () => "");

/** The same, limited to the stack's interfaces in the host's own namespace. */
export const ipInNamespacesOfGroup = (...args: string[]) =>
  namespacesQuestion(inNamespacesScript, args.join(" "), args, ({ group }) => `group ${group}`);

/** The same for `bridge`. */
export const bridgeInNamespaces = (...args: string[]) =>
  namespacesQuestion(scriptOf("bridge"), `bridge ${args.join(" ")}`, args, () => "");

/** The lines of JSON by namespace name, without those of namespaces that could not be asked. */
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

/** Parses each namespace's part once, on first use, however many facts ask for it. */
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
