/** One running shell that receives scripts on standard input, one after the other. */
import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { escapeForDisplay } from "./quoting.js";
import {
  batchScript,
  greetingScript,
  LOCK_PATH,
  endMark,
  parseIdentity,
  parseReply,
  readyMark,
  type LockOptions,
  type ShellIdentity,
} from "./shell-script.js";
import { TransportError, type Batch, type CommandResult, type TransportFailure } from "./transport.js";

/** A shell process, wherever it runs. */
export interface ShellProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the process or the connection to it has ended; never rejects. */
  readonly ended: Promise<ShellEnd>;
  /** Abandons the process immediately, without waiting for it or killing it. */
  abandon(): void;
}

/** How a shell ended: by itself with an exit code, or without one because its connection ended. */
export interface ShellEnd {
  readonly exitCode?: number;
  /** Half a sentence for a message. */
  readonly detail: string;
}

/** Limits on a host's time and output. */
export interface SessionOptions {
  /** The maximum size of one reply in bytes; more is an "output-limit". Default 64 MiB. */
  readonly outputLimit?: number;
  /** Milliseconds until a batch counts as timed out; default 120,000. */
  readonly batchTimeout?: number;
  /** The lock of batches that request it. */
  readonly lock?: LockOptions;
}

/** The host of a session, for messages. */
export interface SessionPlace {
  /** The host as the user calls it. */
  readonly host: string;
  /** The host and how it is reached, such as `host1 (root@10.0.12.15:22)`. */
  readonly label: string;
}

const DEFAULT_OUTPUT_LIMIT = 64 * 1024 * 1024;
const DEFAULT_BATCH_TIMEOUT = 120_000;
/** The number of bytes kept of a shell's own standard error: enough for a refusal by sudo or a login shell. */
const STDERR_TAIL = 4096;

/** An exchange whose reply has not arrived. Scripts are answered in order. */
interface PendingExchange {
  readonly mark: Buffer;
  /** Starts the timeout: the host begins to process it now. */
  readonly begin: () => void;
  readonly chunks: Buffer[];
  size: number;
  /** The last bytes received, one fewer than the marker has: the marker may span two chunks. */
  tail: Buffer;
  readonly resolve: (reply: Buffer) => void;
  readonly reject: (error: TransportError) => void;
  readonly outcome: TransportError["outcome"];
}

/**
 * A shell that has answered its greeting. Batches that are sent before an earlier reply has arrived wait on the host.
 */
export class ShellSession {
  readonly #pending: PendingExchange[] = [];
  #end: ShellEnd | undefined;
  #stderr = "";
  /** Identifies its process on the host, for the session that follows it. */
  identity: ShellIdentity | undefined;
  /** Milliseconds until it answered the greeting, which takes no work: the round-trip time is at most this. */
  greetingTime = Infinity;

