import { isToolCheck } from "../../provider/commands/tools.js";
import type { Batch, Command, CommandResult, Transport } from "../../provider/transport/transport.js";

/** Whether a command of a batch is a step of a plan, not a query or a guard. */
export const isPlanned = (command: Command): boolean =>
  command.always === undefined && command.expectStdout === undefined && !isToolCheck(command);

/** A host that records the commands that change it. */
export class WatchedTransport implements Transport {
  /** The steps of all plans so far. */
  planned: Command[] = [];
  constructor(private readonly host: Transport) {}

  run(batch: Batch): Promise<CommandResult[]> {
    this.planned.push(...batch.commands.filter(isPlanned));
    return this.host.run(batch);
  }

  close(): Promise<void> {
    return this.host.close();
  }
}
