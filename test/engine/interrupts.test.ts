import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { labelledBlock } from "../documentation.ts";
import { makeConsumer } from "./consumer.ts";
import { type Network, output, programFromData, setNetwork } from "./network.ts";
import { PulumiProcess } from "./pulumi-process.ts";
import { Stack } from "./stack.ts";

const host = "host1";
const containers = 40;

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;
let running: PulumiProcess | undefined;

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  // What a rule enables stays on, so it is on from the start.
  await lab.exec(host, ["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
  await setNetwork(stack, network);
});
afterEach(() => running?.killPlugins());
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const network: Network = { lan: { kind: "Bridge", args: { host, addresses: ["10.1.0.1/16"] } } };
for (let number = 1; number <= containers; number++) {
  const address = `10.1.1.${number}`;
  Object.assign(network, {
    [`box${number}`]: { kind: "Namespace", args: { host } },
    [`eth${number}`]: {
      kind: "Veth",
      args: {
        host,
        namespace: output(`box${number}.name`),
        addresses: [`${address}/16`],
        peer: { name: `port${number}`, bridge: output("lan.name") },
      },
    },
    [`web${number}`]: {
      kind: "PortForward",
      args: { host, protocol: "tcp", listenPort: 8000 + number, targetAddress: address, targetPort: 80 },
    },
  } satisfies Network);
}
const size = Object.keys(network).length;

/** Starts an operation, and waits until this many resources are done. */
async function startedTo(operation: "up" | "destroy", reached: number): Promise<PulumiProcess> {
  running = PulumiProcess.start(lab, stack, operation);
  await running.reach(reached);
  return running;
}

/** Interrupts a run. Resolves with the milliseconds until it ended, and with its output. */
async function interrupt(run: PulumiProcess, times = 1) {
  const start = Date.now();
  run.interrupt();
  for (let again = 1; again < times; again++) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    run.interrupt();
  }
  const ended = await run.end();
  return { ...ended, took: Date.now() - start };
}

/**
 * The names of the resources whose marks are on the host but not in the state, and of those in the state but not on the
 * host.
 */
async function apart(): Promise<{ unknown: string[]; missing: string[] }> {
  const marks = new Set((await lab.dump(host)).match(/linuxnet:[\w./@-]+/g));
  const recorded = new Set(Object.values(await stack.resources()).map(({ outputs }) => outputs.mark as string));
  const names = (from: Set<string>, but: Set<string>) =>
    [...from].filter((mark) => !but.has(mark)).map((mark) => mark.split("/").at(-1)!);
  return { unknown: names(marks, recorded), missing: names(recorded, marks) };
}

/**
 * Takes the host's lock, and waits until a script of the run waits for it. That script is in the middle of a create.
 */
async function holdRules(): Promise<{ release: () => Promise<unknown> }> {
  const hold = `
    flock -F /run/linuxnet.lock sleep 120 >/dev/null 2>&1 &
    until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.01; done
    for attempt in $(seq 1000); do grep -q -e '->' /proc/locks && echo "$!" && exit; sleep 0.01; done
    kill "$!"; echo "nobody wants the lock" >&2; exit 1`;
  const { stdout: pid } = await lab.exec(host, ["sh", "-c", hold]);
  return { release: () => lab.exec(host, ["kill", pid.trim()]) };
}

