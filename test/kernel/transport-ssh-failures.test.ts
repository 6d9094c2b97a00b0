import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { SshConnection } from "../../provider/transport/connection.js";
import { createPool, type PoolOptions } from "../../provider/transport/pool.js";
import { TransportError } from "../../provider/transport/transport.js";
import { freePort, generateKey, startSshd, type TestSshd } from "./transport-sshd.js";

const BATCH = { commands: [{ argv: ["echo", "ok"] }] };

/** Runs one batch in a pool of its own: what it prints, or the error. */
async function outcomeOf(connection: SshConnection, options: PoolOptions = {}): Promise<string | TransportError> {
  const pool = createPool(options);
  try {
    return (await pool.transport(connection).run(BATCH))[0]?.stdout ?? "";
  } catch (error) {
    if (error instanceof TransportError) return error;
    throw error;
  } finally {
    await pool.close();
  }
}

async function failureOf(connection: SshConnection, options: PoolOptions = {}): Promise<TransportError> {
  const outcome = await outcomeOf(connection, options);
  if (typeof outcome === "string") throw new Error(`It was expected to fail, and printed ${outcome}.`);
  expect(outcome).toMatchObject({ outcome: "not-started", host: connection.name });
  return outcome;
}

async function fingerprintOf(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)("ssh-keygen", ["-lf", path]);
  return /SHA256:\S+/.exec(stdout)?.[0] ?? "none";
}

let sshd: TestSshd;
const file = (name: string): string => join(sshd.folder, name);
beforeAll(async () => { sshd = await startSshd(); });
afterAll(async () => { await sshd[Symbol.asyncDispose](); });

describe("host keys", () => {
  test("an unknown host is refused with its fingerprint and what to do", async () => {
    await writeFile(file("empty"), "");
    const error = await failureOf(sshd.connection({ knownHostsPath: file("empty") }));
    expect(error.reason).toBe("host-key");
    expect(error.message).toContain(await fingerprintOf(file("host_key.pub")));
    expect(error.message).toContain("ssh-ed25519");
    expect(error.message).toContain(`ssh-keyscan -p ${sshd.port} 127.0.0.1`);
  });

  test("a changed key is a hard stop with both fingerprints, tried once", async () => {
    await using changed = await startSshd();
    const known = join(changed.folder, "known_hosts_old");
    const otherKey = await readFile(join(changed.folder, "other_key.pub"), "utf8");
    await writeFile(known, `[127.0.0.1]:${changed.port} ${otherKey}`);
    const pool = createPool();
    const host = pool.transport(changed.connection({ knownHostsPath: known }));
    const errors = await Promise.all([1, 2, 3].map(() => host.run(BATCH).catch((error: unknown) => error)));
    const later: unknown = await host.run(BATCH).catch((error: unknown) => error);
    await pool.close();
    for (const error of [...errors, later]) {
      expect(error).toMatchObject({ reason: "host-key", outcome: "not-started" });
      expect((error as Error).message).toContain(await fingerprintOf(join(changed.folder, "host_key.pub")));
      expect((error as Error).message).toContain(await fingerprintOf(join(changed.folder, "other_key.pub")));
    }
    expect(await changed.countInLog(/Connection from/)).toBe(2); // the fixture's own look and the one attempt
  });

  test("a revoked key is refused though it is known", async () => {
    const line = await readFile(file("known_hosts"), "utf8");
    await writeFile(file("revoked"), `${line}@revoked ${line}`);
    const error = await failureOf(sshd.connection({ knownHostsPath: file("revoked") }));
    expect(error.reason).toBe("host-key");
    expect(error.message).toContain("revoked");
  });

  test("a server with several keys is asked for the one that is known", async () => {
    await using several = await startSshd();
    for (const type of ["rsa", "ecdsa"]) await generateKey(join(several.folder, type), type);
    const config = join(several.folder, "sshd_config");
    await writeFile(config, `${await readFile(config, "utf8")}\nHostKey ${several.folder}/rsa\nHostKey ${several.folder}/ecdsa\n`);
    await several.stop();
    await several.start();
    for (const type of ["rsa", "ecdsa", "host_key"]) {
      const known = join(several.folder, `known_${type}`);
      await writeFile(known, `[127.0.0.1]:${several.port} ${await readFile(join(several.folder, `${type}.pub`), "utf8")}`);
      expect(await outcomeOf(several.connection({ knownHostsPath: known }))).toBe("ok");
      await promisify(execFile)("ssh-keygen", ["-q", "-H", "-f", known]);
      expect(await readFile(known, "utf8")).toMatch(/^\|1\|/);
      expect(await outcomeOf(several.connection({ knownHostsPath: known }))).toBe("ok");
    }
  });

  test("a known_hosts file that is missing is named", async () => {
    const error = await failureOf(sshd.connection({ knownHostsPath: "/nonexistent/known" }));
    expect(error.reason).toBe("configuration");
    expect(error.message).toContain("/nonexistent/known");
  });
});

