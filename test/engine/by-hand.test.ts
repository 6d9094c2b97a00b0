import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { containerNetwork } from "./container-network.ts";
import { type Network, changed, output, programFromData, setNetwork, upTo } from "./network.ts";
import { othersInDump } from "./others-in-dump.ts";
import { expectRefused } from "./refused.ts";
import { Stack } from "./stack.ts";

const host = "host1";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

/**
 * What somebody else has on the host, as similar as possible to what the stack creates. red1, red00 and red-port1 are
 * theirs.
 */
const byHand = [
  "echo 1 >/proc/sys/net/ipv4/ip_forward",
  "echo 2 >/proc/sys/net/ipv4/conf/eth0/rp_filter",

  "ip netns add red1",
  "ip -n red1 link set lo up",
  "ip link add red00 address 02:00:00:00:00:77 type bridge",
  "ip address add 10.7.0.1/24 dev red00",
  "ip link set red00 up",
  "ip link add eth0 netns red1 type veth peer name red-port1",
  "ip link set red-port1 up master red00",
  "ip -n red1 address add 10.7.0.2/24 dev eth0",
  "ip -n red1 link set eth0 up",
  "ip -n red1 route add default via 10.7.0.1",
  "ip netns exec red1 nft 'add table inet own; add chain inet own in; add rule inet own in tcp dport 8001 drop'",
  "ip netns exec red1 iptables -t nat -A PREROUTING -p tcp --dport 8019 -j REDIRECT --to-ports 80",
  "ip netns exec red1 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1",
  // A chain that has been used once stays forever, even if it is empty. Here they are used from the start.
  "for chain in OUTPUT POSTROUTING; do ip netns exec red1 iptables -t nat -A $chain -p udp -j ACCEPT; done",
  // The mark of another stack, and the mark of a resource that this stack does not have.
  "ip link add left type veth peer name right",
  "ip link set left alias linuxnet:shop/tests/Veth/eth",
  "ip link set right alias linuxnet:shop/test/Veth/eth1",

  // The destinations of the stack's routes, with another metric or in another table.
  "ip route add 10.11.0.0/16 via 10.7.0.2 metric 50",
  "ip route add 10.11.0.0/16 via 10.7.0.2 table 77",
  "ip rule add from 10.1.0.0/24 lookup 77 priority 1000",

  // The stack's own rules without a comment, and with marks that begin like its own.
  "iptables -t nat -A POSTROUTING -s 10.1.0.0/24 ! -o red0 -j MASQUERADE",
  'iptables -t nat -A POSTROUTING -s 10.1.1.0/24 ! -o red0 -m comment --comment "linuxnet:shop/test/MasqueradeRule/out1" -j MASQUERADE',
  'iptables -t nat -A POSTROUTING -s 10.1.0.0/24 ! -o red0 -m comment --comment "linuxnet:shop/tests/MasqueradeRule/out" -j MASQUERADE',
  'iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -m comment --comment "not linuxnet:shop/test/MasqueradeRule/out" -j MASQUERADE',
  "iptables -t nat -A PREROUTING ! -i red0 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8011 -j DNAT --to-destination 10.1.0.2:80",
  "iptables -t nat -A PREROUTING -p tcp --dport 8009 -j DNAT --to-destination 10.7.0.2:80",
  "iptables -t nat -A OUTPUT -p udp -j ACCEPT",
  "iptables -t raw -A PREROUTING -d 127.0.0.0/8 -i red0 -j DROP",
  "iptables -t mangle -N LINUXNET",
  "iptables -t mangle -A FORWARD -j LINUXNET",
  "iptables -A FORWARD -s 10.7.0.0/24 -j ACCEPT",
  "ip6tables -t nat -A POSTROUTING -s fd00:7::/64 -j MASQUERADE",
  "nft 'add table inet own; add set inet own ports { type inet_service; }; add element inet own ports { 8001, 8009 }'",
  "nft 'add chain inet own in { type filter hook input priority 5; }; add rule inet own in tcp dport @ports accept'",
] as const;

const veth = (args: object, ...dependsOn: string[]) => ({
  kind: "Veth",
  args: { host, ...args },
  options: { dependsOn },
});

/** The stack's own resources, and those that it puts into somebody else's namespace and on somebody else's bridge. */
const network: Network = {
  ...containerNetwork({ name: "red", number: 1 }),
  guest: veth(
    {
      name: "eth5",
      namespace: "red1",
      addresses: ["10.1.0.5/24"],
      peer: { name: "red-guest", bridge: output("lan.name") },
    },
    "lan",
  ),
  beside: veth(
    {
      name: "eth7",
      namespace: output("box.name"),
      addresses: ["10.7.0.7/24"],
      peer: { name: "red-7", bridge: "red00" },
    },
    "eth",
  ),
  guestRoute: {
    kind: "Route",
    args: { host, namespace: "red1", destination: "10.13.0.0/16", via: "10.1.0.1" },
    options: { dependsOn: ["guest"] },
  },
  guestWeb: {
    kind: "PortForward",
    args: { host, namespace: "red1", protocol: "tcp", listenPort: 8009, targetAddress: "10.1.0.2" },
  },
  guestOut: { kind: "MasqueradeRule", args: { host, namespace: "red1", source: "10.1.0.0/24" } },
};
const size = Object.keys(network).length;
const replaced = changed(network, {
  box: { name: "crimson" },
  lan: { name: "crimson0" },
  far: { metric: 60 },
  guest: { name: "eth6" },
  guestRoute: { destination: "10.14.0.0/16" },
  guestOut: { source: "fd00:1::/64" },
});