/** Waits until everything that was sent to the host has run there. */
async function atRest(): Promise<void> {
  for (let earlier = ""; ;) {
    const now = await lab.dump(host);
    if (now === earlier) return;
    earlier = now;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const whole = async () => {
  expect(Object.keys(await stack.resources())).toHaveLength(size);
  expect(await apart()).toEqual({ unknown: [], missing: [] });
  expect(await stack.pending()).toEqual([]);
};

describe.sequential("a run that is cut short", { timeout: 120_000 }, () => {
  test("Ctrl-C in an up: what was made is recorded, and the next up makes the rest", async () => {
    const { took, output } = await interrupt(await startedTo("up", 50));
    expect(output).toMatch(/update canceled/);
    expect(took).toBeLessThan(5000);
    expect(await stack.pending()).toEqual([]);
    expect(await apart()).toEqual({ unknown: [], missing: [] });
    const made = Object.keys(await stack.resources()).length;
    expect(made).toBeGreaterThanOrEqual(50);
    expect(made).toBeLessThan(size);

    expect((await stack.up()).changes).toEqual({ same: made, create: size - made });
    await whole();
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("Ctrl-C in a destroy: what is still there is recorded, and the next destroy takes it away", async () => {
    const { took } = await interrupt(await startedTo("destroy", 30));
    expect(took).toBeLessThan(5000);
    expect(await stack.pending()).toEqual([]);
    const state = await stack.resources();
    const left = Object.keys(state).length;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(size - 30);
    // The engine forgets a pair before it deletes the pair's namespace, which deletes the pair too. Until then, only
    // its mark shows that it exists.
    const { unknown, missing } = await apart();
    expect(missing).toEqual([]);
    expect(unknown.filter((name) => state[name.replace("eth", "box")] === undefined)).toEqual([]);

    expect((await stack.destroy()).changes).toEqual({ delete: left });
    expect(await lab.dump(host)).toBe(before);
  });

  test("Ctrl-C twice ends at once; the next up takes over what was under way", async () => {
    const run = await startedTo("up", 40);
    const rules = await holdRules();
    const { took, output, exitCode } = await interrupt(run, 2);
    expect(output).toMatch(/terminating/);
    expect(exitCode).not.toBe(0);
    expect(took).toBeLessThan(5000);
    await rules.release();
    await atRest();

    const pending = await stack.pending();
    expect(pending).not.toEqual([]);
    const { unknown, missing } = await apart();
    expect(missing).toEqual([]);
    expect(unknown.filter((name) => !pending.includes(`creating ${name}`))).toEqual([]);

    const recorded = Object.keys(await stack.resources()).length;
    // No lock is left. The engine warns about pending operations until it is told to forget them.
    const { output: warning, changes } = await stack.up();
    expect(warning).toMatch(/pending operations from previous deployment/);
    expect(changes).toEqual({ same: recorded, create: size - recorded });
    await stack.refresh("--clear-pending-creates");
    await whole();
    expect((await stack.up("--expect-no-changes")).output).not.toMatch(/pending/);
    await stack.destroy();
    expect(await lab.dump(host)).toBe(before);
  });

  // The commands that docs/operations.md gives for after a crash.
  const commands = labelledBlock("docs/operations.md", "after a crash").trim().split("\n");
  test("a kill that left a file of the local backend empty: the documented command makes the state readable", async () => {
    const file = path.join(stack.folder, ".state/.pulumi/stacks/shop", `${stack.name}.json.attrs`);
    writeFileSync(file, "");
    const refused = await stack.pulumi("cancel", "--yes", stack.name);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toMatch(/error: failed to load checkpoint: EOF/);
    await stack.makeReadable();
    await stack.succeed("cancel", "--yes", stack.name);
  });

  test.each([
    ["without a terminal", (line: string) => ["sh", "-c", line]],
    ["in a terminal", (line: string) => ["script", "-qec", line, "/dev/null"]],
  ])("a killed engine: the documented commands make it whole, %s", async (_, argv) => {
    const run = await startedTo("up", 40);
    const rules = await holdRules();
    run.kill();
    await run.end();
    await rules.release();
    await atRest();
    // Needed if the kill came while the backend was writing; otherwise it changes nothing.
    await stack.makeReadable();

    const pending = await stack.pending();
    expect(pending).not.toEqual([]);
    // The script that waited for the lock ran after the engine was killed.
    const { unknown, missing } = await apart();
    expect(missing).toEqual([]);
    expect(unknown).not.toEqual([]);
    expect(unknown.filter((name) => !pending.includes(`creating ${name}`))).toEqual([]);

    const locked = await stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
    expect(locked.exitCode).not.toBe(0);
    expect(locked.output).toMatch(/the stack is currently locked by 1 lock.*pulumi cancel/);

    for (const line of commands) {
      const { exitCode, stdout, stderr } = await stack.shell(argv(line));
      expect(exitCode, `${line}\n${stdout}\n${stderr}`).toBe(0);
    }
    await whole();
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
    await stack.destroy();
    expect(await lab.dump(host)).toBe(before);
  });
});
