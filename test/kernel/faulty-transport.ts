import { type Batch, type CommandResult, type Transport, TransportError } from "../../provider/transport/transport.js";
import { isPlanned } from "./planned-commands.js";

/** What goes wrong with the next plan that runs. */
export type Fault =
  /** This step fails; the first step is 1. With `forever`, every step of every later plan fails too. */
  | { readonly failAt: number; readonly forever: boolean }
  /** The connection breaks after this many steps, without an answer. */
  | { readonly lostAfter: number };

/** Fails on any host, and changes nothing. */
const failing = { argv: ["ip", "link", "set", "dev", "linuxnet-nosuch", "up"] };

/** A real host on which the steps of plans fail; queries and guards are unaffected. */
export class FaultyTransport implements Transport {
  fault: Fault | undefined;
  /** The number of steps in the last plan. */
  steps = 0;
  private failsForever = false;

  constructor(private readonly host: Transport) {}

  async run(batch: Batch): Promise<CommandResult[]> {
    const places = batch.commands.flatMap((command, place) => (isPlanned(command) ? [place] : []));
    if (places.length === 0) return await this.host.run(batch);
    this.steps = places.length;
    const { fault } = this;
    this.fault = undefined;
    if (fault && "lostAfter" in fault) {
      const end = places[fault.lostAfter] ?? places.at(-1)! + 1;
      if (end > 0) await this.host.run({ ...batch, commands: batch.commands.slice(0, end) });
      throw new TransportError("lost", "unknown", "kernel", "the connection to kernel broke");
    }
    const fails = this.failsForever ? places : fault ? [places[fault.failAt - 1]!] : [];
    this.failsForever ||= fault?.forever ?? false;
    return await this.host.run({
      ...batch,
      commands: batch.commands.map((command, place) => (fails.includes(place) ? failing : command)),
    });
  }

  /** From now on, everything works. */
  mend(): void {
    this.fault = undefined;
    this.failsForever = false;
  }

  close(): Promise<void> {
    return this.host.close();
  }
}
