import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalTransport, type LocalOptions } from "../../provider/transport/local.js";
import { createPool } from "../../provider/transport/pool.js";
import type { Batch, Transport } from "../../provider/transport/transport.js";

const HERE = { kind: "local", name: "here", sudo: false } as const;
const one = (script: string, rest: Partial<Batch> = {}): Batch => ({
  commands: [{ argv: ["sh", "-c", script] }],
  ...rest,
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "linuxnet-local-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function withLocal<T>(options: LocalOptions, use: (transport: Transport) => Promise<T>): Promise<T> {
  const transport = createLocalTransport(HERE, { lock: { path: join(folder, "lock") }, ...options });
  try {
    return await use(transport);
  } finally {
    await transport.close();
  }
}

test("40 batches of as many transports take turns under the lock", async () => {
  const counter = join(folder, "counter");
  await promisify(execFile)("sh", ["-c", `echo 0 >${counter}`]);
  await Promise.all(
    Array.from({ length: 40 }, () =>
      withLocal({}, (transport) =>
        transport.run(one(`n=$(cat ${counter}); sleep 0.01; echo $((n+1)) >${counter}`, { lock: true })),
      ),
    ),
  );
  expect((await withLocal({}, (transport) => transport.run(one(`cat ${counter}`))))[0]?.stdout).toBe("40");
}, 20_000);

test("a lock that stays held is an error, and nothing has run", async () => {
  const holder = spawn("flock", [join(folder, "lock"), "sleep", "3"], { stdio: "ignore" });
  await delay(200);
  const file = join(folder, "ran");
  await expect(
    withLocal({ lock: { path: join(folder, "lock"), wait: 1 } }, (transport) =>
      transport.run(one(`touch ${file}`, { lock: true })),
    ),
  ).rejects.toMatchObject({ reason: "locked", outcome: "not-started" });
  expect(existsSync(file)).toBe(false);
  await once(holder, "exit");
});

test("a host without flock is told which package", async () => {
  // The greeting appends the system's folders to PATH, so flock cannot be hidden. This one fails as a missing one does.
  await writeFile(join(folder, "flock"), "#!/bin/sh\necho 'exec: flock: not found' >&2; exit 127\n", { mode: 0o755 });
  const failure = withLocal({ shell: ["env", `PATH=${folder}:/usr/bin:/bin`, "/bin/sh"] }, (transport) =>
    transport.run(one("true", { lock: true })),
  );
  await expect(failure).rejects.toMatchObject({ reason: "configuration", outcome: "not-started" });
  await expect(failure).rejects.toThrow("util-linux");
});

// Above a command are two shells that collect its output, the script's own shell and, at the top, the one that reads
// scripts.
const ancestor = (generation: number): string =>
  `p=$PPID; i=0; while [ $i -lt ${generation} ]; do p=$(ps -o ppid= -p $p); i=$((i+1)); done; echo $p`;

test.each([
  ["that reads scripts", 3],
  ["of the script", 2],
  ["that collects", 1],
])("a killed shell, the one %s, loses its batch, and the next one gets through", async (_name, generation) => {
  await withLocal({}, async (transport) => {
    await transport.run(one("true"));
    const lost = expect(transport.run(one(`kill -9 $(${ancestor(generation)}); sleep 0.2`))).rejects.toMatchObject({
      reason: "lost",
      outcome: "unknown",
      host: "here",
    });
    await lost;
    expect((await transport.run(one("echo next")))[0]?.stdout).toBe("next");
  });
});

test("a batch that takes too long is given up, and runs on", async () => {
  const file = join(folder, "ran on");
  await withLocal({ batchTimeout: 200 }, async (transport) => {
    await expect(transport.run(one(`sleep 0.6; touch '${file}'`))).rejects.toMatchObject({
      reason: "timeout",
      outcome: "unknown",
    });
    expect((await transport.run(one("echo next")))[0]?.stdout).toBe("next");
  });
  await delay(800);
  expect(existsSync(file)).toBe(true);
});

test("a shell that is not there", async () => {
  await expect(
    withLocal({ shell: ["/nonexistent/sh"] }, (transport) => transport.run(one("true"))),
  ).rejects.toMatchObject({ reason: "configuration", outcome: "not-started" });
});

test("a command that cannot be one fails alone", async () => {
  await withLocal({}, async (transport) => {
    const bad = transport.run({ commands: [{ argv: ["echo", "a\0b"] }] });
    const good = transport.run(one("echo good"));
    await expect(bad).rejects.toThrow(RangeError);
    expect((await good)[0]?.stdout).toBe("good");
  });
});

test("close waits for what is queued, and nothing runs afterwards", async () => {
  const transport = createLocalTransport(HERE);
  const batches = [1, 2, 3].map((i) => transport.run(one(`sleep 0.05; echo ${i}`)));
  await transport.close();
  expect((await Promise.all(batches)).map(([result]) => result?.stdout)).toEqual(["1", "2", "3"]);
  await expect(transport.run(one("true"))).rejects.toMatchObject({ outcome: "not-started" });
});

test("a pool has one transport for equal details and another for others", async () => {
  const pool = createPool();
  expect(pool.transport({ kind: "local", name: "here", sudo: false })).toBe(
    pool.transport({ sudo: false, name: "here", kind: "local" }),
  );
  expect(pool.transport(HERE)).not.toBe(pool.transport({ ...HERE, name: "there" }));
  expect((await pool.transport(HERE).run(one("echo pooled")))[0]?.stdout).toBe("pooled");
  await pool.close();
});