describe("keys", () => {
  const environment = { ...process.env };
  afterEach(() => {
    for (const name of ["HOME", "SSH_AUTH_SOCK"]) {
      if (environment[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = environment[name];
    }
  });

  test("a wrong key is tried once for the host and run", async () => {
    await using fresh = await startSshd();
    const pool = createPool();
    const host = pool.transport(fresh.connection({ privateKeyPath: join(fresh.folder, "other_key") }));
    const errors: unknown[] = await Promise.all(Array.from({ length: 5 }, () => host.run(BATCH).catch((error: unknown) => error)));
    errors.push(await host.run(BATCH).catch((error: unknown) => error));
    await pool.close();
    for (const error of errors) {
      expect(error).toMatchObject({ reason: "authentication", outcome: "not-started" });
      expect((error as Error).message).toContain("other_key");
      expect((error as Error).message).toContain(`root@127.0.0.1:${fresh.port}`);
    }
    expect(await fresh.countInLog(/Failed publickey/)).toBe(1);
  });

  test("a key as text, encrypted with and without its passphrase, RSA and ECDSA", async () => {
    await generateKey(file("encrypted"), "ed25519", "open sesame");
    await generateKey(file("rsa_user"), "rsa");
    await generateKey(file("ecdsa_user"), "ecdsa");
    const keys = ["user_key", "encrypted", "rsa_user", "ecdsa_user"];
    const publicKeys = await Promise.all(keys.map((key) => readFile(file(`${key}.pub`), "utf8")));
    await writeFile(file("authorized_keys"), publicKeys.join(""));
    const text = await readFile(file("user_key"), "utf8");
    expect(await outcomeOf(sshd.connection({ privateKey: text, privateKeyPath: "/not/read" }))).toBe("ok");
    for (const key of ["rsa_user", "ecdsa_user"]) expect(await outcomeOf(sshd.connection({ privateKeyPath: file(key) }))).toBe("ok");
    expect(await outcomeOf(sshd.connection({ privateKeyPath: file("encrypted"), passphrase: "open sesame" }))).toBe("ok");
    const locked = await failureOf(sshd.connection({ privateKeyPath: file("encrypted") }));
    expect(locked).toMatchObject({ reason: "configuration" });
    expect(locked.message).toMatch(/encrypted and no passphrase/);
    const wrong = await failureOf(sshd.connection({ privateKey: await readFile(file("encrypted"), "utf8"), passphrase: "wrong phrase" }));
    expect(wrong).toMatchObject({ reason: "configuration" });
    expect(wrong.message).not.toContain("wrong phrase");
    const garbage = await failureOf(sshd.connection({ privateKey: "-----BEGIN SECRET-----" }));
    expect(garbage.message).not.toContain("BEGIN SECRET");
    const missing = await failureOf(sshd.connection({ privateKeyPath: "/nonexistent/key" }));
    expect(missing).toMatchObject({ reason: "configuration" });
    expect(missing.message).toContain("/nonexistent/key");
  });

  test("the agent, then the default identity files, else a clear error", async () => {
    const home = file("home");
    await mkdir(join(home, ".ssh"), { recursive: true });
    process.env["HOME"] = home;
    Reflect.deleteProperty(process.env, "SSH_AUTH_SOCK");
    const { privateKeyPath: _, ...bare } = sshd.connection();
    const none = await failureOf(bare);
    expect(none).toMatchObject({ reason: "configuration" });
    expect(none.message).toMatch(/no key/);
    await writeFile(join(home, ".ssh/id_ed25519"), await readFile(file("user_key")));
    expect(await outcomeOf(bare)).toBe("ok");
    expect(await outcomeOf({ ...sshd.connection(), privateKeyPath: "~/.ssh/id_ed25519" })).toBe("ok");
    // An agent that is gone is passed over.
    process.env["SSH_AUTH_SOCK"] = file("no-agent");
    expect(await outcomeOf(bare)).toBe("ok");
    await writeFile(join(home, ".ssh/id_ed25519"), await readFile(file("other_key")));
    const socket = file("agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    try {
      await delay(200);
      process.env["SSH_AUTH_SOCK"] = socket;
      await promisify(execFile)("ssh-add", ["-q", file("user_key")]);
      expect(await outcomeOf(bare)).toBe("ok");
      await promisify(execFile)("ssh-add", ["-q", "-D"]);
      expect((await failureOf(bare)).reason).toBe("authentication");
    } finally {
      agent.kill();
      await once(agent, "exit");
    }
  });
});

describe("hosts that cannot be reached", () => {
  test("a refused port fails within its bounded attempts, and queued batches fail together", async () => {
    const port = await freePort();
    const start = performance.now();
    const pool = createPool();
    const host = pool.transport(sshd.connection({ port, name: "dead" }));
    const errors: unknown[] = await Promise.all(Array.from({ length: 20 }, () => host.run(BATCH).catch((error: unknown) => error)));
    errors.push(await host.run(BATCH).catch((error: unknown) => error));
    await pool.close();
    expect(performance.now() - start).toBeLessThan(15_000);
    for (const error of errors) expect(error).toMatchObject({ reason: "unreachable", outcome: "not-started", host: "dead" });
    expect((errors[0] as Error).message).toContain(`dead (root@127.0.0.1:${port})`);
  });

  test("a server that never says anything fails in the connect timeout's time", async () => {
    const { createServer } = await import("node:net");
    const server = createServer((socket) => { socket.on("error", () => undefined); }).listen(await freePort(), "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const start = performance.now();
    const error = await failureOf(sshd.connection({ port, connectTimeout: 0.3 }), { retryDelays: [100] });
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(error.reason).toBe("unreachable");
    expect(error.message).toContain("0.3 s");
    server.close();
  });

  test("a name that does not exist is not tried again", async () => {
    const start = performance.now();
    const error = await failureOf(sshd.connection({ address: "no-such-host.invalid" }), { retryDelays: [] });
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(error.reason).toBe("unreachable");
    expect(error.message).toContain("no-such-host.invalid");
  });

  test("a server that throttles (MaxStartups) is tried again", async () => {
    await using busy = await startSshd(["MaxStartups 1:100:1"]);
    const holder = connect(busy.port, "127.0.0.1");
    await once(holder, "data");
    const waiting = outcomeOf(busy.connection());
    await delay(1_000);
    holder.destroy();
    expect(await waiting).toBe("ok");
  });

  test("behind a jump host: a refused port and a forbidden forwarding", async () => {
    const refused = await failureOf(sshd.connection({ name: "far", port: await freePort(), jump: sshd.connection({ name: "jump" }) }), { retryDelays: [50] });
    expect(refused).toMatchObject({ reason: "unreachable" });
    await using strict = await startSshd(["AllowTcpForwarding no"]);
    const forbidden = await failureOf(sshd.connection({ name: "far", jump: strict.connection({ name: "jump" }) }));
    expect(forbidden).toMatchObject({ reason: "unreachable" });
    expect(forbidden.message).toContain("AllowTcpForwarding");
    const wrongKey = await failureOf(sshd.connection({ name: "far", jump: strict.connection({ name: "jump", privateKeyPath: join(strict.folder, "other_key") }) }));
    expect(wrongKey).toMatchObject({ reason: "authentication" });
    expect(wrongKey.message).toContain("jump");
  });
});

describe("login shells", () => {
  /** The forced command stands for a login shell: it gets the remote command as that would. */
  const loginShells: [string, string, boolean][] = [
    ["fish, whose config prints", "fish", false],
    ["tcsh, whose rc file prints", "tcsh", false],
    ["bash", "bash", false],
    ["busybox sh", "busybox sh", false],
    ["fish with sudo", "fish", true],
    ["tcsh with sudo", "tcsh", true],
  ];
  test.each(loginShells)("%s", async (_name, shell, sudo) => {
    const home = file("noisy");
    await mkdir(join(home, "fish"), { recursive: true });
    const noise = "echo 'Welcome; to \\$(noise)'\necho 'mail' >/dev/stderr\n";
    for (const name of [".tcshrc", ".bashrc", "fish/config.fish"]) await writeFile(join(home, name), noise);
    await using host = await startSshd([`ForceCommand HOME=${home} XDG_CONFIG_HOME=${home} exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`]);
    expect(await outcomeOf(host.connection({ sudo }))).toBe("ok");
  });

  test("a user who may not log in", async () => {
    await using host = await startSshd(["ForceCommand /usr/sbin/nologin"]);
    const error = await failureOf(host.connection());
    expect(error.reason).toBe("configuration");
  });

  test("a shell that never answers", async () => {
    await using host = await startSshd(["ForceCommand sleep 3"]);
    const error = await failureOf(host.connection({ connectTimeout: 0.5 }));
    expect(error).toMatchObject({ reason: "timeout" });
  });

  test("sudo that asks for a password, sudo that is missing", async () => {
    await using asking = await startSshd(['ForceCommand exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$SSH_ORIGINAL_COMMAND"']);
    const error = await failureOf(asking.connection({ sudo: true }));
    expect(error.reason).toBe("privilege");
    expect(error.message).toMatch(/password is required/);
    expect(error.message).toContain("NOPASSWD");
    await using missing = await startSshd(['ForceCommand PATH=/nonexistent exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"']);
    const none = await failureOf(missing.connection({ sudo: true }));
    expect(none.reason).toBe("privilege");
    expect(none.message).toContain("Install sudo");
  });
});
