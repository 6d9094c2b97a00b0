/** Looks for keys, passwords and passphrases everywhere except where they belong. */
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { execFileSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { Stack } from "./stack.ts";

let folder: string;
let keys: string;
let lab: Lab;
let stack: Stack;
/** Another stack, with only the inventory. */
let inventoried: Stack;
let canaries: Record<string, string>;
let reached: Record<string, unknown>;

const program = `
const pulumi = require("@pulumi/pulumi");
const { Namespace } = require("pulumi-linuxnet");
const config = new pulumi.Config();
new Namespace(pulumi.getStack(), { host: "host1" });
if (config.get("host") === undefined) return;
const { given, extra = {} } = config.requireObject("host");
const secret = config.requireSecretObject("secrets");
// One by one as outputs, all at once as an output, and as plain texts of the program.
const { user, ...way } = given;
new Namespace("inline", { host: { ...way, user, name: "worker", ...extra, privateKey: secret.privateKey, passphrase: secret.passphrase } });
new Namespace("whole", { host: secret.apply((found) => ({ ...given, name: "other", privateKey: found.privateKey, passphrase: found.passphrase })) });
const plain = JSON.parse(process.env.PLAIN_SECRETS);
new Namespace("plain", { host: { ...given, name: "third", ...plain } });
`;

beforeAll(async () => {
  folder = makeConsumer();
  keys = mkdtempSync(path.join(os.tmpdir(), "linuxnet-keys-"));
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: "host1", address: "10.0.12.15/22" }] });
  const { privateKeyPath, ...way } = lab.inventory().host1!;
  const key = path.join(keys, "key");
  copyFileSync(privateKeyPath, key);
  const passphrase = "canary-passphrase-4711";
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", key]);
  const privateKey = readFileSync(key, "utf8");
  canaries = {
    passphrase,
    password: "canary-password-4712",
    sudoPassword: "canary-sudo-4713",
    // The second line of its Base64: the first is the same for all keys.
    privateKey: privateKey.split("\n")[2]!,
  };
  const { password, sudoPassword } = canaries as { password: string; sudoPassword: string };
  reached = { ...way, privateKey, passphrase, password, sudo: true, sudoPassword };
  process.env.PLAIN_SECRETS = JSON.stringify({ privateKey, passphrase, password, sudo: true, sudoPassword });
  stack = await new Stack(lab, folder).program(program).init();
  inventoried = await new Stack(lab, folder, "inventoried").program(program).init();
  for (const one of [stack, inventoried]) await setSecret(one, "linuxnet:hosts", { host1: reached });
  await setSecret(stack, "secrets", { privateKey, passphrase });
  await stack.succeed("config", "set", "--stack", stack.name, "host", JSON.stringify({ given: way }));
}, 300_000);
afterAll(async () => {
  delete process.env.PLAIN_SECRETS;
  await lab.stop();
  for (const one of [folder, keys]) rmSync(one, { recursive: true });
});

/** Sets a secret in the configuration through standard input, because it must not appear in the process list. */
async function setSecret(stack: Stack, key: string, value: object): Promise<void> {
  const { argv, env } = stack.command("config", "set", "--stack", stack.name, "--secret", key);
  const options = { cwd: folder, env: env as Record<string, string>, input: JSON.stringify(value) };
  await lab.operator(argv, options);
}

/** Which canaries a text contains, as they are or in Base64. */
function found(text: string): string[] {
  return Object.entries(canaries)
    .filter(([, canary]) => text.includes(canary) || text.includes(Buffer.from(canary).toString("base64").slice(0, -4)))
    .map(([name]) => name);
}

/** Runs something, and watches what all processes of the machine show to others in the meantime. */
async function watching<T>(body: () => Promise<T>): Promise<{ result: T; seen: string[]; looks: number }> {
  const seen = new Set<string>();
  const over = new AbortController();
  let looks = 0;
  const watch = (async () => {
    while (!over.signal.aborted) {
      looks += 1;
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        for (const name of found(contents(`/proc/${pid}/cmdline`))) seen.add(`${name} in an argument list`);
        const environment = contents(`/proc/${pid}/environ`);
        // Pulumi passes its configuration to the program in the environment, which also has this test's own secrets.
        if (!environment.includes("PULUMI_") && !environment.includes("PLAIN_SECRETS="))
          for (const name of found(environment)) seen.add(`${name} in an environment`);
      }
      await delay(10);
    }
  })();
  try {
    return { result: await body(), seen: [...seen], looks };
  } finally {
    over.abort();
    await watch;
  }
}

function contents(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // The process has ended, or the file is a socket.
    return "";
  }
}

/** All files below a folder, except for installed packages. */
function filesIn(place: string): string[] {
  return readdirSync(place).flatMap((name) => {
    const file = path.join(place, name);
    if (name === "node_modules") return [];
    const kind = statSync(file, { throwIfNoEntry: false });
    return kind?.isDirectory() ? filesIn(file) : kind?.isFile() ? [file] : [];
  });
}

