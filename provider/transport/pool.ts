/** All hosts of one run: one transport per host, one connection per server. */
import type { HostConnection, SshConnection } from "./connection.js";
import { createLocalTransport } from "./local.js";
import type { SessionOptions } from "./shell-session.js";
import { SshLink, type LinkOptions } from "./ssh-link.js";
import { createSshTransport } from "./ssh.js";
import type { Transport } from "./transport.js";

export interface PoolOptions extends SessionOptions, LinkOptions {}

/** Provides transports, the same one for the same connection details. */
export interface Pool {
  /** The host's transport. It only connects for its first batch. */
  transport(connection: HostConnection): Transport;
  /** Waits for running and queued batches, then disconnects from all hosts. The pool can be used again afterwards. */
  close(): Promise<void>;
}

/** An empty pool. */
export function createPool(options: PoolOptions = {}): Pool {
  const transports = new Map<string, Transport>();
  // Jump hosts come before the hosts behind them: a link is created after the link that it goes through.
  const links = new Map<string, SshLink>();

  function linkTo(connection: SshConnection): SshLink {
    const key = identityOf(connection);
    const existing = links.get(key);
    if (existing !== undefined) return existing;
    const jump = connection.jump === undefined ? undefined : linkTo(connection.jump);
    const link = new SshLink(connection, jump, options);
    links.set(key, link);
    return link;
  }

  return {
    transport(connection) {
      const key = identityOf(connection);
      let transport = transports.get(key);
      if (transport === undefined) {
        transport =
          connection.kind === "local"
            ? createLocalTransport(connection, options)
            : createSshTransport(linkTo(connection), options);
        transports.set(key, transport);
      }
      return transport;
    },
    async close() {
      const open = [...transports.values()];
      const linksInOrder = [...links.values()];
      transports.clear();
      links.clear();
      await Promise.all(open.map((transport) => transport.close()));
      for (const link of linksInOrder.reverse()) await link.drop();
    },
  };
}

/** Connection details as a string that is equal for equal details, whatever the order of their fields. */
function identityOf(connection: HostConnection): string {
  return JSON.stringify(connection, (_key, value: unknown) =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
