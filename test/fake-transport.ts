/** A host that runs nothing: a function answers each command, and every batch is kept. */
import { hasFailed, withoutFinalNewline } from "../provider/transport/shell-script.js";
import type { Batch, Command, CommandResult, Transport } from "../provider/transport/transport.js";

/** What a program would do; left out, it prints nothing and exits with 0. */
export interface FakeAnswer {
  readonly exitCode?: number;
  /** As the program prints it, final newline included. */
  readonly stdout?: string;
  readonly stderr?: string;
}

export interface FakeTransport extends Transport {
  /** Every batch that was asked for, in order. */
  readonly batches: readonly Batch[];
  /** Every command that was answered, in order. */
  readonly commands: readonly Command[];
  readonly closed: boolean;
}

/** A Transport with the semantics of a batch (stop, `always`, `expectStdout`, one newline off) and nothing behind it. */
export function createFakeTransport(
  answer: (command: Command) => FakeAnswer | Promise<FakeAnswer> = () => ({}),
): FakeTransport {
  const batches: Batch[] = [];
  const commands: Command[] = [];
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  async function answerAll(batch: Batch): Promise<CommandResult[]> {
    const results: CommandResult[] = [];
    let failed = false;
    for (const command of batch.commands) {
      if (failed && command.always !== true) {
        results.push({ ran: false, exitCode: -1, stdout: "", stderr: "" });
        continue;
      }
      commands.push(command);
      const { exitCode = 0, stdout = "", stderr = "" } = await answer(command);
      const result = { ran: true, exitCode, stdout: withoutFinalNewline(stdout), stderr: withoutFinalNewline(stderr) };
      results.push(result);
      failed ||= hasFailed(command, exitCode, result.stdout);
    }
    return results;
  }

  return {
    batches,
    commands,
    get closed() {
      return closed;
    },
    run(batch) {
      batches.push(batch);
      // One batch after the other, as on a real host.
      const results = last.then(() => answerAll(batch));
      last = results.catch(() => undefined);
      return results;
    },
    async close() {
      await last;
      closed = true;
    },
  };
}
