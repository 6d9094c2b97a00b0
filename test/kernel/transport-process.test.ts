import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostConnection, SshConnection } from "../../provider/transport/connection.js";
import { generateKey, startSshd, type TestSshd } from "./transport-sshd.js";

/** Runs the compiled transports in a separate process: only that shows what happens to the plugin process. */
const REPOSITORY = resolve(import.meta.dirname, "../..");
let folder: string;
let sshd: TestSshd;
let agent: ChildProcess;
const password = "a password";

beforeAll(async () => {
  const methods = ["PasswordAuthentication yes", "KbdInteractiveAuthentication yes", "UsePAM yes"];
  sshd = await startSshd(methods, { name: "ops", password, sudoers: "ops ALL=(root) /bin/sh" });
  const locked = join(sshd.folder, "locked_key");
  await generateKey(locked, "ed25519", password);
  await appendFile(join(sshd.folder, "authorized_keys"), await readFile(`${locked}.pub`));
  agent = spawn("ssh-agent", ["-D", "-a", join(sshd.folder, "agent")], { stdio: ["ignore", "pipe", "inherit"] });
  await once(agent.stdout!, "data");
  execFileSync("ssh-add", ["-q", join(sshd.folder, "user_key")], {
    env: { ...process.env, SSH_AUTH_SOCK: join(sshd.folder, "agent") },
  });
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
  agent.kill();
  await rm(folder, { recursive: true });
  await sshd[Symbol.asyncDispose]();
});

function start(body: string, connection: HostConnection): ChildProcess {
  const script = `const { createPool } = require("./transport/pool.js");
    const pool = createPool(); const host = pool.transport(${JSON.stringify(connection)});
    const run = (script) => host.run({ commands: [{ argv: ["sh", "-c", script] }] });
    (async () => { ${body} })().catch((error) => { console.error(error); process.exit(1); });`;
  // Detached: a separate process group, which can be killed as one.
  return spawn(process.execPath, ["-e", script], { cwd: folder, detached: true, stdio: ["ignore", "pipe", "inherit"] });
}

const kinds: [string, () => HostConnection][] = [
  ["ssh", () => sshd.connection()],
  ["local", () => ({ kind: "local", name: "here", sudo: false })],
  ["jump", () => sshd.connection({ name: "far", jump: sshd.connection({ name: "jump" }) })],
];

/** Uses only what is given. */
function asOps(changes: Partial<SshConnection>): HostConnection {
  const { privateKeyPath: _key, ...connection } = sshd.connection({ user: "ops", ...changes });
  return connection;
}
const logins: [string, () => HostConnection][] = [
  ["password", () => asOps({ password })],
  ["agent", () => asOps({ agent: join(sshd.folder, "agent") })],
  [
    "passphrase",
    () => sshd.connection({ user: "ops", privateKeyPath: join(sshd.folder, "locked_key"), passphrase: password }),
  ],
  ["sudo with a password", () => sshd.connection({ user: "ops", sudo: true, sudoPassword: password })],
];

describe.each([...kinds, ...logins])("%s", (_kind, connection) => {
  test("an idle connection does not keep the process alive, and nothing of it is left on the host", async () => {
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
    await expect.poll(() => sshd.connections(), { timeout: 3_000 }).toBe(0);
  });
});

describe.each(kinds)("%s", (_kind, connection) => {
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
