/** A Transport that runs its batches in one shell, in the order in which they came. */
import type { ShellSession } from "./shell-session.js";
import { TransportError, type Batch, type CommandResult, type Transport, type TransportFailure } from "./transport.js";

/** Where a ShellTransport gets its shells, and how it says whether it needs them. */
export interface ShellSource {
  /** The host as the user calls it. */
  readonly host: string;
  /** Starts and greets a shell. */
  open(): Promise<ShellSession>;
  /** Called when there is work: from now on, what the shell depends on keeps the process alive. */
  hold(): void;
  /** Called when there is none: an idle connection must not keep the process alive. */
  release(): void;
  /** Lets go of what `open` needed. */
  close(): Promise<void>;
}

interface QueuedBatch {
  readonly batch: Batch;
  readonly resolve: (results: CommandResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Trying again could do harm (a locked account, an alarm) and would end the same way. */
const FINAL: ReadonlySet<TransportFailure> = new Set(["authentication", "host-key", "privilege", "configuration"]);
/**
 * Milliseconds for which an unreachable host is not tried again: forty resources of a dead host then fail
 * together after one wait, not one after the other.
 */
const UNREACHABLE_MEMORY = 3_000;

export class ShellTransport implements Transport {
  readonly #queue: QueuedBatch[] = [];
  #session: ShellSession | undefined;
  #working: Promise<void> | undefined;
  #refusal: { readonly error: TransportError; readonly until: number } | undefined;
  #closed = false;

  constructor(private readonly source: ShellSource) {}

  async run(batch: Batch): Promise<CommandResult[]> {
    if (this.#closed) {
      throw new TransportError(
        "lost",
        "not-started",
        this.source.host,
        `The connection to ${this.source.host} was closed before this batch.`,
      );
    }
    if (batch.commands.length === 0) return [];
    return new Promise<CommandResult[]>((resolve, reject) => {
      this.#queue.push({ batch, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#working;
    this.source.hold();
    try {
      await this.#session?.close();
      await this.source.close();
    } finally {
      this.source.release();
    }
  }

  async #work(): Promise<void> {
    this.source.hold();
    try {
      while (this.#queue.length > 0) await this.#runFirst();
    } finally {
      // In the same step as the look at the queue, or a batch that comes in between would wait for ever.
      this.#working = undefined;
      this.source.release();
    }
  }

  async #runFirst(): Promise<void> {
    let session: ShellSession;
    try {
      session = await this.#usableSession();
    } catch (error) {
      for (const { reject } of this.#queue.splice(0)) reject(error);
      return;
    }
    const next = this.#queue.shift();
    if (next === undefined) return;
    try {
      next.resolve(await session.run(next.batch));
    } catch (error) {
      next.reject(error);
    }
  }

  async #usableSession(): Promise<ShellSession> {
    if (this.#session?.usable === true) return this.#session;
    this.#session = undefined;
    if (this.#refusal !== undefined && performance.now() < this.#refusal.until) throw this.#refusal.error;
    try {
      return (this.#session = await this.#open());
    } catch (error) {
      if (error instanceof TransportError) {
        const until = FINAL.has(error.reason) ? Infinity : performance.now() + UNREACHABLE_MEMORY;
        this.#refusal = { error, until };
      }
      throw error;
    }
  }

  /** A connection that dies before the shell's greeting has run nothing, so one more try is safe. */
  async #open(): Promise<ShellSession> {
    try {
      return await this.source.open();
    } catch (error) {
      if (!(error instanceof TransportError) || error.reason !== "lost") throw error;
      return this.source.open();
    }
  }
}
