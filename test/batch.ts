/** What every host does with a batch, for those of tests that run no programs. */
import { hasFailed, withoutFinalNewline } from "../provider/transport/shell-script.js";
import type { Batch, Command, CommandResult } from "../provider/transport/transport.js";

/** What a program would do; left out, it prints nothing and exits with 0. */
export interface FakeAnswer {
  readonly exitCode?: number;
  /** As the program prints it, final newline included. */
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Runs a batch with the semantics of a real one (stop, `always`, `expectStdout`, one newline off); `answer` stands for the programs. */
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
