import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPool, type Pool, type PoolOptions } from "../../provider/transport/pool.js";
import { TransportError, type Batch, type Command } from "../../provider/transport/transport.js";
import { testContract } from "../unit/transport-contract.js";
import { startProxy, startSshd, type TestSshd } from "./transport-sshd.js";

const sh = (script: string, rest: Partial<Command> = {}): Command => ({ argv: ["sh", "-c", script], ...rest });
const one = (script: string): Batch => ({ commands: [sh(script)] });

async function withPool<T>(use: (pool: Pool) => Promise<T>, options: PoolOptions = {}): Promise<T> {
  const pool = createPool(options);
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

async function failureOf(promise: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransportError);
  return error as TransportError;
}

async function appears(path: string, seconds: number): Promise<boolean> {
  for (let waited = 0; waited < seconds * 1000; waited += 50) {
    if (existsSync(path)) return true;
    await delay(50);
  }
  return false;
}

describe("an ssh transport", () => {
  let sshd: TestSshd;
  let pool: Pool;
  beforeAll(async () => {
    sshd = await startSshd();
    pool = createPool({ lock: { path: join(sshd.folder, "lock") } });
  });
  afterAll(async () => {
    await pool.close();
    await sshd[Symbol.asyncDispose]();
  });

  describe("runs batches", () => {
    testContract(() => pool.transport(sshd.connection()));
  });

  test("100 queued batches share one connection and keep their order", async () => {
    await using fresh = await startSshd(["MaxSessions 1"]);
    await withPool(async (own) => {
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
          const [result] = await own.transport(fresh.connection()).run({ commands: [{ argv: ["echo", String(i)] }] });
          expect(result?.stdout).toBe(String(i));
          order.push(i);
        }),
      );
      expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i));
    });
    expect(await fresh.countInLog(/Accepted publickey/)).toBe(1);
    expect(await fresh.countInLog(/Starting session/)).toBe(1);
  });

  test("a connection killed between two batches is made again", async () => {
    await using fresh = await startSshd();
    await withPool(async (own) => {
      const host = own.transport(fresh.connection());
      await host.run(one("true"));
      expect(await fresh.killConnections()).toBe(1);
      await delay(200);
      expect((await host.run(one("echo back")))[0]?.stdout).toBe("back");
    });
    expect(await fresh.countInLog(/Accepted publickey/)).toBe(2);
  });

  test("a connection killed in the middle loses what was sent, and the script runs to its end", async () => {
    await using fresh = await startSshd();
    const done = join(fresh.folder, "done");
    await withPool(async (own) => {
      const host = own.transport(fresh.connection());
      await host.run(one("true"));
      const inFlight = failureOf(host.run({ commands: [sh("sleep 1; echo out; echo err >&2"), sh(`echo >${done}`)] }));
      const company = failureOf(host.run(one("echo company")));
      await delay(300);
      expect(await fresh.killConnections()).toBe(1);
      const error = await inFlight;
      expect(await company).toBe(error);
      expect(error).toMatchObject({ reason: "lost", outcome: "unknown", host: "lab" });
      expect(error.message).toMatch(/lab \(root@127\.0\.0\.1:\d+\)/);
      expect(existsSync(done)).toBe(false);
      expect((await host.run(one("echo later")))[0]?.stdout).toBe("later");
      expect(await appears(done, 3)).toBe(true);
    });
  });

  test("sshd restarted: the next batch waits for it", async () => {
    await using fresh = await startSshd();
    await withPool(async (own) => {
      const host = own.transport(fresh.connection());
      await host.run(one("true"));
      await fresh.killConnections();
      await fresh.stop();
      await delay(200);
      const waiting = host.run(one("echo again"));
      await delay(1500);
      await fresh.start();
      expect((await waiting)[0]?.stdout).toBe("again");
    });
  });

  test("a script cut on its way runs nothing at all", async () => {
    await using proxy = await startProxy(sshd.port);
    const started = join(sshd.folder, "started");
    const known = sshd.connection();
    await withPool(async (own) => {
      const host = own.transport({ ...known, port: proxy.port, knownHostsPath: await knownFor(sshd, proxy.port) });
      await host.run(one("true"));
      proxy.cutAfter(200_000);
      const error = await failureOf(
        host.run({
          commands: [sh(`echo >${started}`), { argv: ["cat"], stdin: "x".repeat(1_000_000) }, sh(`echo >${started}`)],
        }),
      );
      expect(error).toMatchObject({ reason: "lost", outcome: "unknown" });
      expect(await appears(started, 1)).toBe(false);
    });
  });

  test("a link that goes silent is noticed", async () => {
    await using proxy = await startProxy(sshd.port);
    await withPool(
      async (own) => {
        const host = own.transport(
          sshd.connection({ port: proxy.port, knownHostsPath: await knownFor(sshd, proxy.port) }),
        );
        await host.run(one("true"));
        proxy.freeze();
        const error = await failureOf(host.run(one("true")));
        expect(error).toMatchObject({ reason: "lost", outcome: "unknown" });
        expect(error.message).toMatch(/no sign of life/);
      },
      { keepaliveInterval: 100 },
    );
  });

  test("a long silent command is no dead link", async () => {
    await withPool(
      async (own) => {
        expect((await own.transport(sshd.connection()).run(one("sleep 2; echo there")))[0]?.stdout).toBe("there");
      },
      { keepaliveInterval: 100 },
    );
  });

  test("one round trip a batch at 300 ms of latency", async () => {
    await using proxy = await startProxy(sshd.port, 150);
    await withPool(async (own) => {
      const host = own.transport(
        sshd.connection({ port: proxy.port, knownHostsPath: await knownFor(sshd, proxy.port) }),
      );
      await host.run(one("true"));
      const start = performance.now();
      await host.run({ commands: Array.from({ length: 100 }, () => ({ argv: ["true"] })) });
      expect(performance.now() - start).toBeLessThan(900);
    });
  });

  test("40 batches of two transports take turns under the lock", async () => {
    const counter = join(sshd.folder, "counter");
    const options = { lock: { path: join(sshd.folder, "mutual.lock") } };
    await withPool(
      async (a) =>
        withPool(async (b) => {
          await a.transport(sshd.connection()).run(one(`echo 0 >${counter}`));
          const increment: Batch = {
            lock: true,
            commands: [sh(`n=$(cat ${counter}); sleep 0.01; echo $((n+1)) >${counter}`)],
          };
          await Promise.all(
            Array.from({ length: 40 }, (_, i) =>
              (i % 2 === 0 ? a : b).transport(sshd.connection({ name: `lab${i % 8}` })).run(increment),
            ),
          );
          expect((await a.transport(sshd.connection()).run(one(`cat ${counter}`)))[0]?.stdout).toBe("40");
        }, options),
      options,
    );
  });

  test("a host that answers nothing in time is given up, and the next batch gets through", async () => {
    await using fresh = await startSshd(["MaxSessions 1"]);
    await withPool(
      async (own) => {
        const host = own.transport(fresh.connection());
        await host.run(one("true"));
        const error = await failureOf(host.run(one("sleep 3")));
        expect(error).toMatchObject({ reason: "timeout", outcome: "unknown" });
        expect((await host.run(one("echo next")))[0]?.stdout).toBe("next");
      },
      { batchTimeout: 500 },
    );
  });

  test("too much output is an error and not a flood", async () => {
    await withPool(
      async (own) => {
        const host = own.transport(sshd.connection());
        const error = await failureOf(host.run(one("head -c 3000000 /dev/zero | tr '\\0' x")));
        expect(error).toMatchObject({ reason: "output-limit", outcome: "unknown" });
        expect((await host.run(one("echo next")))[0]?.stdout).toBe("next");
      },
      { outputLimit: 1_000_000 },
    );
  });

  test("a jump host is checked, shared and passed through", async () => {
    await using jump = await startSshd();
    const far = sshd.connection({ name: "far", jump: jump.connection({ name: "jump" }) });
    await withPool(async (own) => {
      const [nearResult, farResult, again] = await Promise.all([
        own.transport(jump.connection({ name: "jump" })).run(one("echo $SSH_CONNECTION")),
        own.transport(far).run(one("echo $SSH_CONNECTION")),
        own.transport({ ...far, name: "far2" }).run(one("echo far2")),
      ]);
      expect(nearResult[0]?.stdout).toContain(` ${jump.port}`);
      expect(farResult[0]?.stdout).toContain(` ${sshd.port}`);
      expect(again[0]?.stdout).toBe("far2");
    });
    expect(await jump.countInLog(/Accepted publickey/)).toBe(1);
    const unknown = await withPool((own) =>
      failureOf(
        own
          .transport({
            ...far,
            jump: jump.connection({ name: "jump", knownHostsPath: join(sshd.folder, "known_hosts") }),
          })
          .run(one("true")),
      ),
    );
    expect(unknown).toMatchObject({ reason: "host-key", outcome: "not-started", host: "far" });
    expect(unknown.message).toContain("jump");
  });
});

/** A known_hosts file with the server's key under a proxy's port. */
async function knownFor(sshd: TestSshd, port: number): Promise<string> {
  const { readFile, writeFile } = await import("node:fs/promises");
  const path = join(sshd.folder, `known_${port}`);
  await writeFile(path, (await readFile(join(sshd.folder, "known_hosts"), "utf8")).replace(/:\d+ /, `:${port} `));
  return path;
}
