/**
 * A Linux host's network in memory: a Transport for tests that need a host ten thousand times. It understands only the
 * commands that the provider sends, and test/kernel/simulated-host.test.ts compares its answers with a real kernel's.
 *
 * Not modelled: what depends on carriers and time (the kernel's own link-local IPv6 addresses and their routes,
 * duplicate address detection), a bridge's own choice of its MAC address, multicast routes, and the delay with which a
 * deleted namespace is destroyed.
 */
import type { Family } from "../../provider/schema/address.js";
import {
  type Batch,
  type Command,
  type CommandResult,
  type Transport,
  TransportError,
} from "../../provider/transport/transport.js";
import { type FakeAnswer, runBatch } from "../batch.js";
import { dumpHost } from "./dump.js";
import { Kernel, type KernelOptions } from "./kernel.js";
import { ProgramFailure } from "./program-failure.js";

/** What goes wrong, and when. Counts start at 1 and continue over the host's lifetime, including reboots. */
export interface Faults {
  /** Called before each command of a batch. A returned answer replaces the program, which then does not run. */
  readonly answer?: (command: Command, count: number) => FakeAnswer | undefined;
  /**
   * Called before each batch. Returns how many of its commands run before the connection breaks; undefined: all, and
   * their answers arrive.
   */
  readonly breakAfter?: (batch: Batch, count: number) => number | undefined;
}

/** After this many batches, the event loop gets a turn: nothing else here ever waits. */
const batchesWithoutPause = 200;

/** A simulated host. */
export class SimulatedHost {
  /** May be changed at any time. */
  faults: Faults = {};
  readonly transport: Transport;
  /** The number of commands that batches have run so far; those of `command` are not counted. */
  commandCount = 0;
  batchCount = 0;
  private kernel: Kernel;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: KernelOptions = {}) {
    this.kernel = new Kernel(options);
    this.transport = {
      // One batch after the other, as on a real host.
      run: (batch) => {
        const results = this.last.then(() => this.run(batch));
        this.last = results.catch(() => undefined);
        return results;
      },
      close: async () => {
        await this.last;
      },
    };
  }

  /** Runs one program directly, like a user at the host's own terminal; returns its output. Throws if it fails. */
  command(...argv: readonly string[]): string {
    return this.kernel.run({ argv });
  }

  /**
   * Runs the commands of a line such as `ip link set d0 down; ip link delete d1`. It may have words and semicolons, but
   * no other shell syntax.
   */
  commands(line: string): void {
    for (const command of line.split(";").filter((part) => part.trim() !== ""))
      this.command(
        ...command
          .trim()
          .split(/\s+/)
          .map((word) => (word === "''" ? "" : word)),
      );
  }

  /** The complete state, as text to compare. */
  dump(): string {
    return dumpHost(this.kernel);
  }

  /** Power off and on: only /etc is on disk. */
  reboot(): void {
    this.kernel = new Kernel(this.options, this.kernel.netnsFiles);
  }

  /** From now on, a process is inside the namespace: a delete only removes its name, and its interfaces remain. */
  occupy(namespace: string): void {
    this.kernel.enter(namespace).occupied = true;
  }

  /** Destroys a namespace, but keeps its file in /run/netns. */
  makeStale(namespace: string): void {
    this.kernel.deleteNamespace(namespace);
    this.kernel.namespaces.set(namespace, undefined);
  }

  /** The rules of a table, `-A CHAIN …`, as iptables-save prints them. */
  rules(table: string, family: Family = 4, namespace?: string): string[] {
    return this.kernel.enter(namespace).firewall[family].rulesOf(table);
  }

  /** Replaces all rules of a table, as `iptables-save | edit | iptables-restore` does. */
  setRules(table: string, rules: readonly string[], family: Family = 4, namespace?: string): void {
    this.kernel.enter(namespace).firewall[family].replaceRules(table, rules);
  }

  /** Deletes rules that carry a mark, as by hand: all of a table, or the first ones. */
  deleteRules(mark: string, table: string, count = Infinity, family: Family = 4, namespace?: string): void {
    let left = count;
    const rules = this.rules(table, family, namespace);
    const kept = rules.filter((rule) => !rule.includes(`"${mark}"`) || (left -= 1) < 0);
    this.setRules(table, kept, family, namespace);
  }

  /** Adds the first rule that carries a mark once more, at the end of its chain. */
  repeatRule(mark: string, table: string, family: Family = 4, namespace?: string): void {
    const rules = this.rules(table, family, namespace);
    const first = rules.filter((rule) => rule.includes(`"${mark}"`)).slice(0, 1);
    this.setRules(table, [...rules, ...first], family, namespace);
  }

  /** Writes a setting of /proc/sys; the key has slashes. */
  setSetting(key: string, value: string, namespace?: string): void {
    this.kernel.settings.write(this.kernel.enter(namespace), `/proc/sys/${key}`, value);
  }

  private async run(batch: Batch): Promise<CommandResult[]> {
    this.batchCount += 1;
    if (this.batchCount % batchesWithoutPause === 0) await new Promise((resolve) => setImmediate(resolve));
    const { breakAfter } = this.faults;
    const through = breakAfter?.(batch, this.batchCount);
    if (through === undefined) return await runBatch(batch, (command) => this.answer(command));
    await runBatch({ ...batch, commands: batch.commands.slice(0, through) }, (command) => this.answer(command));
    throw new TransportError("lost", "unknown", "simulated", "The connection to the simulated host broke.");
  }

  private answer(command: Command): FakeAnswer {
    this.commandCount += 1;
    const instead = this.faults.answer?.(command, this.commandCount);
    if (instead) return instead;
    try {
      return { stdout: this.kernel.run(command) };
    } catch (error) {
      if (error instanceof ProgramFailure) return { exitCode: error.exitCode, stderr: `${error.stderr}\n` };
      throw error;
    }
  }
}
