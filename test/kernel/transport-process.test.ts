import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostConnection } from "../../provider/transport/connection.js";
import { startSshd, type TestSshd } from "./transport-sshd.js";

/** The transports in a process of their own, compiled: what happens to the plugin process shows only there. */
const REPOSITORY = resolve(import.meta.dirname, "../..");
let folder: string;
let sshd: TestSshd;

beforeAll(async () => {
  sshd = await startSshd();
  folder = await mkdtemp(join(tmpdir(), "linuxnet-process-"));
  await mkdir(join(folder, "transport"));
  await symlink(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  await writeFile(join(folder, "package.json"), '{"type":"commonjs"}');
  const source = join(REPOSITORY, "provider/transport");
  for (const file of await readdir(source)) {
    const { outputText } = ts.transpileModule(await readFile(join(source, file), "utf8"), {
      fileName: file,
      compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.Node20, esModuleInterop: true },
    });
    await writeFile(join(folder, "transport", file.replace(/ts$/, "js")), outputText);
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await sshd[Symbol.asyncDispose]();
});

function start(body: string, connection: HostConnection): ChildProcess {
  const script = `const { createPool } = require("./transport/pool.js");
    const pool = createPool(); const host = pool.transport(${JSON.stringify(connection)});
    const run = (script) => host.run({ commands: [{ argv: ["sh", "-c", script] }] });
    (async () => { ${body} })().catch((error) => { console.error(error); process.exit(1); });`;
  // Detached: a process group of its own, to be killed as one.
  return spawn(process.execPath, ["-e", script], { cwd: folder, detached: true, stdio: ["ignore", "pipe", "inherit"] });
}

const kinds: [string, () => HostConnection][] = [
  ["ssh", () => sshd.connection()],
  ["local", () => ({ kind: "local", name: "here", sudo: false })],
  ["jump", () => sshd.connection({ name: "far", jump: sshd.connection({ name: "jump" }) })],
];

describe.each(kinds)("%s", (_kind, connection) => {
  test("an idle connection does not keep the process alive", async () => {
    const child = start(
      `console.log((await run("echo a"))[0].stdout); await new Promise((r) => setTimeout(r, 300)); console.log((await run("sleep 1; echo b"))[0].stdout);`,
      connection(),
    );
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const begin = performance.now();
    const [code] = (await once(child, "exit")) as [number];
    expect({ code, printed }).toEqual({ code: 0, printed: "a\nb\n" });
    expect(performance.now() - begin).toBeLessThan(4_000);
  });

  test("a killed process group does not stop the script that runs", async () => {
    const file = join(folder, `finished-${_kind}`);
    const child = start(
      `await run("true"); console.log("running"); await run("sleep 1; touch ${file}");`,
      connection(),
    );
    await once(child.stdout ?? child, "data");
    await delay(200);
    process.kill(-(child.pid ?? 0), "SIGINT");
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await once(child, "exit");
    expect(existsSync(file)).toBe(false);
    await delay(1_500);
    expect(existsSync(file)).toBe(true);
  });
});
