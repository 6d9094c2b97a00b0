/** The machine that Pulumi itself runs on: the same shell and scripts, without a connection. */
import type { Socket } from "node:net";
import { userInfo } from "node:os";
import { type LocalConnection, describeConnection } from "./connection.js";
import { openSession } from "./open-session.js";
import type { SessionOptions, ShellEnd, ShellProcess, ShellSession } from "./shell-session.js";
import { ShellTransport, type ShellSource } from "./shell-transport.js";
import type { Transport } from "./transport.js";

export interface LocalOptions extends SessionOptions {
  /**
   * The shell's argument list; default `/bin/sh`. Tests run commands inside a lab host with `["nsenter", "-t", pid,
   * "-a", "--", "/bin/sh"]`.
   */
  readonly shell?: readonly [string, ...string[]];
}

/** Milliseconds within which a local shell must answer. */
const GREETING_TIMEOUT = 10_000;

/** Runs batches on this machine. */
export function createLocalTransport(connection: LocalConnection, options: LocalOptions = {}): Transport {
  return new ShellTransport(new LocalShellSource(connection, options));
}

class LocalShellSource implements ShellSource {
  readonly host: string;
  #process: LocalShell | undefined;
  #holders = 0;

  constructor(
    private readonly connection: LocalConnection,
    private readonly options: LocalOptions,
  ) {
    this.host = connection.name;
  }

  async open(): Promise<ShellSession> {
    const { name, sudo, sudoPassword } = this.connection;
    const shell = this.options.shell ?? ["/bin/sh"];
    this.#process = await startShell(sudo && sudoPassword === undefined ? ["sudo", "-n", ...shell] : shell);
    this.#applyHold();
    const place = { host: name, label: `${name} (${describeConnection(this.connection)})` };
    const user = userInfo().username;
    const opening = { sudo, sudoPassword, user, timeout: GREETING_TIMEOUT };
    return openSession(this.#process, place, this.options, opening);
  }

  hold(): void {
    this.#holders += 1;
    this.#applyHold();
  }

  release(): void {
    this.#holders -= 1;
    this.#applyHold();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #applyHold(): void {
    this.#process?.keepAlive(this.#holders > 0);
  }
}

interface LocalShell extends ShellProcess {
  /** Whether the shell keeps this process alive. */
  keepAlive(wanted: boolean): void;
}

async function startShell(argv: readonly [string, ...string[]]): Promise<LocalShell> {
  const { execa } = await import("execa");
  const [program, ...args] = argv;
  const subprocess = execa(program, args, {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    buffer: false,
    encoding: "buffer",
    reject: false,
    // A session of its own: Ctrl-C, and the engine when it ends its plugins, signal the whole process group, but the
    // running script has to finish. The shell ends by itself at the end of its input.
    detached: true,
    cleanup: false,
  });
  let abandoned: (end: ShellEnd) => void;
  const ended = Promise.race([
    new Promise<ShellEnd>((resolve) => {
      abandoned = resolve;
    }),
    subprocess.then((result): ShellEnd => {
      // A missing program is reported as a shell would report it.
      const exitCode = result.code === "ENOENT" ? 127 : result.exitCode;
      const detail =
        result.signal === undefined
          ? `its shell ended with exit code ${exitCode ?? "unknown"}`
          : `its shell was ended by ${result.signal}`;
      return exitCode === undefined ? { detail } : { exitCode, detail };
    }),
  ]);
  const { stdin, stdout, stderr } = subprocess;
  return {
    stdin,
    stdout,
    stderr,
    ended,
    abandon: () => {
      abandoned({ detail: "it was given up" });
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
    },
    keepAlive: (wanted) => {
      // The pipes of a child process are sockets, whatever their declared types are.
      for (const handle of [subprocess, ...([stdin, stdout, stderr] as unknown as Socket[])]) {
        if (wanted) handle.ref();
        else handle.unref();
      }
    },
  };
}
