/** Deletes interfaces in parallel, each in a process of its own. */
import type { Command, CommandResult, Joining, PartResult } from "../transport/transport.js";

/**
 * Reads the arguments of an `ip` command from each line. For each it prints the line's number, the exit code and the
 * message in one write, so that messages do not mix. Fails if one of them failed. It limits the number of concurrent
 * processes, since a small host allows few.
 */
export const parallelRemovalScript = [
  "# interfaces go side by side",
  "all=$(n=0; while read -r line; do n=$((n + 1))",
  `{ words=$(exec ip $line 2>&1 </dev/null); printf '%s\n' "#$n $? $words"; } &`,
  "[ $((n % 64)) != 0 ] || wait",
  "done; wait)",
  `printf '%s\n' "$all"; ! printf '%s\n' "$all" | grep -q '^#[0-9]* [1-9]'`,
].join("\n");

/** One deletion of a joined call. */
interface Removal extends Joining {
  readonly words: readonly string[];
}

/**
 * How a deletion of an interface joins others, in any namespace: for each, the kernel waits 20 to 40 ms until nobody
 * uses the interface any more, and `ip -batch` would wait for one after the other. `words`: plain arguments, without
 * `ip`.
 */
export function joiningOfRemoval(words: readonly string[]): Joining {
  const removal: Removal = { key: "ip link delete", words, join, split };
  return removal;
}

function join(commands: readonly Command[]): Pick<Command, "argv" | "stdin"> {
  const lines = commands.map(({ joining }) => (joining as Removal).words.join(" "));
  return { argv: ["sh", "-c", parallelRemovalScript], stdin: lines.map((line) => `${line}\n`).join("") };
}

function split(result: CommandResult, commands: readonly Command[]): readonly PartResult[] {
  const [, ...entries] = result.stdout.split(/^#(\d+) (\d+) /m);
  const found = new Map<number, CommandResult>();
  for (let at = 0; at < entries.length; at += 3) {
    const [number, exitCode, words] = entries.slice(at, at + 3) as [string, string, string];
    found.set(Number(number), { ran: true, exitCode: Number(exitCode), stdout: "", stderr: words.trimEnd() });
  }
  return commands.map((_, index) => found.get(index + 1) ?? "unknown");
}
