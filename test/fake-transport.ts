/** A host that runs nothing: a function answers each command, and every batch is recorded. */
import type { Batch, Command, CommandResult, Transport } from "../provider/transport/transport.js";
import { type FakeAnswer, runBatch } from "./batch.js";

export type { FakeAnswer };

export interface FakeTransport extends Transport {
  /** Every requested batch, in order. */
  readonly batches: readonly Batch[];
  /** Every answered command, in order. */
  readonly commands: readonly Command[];
  readonly closed: boolean;
}

/**
 * A Transport that runs a batch like a real host (stop, `always`, `expectStdout`, final newline removed), with no
 * programs behind it.
 */
export function createFakeTransport(
  answer: (command: Command) => FakeAnswer | Promise<FakeAnswer> = () => ({}),
): FakeTransport {
  const batches: Batch[] = [];
  const commands: Command[] = [];
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const answerAll = (batch: Batch): Promise<CommandResult[]> =>
    runBatch(batch, (command) => {
      commands.push(command);
      return answer(command);
    });

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
