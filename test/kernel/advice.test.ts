import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());
beforeEach(() => {
  host.sh(clearHost);
});

type Wanted = Readonly<Record<string, unknown>>;

/** A remedy that the message offers. */
type Way =
  /** The command that the message prints after "on the host:", run there unchanged. */
  | { readonly command: true }
  /** A remedy that the message describes in words, carried out on the host. */
  | { readonly host: string }
  /** Another argument that the message names. */
  | { readonly args: Wanted }
  /** An argument with a number that the message names. */
  | { readonly number: RegExp; readonly argument: string };

interface Case {
  readonly kind: string;
  readonly wanted: Wanted;
  /** What is in the way, or is missing. */
  readonly around: string;
  readonly advice: RegExp;
  readonly ways: readonly Way[];
}

const adopt: Way = { args: { adopt: true } };
const command: Way = { command: true };
const device =
  "ip link add d0 type veth peer name d1; ip addr add 10.6.0.1/24 dev d0; ip link set d0 up; ip link set d1 up";
const toLan = { destination: "10.7.0.0/16", via: "10.6.0.2" };
const pair = { name: "v0", addresses: ["10.5.0.2/24"], gateway: "10.5.0.1", peer: { name: "v1" } };
const tunnel = { name: "vx0", vni: 42, local: "10.6.0.1", mtu: 1400 };
const masquerade = { source: "10.7.1.0/24" };

const cases: readonly Case[] = [
  {
    kind: "Bridge",
    wanted: { name: "br0" },
    around: "ip link add br0 type bridge",
    advice: /Choose another name, or remove it on the host: ip link delete br0/,
    ways: [command, adopt, { args: { name: "br1" } }],
  },
  {
    kind: "Bridge",
    wanted: { name: "br0", namespace: "box" },
    around: "ip netns add box; ip -n box link add br0 type veth peer name x",
    advice: /remove it on the host: ip -n box link delete br0/,
    ways: [command],
  },
  {
    kind: "Namespace",
    wanted: { name: "box" },
    around: "ip netns add box",
    advice: /Choose another name, or remove it on the host: ip netns del box/,
    ways: [command, adopt, { args: { name: "other" } }],
  },
  {
    kind: "Namespace",
    wanted: { name: "box", attach: { path: "/run/netns/inner" } },
    around: "ip netns add inner; ip netns add box",
    advice: /Choose another name, or take that one away on the host: ip netns del box/,
    ways: [command, { args: { name: "other" } }],
  },
  {
    kind: "Namespace",
    wanted: { name: "box", attach: { path: "/run/netns/inner" } },
    around: "ip netns add inner; ip -n inner link set lo alias linuxnet:shop/prod/Namespace/inner",
    advice: /One resource can attach it at a time/,
    ways: [{ host: "ip -n inner link set lo alias ''" }],
  },
  {
    kind: "Namespace",
    wanted: { name: "box", attach: { path: "/run/netns/inner" } },
    around: "true",
    advice: /Start it on the host before `pulumi up`, or correct `attach`/,
    ways: [{ host: "ip netns add inner" }],
  },
  {
    kind: "Namespace",
    wanted: { name: "box", attach: { path: "/run/plain" } },
    around: "touch /run/plain; ip netns add inner",
    advice: /Name a file such as \/proc\/PID\/ns\/net/,
    ways: [{ args: { attach: { path: "/run/netns/inner" } } }],
  },
  {
    kind: "Namespace",
    wanted: { name: "box", attach: { path: "/proc/self/ns/net" } },
    around: "ip netns add inner",
    advice: /That one needs no name: .* A container gets a network of its own/,
    ways: [{ args: { attach: { path: "/run/netns/inner" } } }],
  },
  {
    kind: "Namespace",
    wanted: { name: "box", hosts: { db: "10.0.0.3" } },
    around: "rm -f /root/hosts.linuxnet-test; mkdir -p /etc/netns/box; echo 10.0.0.9 db >/etc/netns/box/hosts",
    advice: /Take it away on the host: mv \/etc\/netns\/box\/hosts \/root\//,
    // Not into /root, which belongs to the machine that the tests run on.
    ways: [{ host: "mv /etc/netns/box/hosts /run/" }, adopt],
  },
  {
    kind: "Route",
    wanted: toLan,
    around: `${device}; ip route add 10.7.0.0/16 via 10.6.0.9`,
    advice: /Give the new one another metric or table, or remove that route on the host/,
    ways: [{ args: { metric: 50 } }, { args: { table: 77 } }, { host: "ip route del 10.7.0.0/16" }, adopt],
  },
  {
    kind: "Route",
    wanted: toLan,
    around: "true",
    advice: /make the interface first \(`dependsOn`\), or correct the address/,
    ways: [{ host: device }],
  },
  {
    kind: "Rule",
    wanted: { priority: 1000, from: "10.6.0.0/24", table: 77 },
    around: "ip rule add from 10.6.0.0/24 priority 1000 lookup 78",
    advice: /Give the new one another priority, or remove that rule on the host/,
    ways: [{ args: { priority: 1001 } }, { host: "ip rule del priority 1000" }, adopt],
  },
  {
    kind: "Veth",
    wanted: pair,
    around: `${device}; ip route add default via 10.6.0.9`,
    advice: /Leave out the gateway, or remove that route on the host/,
    ways: [{ args: { gateway: undefined } }, { host: "ip route del default" }, adopt],
  },
  {
    kind: "Veth",
    wanted: { name: "v0", namespace: "box", peer: { name: "v1" } },
    around: "true",
    advice: /The network namespace does not exist: make it with a Namespace resource/,
    ways: [{ host: "ip netns add box" }],
  },
  {
    kind: "Veth",
    wanted: { name: "v0", peer: { name: "v1", bridge: "br0" } },
    around: "true",
    advice: /The device does not exist there: make it first/,
    ways: [{ host: "ip link add br0 type bridge" }],
  },
  {
    kind: "Macvlan",
    wanted: { name: "m0", parent: "d0", mac: "02:00:00:00:00:aa" },
    around: `${device}; ip link set d0 address 02:00:00:00:00:aa`,
    advice: /give one of them another `mac`/,
    ways: [{ args: { mac: "02:00:00:00:00:ab" } }],
  },
  {
    kind: "Macvlan",
    wanted: { name: "m0", parent: "d0", mtu: 9000 },
    around: device,
    advice: /the mtu can't be above the parent's/,
    ways: [{ args: { mtu: 1400 } }],
  },
  {
    kind: "Vxlan",
    wanted: tunnel,
    around: `${device}; ip link add other type vxlan id 42 dstport 4789`,
    advice: /take another `id` or `port`, or remove that interface/,
    ways: [{ args: { vni: 43 } }, { args: { port: 8472 } }, { host: "ip link del other" }],
  },
  {
    kind: "Vxlan",
    wanted: { ...tunnel, device: "d0" },
    around: "true",
    advice: /Make it first, and pass its `name` output, or correct it/,
    ways: [{ host: device }],
  },
  {
    kind: "Vxlan",
    wanted: { ...tunnel, mtu: undefined },
    around: "true",
    advice: /Make the address first \(`dependsOn`\), correct it, or give `mtu`/,
    ways: [{ host: device }, { args: { mtu: 1400 } }],
  },
  {
    kind: "Vxlan",
    wanted: { ...tunnel, device: "d0", mtu: 1500 },
    around: device,
    advice: /Give 1450 or less, or leave it out/,
    ways: [{ number: /Give (\d+) or less/, argument: "mtu" }, { args: { mtu: undefined } }],
  },
  {
    kind: "MasqueradeRule",
    wanted: masquerade,
    around: `${device}; ip route add 10.7.0.0/16 via 10.6.0.9`,
    advice: /Take another network, or say `allowOverlap: true` where that is meant/,
    ways: [{ args: { source: "10.9.1.0/24" } }, { args: { allowOverlap: true } }],
  },
  {
    kind: "Sysctl",
    wanted: { key: "net.ipv4.ip_forward", value: "0" },
    around:
      'mkdir -p /run/linuxnet/sysctl; echo 1 >/proc/sys/net/ipv4/ip_forward; printf \'{"found":"0","holders":{"linuxnet:shop/prod/Sysctl/own":"1"}}\' >/run/linuxnet/sysctl/net%2Fipv4%2Fip_forward',
    advice: /Two stacks can share a setting at one value only/,
    ways: [{ args: { value: "1" } }],
  },
];

