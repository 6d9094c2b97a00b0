import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { labelledBlock } from "../documentation.ts";
import { allCases } from "../kinds/index.js";
import { lackingNote, supportProbe } from "../kinds/kernel-support.js";
import { makeConsumer } from "./consumer.ts";
import { type Network, output, programFromData, upTo } from "./network.ts";
import { versions } from "./pack.ts";
import { Stack } from "./stack.ts";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string[];

const dumps = () => Promise.all(lab.hosts.map((host) => lab.dump(host)));

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({
    folder: path.join(folder, "lab"),
    hosts: [
      { name: "host1", address: "10.0.12.15/22" },
      { name: "host2", address: "10.0.12.11/22" },
    ],
  });
  before = await dumps();
  stack = await new Stack(lab, folder, "dev").program(programFromData()).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

/** Runs the package's command `linuxnet`, as a user does. */
async function linuxnet(args: readonly string[], { cwd = folder, input = "", terminal = false } = {}) {
  const program = [path.join(folder, "node_modules/.bin/linuxnet"), ...args];
  // script(1) gives the program a terminal, and passes its input on to it.
  const argv = terminal ? ["script", "--quiet", "--return", "--command", program.join(" "), "/dev/null"] : program;
  return await lab.operator(argv, { cwd, input, env: stack.command().env as Record<string, string>, reject: false });
}

const orphans = (...args: string[]) => linuxnet(["orphans", ...args]);
/** The lines, with one space between columns. */
const lines = ({ stdout }: { readonly stdout: string }) =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replaceAll(/ +/g, " "));

const host = "host1";
const network: Network = {
  web: { kind: "Namespace", args: { host } },
  lan: { kind: "Bridge", args: { host, name: "lan0", addresses: ["10.77.0.1/24"] } },
  "web-eth0": {
    kind: "Veth",
    args: {
      host,
      name: "eth0",
      namespace: output("web.name"),
      addresses: ["10.77.0.2/24"],
      gateway: "10.77.0.1",
      peer: { name: "web-port", bridge: output("lan.name") },
    },
    options: { dependsOn: ["lan"] },
  },
  hole: { kind: "Route", args: { host, namespace: output("web.name"), destination: "10.9.0.0/16", type: "blackhole" } },
  "way-out": { kind: "MasqueradeRule", args: { host, source: "10.77.0.0/24", exceptOutInterface: output("lan.name") } },
  http: {
    kind: "PortForward",
    args: { host, protocol: "tcp", listenPort: 8080, targetAddress: "10.77.0.2", exceptInInterface: "lan0" },
  },
  forwarding: { kind: "Sysctl", args: { host, key: "net.ipv4.ip_forward", value: "1" } },
  lan2: { kind: "Bridge", args: { host: "host2" } },
};

const listed = [
  "host1 Bridge lan interface lan0",
  "host1 MasqueradeRule way-out 1 IPv4 rule of nat",
  "host1 Namespace web namespace web",
  "host1 PortForward http 5 IPv4 rules of mangle, nat",
  "host1 Route - blackhole route 10.9.0.0/16 in web",
  "host1 Sysctl forwarding setting net/ipv4/ip_forward",
  "host1 Veth web-eth0 interfaces web-port, eth0 in web",
  "host2 Bridge lan2 interface lan2",
];

interface Deployment {
  resources: { readonly urn: string; readonly type: string }[];
  pending_operations?: object[];
}

/**
 * Changes the stack's state in the CLI's own file, because `pulumi stack import` drops pending operations. Returns a
 * function that restores the state.
 */
function changeState(change: (state: Deployment) => void): () => void {
  const file = path.join(folder, ".state/.pulumi/stacks/shop/dev.json");
  const healthy = readFileSync(file, "utf8");
  const state = JSON.parse(healthy) as { checkpoint: { latest: Deployment } };
  change(state.checkpoint.latest);
  writeFileSync(file, JSON.stringify(state));
  return () => writeFileSync(file, healthy);
}

