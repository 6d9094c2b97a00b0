/** One question to all network namespaces of a host, for many that ask about a part of the answer. */
import type { Command, CommandResult } from "./command.js";

/** Runs a program of iproute2 in each namespace: a line each for where it is, for what is said there, and for how that ended. */
const scriptOf = (program: "ip" | "bridge") => `# in each named namespace, and first in the host's own
for file in /run/netns /run/netns/*; do
  name=\${file#/run/netns} name=\${name#/}
  [ "$name" = "*" ] && continue
  printf '@%s\\n' "$name"
  ${program} \${name:+-n "$name"} "$@" 2>/dev/null
  printf '=%s\\n' $?
done`;

export const everywhereScript = scriptOf("ip");

interface WideQuestion {
  readonly key: string;
  readonly command: Command;
}

/** Asks what `ip` with these arguments prints in each namespace, as JSON. */
export function ipEverywhere(...args: string[]): WideQuestion {
  return { key: args.join(" "), command: { argv: ["sh", "-c", everywhereScript, "sh", ...args] } };
}

/** The same of `bridge`. */
export function bridgeEverywhere(...args: string[]): WideQuestion {
  return { key: `bridge ${args.join(" ")}`, command: { argv: ["sh", "-c", scriptOf("bridge"), "sh", ...args] } };
}

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
export function readEverywhere<T>(
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