describe.each(cases)("$kind: $advice", ({ kind, wanted, around, advice, ways }) => {
  test.each(ways)("%j mends it", async (way) => {
    host.sh(around);
    const resource = new TestResource(host, kind, "own");
    const error = (await resource.up(wanted).catch((error: unknown) => error)) as Error;
    expect(error).toBeInstanceOf(Error);
    const lines = error.message.split("\n").filter((line) => line.startsWith("  → "));
    expect(lines.join("\n")).toMatch(advice);
    const args = follow(way, lines);
    await resource.up(args);
    const { adopt: _adopt, ...asked } = args;
    expect(resource.changes(asked)).toEqual([]);
    await resource.down();
  });

  function follow(way: Way, lines: readonly string[]): Wanted {
    const printed = lines.join("\n");
    if ("command" in way) host.sh(/on the host: (.*)$/m.exec(printed)![1]!);
    if ("host" in way) host.sh(way.host);
    // Only a message that mentions `adopt` offers this remedy.
    if ("args" in way && "adopt" in way.args) expect(printed).toContain("→ Or take it over with `adopt: true`.");
    if ("number" in way) return { ...wanted, [way.argument]: Number(way.number.exec(printed)![1]) };
    return "args" in way ? { ...wanted, ...way.args } : wanted;
  }
});

/** The update that the message advises puts the interface back as the program wants it. */
test("an interface that was moved is told with where it is, and what to do", async () => {
  host.sh("ip netns add yard");
  const resource = new TestResource(host, "Vxlan", "own");
  await resource.up({ ...tunnel, mtu: 1400 });
  host.sh("ip link set vx0 netns yard; ip -n yard link set vx0 name vx9");
  expect(await resource.refresh()).toBeDefined();
  expect(resource.warnings).toEqual([
    'Vxlan "own" is not in its place: its mark is on vx9 in yard. `pulumi up --refresh` puts it back',
  ]);
  await resource.up(tunnel);
  expect(host.sh("ip -n yard -o link show type vxlan")).toBe("");
  expect(resource.changes(tunnel)).toEqual([]);
});
