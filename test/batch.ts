/** How every host runs a batch, for the hosts of tests that run no programs. */
import { hasFailed, withoutFinalNewline } from "../provider/transport/shell-script.js";
import type { Batch, Command, CommandResult } from "../provider/transport/transport.js";

/** A program's answer; if omitted, it prints nothing and exits with 0. */
export interface FakeAnswer {
  readonly exitCode?: number;
  /** As the program prints it, including the final newline. */
  readonly stdout?: string;
  readonly stderr?: string;
}

/**
 * Runs a batch like a real host (stop, `always`, `expectStdout`, final newline removed); `answer` replaces the
 * programs.
 */
export async function runBatch(
  { commands }: Batch,
  answer: (command: Command) => FakeAnswer | Promise<FakeAnswer>,
): Promise<CommandResult[]> {
  const results: CommandResult[] = [];
  let failed = false;
  for (const command of commands) {
    if (failed && command.always !== true) {
      results.push({ ran: false, exitCode: -1, stdout: "", stderr: "" });
      continue;
    }
    const { exitCode = 0, stdout = "", stderr = "" } = await answer(command);
    const result = { ran: true, exitCode, stdout: withoutFinalNewline(stdout), stderr: withoutFinalNewline(stderr) };
    results.push(result);
    failed ||= hasFailed(command, exitCode, result.stdout);
  }
  return results;
}
