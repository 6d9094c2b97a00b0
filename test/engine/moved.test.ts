import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { containerNetwork } from "./container-network.ts";
import { type Network, output, programFromData, setNetwork } from "./network.ts";
import { Stack } from "./stack.ts";

const host = "host1";
/** One resource of a kind for each place that it can be in: on the host, in a namespace, or between the two. */
const network: Network = {
  ...containerNetwork({ name: "red", number: 1 }),
  box2: { kind: "Namespace", args: { host, name: "blue" } },
  lan2: { kind: "Bridge", args: { host, name: "blue0", namespace: output("box2.name") } },
  eth2: {
    kind: "Veth",
    args: {
      host,
      name: "eth0",
      namespace: output("box2.name"),
      addresses: ["10.2.0.2/24"],
      peer: { name: "blue-port", addresses: ["10.2.0.1/24"] },
    },
  },
  mac: {
    kind: "Macvlan",
    args: {
      host,
      name: "mac0",
      namespace: output("box2.name"),
      parent: "eth0",
      addresses: ["10.1.9.7/24"],
    },
  },
  tunnel: {
    kind: "Vxlan",
    args: { host, name: "vx0", id: 42, local: "10.0.12.15", mtu: 1400, addresses: ["10.42.0.1/24"] },
  },
  rule: { kind: "Rule", args: { host, priority: 1000, from: "10.1.0.0/24", table: 77 } },
};
const size = Object.keys(network).length;

/**
 * What somebody may have done by hand. Each leaves something with the stack's mark in another place, or in another
 * form.
 */
const byHand = [
  "ip -n red link set eth0 netns yard",
  "ip -n yard link set eth0 name eth9",
  "ip link set red-port nomaster",
  "ip link set blue-port name moved",
  "ip -n blue link set mac0 netns yard",
  "ip -n blue link set blue0 name other0",
  "ip link set red0 down",
  "ip link set red0 name red7",
  "ip link set vx0 netns yard",
  "ip -n yard link set vx0 name vx9",
  // Rules are moved to another chain, with their marks.
  "iptables -t nat -N MOVED",
  "iptables-save -t nat | sed '/linuxnet:/s/-A POSTROUTING/-A MOVED/' | iptables-restore -T nat",
];
/** Removes what is left of these changes and has no mark. */
const cleared = [
  "ip netns delete yard",
  "iptables -t nat -F MOVED 2>/dev/null || :",
  "iptables -t nat -X MOVED 2>/dev/null || :",
];

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

const sh = async (...lines: string[]) => (await lab.exec(host, ["sh", "-ec", lines.join("\n")])).stdout;

/** Everything that has the stack's mark or number, in every namespace. */
const marks = () =>
  sh(
    `look() { "$@" ip -o link show; "$@" iptables-save; "$@" ip6tables-save; "$@" nft list ruleset; }`,
    `routes() { for f in 4 6; do "$@" ip -$f -N route show table all proto ${stack.protocol}; "$@" ip -$f -N rule show | grep 'proto ${stack.protocol}$' || :; done; }`,
    "{ look; for file in /run/netns/*; do look nsenter --net=$file; done; } 2>/dev/null | grep -o 'linuxnet:shop/[^ \"]*' || :",
    "routes; for file in /run/netns/*; do routes nsenter --net=$file; done",
  );

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  // A chain that has been used once stays forever, even if it is empty. Here they are used from the start.
  await sh(
    "iptables-save -t nat | iptables-restore -T nat",
    "for c in PREROUTING INPUT OUTPUT POSTROUTING; do iptables -t nat -A $c -j ACCEPT; iptables -t nat -F $c; done",
  );
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
  await setNetwork(stack, network);
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

describe.sequential("what was moved, renamed and put elsewhere by hand", { timeout: 240_000 }, () => {
  test("is back in its place after the advised pulumi up --refresh", async () => {
    expect((await stack.up()).changes).toEqual({ create: size });
    const whole = await lab.dump(host);
    await sh("ip netns add yard", ...byHand);
    const { output: said } = await stack.up("--refresh");
    expect(said).toContain('Vxlan "tunnel" is not in its place: its mark is on vx9 in yard');
    expect(said).toContain('Bridge "lan" is not in its place: its mark is on red7 in the host\'s own namespace');
    await sh(...cleared);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    expect((await lab.dump(host)).split("\n").sort()).toEqual(whole.split("\n").sort());
  });

  test("is gone after a destroy at once, wherever it is", async () => {
    expect(await marks()).toContain(`linuxnet:shop/test@${stack.identity.id}/Macvlan/mac`);
    await sh("ip netns add yard", ...byHand);
    await stack.destroy();
    expect(await marks()).toBe("");
    await sh(...cleared);
    expect(await lab.dump(host)).toBe(before);
  });
});
