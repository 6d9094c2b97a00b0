import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { type Network, output, programFromData, setNetwork, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string[];

const host = "host1";
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
  stack = await new Stack(lab, folder).program(programFromData()).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const small: Network = {
  box: { kind: "Namespace", args: { host } },
  lan: { kind: "Bridge", args: { host, addresses: ["10.1.0.1/24"] } },
  eth: {
    kind: "Veth",
    args: {
      host,
      namespace: output("box.name"),
      addresses: ["10.1.0.2/24"],
      gateway: "10.1.0.1",
      peer: { name: "port", bridge: output("lan.name") },
    },
    options: { dependsOn: ["lan"] },
  },
  masq: { kind: "MasqueradeRule", args: { host, source: "10.1.0.0/24", exceptOutInterface: output("lan.name") } },
};

/** An `up` that has to fail, with its complete output. */
async function failing(network: Network, ...args: string[]) {
  await setNetwork(stack, network);
  const outcome = await stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name, ...args);
  expect(outcome.exitCode, outcome.output).not.toBe(0);
  return outcome;
}

describe.sequential("what goes wrong", () => {
  test.each<[string, Network, RegExp]>([
    [
      "a typo in a property",
      { lan: { kind: "Bridge", args: { host, adresses: [] } } },
      /adresses is not a property of Bridge; did you mean addresses\?/,
    ],
    [
      "an address that is a network",
      { lan: { kind: "Bridge", args: { host, addresses: ["10.1.0.0/24"] } } },
      /addresses\[0\].*did you mean 10\.1\.0\.1\/24\?/,
    ],
    [
      "a name that is too long",
      { lan: { kind: "Bridge", args: { host, name: "a-bridge-of-too-many-letters" } } },
      /name: .*at most 15 characters/,
    ],
    [
      "a mistake inside an object",
      { eth: { kind: "Veth", args: { host, peer: { name: "p", mac: "01:00:00:00:00:00" } } } },
      /peer\.mac: .*multicast/,
    ],
    [
      "a host that is not in the inventory",
      { lan: { kind: "Bridge", args: { host: "hots1" } } },
      /hots1.*not in the inventory.*host1, host2/,
    ],
    [
      "two properties that exclude each other",
      {
        m: {
          kind: "MasqueradeRule",
          args: { host, source: "10.1.0.0/24", outInterface: "a", exceptOutInterface: "b" },
        },
      },
      /exceptOutInterface can't stand beside outInterface/,
    ],
  ])("%s is an error before anything is touched", async (_, network, message) => {
    const { output } = await failing(network);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(message);
    expect(await dumps()).toEqual(before);
  });

  test("two resources for the same thing are an error in preview", async () => {
    await setNetwork(stack, { lan: small.lan!, again: { kind: "Bridge", args: { host, name: "lan" } } });
    const { exitCode, output } = await stack.pulumi("preview", "--stack", stack.name);
    expect(exitCode).not.toBe(0);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(
      /name: Bridge "(lan|again)" of this program is lan on host1 already/,
    );
    expect(await dumps()).toEqual(before);
  });

  test("what stands there by somebody else's hand is named and let alone", async () => {
    await lab.exec(host, ["ip", "link", "add", "lan", "address", "02:00:00:00:00:99", "type", "bridge"]);
    const foreign = await lab.dump(host);
    const { output } = await failing({ lan: small.lan! });
    expect(output).toMatch(
      /Bridge "lan" on host1: name "lan" is held by a bridge interface that this stack did not create; nothing was changed for this resource/,
    );
    expect(output).toMatch(/ip link delete lan/);
    expect(await lab.dump(host)).toBe(foreign);
    await lab.exec(host, ["ip", "link", "delete", "lan"]);
  });

  test("a create that fails half-way undoes its part and says which step failed", async () => {
    const { output } = await failing({
      eth: { kind: "Veth", args: { host, addresses: ["10.1.0.2/24"], peer: { name: "port", bridge: "nosuch" } } },
    });
    expect(output).toMatch(/Veth "eth" on host1: .*[Dd]evice does not exist/);
    expect(output).toMatch(/step \d of \d: ip link set dev port master nosuch/);
    expect(output).toMatch(/exit code \d+/);
    expect(await stack.resources()).toEqual({});
    expect(await dumps()).toEqual(before);
  });

  test("a failed update is recorded as it is on the host, and the next up finishes it", async () => {
    expect((await upTo(stack, small)).changes).toEqual({ create: 4 });
    const eth = small.eth!;
    const moved = (bridge: string) => ({
      ...small,
      eth: { ...eth, args: { ...eth.args, addresses: ["10.1.0.3/24"], peer: { name: "port", bridge } } },
    });
    await failing(moved("nosuch"));
    const state = (await stack.resources()).eth!;
    expect(state.initErrors?.join()).toMatch(/nosuch/);
    const { stdout } = await lab.exec(host, ["ip", "-n", "box", "-4", "-br", "address", "show", "dev", "eth"]);
    expect(state.outputs.addresses).toEqual([stdout.trim().split(/\s+/).at(-1)]);
    expect((await upTo(stack, moved("lan"))).changes).toEqual({ update: 1, same: 3 });
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: 4 });
    await upTo(stack, small);
  });

  test("a resource renamed without aliases keeps what it stands for", async () => {
    const key = "net/ipv4/icmp_echo_ignore_all";
    const value = async () => (await lab.exec(host, ["cat", `/proc/sys/${key}`])).stdout.trim();
    const route = { kind: "Route", args: { host, destination: "10.9.0.0/16", type: "blackhole" } };
    const deaf = { kind: "Sysctl", args: { host, key, value: "1" } };
    await upTo(stack, { ...small, one: route, two: deaf });
    expect((await upTo(stack, { ...small, first: route, second: deaf })).changes).toEqual({
      same: 4,
      create: 2,
      delete: 2,
    });
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: 6 });
    expect(await value()).toBe("1");
    await upTo(stack, small);
    // The note on the host has the value that the first resource found.
    expect(await value()).toBe("0");
  });

  test("a Sysctl that goes leaves on what a rule of the program needs", async () => {
    const value = async () => (await lab.exec(host, ["cat", "/proc/sys/net/ipv4/ip_forward"])).stdout.trim();
    const forwarding = { kind: "Sysctl", args: { host, key: "net.ipv4.ip_forward", value: "1" } };
    await upTo(stack, { ...small, forwarding });
    await upTo(stack, small);
    expect(await value()).toBe("1");
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: 4 });
  });

  test("a rebooted host has lost everything: refresh says so, one up puts it back", async () => {
    const healthy = await lab.dump(host);
    await lab.reboot(host);
    expect((await stack.refresh()).changes).toMatchObject({ delete: 4 });
    expect(await stack.resources()).toEqual({});
    expect((await upTo(stack, small)).changes).toEqual({ create: 4 });
    expect(await lab.dump(host)).toBe(healthy);
  });

  test("a namespace deleted by hand while a process keeps it alive: refresh says so, one up makes it and its link again", async () => {
    const healthy = await lab.dump(host);
    const inside = ["sh", "-c", "ip netns exec box sleep 600 >/dev/null 2>&1 & echo $!"];
    const { stdout: pid } = await lab.exec(host, inside);
    const box = `/proc/${pid.trim()}`;
    const started = ["sh", "-c", `until [ "$(cat ${box}/comm)" = sleep ]; do sleep 0.05; done`];
    await lab.exec(host, started);
    await lab.exec(host, ["ip", "netns", "delete", "box"]);
    // The pair still exists, with one end in a namespace that no name leads to.
    expect((await lab.exec(host, ["ip", "-br", "link", "show", "port"])).stdout).toMatch(/^port@/);
    // The namespace is not gone: its mark is where the process is.
    const { output, changes } = await stack.refresh();
    expect(output).toMatch(
      /Namespace "box" is not in its place: its mark is on lo in the namespace of the process \d+/,
    );
    expect(changes).toEqual({ same: 2, update: 2 });
    expect((await upTo(stack, small)).changes).toEqual({ same: 2, update: 2 });
    expect(await lab.dump(host)).toBe(healthy);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: 4 });
    await lab.exec(host, ["kill", pid.trim()]);
    expect(await lab.dump(host)).toBe(healthy);
  });

  test("rules in both backends of iptables are a warning at each run, and no error", async () => {
    await lab.exec(host, ["iptables-legacy", "-t", "nat", "-A", "POSTROUTING", "-s", "10.8.0.0/16", "-j", "ACCEPT"]);
    const { output, changes } = await stack.refresh("--expect-no-changes");
    expect(changes).toEqual({ same: 4 });
    expect(output).toMatch(/warning: host host1: both backends of iptables hold rules there \(nf_tables and legacy\)/);
    await lab.exec(host, ["iptables-legacy", "-t", "nat", "-F"]);
    expect((await stack.refresh("--expect-no-changes")).output).not.toMatch(/backends of iptables/);
  });

  test("a host that cannot be reached is an error, and never gone", async () => {
    await lab.stopSshd(host);
    const there = await lab.dump(host);
    const refresh = await stack.pulumi("refresh", "--yes", "--skip-preview", "--stack", stack.name);
    expect(refresh.exitCode).not.toBe(0);
    expect(refresh.output).toMatch(/on host1: .*10\.0\.12\.15/);
    expect(Object.keys(await stack.resources())).toHaveLength(4);

    const destroy = await stack.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack.name);
    expect(destroy.exitCode).not.toBe(0);
    expect(destroy.output).toMatch(/deleteUnreachable: true/);
    expect(await stack.resources()).not.toEqual({});
    expect(await lab.dump(host)).toBe(there);
    await lab.startSshd(host);
    // The engine has already forgotten the pair that was to be deleted with its namespace. Its mark brings it back.
    expect((await upTo(stack, small)).changes).toEqual({ same: 3, create: 1 });
    expect(await lab.dump(host)).toBe(there);
  });

  test("with deleteUnreachable the state of a dead host can be emptied", async () => {
    await lab.stopSshd(host);
    const inventory = lab.inventory();
    await stack.setInventory({ ...inventory, host1: { ...inventory.host1, deleteUnreachable: true } });
    // A plain destroy uses the inventory of the last up, which the engine keeps in the state.
    expect((await stack.destroy("--run-program")).changes).toMatchObject({ delete: 4 });
    await stack.setInventory(inventory);
    await lab.reboot(host);
    expect(await dumps()).toEqual(before);
  });

  test("a host given by an output is unknown in preview and reached in up", async () => {
    const { address, privateKeyPath, knownHostsPath } = lab.inventory().host1!;
    const program = (user: string) => `
      const { Bridge, Namespace } = require("pulumi-linuxnet");
      const box = new Namespace("box", { host: "host2" });
      const address = box.path.apply(() => ${JSON.stringify(address)});
      new Bridge("lan", { host: { address, user: ${user}, privateKeyPath: ${JSON.stringify(privateKeyPath)}, knownHostsPath: ${JSON.stringify(knownHostsPath)} } });`;
    stack.program(program('"root"'));
    expect((await stack.preview()).changes).toEqual({ create: 2 });
    expect((await stack.up()).changes).toEqual({ create: 2 });
    expect((await lab.exec(host, ["ip", "-br", "link", "show", "lan"])).stdout).toMatch(/^lan/);
    // A change in how a host is reached does not change the resources on it.
    stack.program(program("undefined"));
    expect((await stack.up()).changes).toEqual({ same: 2 });
    await stack.destroy();
    expect(await dumps()).toEqual(before);
  });
});
