/** One SSH connection attempt over a socket: host key, authentication, and then keepalives. */
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
  /** Milliseconds for everything from the TCP connection to the end of authentication. */
  readonly timeout: number;
}

/**
 * Resolves with an authenticated connection; rejects with a ConnectError. Must be called in the same step in which the
 * socket was created: a socket error before that would end the process.
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
    // ssh2's own keepalive uses a timer that would keep an idle process alive; see watchOverConnection.
    keepaliveInterval: 0,
  };
  return new Promise<Client>((resolve, reject) => {
    let phase: ConnectPhase = "connecting";
    const fail = (error: Error): void => {
      reject(new ConnectError(phase, error));
      socket.destroy();
    };
    client.on("error", (error: Error & { level?: string }) => {
      // The agent is gone or refuses to sign: ssh2 continues with the next key by itself.
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
 * Sends the server a keepalive every `interval` milliseconds and destroys the connection after `misses` of them went
 * unanswered: a host that vanished closes nothing. The timer does not keep the process alive by itself. The keepalive
 * cancels a forwarding that does not exist, the only request in ssh2's public interface that changes nothing and that
 * every server answers (with "no").
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
      // No longer connected; its close event will follow.
    }
  }, interval);
  timer.unref();
  client.once("close", () => {
    clearInterval(timer);
  });
}
