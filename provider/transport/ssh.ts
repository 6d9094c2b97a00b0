/** A host behind SSH: one connection, one channel, one shell. */
import type { Client, ClientChannel } from "ssh2";
import { openSession } from "./open-session.js";
import type { SessionOptions, ShellEnd, ShellProcess, ShellSession } from "./shell-session.js";
import { ShellTransport, type ShellSource } from "./shell-transport.js";
import type { SshLink } from "./ssh-link.js";
import { TransportError, type Transport } from "./transport.js";

/**
 * The whole remote command, the same for every host. The login shell reads it, whichever that is (bash, fish, csh and
 * busybox all know `exec`), and is replaced by the shell that reads scripts from standard input.
 */
const REMOTE_COMMAND = "exec /bin/sh";
const REMOTE_COMMAND_SUDO = "exec sudo -n /bin/sh";

/** Runs batches on the host of a link. The caller keeps the link and closes it after the transport. */
export function createSshTransport(link: SshLink, options: SessionOptions = {}): Transport {
  return new ShellTransport(new SshShellSource(link, options));
}

class SshShellSource implements ShellSource {
  readonly host: string;

  constructor(
    private readonly link: SshLink,
    private readonly options: SessionOptions,
  ) {
    this.host = link.connection.name;
  }

  async open(): Promise<ShellSession> {
    const { connection, label, connectTimeout: timeout } = this.link;
    const { sudo, sudoPassword, user } = connection;
    const process = shellOverChannel(await this.#openChannel(), this.link);
    const opening = { sudo, sudoPassword, user, timeout };
    return openSession(process, { host: this.host, label }, this.options, opening);
  }

  hold(): void {
    this.link.hold();
  }

  release(): void {
    this.link.release();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #openChannel(): Promise<ClientChannel> {
    const { sudo, sudoPassword } = this.link.connection;
    const command = sudo && sudoPassword === undefined ? REMOTE_COMMAND_SUDO : REMOTE_COMMAND;
    try {
      return await execute(await this.link.connect(), command);
    } catch (error) {
      if (error instanceof TransportError) throw error;
      // The connection died unnoticed, or (with MaxSessions 1) an abandoned script still occupies its only session.
      // Nothing was sent, so a new connection is safe.
      await this.link.drop();
    }
    try {
      return await execute(await this.link.connect(), command);
    } catch (error) {
      if (error instanceof TransportError) throw error;
      throw new TransportError(
        "unreachable",
        "not-started",
        this.host,
        `Host ${this.link.label} opens no session: ${error instanceof Error ? error.message : String(error)}. Is MaxSessions 0 in its sshd_config?`,
      );
    }
  }
}

function execute(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

function shellOverChannel(channel: ClientChannel, link: SshLink): ShellProcess {
  let settle: (end: ShellEnd) => void;
  const ended = new Promise<ShellEnd>((resolve) => {
    settle = resolve;
  });
  channel.on("close", (code: number | null | undefined, signal: string | undefined) => {
    // Without an exit code, the connection ended; it is never a success.
    if (typeof code === "number") settle({ exitCode: code, detail: `its shell ended with exit code ${code}` });
    else settle({ detail: signal === undefined ? link.lastEndReason : `its shell was ended by ${signal}` });
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    ended,
    abandon: () => {
      settle({ detail: "it was given up" });
      channel.close();
    },
  };
}