/** A protocol number that another stack's routes may have. */
const otherNumber = () => (stack.protocol === 126 ? 127 : 126);
const sh = async (...lines: string[]) => (await lab.exec(host, ["sh", "-ec", lines.join("\n")])).stdout;
const others = async () =>
  othersInDump(await lab.dump(host), {
    stack: "shop/test",
    resources: Object.keys(network),
    namespaces: ["red", "crimson"],
    interfaces: ["red0", "crimson0", "red-port", "red-guest", "red-7", "eth5", "eth6"],
    routes: stack.protocol,
  });

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  stack = await new Stack(lab, folder).program(programFromData()).init();
  await sh(...byHand, `ip route add blackhole 10.12.0.0/16 proto ${otherNumber()}`);
  before = await lab.dump(host);
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

describe.sequential("a stack on a host where much is somebody else's", { timeout: 120_000 }, () => {
  let theirs: string;

  test("comes, and nothing of theirs has changed", async () => {
    theirs = await others();
    for (const word of [
      "red1",
      "red00",
      "red-port1",
      "table inet own",
      "-A POSTROUTING -s 10.1.0.0/24 ! -o red0 -j MASQ",
    ])
      expect(theirs).toContain(word);
    expect((await upTo(stack, network)).changes).toEqual({ create: size });
    expect(await lab.dump(host)).not.toBe(before);
    expect(await others()).toBe(theirs);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    await lab.startWeb(host, { namespace: "red", port: 80 }, "red");
    expect(await sh("ip netns exec red1 curl -s -m 2 10.1.0.2")).toBe("red");
    // Through somebody else's bridge.
    expect(await sh("ip netns exec red1 curl -s -m 2 --interface eth0 10.7.0.7")).toBe("red");
    await lab.stopWeb(host, { namespace: "red", port: 80 });
  });

  test("is changed in place", async () => {
    const { changes } = await upTo(
      stack,
      changed(network, {
        box: { sysctls: { "net.ipv4.conf.all.log_martians": "1" } },
        lan: { addresses: ["10.1.0.1/24", "10.7.9.1/24"], mtu: 1400 },
        far: { via: "10.1.0.5" },
        out: { exceptDestinations: undefined },
        web: { localhost: false, listenPort: 8109 },
        guest: { addresses: ["10.1.0.6/24"] },
        guestWeb: { targetPort: 8080 },
      }),
    );
    expect(changes).toEqual({ update: 7, same: size - 7 });
    expect(await others()).toBe(theirs);
  });

  test("is replaced", async () => {
    const { changes } = await upTo(stack, replaced);
    expect(changes.replace).toBeGreaterThanOrEqual(8);
    expect(await others()).toBe(theirs);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("is refused a name that somebody holds, of each kind and in each place, and nothing is touched", async () => {
    const taken: Network = {
      box2: { kind: "Namespace", args: { host, name: "red1" } },
      lan2: { kind: "Bridge", args: { host, name: "red00" } },
      lan3: { kind: "Bridge", args: { host, name: "eth0" } },
      lan4: { kind: "Bridge", args: { host, namespace: "red1", name: "eth0" } },
      near: veth({ name: "left", peer: { name: "red-x" } }),
      gateway: veth({
        name: "eth9",
        namespace: "red1",
        addresses: ["10.8.0.9/24"],
        gateway: "10.8.0.1",
        peer: { name: "red-9" },
      }),
      path: { kind: "Route", args: { host, destination: "10.11.0.0/16", via: "10.0.12.1", metric: 50 } },
      tablePath: { kind: "Route", args: { host, destination: "10.11.0.0/16", via: "10.0.12.1", table: 77 } },
      hole2: { kind: "Route", args: { host, destination: "10.12.0.0/16", type: "blackhole" } },
    };
    // More conflicts with the same names, which one program can't use twice.
    const again: Network = {
      peer: veth({ name: "red-y", peer: { name: "left" } }),
      far2: veth({ name: "red-z", peer: { name: "eth0", namespace: "red1" } }),
      wayOut: { kind: "Route", args: { host, namespace: "red1", destination: "default", via: "10.7.0.9" } },
    };
    const wanted = [taken, again].map((some) => ({ ...replaced, ...some }));
    await expectRefused(lab, stack, wanted, [
      'Namespace "box2" on host1: name "red1" is held by a namespace that this stack did not create',
      'Bridge "lan2" on host1: name "red00" is held by a bridge interface that this stack did not create',
      'Bridge "lan3" on host1: name "eth0" is held by a veth interface that this stack did not create',
      'Bridge "lan4" on host1: name "eth0" is held by a veth interface that this stack did not create',
      'Veth "near" on host1: name "left" is held by a veth interface with the alias "linuxnet:shop/tests/Veth/eth"',
      'Veth "peer" on host1: peer.name "left" is held by a veth interface with the alias "linuxnet:shop/tests/Veth/eth"',
      'Veth "far2" on host1: peer.name "eth0" is held by a veth interface that this stack did not create',
      'Veth "gateway" on host1: gateway "10.8.0.1" is taken by a default route (via 10.7.0.1 dev eth0 proto 3) that this stack did not create',
      'Route "path" on host1: destination "10.11.0.0/16" is taken by a route (via 10.7.0.2 dev red00 proto 3) that this stack did not create',
      'Route "tablePath" on host1: destination "10.11.0.0/16" is taken by a route (via 10.7.0.2 dev red00 proto 3) that this stack did not create',
      `Route "hole2" on host1: destination "10.12.0.0/16" is taken by a route (blackhole proto ${otherNumber()}) that this stack did not create`,
      'Route "wayOut" on host1: destination "default" is taken by a route (via 10.7.0.1 dev eth0 proto 3) that this stack did not create',
    ]);
    await setNetwork(stack, replaced);
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("goes, and nothing is left but what was there", async () => {
    await stack.destroy();
    expect(await lab.dump(host)).toBe(before);
  });
});
