import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "../../provider/transport/pool.js";
import { BATCH, failureOf, outcomeOf } from "./transport-outcome.js";
import { generateKey, startSshd, type TestSshd } from "./transport-sshd.js";

async function fingerprintOf(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)("ssh-keygen", ["-lf", path]);
  return /SHA256:\S+/.exec(stdout)?.[0] ?? "none";
}

let sshd: TestSshd;
const file = (name: string): string => join(sshd.folder, name);
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
});

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
    expect(await changed.countInLog(/Connection from/)).toBe(2); // the fixture's own probe and the one attempt
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
    await writeFile(
      config,
      `${await readFile(config, "utf8")}\nHostKey ${several.folder}/rsa\nHostKey ${several.folder}/ecdsa\n`,
    );
    await several.stop();
    await several.start();
    for (const type of ["rsa", "ecdsa", "host_key"]) {
      const known = join(several.folder, `known_${type}`);
      await writeFile(
        known,
        `[127.0.0.1]:${several.port} ${await readFile(join(several.folder, `${type}.pub`), "utf8")}`,
      );
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
    const errors: unknown[] = await Promise.all(
      Array.from({ length: 5 }, () => host.run(BATCH).catch((error: unknown) => error)),
    );
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
    for (const key of ["rsa_user", "ecdsa_user"])
      expect(await outcomeOf(sshd.connection({ privateKeyPath: file(key) }))).toBe("ok");
    expect(await outcomeOf(sshd.connection({ privateKeyPath: file("encrypted"), passphrase: "open sesame" }))).toBe(
      "ok",
    );
    const locked = await failureOf(sshd.connection({ privateKeyPath: file("encrypted") }));
    expect(locked).toMatchObject({ reason: "configuration" });
    expect(locked.message).toMatch(/encrypted and no passphrase/);
    const wrong = await failureOf(
      sshd.connection({ privateKey: await readFile(file("encrypted"), "utf8"), passphrase: "wrong phrase" }),
    );
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
    const { privateKeyPath: given, ...bare } = sshd.connection();
    expect(given).toBe(file("user_key"));
    const none = await failureOf(bare);
    expect(none).toMatchObject({ reason: "configuration" });
    expect(none.message).toMatch(/no key/);
    await writeFile(join(home, ".ssh/id_ed25519"), await readFile(file("user_key")));
    expect(await outcomeOf(bare)).toBe("ok");
    expect(await outcomeOf({ ...sshd.connection(), privateKeyPath: "~/.ssh/id_ed25519" })).toBe("ok");
    // An agent that no longer exists is skipped.
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