/** Removes resources from the state. Returns a function that restores the state. */
function forget(names: readonly string[]): () => void {
  return changeState((state) => {
    state.resources = state.resources.filter(({ urn }) => !names.includes(urn.split("::").at(-1)!));
  });
}

describe.sequential("linuxnet doctor", () => {
  /** Without what differs between hosts: versions, times, and the number of spaces between columns. */
  const comparable = (text: string) =>
    text
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "TIME")
      .replaceAll(/\d+\.\d+\.\d+(?!\.)(?:-\S+)?/g, "VERSION")
      .replaceAll(/ +/g, " ")
      .trim();

  /**
   * The host in docs/hosts.md supports all kinds. The kernel that the tests run on may lack some, and then the output
   * says so.
   */
  async function asThisKernelSays(text: string): Promise<string> {
    const lacking: string[] = [];
    for (const { kind, kernelMayLack } of allCases())
      if (kernelMayLack && (await lab.exec("host1", ["sh", "-c", supportProbe(kind)])).stdout.trim() !== "")
        lacking.push(kind);
    if (lacking.length === 0) return text;
    const notes = ["host1", "host2"].flatMap((host) => lacking.map((kind) => lackingNote("warning", host, kind)));
    return [text.trimEnd().replaceAll(/ all$/gm, ` all but ${lacking.toSorted().join(", ")}`), "", ...notes].join("\n");
  }

  test("shows what docs/hosts.md shows, before the first up, and changes nothing", async () => {
    const shell = (line: string) => lab.exec("host2", ["sh", "-c", line]);
    await shell("iptables -P FORWARD DROP; sysctl -qw net.ipv4.ip_forward=1");
    const run = await linuxnet(["doctor"]);
    const [first, ...shown] = labelledBlock("docs/hosts.md", "doctor").split("\n");
    expect(first).toBe("$ npx linuxnet doctor");
    expect(comparable(run.stdout)).toBe(comparable(await asThisKernelSays(shown.join("\n"))));
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    await shell("iptables -P FORWARD ACCEPT; sysctl -qw net.ipv4.ip_forward=0");
    expect(await dumps()).toEqual(before);
  });

  test("says which host is not reached, why, and looks at the others", async () => {
    await lab.stopSshd("host2");
    const run = await linuxnet(["doctor"]);
    await lab.startSshd("host2");
    expect(run.stdout).toMatch(/^host1 .* all(?: but [\w, ]+)?$/m);
    expect(run.stdout).toMatch(/^host2 +root@10\.0\.12\.11:22 .* not reached$/m);
    expect(run.stdout).toMatch(
      /^problem: host2: Host host2 \(root@10\.0\.12\.11:22\) cannot be reached: the connection was refused/m,
    );
    expect(run.exitCode).toBe(2);
  });
});

