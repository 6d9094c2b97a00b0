/** One authenticated SSH connection to a server, opened when first needed and reopened after it died. */
import { connect as connectTcp, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "ssh2";
import { type SshConnection, describeConnection } from "./connection.js";
import { HostKeyCheck } from "./host-key-check.js";
import { behindJump, ConnectError, readConnectFailure, type FailedAttempt } from "./ssh-failure.js";
import { loadSsh2 } from "./load-ssh2.js";
import { handshake, watchOverConnection } from "./ssh-handshake.js";
import { Authentication } from "./ssh-auth.js";
import { collectCredentials } from "./ssh-keys.js";
import { TransportError } from "./transport.js";

/** The behavior of links; only tests set the waits. */
export interface LinkOptions {
  /** Receives a warning for the user about a host, as half a sentence. */
  readonly warn?: (host: string, text: string) => void;
  /**
   * Milliseconds between two keepalives; default 5,000, or the connection's own setting. Three unanswered ones end the
   * connection.
   */
  readonly keepaliveInterval?: number;
  /** Milliseconds before the second and each further connection attempt, ±25 %; default 500, 2,500, 6,000. */
  readonly retryDelays?: readonly number[];
}

/** Seconds. */
const DEFAULT_CONNECT_TIMEOUT = 10;
const DEFAULT_RETRY_DELAYS = [500, 2_500, 6_000];
/** Milliseconds after the start of the first attempt within which further attempts must end. */
const RETRY_BUDGET = 15_000;
/** A dead link is noticed after four to five intervals, within 25 s. */
const KEEPALIVE_INTERVAL = 5_000;
const KEEPALIVE_MISSES = 3;

export class SshLink {
  /** Why the last connection ended, as half a sentence for a message. */
  lastEndReason = "the connection was closed";
  #client: Client | undefined;
  #socket: Duplex | undefined;
  #connecting: Promise<Client> | undefined;
  /** Kept for the whole run: a second attempt with the same keys could lock the account. */
  #refusal: TransportError | undefined;
  #holders = 0;

  constructor(
    readonly connection: SshConnection,
    private readonly jump: SshLink | undefined,
    private readonly options: LinkOptions = {},
  ) {}

  /** The host and how it is reached, for messages. */
  get label(): string {
    return `${this.connection.name} (${describeConnection(this.connection)})`;
  }

  /** The timeout in milliseconds of each step of connecting. */
  get connectTimeout(): number {
    return (this.connection.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT) * 1000;
  }

  /** Returns the live connection or opens one. Rejects with a TransportError, "not-started". */
  async connect(): Promise<Client> {
    if (this.#client !== undefined) return this.#client;
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#connecting ??= this.#connectWithRetries().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** The connection keeps the process alive until `release` has been called as often as `hold`. */
  hold(): void {
    this.#holders += 1;
    this.jump?.hold();
    this.#applyHold();
  }

  release(): void {
    this.#holders -= 1;
    this.jump?.release();
    this.#applyHold();
  }

  /** Closes the connection, if there is one; `connect` opens a new one. */
  async drop(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const closed = new Promise<void>((resolve) => {
      client.once("close", () => {
        resolve();
      });
    });
    client.end();
    // A server that does not confirm the end must not delay the end of the run.
    const timer = setTimeout(() => {
      client.destroy();
    }, 2_000);
    await closed;
    clearTimeout(timer);
  }

  async #connectWithRetries(): Promise<Client> {
    const delays = this.options.retryDelays ?? DEFAULT_RETRY_DELAYS;
    const attempts = this.connection.connectionAttempts ?? delays.length + 1;
    // An explicitly requested number of attempts is made, however long they take.
    const budget = this.connection.connectionAttempts === undefined ? RETRY_BUDGET : Infinity;
    const start = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const left = budget - (performance.now() - start);
      const outcome = await this.#attempt(attempt === 1 ? this.connectTimeout : Math.min(this.connectTimeout, left));
      if (!("error" in outcome)) return outcome;
      // Jitter: a hundred connections that a busy server dropped together must not return together.
      const wait = (delays[Math.min(attempt, delays.length) - 1] ?? 0) * (0.75 + Math.random() / 2);
      const hasTime = performance.now() - start + wait < budget - 1_000;
      if (outcome.retry && attempt < attempts && hasTime) {
        await delay(wait);
        continue;
      }
      if (outcome.error.reason !== "unreachable") this.#refusal = outcome.error;
      throw outcome.error;
    }
  }

  async #attempt(timeout: number): Promise<Client | FailedAttempt> {
    const { connection, label } = this;
    const hostKey = await HostKeyCheck.prepare(connection, (text) => this.options.warn?.(connection.name, text));
    const credentials = await collectCredentials(connection);
    const authentication = new Authentication(connection.user, credentials);
    const ssh2 = await loadSsh2();
    try {
      const { address, port } = connection;
      this.#socket =
        this.jump === undefined
          ? connectTcp({ host: address, port })
          : await this.jump.#forward(address, port, timeout);
      const handshaking = handshake(ssh2, this.#socket, { connection, hostKey, authentication, timeout });
      // Every batch is one small write that waits for its reply.
      if (this.#socket instanceof Socket) this.#socket.setNoDelay(true);
      this.#applyHold();
      const client = await handshaking;
      this.#adopt(client);
      return client;
    } catch (error) {
      this.#socket = undefined;
      if (hostKey.refusal !== undefined) return { error: hostKey.refusal, retry: false };
      // The jump host has already been retried as often as allowed.
      if (error instanceof TransportError) return { error: behindJump(error, { label, connection }), retry: false };
      if (!(error instanceof ConnectError)) throw error;
      const { accepted } = authentication;
      return readConnectFailure(error, { label, connection, timeout, offered: credentials.sources, accepted });
    }
  }

  /** A stream to another server, opened by this one. */
  async #forward(address: string, port: number, timeout: number): Promise<Duplex> {
    const client = await this.connect();
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(new ConnectError("connecting", error));
      };
      let late = false;
      // If nothing answers, the jump host keeps trying for minutes.
      const timer = setTimeout(() => {
        late = true;
        fail(Object.assign(new Error("No answer in time."), { level: "client-timeout" }));
      }, timeout);
      try {
        client.forwardOut("127.0.0.1", 0, address, port, (error, channel) => {
          clearTimeout(timer);
          if (error) fail(error);
          else if (late) channel.destroy();
          else resolve(channel);
        });
      } catch (error) {
        clearTimeout(timer);
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #adopt(client: Client): void {
    this.#client = client;
    this.lastEndReason = "the connection was closed";
    client.on("error", (error: Error) => {
      this.lastEndReason = error.message;
    });
    client.once("close", () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#socket = undefined;
    });
    const { serverAliveInterval } = this.connection;
    const interval =
      this.options.keepaliveInterval ??
      (serverAliveInterval === undefined ? KEEPALIVE_INTERVAL : serverAliveInterval * 1000);
    watchOverConnection(client, interval, KEEPALIVE_MISSES, () => {
      this.lastEndReason = `no sign of life for ${(interval * (KEEPALIVE_MISSES + 1)) / 1000} s`;
    });
  }

  #applyHold(): void {
    if (!(this.#socket instanceof Socket)) return;
    if (this.#holders > 0) this.#socket.ref();
    else this.#socket.unref();
  }
}
