/** A real sshd on a free loopback port, with its own keys and logs in a temporary folder. */
import { freePort } from "../../examples/lab/free-port.ts";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { SshConnection } from "../../provider/transport/connection.js";
import { kill } from "../processes.ts";

const run = promisify(execFile);

export interface TestSshd {
  readonly folder: string;
  readonly port: number;
  /** Logs in as root with the right key; this server's key is known. */
  connection(changes?: Partial<SshConnection>): SshConnection;
  /** Accepted and refused connections and keys, as sshd logs them. */
  log(): Promise<string>;
  countInLog(pattern: RegExp): Promise<number>;
  /** The number of connections. */
  connections(): Promise<number>;
  /** Kills the processes that serve connections, but not the listener, to imitate a lost connection. */
  killConnections(): Promise<number>;
  stop(): Promise<void>;
  /** Listens again, on the same port and with the same keys. */
  start(): Promise<void>;
  /** Stops the server and removes everything. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A user who exists only in the server's own copies of /etc/passwd and the like. */
export interface TestUser {
  readonly name: string;
  readonly password: string;
  /** Login shell; default /bin/sh. */
  readonly shell?: string;
  /** A line for /etc/sudoers. */
  readonly sudoers?: string;
}

/** Starts sshd with additional lines of sshd_config; if a user is given, in a mount namespace that has this user. */
export async function startSshd(config: readonly string[] = [], user?: TestUser): Promise<TestSshd> {
  const folder = await mkdtemp(join(tmpdir(), "linuxnet-sshd-"));
  const file = (name: string): string => join(folder, name);
  const port = await freePort();
  await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  for (const key of ["host_key", "user_key", "other_key"]) await generateKey(file(key));
  await writeFile(file("authorized_keys"), await readFile(file("user_key.pub")), { mode: 0o644 });
  const hostKey = (await readFile(file("host_key.pub"), "utf8")).split(" ").slice(0, 2).join(" ");
  await writeFile(file("known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`);
  await writeFile(
    file("sshd_config"),
    [
      // For each keyword, the first line counts.
      ...config,
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${file("host_key")}`,
      `AuthorizedKeysFile ${file("authorized_keys")}`,
      `PidFile ${file("sshd.pid")}`,
      "PermitRootLogin yes",
      "PasswordAuthentication no",
      "UsePAM no",
      "StrictModes no",
      "LogLevel VERBOSE",
    ].join("\n"),
  );
  let listener: ChildProcess | undefined;

  async function start(): Promise<void> {
    const sshd = ["/usr/sbin/sshd", "-D", "-f", file("sshd_config"), "-E", file("log")];
    const [program, ...args] = user ? await withUser(folder, user, sshd) : sshd;
    listener = spawn(program!, args, { stdio: "ignore" });
    for (let tries = 0; !(await answers(port)); tries += 1) {
      if (tries > 100) throw new Error(`sshd does not listen: ${await readFile(file("log"), "utf8")}`);
      await delay(20);
    }
  }

  async function stop(): Promise<void> {
    if (listener === undefined || listener.exitCode !== null || listener.signalCode !== null) return;
    const exited = once(listener, "exit");
    listener.kill("SIGTERM");
    await exited;
  }

  /** The processes that serve connections. */
  async function serving(): Promise<number[]> {
    if (listener?.pid === undefined) return [];
    // ps fails if there are none.
    const { stdout } = await run("ps", ["-o", "pid=", "--ppid", String(listener.pid)]).catch(() => ({ stdout: "" }));
    return stdout
      .split(/\s+/)
      .filter((pid) => pid !== "")
      .map(Number);
  }

  const killConnections = async () => (await serving()).filter(kill).length;
  await start();
  const log = (): Promise<string> => readFile(file("log"), "utf8");
  return {
    folder,
    port,
    connection: (changes = {}) => ({
      kind: "ssh",
      name: "lab",
      address: "127.0.0.1",
      port,
      user: "root",
      sudo: false,
      privateKeyPath: file("user_key"),
      knownHostsPath: file("known_hosts"),
      ...changes,
    }),
    log,
    countInLog: async (pattern) => (await log()).split("\n").filter((line) => pattern.test(line)).length,
    connections: async () => (await serving()).length,
    killConnections,
    stop,
    start,
    async [Symbol.asyncDispose]() {
      // The processes that serve connections outlive their listener.
      await killConnections();
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The argument list that starts a program with an /etc that has this user; nothing of that is visible elsewhere. */
export async function withUser(folder: string, user: TestUser, argv: readonly string[]): Promise<string[]> {
  const { name, password, shell = "/bin/sh", sudoers = "" } = user;
  const etc = join(folder, "etc");
  const home = join(folder, "home", name);
  await mkdir(etc, { recursive: true });
  await mkdir(home, { recursive: true });
  await chown(home, 2001, 2001);
  const { stdout: hash } = await run("openssl", ["passwd", "-6", password]);
  const lines = {
    passwd: `${name}:x:2001:2001::${home}:${shell}`,
    group: `${name}:x:2001:`,
    shadow: `${name}:${hash.trim()}:19000:0:99999:7:::`,
    sudoers: `Defaults !lecture\n${sudoers}`,
  };
  const mounts: string[] = [];
  for (const [file, line] of Object.entries(lines)) {
    const text = await readFile(`/etc/${file}`, "utf8");
    await writeFile(join(etc, file), `${text.trimEnd()}\n${line}\n`, {
      mode: file === "sudoers" ? 0o440 : file === "shadow" ? 0o600 : 0o644,
    });
    mounts.push(`mount --bind ${join(etc, file)} /etc/${file}`);
  }
  await chmod(folder, 0o755);
  return ["unshare", "--mount", "sh", "-c", `${mounts.join(" && ")} && exec "$@"`, "sh", ...argv];
}

/** Creates a key pair in OpenSSH format. */
export async function generateKey(path: string, type = "ed25519", passphrase = ""): Promise<void> {
  await run("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", "linuxnet test", "-f", path]);
}

export { freePort };

export interface TestProxy extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Forwards at most this many more bytes to the server, then cuts the connection. */
  cutAfter(bytes: number): void;
  /** Forwards nothing more in either direction, but closes nothing: a host that vanished. */
  freeze(): void;
}

/** A TCP proxy that can misbehave, in front of a port on 127.0.0.1; `delayMs` is added in each direction. */
export async function startProxy(target: number, delayMs = 0): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  let left = Infinity;
  let frozen = false;
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    client.on("close", cut);
    upstream.on("close", cut);
    const pass = (to: Socket, data: Buffer): void => {
      if (frozen) return;
      if (delayMs === 0) to.write(data);
      else setTimeout(() => to.write(data), delayMs);
    };
    client.on("data", (data: Buffer) => {
      const part = data.subarray(0, Math.min(left, data.length));
      left -= part.length;
      pass(upstream, part);
      // After the part has been sent, so that the server really receives half of the data.
      if (part.length < data.length) setTimeout(cut, 100);
    });
    upstream.on("data", (data: Buffer) => {
      pass(client, data);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    cutAfter: (bytes) => {
      left = bytes;
    },
    freeze: () => {
      frozen = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Whether a server greets on this port of 127.0.0.1. */
export async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "data");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
