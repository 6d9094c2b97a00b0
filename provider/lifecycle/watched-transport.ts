import type { Batch, CommandResult, Transport } from "../transport/transport.js";
import { isLost } from "./errors.js";

/** A transport that records whether its connection ended during a change to the host. */
export class WatchedTransport implements Transport {
  #lostDuringChange = false;

  constructor(private readonly transport: Transport) {}

  get lostDuringChange(): boolean {
    return this.#lostDuringChange;
  }

  async run(batch: Batch): Promise<CommandResult[]> {
    try {
      return await this.transport.run(batch);
    } catch (error) {
      if (isLost(error) && batch.commands.some(({ always }) => !always)) this.#lostDuringChange = true;
      throw error;
    }
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