  private constructor(
    private readonly process: ShellProcess,
    private readonly place: SessionPlace,
    private readonly options: SessionOptions,
  ) {
    process.stdout.on("data", (chunk: Buffer) => {
      this.#receive(chunk);
    });
    process.stderr.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString("utf8")).slice(-STDERR_TAIL);
    });
    // A stream that breaks ends the process as well, and `ended` tells how; without listeners, these errors would end
    // Node.
    for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on("error", () => undefined);
    void process.ended.then((end) => {
      this.#ended(end);
    });
  }

  /**
   * Greets a shell and waits for its answer, skipping whatever its login files print. `refuse` turns a shell that ended
   * by itself into the appropriate error.
   */
  static async open(
    process: ShellProcess,
    place: SessionPlace,
    options: SessionOptions & { readonly greetingTimeout: number },
    refuse: (exitCode: number, stderr: string) => TransportError,
  ): Promise<ShellSession> {
    const session = new ShellSession(process, place, options);
    const nonce = newNonce();
    try {
      const greeting = greetingScript(nonce);
      const start = performance.now();
      const reply = await session.#exchange(greeting, readyMark(nonce), options.greetingTimeout, "not-started");
      session.greetingTime = performance.now() - start;
      session.identity = parseIdentity(reply.toString("utf8"));
    } catch (error) {
      process.abandon();
      const exitCode = session.#end?.exitCode;
      throw exitCode === undefined ? error : refuse(exitCode, session.#stderr);
    }
    return session;
  }

  /** False once the shell has ended or was abandoned: whatever has not been sent needs another session. */
  get usable(): boolean {
    return this.#end === undefined;
  }

  async run(batch: Batch): Promise<CommandResult[]> {
    const nonce = newNonce();
    const script = batchScript(batch, nonce, this.options.lock);
    const timeout = this.options.batchTimeout ?? DEFAULT_BATCH_TIMEOUT;
    const bytes = await this.#exchange(script, endMark(nonce), timeout, "unknown");
    const reply = parseReply(bytes, batch, nonce);
    switch (reply.kind) {
      case "results":
        return reply.results;
      case "not-locked":
        throw this.#notLocked(reply.exitCode, reply.text);
      case "broken":
        this.#abandon("its shell gave an incomplete reply");
        throw this.#error(
          "lost",
          "unknown",
          `The reply of ${this.place.label} has holes: its shell was cut short (is the host out of memory?). Part of the batch may have run; observe the host before anything is repeated.`,
        );
    }
  }

  /** Closes the shell's input and waits until it has ended. */
  async close(): Promise<void> {
    this.process.stdin.end();
    await this.process.ended;
  }

  #exchange(script: string, mark: string, timeout: number, outcome: TransportError["outcome"]): Promise<Buffer> {
    return new Promise<Buffer>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      const exchange: PendingExchange = {
        mark: Buffer.from(mark),
        chunks: [],
        size: 0,
        tail: Buffer.alloc(0),
        outcome,
        begin: () => {
          timer = setTimeout(() => {
            this.#abandon("it did not answer in time");
            // It has been waited for long enough.
            this.identity = undefined;
            exchange.reject(
              this.#error(
                "timeout",
                outcome,
                `${this.place.label} gave no whole answer within ${timeout / 1000} s. ${outcome === "unknown" ? "The script may still be running there; observe the host before anything is repeated." : "Its login shell or sudo may be waiting for something: try `ssh` with a command by hand."}`,
              ),
            );
          }, timeout);
        },
        resolve: (reply) => {
          this.#finish(exchange, timer);
          resolve(reply);
        },
        reject: (error) => {
          this.#finish(exchange, timer);
          reject(error);
        },
      };
      this.#pending.push(exchange);
      if (this.#pending.length === 1) exchange.begin();
      if (this.#end === undefined) this.process.stdin.write(script);
      else this.#ended(this.#end);
    });
  }

  #finish(exchange: PendingExchange, timer: NodeJS.Timeout | undefined): void {
    clearTimeout(timer);
    const place = this.#pending.indexOf(exchange);
    if (place !== -1) this.#pending.splice(place, 1);
    if (place === 0) this.#pending[0]?.begin();
  }

  #receive(chunk: Buffer): void {
    let rest: Buffer | undefined = chunk;
    while (rest !== undefined && this.#pending[0] !== undefined) rest = this.#receiveFor(this.#pending[0], rest);
  }

  /** Returns what follows the end of this exchange's reply. */
  #receiveFor(exchange: PendingExchange, chunk: Buffer): Buffer | undefined {
    exchange.chunks.push(chunk);
    exchange.size += chunk.length;
    const limit = this.options.outputLimit ?? DEFAULT_OUTPUT_LIMIT;
    if (exchange.size > limit) {
      this.#abandon("it printed too much");
      exchange.reject(
        this.#error(
          "output-limit",
          exchange.outcome,
          `${this.place.label} printed more than ${limit} bytes in one reply. The commands ran, but what came of them is not known; print less.`,
        ),
      );
      return undefined;
    }
    const seam = Buffer.concat([exchange.tail, chunk]);
    const at = seam.indexOf(exchange.mark);
    if (at === -1) {
      exchange.tail = seam.subarray(Math.max(0, seam.length - exchange.mark.length + 1));
      return undefined;
    }
    exchange.resolve(Buffer.concat(exchange.chunks));
    const rest = seam.subarray(at + exchange.mark.length);
    return rest.length > 0 ? rest : undefined;
  }

  #ended(end: ShellEnd): void {
    this.#end ??= end;
    for (const exchange of [...this.#pending]) {
      const consequence =
        exchange.outcome === "unknown"
          ? "A script that had arrived runs on to its end; observe the host before anything is repeated."
          : "Nothing was run.";
      exchange.reject(
        this.#error(
          "lost",
          exchange.outcome,
          `The shell on ${this.place.label} ended before its whole answer came (${escapeForDisplay(end.detail)}). ${consequence}`,
        ),
      );
    }
  }

  #abandon(detail: string): void {
    this.#end ??= { detail };
    this.process.abandon();
  }

  #notLocked(exitCode: number, text: string): TransportError {
    // flock prints nothing when the wait times out; anything it prints is about something else.
    if (exitCode === 1 && text === "") {
      return this.#error(
        "locked",
        "not-started",
        `The lock of ${this.place.label} stayed held for ${this.options.lock?.wait ?? 30} s by another run of linuxnet. Wait for it, or see who holds it with \`fuser -v ${this.options.lock?.path ?? LOCK_PATH}\`.`,
      );
    }
    if (exitCode === 127) {
      return this.#error(
        "configuration",
        "not-started",
        `${this.place.label} has no \`flock\`; install the package util-linux there.`,
      );
    }
    const root =
      exitCode === 2
        ? "Changing the network needs root: log in as root, or set `sudo: true` for this host and allow that with the sudoers line `USER ALL=(root) NOPASSWD: /bin/sh`."
        : "It needs root and `flock` of util-linux (busybox's knows no -w).";
    return this.#error(
      "configuration",
      "not-started",
      `The lock of ${this.place.label} cannot be taken: ${escapeForDisplay(text.trim())} ${root}`,
    );
  }

  #error(reason: TransportFailure, outcome: TransportError["outcome"], message: string): TransportError {
    return new TransportError(reason, outcome, this.place.host, message);
  }
}

/** 128 random bits: the output of a batch cannot contain them by chance, and no program can know them. */
function newNonce(): string {
  return randomBytes(16).toString("hex");
}
