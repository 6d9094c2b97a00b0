/** Ways to log in and to become root, on real servers with their own users. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SshConnection } from "../../provider/transport/connection.js";
import { failureOf, outcomeOf, runOn } from "./transport-outcome.js";
import { type TestSshd, type TestUser, answers, freePort, generateKey, startSshd, withUser } from "./transport-sshd.js";

const password = "pa ss'wörd$(id)";
const ops: TestUser = { name: "ops", password };

/** Logs in as that user, only with what is given. */
function asOps(sshd: TestSshd, changes: Partial<SshConnection>): SshConnection {
  const { privateKeyPath: _key, ...connection } = sshd.connection({ user: "ops", ...changes });
  return connection;
}

describe("a password", () => {
  test("lets in, by the method password", async () => {
    await using sshd = await startSshd(["PasswordAuthentication yes"], ops);
    expect(await outcomeOf(asOps(sshd, { password }))).toBe("ok");
  });

  test("lets in where the server asks for it (keyboard-interactive, PAM)", async () => {
    await using sshd = await startSshd(["UsePAM yes", "KbdInteractiveAuthentication yes"], ops);
    expect(await outcomeOf(asOps(sshd, { password }))).toBe("ok");
  });

  test.each([
    ["password", ["PasswordAuthentication yes"]],
    [
      "PAM, which would take it by both methods",
      ["UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication yes"],
    ],
  ])("that is wrong is tried once, and never shown: %s", async (_method, config) => {
    await using sshd = await startSshd(config, ops);
    const error = await failureOf(asOps(sshd, { password: "wrong-canary" }));
    expect(error.reason).toBe("authentication");
    expect(error.message).toMatch(
      /ops@127\.0\.0\.1:\d+\) refused all that was offered \(the password; it takes .*password|keyboard/,
    );
    expect(error.message).toContain("Correct the password");
    expect(error.message + (error.stack ?? "")).not.toContain("wrong-canary");
    expect(await sshd.countInLog(/Failed (password|keyboard-interactive\/pam) for ops/)).toBe(1);
  });

  test("comes after the key where the server wants both", async () => {
    await using sshd = await startSshd(["PasswordAuthentication yes", "AuthenticationMethods publickey,password"], ops);
    const both = sshd.connection({ user: "ops", password });
    expect(await outcomeOf(both)).toBe("ok");
    const { password: _password, ...keyOnly } = both;
    const error = await failureOf(keyOnly);
    expect(error.message).toContain("it takes password");
  });

  test("is not offered to a server that takes keys only", async () => {
    await using sshd = await startSshd([], ops);
    const error = await failureOf(asOps(sshd, { password }));
    expect(error.message).toContain("it takes publickey");
    expect(await sshd.countInLog(/Failed password/)).toBe(0);
  });
});

describe("sudo", () => {
  const sudoers = "ops ALL=(root) /bin/sh";

  test("that asks is given the password on its standard input", async () => {
    await using sshd = await startSshd([], { ...ops, sudoers });
    const connection = sshd.connection({ user: "ops", sudo: true, sudoPassword: password });
    expect((await runOn(connection, ["id", "-u"])).trim()).toBe("0");
    // No trace of the password remains in the shell or in what the host can list.
    const seen = await runOn(connection, [
      "sh",
      "-c",
      "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; set",
    ]);
    expect(seen).not.toContain(password);
  });

  test("that asks nothing is given nothing", async () => {
    await using sshd = await startSshd([], { ...ops, sudoers: "ops ALL=(root) NOPASSWD: /bin/sh" });
    const connection = sshd.connection({ user: "ops", sudo: true, sudoPassword: "not needed" });
    expect((await runOn(connection, ["id", "-u"])).trim()).toBe("0");
    expect((await runOn(sshd.connection({ user: "ops", sudo: true }), ["id", "-u"])).trim()).toBe("0");
  });

  test("is given a wrong password once", async () => {
    await using sshd = await startSshd([], { ...ops, sudoers });
    const error = await failureOf(sshd.connection({ user: "ops", sudo: true, sudoPassword: "wrong-canary" }));
    expect(error.reason).toBe("privilege");
    expect(error.message).toMatch(/sudo gives no root shell.*try again.*Correct sudoPassword/s);
    expect(error.message).not.toContain("wrong-canary");
  });

  test("that a user may not use says the line that is needed", async () => {
    await using sshd = await startSshd([], ops);
    const error = await failureOf(sshd.connection({ user: "ops", sudo: true, sudoPassword: password }));
    expect(error).toMatchObject({ reason: "privilege" });
    expect(error.message).toContain('the line "ops ALL=(root) /bin/sh"');
    const without = await failureOf(sshd.connection({ user: "ops", sudo: true }));
    expect(without.message).toContain('the line "ops ALL=(root) NOPASSWD: /bin/sh"');
  });

  test.each(["/usr/bin/fish", "/usr/bin/tcsh", "/bin/bash"])(
    "with a password under the login shell %s",
    async (shell) => {
      await using sshd = await startSshd([], { ...ops, sudoers, shell });
      const connection = sshd.connection({ user: "ops", sudo: true, sudoPassword: password });
      expect((await runOn(connection, ["id", "-u"])).trim()).toBe("0");
    },
  );
});