describe.sequential("linuxnet orphans", () => {
  test("npx finds it in the package", async () => {
    const env = stack.command().env as Record<string, string>;
    const run = await lab.operator(["npx", "--no-install", "linuxnet", "--version"], { cwd: folder, env });
    expect(run.stdout.trim()).toBe(versions.version);
  });

  test("of a stack that stands there is none", async () => {
    await upTo(stack, network);
    const run = await orphans();
    expect(run.stderr).toMatch(/^No orphans of shop\/dev@[0-9a-f]{10} on host1, host2\.$/m);
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("what the state has lost is listed as docs/operations.md shows it, and not touched", async () => {
    const healthy = await dumps();
    const restore = forget(Object.keys(network));
    const run = await orphans();
    restore();
    expect(lines(run)).toEqual(listed);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/8 orphans can be removed: add --remove/);
    expect(labelledBlock("docs/operations.md", "orphans").split("\n").slice(1, -1)).toEqual(
      run.stdout.trimEnd().split("\n"),
    );
    expect(await dumps()).toEqual(healthy);
  });

  test("what a run was about to make counts as in the state", async () => {
    const restore = changeState((state) => {
      const isLan2 = ({ urn }: { readonly urn: string }) => urn.endsWith("::lan2");
      state.pending_operations = [{ resource: state.resources.find(isLan2)!, type: "creating" }];
      state.resources = state.resources.filter((resource) => !isLan2(resource));
    });
    const run = await orphans();
    restore();
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("without a terminal nothing is removed, unless --yes says so", async () => {
    const restore = forget(["lan2"]);
    const healthy = await dumps();
    const run = await orphans("--remove");
    restore();
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toMatch(/no terminal to ask .*add --yes/);
    expect(await dumps()).toEqual(healthy);
  });

  test("at a terminal it asks, and a no removes nothing", async () => {
    const restore = forget(["http", "lan2"]);
    const healthy = await dumps();
    const run = await linuxnet(["orphans", "--remove"], { terminal: true, input: "n\n" });
    restore();
    expect(run.stdout).toMatch(
      /PortForward[^]*Remove 2 orphans of shop\/dev@[0-9a-f]{10}\? \[y\/N\] [^]*Nothing was removed/,
    );
    expect(run.exitCode).toBe(1);
    expect(await dumps()).toEqual(healthy);
  });

  test("a yes removes, and the next up makes it again", async () => {
    const healthy = await dumps();
    forget(["http", "lan2"]);
    const run = await linuxnet(["orphans", "--remove"], { terminal: true, input: "y\n" });
    expect(run.stdout).toMatch(/\(removed\)[^]*\(removed\)[^]*Removed 2 of 2 orphans/);
    expect(run.exitCode).toBe(0);
    expect((await upTo(stack, network)).changes).toEqual({ same: 6, create: 2 });
    // A rule that is recreated comes after its neighbours.
    const sorted = (texts: readonly string[]) => texts.map((text) => text.split("\n").sort());
    expect(sorted(await dumps())).toEqual(sorted(healthy));
  });

  test("a host that cannot be reached is named, and never without orphans", async () => {
    await lab.stopSshd("host2");
    const run = await orphans();
    await lab.startSshd("host2");
    expect(run.stderr).toMatch(/^host2 was not looked at: .*10\.0\.12\.11/m);
    expect(run.stderr).toMatch(/^No orphans of shop\/dev@[0-9a-f]{10} on host1\.$/m);
    expect(run.exitCode).toBe(2);
  });

  test("a machine of two names has what the state says of either", async () => {
    const inventory = lab.inventory();
    await stack.setInventory({ ...inventory, also: inventory.host1! });
    const run = await orphans("also");
    await stack.setInventory(inventory);
    expect(run.stderr).toMatch(/^No orphans of shop\/dev@[0-9a-f]{10} on also\.$/m);
    expect(run).toMatchObject({ exitCode: 0, stdout: "" });
  });

  test("--of takes away what a lost stack left, and nothing of this one's", async () => {
    const healthy = await dumps();
    const lost = await new Stack(lab, folder, "lost").init();
    await upTo(lost, { lan3: { kind: "Bridge", args: { host } }, forwarding: network.forwarding! });
    const remove = () => orphans("--stack", "dev", "--of", "shop/lost", "--remove", "--yes");
    const refused = await remove();
    expect(refused.stderr).toMatch(/this stack has a state: run `linuxnet orphans --stack lost`/);
    expect(refused.exitCode).toBe(2);
    await lost.succeed("stack", "rm", "lost", "--yes", "--force");
    const run = await remove();
    expect(lines(run)).toEqual([
      "host1 Bridge lan3 interface lan3 (removed)",
      "host1 Sysctl forwarding setting net/ipv4/ip_forward (removed)",
    ]);
    expect(run.exitCode).toBe(0);
    expect(await dumps()).toEqual(healthy);
  });

  test("--remove --yes leaves the hosts as they were before the stack", async () => {
    forget(Object.keys(network));
    const run = await linuxnet(["orphans", "--remove", "--yes", "--cwd", folder, "--stack", "dev"], { cwd: "/" });
    expect(lines(run)).toEqual(listed.map((line) => `${line} (removed)`));
    expect(run.exitCode).toBe(0);
    expect(await dumps()).toEqual(before);
  });
});
