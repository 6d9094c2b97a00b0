/**
 * Resources that would cut Pulumi off from a host are refused before anything is created. `allowLockout` allows them.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { type Network, programFromData, setNetwork, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

const host = "host1";
let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;
let client: string;

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  client = lab.gateways.find((address) => !address.includes(":"))!.replace(/\/.*/, "");
  await lab.dump(host);
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const bridge = (args: object) => ({ lan: { kind: "Bridge", args: { host, name: "lan0", ...args } } });
const toTable = { priority: 32765, table: 77 };
const nowhere = { kind: "Route", args: { host, destination: "default", type: "unreachable", table: 77 } };

describe.sequential("refused", () => {
  afterEach(async () => {
    await upTo(stack, {});
    expect(await lab.dump(host)).toBe(before);
  });

  test.each<[what: string, network: () => Network, resource: string, words: () => string]>([
    [
      "a bridge over the host's own network",
      () => bridge({ addresses: ["10.0.13.1/22"] }),
      "lan",
      () =>
        `addresses: 10.0.13.1/22 has ${client} in it, which Pulumi reaches this host from; nothing was changed for this resource`,
    ],
    [
      "a network that overlaps the host's own",
      () => bridge({ addresses: ["10.0.14.1/24"] }),
      "lan",
      () =>
        "addresses: 10.0.14.1/24 overlaps 10.0.12.15/22, the network of eth0, by which Pulumi reaches this host; nothing was changed for this resource",
    ],
    [
      "the host's own address",
      () => bridge({ addresses: ["10.0.12.15/32"] }),
      "lan",
      () =>
        "addresses: 10.0.12.15 is the address by which Pulumi reaches this host; nothing was changed for this resource",
    ],
    [
      "the address that it is reached from, by the end of a pair",
      () => ({
        eth: { kind: "Veth", args: { host, name: "a", peer: { name: "b", addresses: [`${client}/32`] } } },
      }),
      "eth",
      () =>
        `peer.addresses: ${client} is the address that Pulumi reaches this host from; nothing was changed for this resource`,
    ],
    [
      "a route that is more specific",
      () => ({ hole: { kind: "Route", args: { host, destination: `${client}/32`, type: "blackhole" } } }),
      "hole",
      () =>
        `destination: answers to ${client}, from which Pulumi reaches this host, would go nowhere (blackhole) instead of by eth0; nothing was changed for this resource`,
    ],
    [
      "a rule, with the table that it leads to",
      () => ({ kill: nowhere, all: { kind: "Rule", args: { host, ...toTable }, options: { dependsOn: ["kill"] } } }),
      "all",
      () =>
        `priority: answers to ${client}, from which Pulumi reaches this host, would go nowhere (unreachable) instead of by eth0; nothing was changed for this resource`,
    ],
    [
      "a table, with the rule that leads to it",
      () => ({
        all: { kind: "Rule", args: { host, ...toTable } },
        kill: { ...nowhere, options: { dependsOn: ["all"] } },
      }),
      "kill",
      () =>
        `destination: answers to ${client}, from which Pulumi reaches this host, would go nowhere (unreachable) instead of by eth0; nothing was changed for this resource`,
    ],
    [
      "a rule that drops",
      () => ({ all: { kind: "Rule", args: { host, priority: 10, from: "10.0.12.15/32", type: "blackhole" } } }),
      "all",
      () =>
        `priority: answers to ${client}, from which Pulumi reaches this host, would go nowhere (blackhole) instead of by eth0; nothing was changed for this resource`,
    ],
    [
      "a neighbour entry for the address that it is reached from",
      () => ({
        client: { kind: "Neighbour", args: { host, device: "eth0", address: client, mac: "02:00:00:00:00:99" } },
      }),
      "client",
      () =>
        `address: ${client} is the address that Pulumi reaches this host from; nothing was changed for this resource`,
    ],
  ])("%s", async (_, network, resource, words) => {
    await setNetwork(stack, network());
    const { exitCode, output, changes } = await stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`"${resource}" on host1: ${words()}`);
    expect(output).toContain(
      "→ Choose another one; or, where the host is to be reached by another way afterwards, say `allowLockout: true`.",
    );
    expect(changes.failed).toBe(1);
    expect(await stack.resources()).not.toHaveProperty(resource);
  });

  test("both at once, in whatever order the engine makes them", async () => {
    await setNetwork(stack, { kill: nowhere, all: { kind: "Rule", args: { host, ...toTable } } });
    const { exitCode, output } = await stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(
      /would go nowhere \(unreachable\) instead of by eth0; nothing was changed for this resource/,
    );
  });
});

describe.sequential("goes on", () => {
  afterEach(async () => {
    await upTo(stack, {});
    expect(await lab.dump(host)).toBe(before);
  });

  test.each<[what: string, network: () => Network]>([
    ["an overlap, by choice", () => bridge({ addresses: ["10.0.14.1/24"], allowLockout: true })],
    ["one address of the network", () => bridge({ addresses: ["10.0.14.1/32"] })],
    [
      "a rule for the rest, behind one that keeps the way",
      () => ({
        kill: nowhere,
        lan: { kind: "Rule", args: { host, priority: 32764, table: "main", suppressPrefixLength: 0 } },
        all: { kind: "Rule", args: { host, ...toTable }, options: { dependsOn: ["kill", "lan"] } },
      }),
    ],
    [
      "a rule for packets with a mark, or of containers",
      () => ({
        kill: nowhere,
        marked: { kind: "Rule", args: { host, priority: 10, fwmark: 1, table: 77 } },
        theirs: { kind: "Rule", args: { host, priority: 11, from: "10.77.0.0/24", table: 77 } },
      }),
    ],
    [
      "a neighbour entry of another machine on the same wire",
      () => ({
        other: { kind: "Neighbour", args: { host, device: "eth0", address: "10.0.12.99", mac: "02:00:00:00:00:99" } },
      }),
    ],
    [
      "a wider route",
      () => ({ hole: { kind: "Route", args: { host, destination: "10.0.0.0/8", type: "blackhole" } } }),
    ],
  ])("%s", async (_, network) => {
    await upTo(stack, network());
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: Object.keys(network()).length });
  });
});

test(
  "a connection that dies all the same: the message says when, and the state has what was made",
  { timeout: 200_000 },
  async () => {
    const hole = { destination: `${client}/32`, type: "blackhole", allowLockout: true };
    await setNetwork(stack, { hole: { kind: "Route", args: { host, ...hole } } });
    const { exitCode, output } = await stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(
      /Route "hole" on host1: the connection died in this very step, and the host has not answered since: .*\n.*What was made of it is in the state/,
    );
    expect(await stack.resources()).toHaveProperty("hole");

    await lab.exec(host, ["ip", "route", "del", "blackhole", `${client}/32`]);
    await upTo(stack, {}, "--refresh");
    expect(await lab.dump(host)).toBe(before);
  },
);
