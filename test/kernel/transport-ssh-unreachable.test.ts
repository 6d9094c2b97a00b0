import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool } from "../../provider/transport/pool.js";
import { BATCH, failureOf, outcomeOf } from "./transport-outcome.js";
import { freePort, startSshd, type TestSshd } from "./transport-sshd.js";

let sshd: TestSshd;
const file = (name: string): string => join(sshd.folder, name);
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(async () => {
  await sshd[Symbol.asyncDispose]();
});

describe("hosts that cannot be reached", () => {
  test("a refused port fails within its bounded attempts, and queued batches fail together", async () => {
    const port = await freePort();
    const start = performance.now();
    const pool = createPool();
    const host = pool.transport(sshd.connection({ port, name: "dead" }));
    const errors: unknown[] = await Promise.all(
      Array.from({ length: 20 }, () => host.run(BATCH).catch((error: unknown) => error)),
    );
    errors.push(await host.run(BATCH).catch((error: unknown) => error));
    await pool.close();
    expect(performance.now() - start).toBeLessThan(15_000);
    for (const error of errors)
      expect(error).toMatchObject({ reason: "unreachable", outcome: "not-started", host: "dead" });
    expect((errors[0] as Error).message).toContain(`dead (root@127.0.0.1:${port})`);
  });

  test("a server that never says anything fails in the connect timeout's time", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
    }).listen(await freePort(), "127.0.0.1");
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

  test("ten runs that come at once are all let in by a server with MaxStartups 2:50:5", async () => {
    await using busy = await startSshd(["MaxStartups 2:50:5"]);
    const runs = Array.from({ length: 10 }, () => outcomeOf(busy.connection()));
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 10 }, () => "ok"));
    // The server did drop some connections, and each run had one connection in the end.
    expect(await busy.countInLog(/drop connection|past MaxStartups/)).toBeGreaterThan(0);
    expect(await busy.countInLog(/Accepted publickey/)).toBe(10);
  });

  test("behind a jump host: a refused port and a forbidden forwarding", async () => {
    const refused = await failureOf(
      sshd.connection({ name: "far", port: await freePort(), jump: sshd.connection({ name: "jump" }) }),
      { retryDelays: [50] },
    );
    expect(refused).toMatchObject({ reason: "unreachable" });
    await using strict = await startSshd(["AllowTcpForwarding no"]);
    const forbidden = await failureOf(sshd.connection({ name: "far", jump: strict.connection({ name: "jump" }) }));
    expect(forbidden).toMatchObject({ reason: "unreachable" });
    expect(forbidden.message).toContain("AllowTcpForwarding");
    const wrongKey = await failureOf(
      sshd.connection({
        name: "far",
        jump: strict.connection({ name: "jump", privateKeyPath: join(strict.folder, "other_key") }),
      }),
    );
    expect(wrongKey).toMatchObject({ reason: "authentication" });
    expect(wrongKey.message).toContain("jump");
  });
});

describe("login shells", () => {
  /** The forced command stands in for a login shell: it receives the remote command as the shell would. */
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
    await using host = await startSshd([
      `ForceCommand HOME=${home} XDG_CONFIG_HOME=${home} exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`,
    ]);
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
    await using asking = await startSshd([
      'ForceCommand exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$SSH_ORIGINAL_COMMAND"',
    ]);
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
