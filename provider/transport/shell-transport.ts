/**
 * A Transport that runs its batches in one shell: batches that arrive together are sent together, in order of arrival.
 */
import { joinBatches } from "./joint-batch.js";
import { awaitShellEnd } from "./shell-script.js";
import type { ShellSession } from "./shell-session.js";
import { TransportError, type Batch, type CommandResult, type Transport, type TransportFailure } from "./transport.js";

/** Provides shells to a ShellTransport, which tells it whether they are in use. */
export interface ShellSource {
  /** The host as the user calls it. */
  readonly host: string;
  /** Starts and greets a shell. */
  open(): Promise<ShellSession>;
  /** Called when there is work: until `release`, whatever the shell depends on keeps the process alive. */
  hold(): void;
  /** Called when there is no more work: an idle connection must not keep the process alive. */
  release(): void;
  /** Releases what `open` needed. */
  close(): Promise<void>;
}

interface QueuedBatch {
  readonly batch: Batch;
  readonly resolve: (results: CommandResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Another attempt could do harm (a locked account, an alarm) and would end the same way. */
const FINAL: ReadonlySet<TransportFailure> = new Set(["authentication", "host-key", "privilege", "configuration"]);
/**
 * Milliseconds for which an unreachable host is not tried again: forty resources of a dead host then fail together
 * after one wait instead of one after the other.
 */
const UNREACHABLE_MEMORY = 3_000;
/**
 * Batches wait for the reply to earlier ones, so that more of them can share processes. If the round trip takes longer
 * than this number of milliseconds, they are sent after this time and answered that much sooner.
 */
const JOIN_WINDOW = 25;

export class ShellTransport implements Transport {
  readonly #queue: QueuedBatch[] = [];
  /** The batches that were sent and not answered yet. */
  readonly #sent = new Set<Promise<void>>();
  #lastSent = 0;
  /** Milliseconds of the fastest reply: the round-trip time is at most this. */
  #fastest = Infinity;
  /** Notifies the queue's processing of a new batch. */
  #onArrival: (() => void) | undefined;
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
      this.#working ??= this.#processQueue();
      this.#onArrival?.();
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

  async #processQueue(): Promise<void> {
    this.source.hold();
    try {
      for (;;) {
        // Batches that become ready in this turn of the event loop are queued first, so that they can be joined.
        await new Promise(setImmediate);
        const maxWait = this.#fastest < JOIN_WINDOW ? Infinity : JOIN_WINDOW;
        const remainingWait = this.#sent.size === 0 ? 0 : this.#lastSent + maxWait - performance.now();
        if (this.#queue.length > 0 && remainingWait <= 0) await this.#send();
        else if (this.#queue.length > 0) await this.#waitForProgress(remainingWait);
        else if (this.#sent.size > 0) await this.#waitForProgress(Infinity);
        else return;
      }
    } finally {
      // In the same step as the check of the queue, otherwise a batch that arrives in between would wait forever.
      this.#working = undefined;
      this.source.release();
    }
  }

  /** Waits for a reply or another batch, for at most `timeout` milliseconds. */
  async #waitForProgress(timeout: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const other = new Promise<void>((resolve) => {
      this.#onArrival = resolve;
      if (timeout < Infinity) timer = setTimeout(resolve, timeout);
    });
    await Promise.race([...this.#sent, other]);
    clearTimeout(timer);
  }

  /** Sends everything that is queued. */
  async #send(): Promise<void> {
    let session: ShellSession;
    try {
      session = await this.#usableSession();
    } catch (error) {
      for (const { reject } of this.#queue.splice(0)) reject(error);
      return;
    }
    this.#lastSent = performance.now();
    const queued = this.#queue.splice(0);
    const joined = queued.filter(({ batch }) => !batch.alone);
    for (const exchange of [
      this.#runJoined(
        session,
        joined.filter(({ batch }) => !batch.lock),
      ),
      this.#runJoined(
        session,
        joined.filter(({ batch }) => batch.lock),
      ),
      ...queued.filter(({ batch }) => batch.alone).map((one) => this.#runSeparately(session, one)),
    ]) {
      const sent: Promise<void> = exchange.finally(() => this.#sent.delete(sent));
      this.#sent.add(sent);
    }
  }

  /** Runs batches as one, then runs individually whatever another batch's failure prevented. */
  async #runJoined(session: ShellSession, queued: readonly QueuedBatch[]): Promise<void> {
    if (queued.length === 0) return;
    const joint = joinBatches(queued.map(({ batch }) => batch));
    let results: CommandResult[];
    try {
      const start = performance.now();
      results = await session.run(joint.batch);
      this.#fastest = Math.min(this.#fastest, performance.now() - start);
    } catch (error) {
      // A batch that cannot be expressed as a script is invalid by itself, and nothing was sent.
      if (!(error instanceof TransportError)) await Promise.all(queued.map((one) => this.#runSeparately(session, one)));
      else for (const { reject } of queued) reject(error);
      return;
    }
    await Promise.all(
      joint.splitResults(results).map(async (outcome, index) => {
        const { resolve, reject } = queued[index]!;
        if (outcome.rest === undefined) resolve(outcome.results);
        else await session.run(outcome.rest).then((rest) => resolve(outcome.complete(rest)), reject);
      }),
    );
  }

  async #runSeparately(session: ShellSession, { batch, resolve, reject }: QueuedBatch): Promise<void> {
    await session.run(batch).then(resolve, reject);
  }

  async #usableSession(): Promise<ShellSession> {
    if (this.#session?.usable === true) return this.#session;
    if (this.#refusal !== undefined && performance.now() < this.#refusal.until) throw this.#refusal.error;
    try {
      const former = this.#session?.identity;
      const session = await this.#open();
      this.#fastest = Math.min(this.#fastest, session.greetingTime);
      if (former) await session.run({ commands: [awaitShellEnd(former)] });
      return (this.#session = session);
    } catch (error) {
      if (error instanceof TransportError) {
        const until = FINAL.has(error.reason) ? Infinity : performance.now() + UNREACHABLE_MEMORY;
        this.#refusal = { error, until };
      }
      throw error;
    }
  }

  /** A connection that dies before the shell's greeting has run nothing, so one more attempt is safe. */
  async #open(): Promise<ShellSession> {
    try {
      return await this.source.open();
    } catch (error) {
      if (!(error instanceof TransportError) || error.reason !== "lost") throw error;
      return this.source.open();
    }
  }
}