describe.sequential("secrets", () => {
  test("are in no output, log, argument list and environment of an up", async () => {
    const preview = await stack.preview("--diff");
    const { result, seen, looks } = await watching(() => stack.up("--diff"));
    expect(result.changes).toEqual({ create: 4 });
    expect(looks).toBeGreaterThan(20);
    expect(seen).toEqual([]);
    expect(found(preview.output + result.output)).toEqual([]);
  });

  test("are in no state and in no other file", async () => {
    // The lab's own keys; and the event log that these tests make the engine write, with Pulumi's debug messages.
    const known = ["lab", ".events-test"].map((name) => path.join(folder, name));
    const files = filesIn(folder).filter((file) => !known.some((start) => file.startsWith(start)));
    expect(files.some((file) => file.includes(".state/.pulumi/stacks"))).toBe(true);
    expect(files.flatMap((file) => found(contents(file)).map((name) => `${name} in ${file}`))).toEqual([]);
    const exported = await stack.succeed("stack", "export", "--stack", stack.name);
    expect(found(exported.output)).toEqual([]);
    // The search itself works: with its secrets shown, the state contains them.
    const shown = await stack.succeed("stack", "export", "--stack", stack.name, "--show-secrets");
    expect(found(shown.output.replaceAll("\\n", "\n"))).toEqual(Object.keys(canaries));
    expect(lab.hosts).toEqual(["host1"]);
  });

  // Those of inline hosts are in it: @pulumi/pulumi's own debug messages show the outputs of every resource, secret or
  // not.
  test("of the inventory are in no debug log either", async () => {
    const said: string[] = [];
    for (const operation of ["up", "refresh", "destroy"] as const) {
      const { output } = await inventoried[operation]("--debug");
      said.push(output);
      expect(found(output), operation).toEqual([]);
    }
    expect(said.join("\n").match(/RegisterResource RPC finished/g)?.length).toBeGreaterThan(2);
    expect(found(contents(path.join(folder, ".events-inventoried")))).toEqual([]);
  });

  // The engine logs whatever it sends to a provider there, including the secrets of each provider.
  test("of the inventory are in no line of ours of the engine's own log", async () => {
    const { output } = await inventoried.up("--logtostderr", "-v=9");
    const lines = output.split("\n").filter((line) => found(line).length > 0);
    expect(lines.filter((line) => !/^\{"time".*"msg":"(Marshaling|Unmarshaling|Planner decided)/.test(line))).toEqual(
      [],
    );
    await inventoried.destroy();
  });

  test("that stand in files are nowhere, the engine's own log included", async () => {
    const { privateKey, passphrase, password, sudoPassword, ...way } = reached as Record<string, string>;
    const files = { privateKey, passphrase, password, sudoPassword };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(keys, name), `${text!.trimEnd()}\n`);
    const paths = Object.keys(files).map((name) => [`${name}Path`, path.join(keys, name)]);
    const byFiles = await new Stack(lab, folder, "files").program(program).init();
    await byFiles.succeed("config", "rm", "--stack", byFiles.name, "linuxnet:hosts");
    await byFiles.setInventory({ host1: { ...way, ...(Object.fromEntries(paths) as object) } });
    const outputs: string[] = [];
    for (const operation of ["preview", "up", "refresh", "destroy"] as const) {
      const { output } = await byFiles[operation]("--logtostderr", "-v=9", "--debug");
      expect(output).toContain("Marshaling property for RPC");
      outputs.push(output);
    }
    expect(found(outputs.join("\n"))).toEqual([]);
    expect(found(contents(path.join(folder, ".events-files")))).toEqual([]);
  });

  test("change nothing when they change, nor do addresses and users", async () => {
    const other = { ...reached, password: "another", passphrase: canaries.passphrase };
    await setSecret(stack, "linuxnet:hosts", { host1: { ...other, connectTimeout: 20 } });
    const { privateKey: _k, passphrase: _p, password: _w, sudo: _s, sudoPassword: _sp, ...way } = reached;
    const extra = { connectTimeout: 20, connectionAttempts: 2 };
    await stack.succeed("config", "set", "--stack", stack.name, "host", JSON.stringify({ given: way, extra }));
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: 4 });
    await setSecret(stack, "linuxnet:hosts", { host1: reached });
  });

  test("are in no error", async () => {
    const said: string[] = [];
    const failing = async (host: object) => {
      await setSecret(stack, "linuxnet:hosts", { host1: host });
      const args = ["--yes", "--skip-preview", "--run-program", "--stack", stack.name];
      const { exitCode, output } = await stack.pulumi("refresh", ...args);
      expect(exitCode, output).not.toBe(0);
      said.push(output);
    };
    await failing({ ...reached, passphrase: `${canaries.passphrase}x` });
    await failing({ ...reached, privateKey: `${String(reached.privateKey)}x` });
    await failing({ ...reached, password: `${canaries.password}\n` });
    await failing({ ...reached, privateKey: undefined, passphrase: undefined });
    await failing({ ...reached, sudopassword: canaries.sudoPassword });
    expect(said[0]).toMatch(/the passphrase does not open it/);
    expect(said[1]).toMatch(/linuxnet:hosts\.host1\.privateKey a private key is the whole text/);
    expect(said[2]).toMatch(/linuxnet:hosts\.host1\.password a password has to be one line/);
    expect(said[3]).toMatch(/refused all that was offered \(the password; it takes publickey/);
    expect(said[4]).toMatch(
      /linuxnet:hosts\.host1\.sudopassword is not a property of a host; did you mean sudoPassword\?/,
    );
    expect(said.flatMap(found)).toEqual([]);
  });

  test("in plain text in the configuration are refused before anything is registered", async () => {
    const plain = { ...reached, privateKey: undefined };
    await stack.succeed("config", "rm", "--stack", stack.name, "linuxnet:hosts");
    await stack.setInventory({ host1: plain });
    const { exitCode, output } = await stack.pulumi("preview", "--stack", stack.name);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(
      /linuxnet:hosts\.host1\.(passphrase|password) is unencrypted in the stack configuration.*pulumi config set --secret --path 'linuxnet:hosts\.host1\./s,
    );
    expect(found(output)).toEqual([]);
    await stack.succeed("config", "rm", "--stack", stack.name, "linuxnet:hosts");
    await setSecret(stack, "linuxnet:hosts", { host1: reached });
    expect((await stack.destroy("--run-program")).changes).toMatchObject({ delete: 4 });
  });
});
