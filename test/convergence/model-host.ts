import { setImmediate } from "node:timers/promises";
import type { Transport } from "../../provider/transport/transport.js";
import { ProgramFailure } from "../simulated-host/program-failure.js";
import { initialSettings } from "../simulated-host/settings.js";
import { SimulatedHost } from "../simulated-host/simulated-host.js";
import type { Host } from "./converges.js";
import type { Terminal } from "../kinds/by-hand.js";

const forwarding = { "net/ipv4/ip_forward": "1", "net/ipv6/conf/all/forwarding": "1" };

/** A simulated host in memory. There can be thousands of them. */
export class ModelHost implements Host {
  readonly transport: Transport;

  // Whatever rules enable is already on, as on the test host.
  constructor(private readonly host = new SimulatedHost({ settings: { ...initialSettings, ...forwarding } })) {
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
    // A scenario never waits for anything, so the rest of the process runs between two scenarios.
    await setImmediate();
  }
}