describe("dropbear", () => {
  test("takes keys and passwords", async () => {
    const folder = await mkdtemp(join(tmpdir(), "linuxnet-dropbear-"));
    const file = (name: string) => join(folder, name);
    const port = await freePort();
    await generateKey(file("user_key"));
    execFileSync("dropbearkey", ["-t", "ed25519", "-f", file("host_key")], { stdio: "ignore" });
    const argv = ["dropbear", "-F", "-E", "-p", `127.0.0.1:${port}`, "-P", file("pid"), "-r", file("host_key")];
    const start = await withUser(folder, ops, argv);
    const ssh = join(folder, "home/ops/.ssh");
    await mkdir(ssh, { recursive: true });
    await copyFile(file("user_key.pub"), join(ssh, "authorized_keys"));
    const server = spawn(start[0]!, start.slice(1), { stdio: "ignore" });
    try {
      while (!(await answers(port))) expect(server.exitCode).toBeNull();
      const bare: SshConnection = {
        kind: "ssh",
        name: "lab",
        address: "127.0.0.1",
        port,
        user: "ops",
        sudo: false,
        knownHostsPath: file("known_hosts"),
        strictHostKeyChecking: "accept-new",
      };
      expect(await outcomeOf({ ...bare, password })).toBe("ok");
      // Strict from now on: the learned key is the server's.
      const strict: SshConnection = { ...bare, strictHostKeyChecking: "yes" };
      expect(await outcomeOf({ ...strict, privateKeyPath: file("user_key") })).toBe("ok");
      expect(await readFile(file("known_hosts"), "utf8")).toMatch(/^\[127\.0\.0\.1\]:\d+ \S+ \S+\n$/);
      expect((await failureOf({ ...strict, password: "wrong" })).reason).toBe("authentication");
    } finally {
      server.kill();
      await once(server, "exit");
      await rm(folder, { recursive: true });
    }
  });
});

describe("host keys", () => {
  test("that are pinned count, by themselves or by fingerprint, and no file does", async () => {
    await using sshd = await startSshd();
    const [type, base64] = (await readFile(join(sshd.folder, "host_key.pub"), "utf8")).split(" ");
    const { knownHostsPath: _file, ...bare } = sshd.connection();
    const unknown = await failureOf({ ...bare, knownHostsFiles: [join(sshd.folder, "nothing")] });
    const fingerprint = /SHA256:\S+/.exec(unknown.message)![0];
    for (const hostKey of [`${type!} ${base64!}`, `${type!} ${base64!} root@lab`, fingerprint])
      expect(await outcomeOf({ ...bare, hostKeys: [hostKey] })).toBe("ok");
    const other = (await readFile(join(sshd.folder, "other_key.pub"), "utf8")).trim();
    const changed = await failureOf({ ...bare, hostKeys: [other] });
    expect(changed.reason).toBe("host-key");
    expect(changed.message).toMatch(
      new RegExp(`${fingerprint.replaceAll("+", "\\+")}.*but the known one is SHA256:.*hostKeys`),
    );
  });

  test("that are new are learnt by accept-new, and a changed one is refused", async () => {
    await using sshd = await startSshd();
    const known = join(sshd.folder, "fresh", "known_hosts");
    const warnings: string[] = [];
    const accepting = sshd.connection({ knownHostsPath: known, strictHostKeyChecking: "accept-new" });
    const options = { warn: (host: string, text: string) => warnings.push(`${host} ${text}`) };
    expect(await outcomeOf(accepting, options)).toBe("ok");
    expect(await outcomeOf(accepting, options)).toBe("ok");
    expect(warnings).toEqual([expect.stringMatching(/^lab its key SHA256:.* was not known, and is now, in /)]);
    expect(await outcomeOf(sshd.connection({ knownHostsPath: known }))).toBe("ok");
    const other = (await readFile(join(sshd.folder, "other_key.pub"), "utf8")).trim();
    await writeFile(known, `[127.0.0.1]:${sshd.port} ${other}\n`);
    expect((await failureOf(accepting)).reason).toBe("host-key");
  });

  test('are not checked with "no", loudly; revoked ones are', async () => {
    await using sshd = await startSshd();
    const known = join(sshd.folder, "hosts");
    const other = (await readFile(join(sshd.folder, "other_key.pub"), "utf8")).trim();
    await writeFile(known, `[127.0.0.1]:${sshd.port} ${other}\n`);
    const warnings: string[] = [];
    const options = { warn: (_host: string, text: string) => warnings.push(text) };
    const unchecked = sshd.connection({ knownHostsPath: known, strictHostKeyChecking: "no" });
    expect(await outcomeOf(unchecked, options)).toBe("ok");
    expect(warnings).toEqual([expect.stringMatching(/^ITS HOST KEY WAS NOT CHECKED .* is changed, and anybody/)]);
    const own = (await readFile(join(sshd.folder, "host_key.pub"), "utf8")).trim();
    await writeFile(known, `@revoked [127.0.0.1]:${sshd.port} ${own}\n`);
    expect((await failureOf(unchecked)).message).toContain("revoked");
  });
});
