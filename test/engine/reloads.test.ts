import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { containerNetwork } from "./container-network.ts";
import { programFromData, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

const host = "host1";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;
let whole: string;

const network = containerNetwork({ name: "red", number: 1 });
const size = Object.keys(network).length;

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
  await upTo(stack, network);
  whole = await dump();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const sh = async (...lines: string[]) => (await lab.exec(host, ["sh", "-ec", lines.join("\n")])).stdout;

/** The dump with its lines sorted: rules and chains come back in the order in which their resources are recreated. */
const dump = async () => (await lab.dump(host)).split("\n").sort().join("\n");

interface Reload {
  readonly what: string;
  readonly does: readonly string[];
  /** The resources that are affected. All others stay as they were. */
  readonly hits: readonly string[];
}

/** What other programs do to a host when they restart. NUMBER is the protocol number of the stack's routes. */
const reloads: readonly Reload[] = [
  {
    what: "a firewall empties every chain of iptables",
    does: ["for table in nat filter mangle raw; do iptables -t $table -F; iptables -t $table -X; done"],
    hits: ["out", "web"],
  },
  {
    what: "a firewall empties nftables, with all of iptables' tables",
    does: ["nft flush ruleset"],
    hits: ["out", "web"],
  },
  {
    what: "networkd removes routes that it does not know",
    does: ["ip route flush proto NUMBER"],
    hits: ["far"],
  },
  {
    what: "networkd removes addresses that it does not know, and the kernel the routes with them",
    does: ["ip -4 addr flush dev red0"],
    hits: ["far", "lan"],
  },
  {
    what: "networkd sets up an interface anew, in the container",
    does: ["ip -n red link set eth0 down", "ip -n red addr flush dev eth0", "ip -n red link set eth0 up"],
    hits: ["eth"],
  },
  {
    what: "an interface goes down and comes up again, and the routes by it are gone",
    does: ["ip link set red0 down", "ip link set red0 up"],
    hits: ["far"],
  },
  {
    what: "sysctl.d is applied anew",
    does: ["echo 0 >/proc/sys/net/ipv4/ip_forward", "echo 0 >/proc/sys/net/ipv4/conf/red0/route_localnet"],
    hits: ["forwarding", "out", "web"],
  },
];

describe.sequential("a reload of something else is ordinary drift, and one up repairs it", { timeout: 120_000 }, () => {
  test.each(reloads)("$what", async ({ does, hits }) => {
    await sh(...does.map((line) => line.replace("NUMBER", String(stack.protocol))));
    const { same: untouched, ...drift } = (await stack.refresh()).changes;
    expect(untouched, JSON.stringify(drift)).toBe(size - hits.length);
    await stack.up();
    expect(await dump()).toBe(whole);
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("destroyed, the host is as before", async () => {
    await stack.destroy();
    expect(await lab.dump(host)).toBe(before);
  });
});
