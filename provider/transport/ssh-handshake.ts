/** One attempt at an SSH connection over a socket: host key, keys, and then signs of life. */
import type { Duplex } from "node:stream";
import type * as Ssh2 from "ssh2";
import type { Client, ConnectConfig } from "ssh2";
import type { SshConnection } from "./connection.js";
import type { HostKeyCheck } from "./host-key-check.js";
import { ConnectError, type ConnectPhase } from "./ssh-failure.js";
import type { Authentication } from "./ssh-auth.js";

export interface HandshakeOptions {
  readonly connection: SshConnection;
  readonly hostKey: HostKeyCheck;
  readonly authentication: Authentication;
  /** Milliseconds for everything from the TCP connection to being let in. */
  readonly timeout: number;
}

/**
 * Resolves with a connection that has let us in; rejects with a ConnectError. To be called in the same
 * step in which the socket was made: an error of the socket that comes before would end the process.
 */
export function handshake(
  ssh2: typeof Ssh2,
  socket: Duplex,
  { connection, hostKey, authentication, timeout }: HandshakeOptions,
): Promise<Client> {
  const client = new ssh2.Client();
  const config: ConnectConfig = {
    sock: socket,
    username: connection.user,
    authHandler: authentication.handler,
    algorithms: { serverHostKey: hostKey.algorithms },
    hostVerifier: (key: Buffer) => hostKey.accept(key),
    readyTimeout: timeout,
    // ssh2's own keepalive holds a timer that would keep an idle process alive; see watchOverConnection.
    keepaliveInterval: 0,
  };
  return new Promise<Client>((resolve, reject) => {
    let phase: ConnectPhase = "connecting";
    const fail = (error: Error): void => {
      reject(new ConnectError(phase, error));
      socket.destroy();
    };
    client.on("error", (error: Error & { level?: string }) => {
      // An agent that is gone or refuses to sign: ssh2 goes on with the next key by itself.
      if (error.level === "agent") return;
      fail(error);
    });
    client.once("close", () => {
      fail(new Error("The server closed the connection."));
    });
    client.once("handshake", () => {
      phase = "authenticating";
    });
    client.once("ready", () => {
      resolve(client);
    });
    try {
      client.connect(config);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/**
 * Asks the server for a sign of life every `interval` milliseconds and destroys the connection after `misses`
 * of them went unanswered: a host that vanished closes nothing. The timer alone does not keep the process
 * alive. The question is to cancel a forwarding that does not exist, the one request of ssh2's public
 * interface that changes nothing and that every server answers (with "no").
 */
export function watchOverConnection(client: Client, interval: number, misses: number, onDead: () => void): void {
  let unanswered = 0;
  const timer = setInterval(() => {
    if (unanswered >= misses) {
      clearInterval(timer);
      onDead();
      client.destroy();
      return;
    }
    unanswered += 1;
    try {
      client.unforwardIn("linuxnet-keepalive", 1, () => {
        unanswered = 0;
      });
    } catch {
      // Not connected any more; its close is on the way.
    }
  }, interval);
  timer.unref();
  client.once("close", () => {
    clearInterval(timer);
  });
}
