import { setImmediate } from "node:timers/promises";
import type { Transport } from "../../provider/transport/transport.js";
import { ProgramFailure } from "../simulated-host/program-failure.js";
import { SimulatedHost } from "../simulated-host/simulated-host.js";
import type { Host } from "./converges.js";
import type { Terminal } from "./damage.js";

/** A host in memory, of which one can have thousands. */
export class ModelHost implements Host {
  readonly transport: Transport;

  constructor(private readonly host = new SimulatedHost()) {
    this.transport = host.transport;
  }

  readonly terminal: Terminal = (argv) => {
    try {
      return this.host.command(...argv);
    } catch (error) {
      if (error instanceof ProgramFailure) return undefined;
      throw error;
    }
  };

  readonly another = (): Host => new ModelHost();

  reboot(): Promise<void> {
    this.host.reboot();
    return Promise.resolve();
  }

  dump(): string {
    return this.host.dump();
  }

  async stop(): Promise<void> {
    await this.transport.close();
    // A story waits for nothing: between two, the rest of the process gets its turn.
    await setImmediate();
  }
}
