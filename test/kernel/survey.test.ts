import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { placesOf } from "../../provider/cli/orphans-report.js";
import { removeOrphans } from "../../provider/lifecycle/orphan-removal.js";
import { type Orphan, findOrphans, otherStacks } from "../../provider/lifecycle/orphans.js";
import { groupOf, markOf, protocolOf } from "../../provider/lifecycle/ownership.js";
import type { Recorded } from "../../provider/lifecycle/recorded.js";
import { survey } from "../../provider/lifecycle/survey.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { endProcessInside, processInside, processUnshared } from "../kinds/damage-by-hand.js";
import { casesOf } from "../kinds/index.js";
import { inOrder } from "../kinds/whole-network.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

const stack = { project: "shop", stack: "dev" };
const protocol = protocolOf(stack);

let host: TestHost;
let machine: string;
beforeAll(async () => {
  host = await TestHost.start();
  ({ machine } = await survey(host.transport, stack, catalogue));
});
afterEach(() => host.sh(`${clearHost}; echo 0 >/proc/sys/net/ipv4/ip_forward`));
afterAll(() => host.stop());

type Network = Readonly<Record<string, readonly [kind: string, inputs: Readonly<Record<string, unknown>>]>>;

const orphans = catalogue.flatMap(({ kind }) => casesOf(kind).orphans.map((orphan) => ({ kind, ...orphan })));

/** One resource of each kind, in dependency order. */
const network: Network = Object.fromEntries(
  inOrder(orphans).map(({ name, kind, inputs }) => [name, [kind, inputs] as const]),
);
const lines: Readonly<Record<string, string>> = Object.fromEntries(orphans.map(({ name, line }) => [name, line]));

/** Creates a network; returns its resources as a state has them. */
async function make(network: Network, of = "dev"): Promise<Recorded[]> {
  const made: Recorded[] = [];
  for (const [name, [kind, inputs]] of Object.entries(network)) {
    const resource = new TestResource(host, kind, name, of);
    made.push({ kind, mark: resource.mark, machine, properties: await resource.up(inputs) });
  }
  return made;
}

async function look(recorded: readonly Recorded[]): Promise<Orphan[]> {
  const seen = await survey(host.transport, stack, catalogue);
  return findOrphans(seen, stack, recorded, otherStacks(seen, stack));
}

/** Each orphan as its line shows it. */
const shown = (orphans: readonly Orphan[]) =>
  orphans.map((orphan) => `${orphan.kind} ${orphan.name ?? "-"}: ${placesOf(orphan)}`);
const found = async (recorded: readonly Recorded[]) => shown(await look(recorded));

/** Removes what is not recorded; returns the reasons why anything is left. */
async function removeAll(recorded: readonly Recorded[]): Promise<string[]> {
  const outcome = await removeOrphans(host.transport, await look(recorded));
  return [...outcome.values()].filter((problem) => problem !== undefined);
}

test("the network has every kind that this kernel can create", () => {
  expect(Object.keys(network)).toHaveLength(orphans.length);
  const lacking = catalogue.filter(({ kind }) => casesOf(kind).orphans.length === 0);
  expect(lacking).toEqual(catalogue.filter(({ kind }) => casesOf(kind).kernelMayLack));
});

describe("what is found", () => {
  test("nothing where all is in the state, each thing where it is not, all of them where nothing is", async () => {
    const recorded = await make(network);
    expect(await found(recorded)).toEqual([]);
    expect((await found([])).sort()).toEqual(Object.values(lines).sort());
    for (const [index, name] of Object.keys(network).entries())
      expect(await found(recorded.filter((_, other) => other !== index))).toEqual([lines[name]]);
  });

  test("removing it leaves what was there before, and nothing else is touched", async () => {
    await make({ lan2: ["Bridge", {}], out: network.out!, forwarding: network.forwarding! }, "prod");
    host.sh("ip link add foreign type bridge; iptables -t nat -A POSTROUTING -s 10.3.0.0/16 -j MASQUERADE");
    const before = host.dump();
    await make(network);
    expect(await removeAll([])).toEqual([]);
    expect(await found([])).toEqual([]);
    expect(host.dump()).toBe(before);
    expect(host.sh("cat /run/linuxnet/sysctl/*")).not.toContain("shop/dev");
  });

  test("files whose namespace is gone, or that their resource has no more, or that were on their way", async () => {
    const files = { dns: { servers: ["10.1.0.1"] }, hosts: {} };
    const [box, other] = await make({ box: ["Namespace", files], other: ["Namespace", { hostname: "other" }] });
    await make({ theirs: ["Namespace", files] }, "prod");
    host.sh("ip netns del box; echo theirs >/etc/netns/box/hostname");
    host.sh(`touch /etc/.netns.other.hosts.${groupOf(stack)} /etc/.netns.other.hosts.7`);
    const left = `Namespace -: file /etc/.netns.other.hosts.${groupOf(stack)}`;
    const { hosts: _hosts, ...kept } = box!.properties;
    expect(await found([box!, other!])).toEqual([left]);
    expect(await found([{ ...box!, properties: kept }, other!])).toEqual([
      left,
      "Namespace box: file /etc/netns/box/hosts",
    ]);
    expect(await found([other!])).toEqual([
      left,
      "Namespace box: file /etc/netns/box/resolv.conf; file /etc/netns/box/hosts",
    ]);
    expect(await removeAll([])).toEqual([]);
    expect(await found([])).toEqual([]);
    expect(host.sh("ls -A /etc/netns/* ; ls -d /etc/.netns.*")).toBe(
      "/etc/netns/box:\nhostname\n\n/etc/netns/theirs:\nhosts\nresolv.conf\n/etc/.netns.other.hosts.7",
    );
  });

  test("a setting's last holder puts back what was found", async () => {
    await make({ forwarding: network.forwarding! });
    expect(host.sh("cat /proc/sys/net/ipv4/ip_forward")).toBe("1");
    expect(await removeAll([])).toEqual([]);
    expect(host.sh("cat /proc/sys/net/ipv4/ip_forward; ls /run/linuxnet 2>&1 || :")).toMatch(/^0\n.*No such file/);
  });

  test("a mark that ends in a hash is compared as it stands", async () => {
    const name = `lan ${"x".repeat(120)}`;
    const recorded = await make({ [name]: ["Bridge", { name: "lan" }] });
    expect(recorded[0]!.mark).toMatch(/-[0-9a-f]{16}$/);
    expect(await found(recorded)).toEqual([]);
    expect(await found([])).toEqual([expect.stringMatching(/^Bridge lan_x+-[0-9a-f]{16}: interface lan$/)]);
    expect(await removeAll([])).toEqual([]);
  });

  test("of a container's network that was attached, the name and the mark go, and what else is in it stays", async () => {
    const inside = "nsenter -t $(cat /run/inside) --net";
    host.sh(processUnshared);
    host.sh(`${inside} ip link add theirs type bridge`);
    const before = [host.dump(), host.sh(`${inside} ip link`)];
    const pid = Number(host.sh("cat /run/inside"));
    const recorded = await make({ box: ["Namespace", { attach: { pid } }], lan: network.lan!, eth: network.eth! });
    expect(await found(recorded)).toEqual([]);
    expect(await found([])).toEqual([lines.lan, "Namespace box: namespace box", lines.eth]);
    expect(await removeAll([])).toEqual([]);
    expect([host.dump(), host.sh(`${inside} ip link`)]).toEqual(before);
    host.sh(endProcessInside);
  });

  test("a bridge's rules on a host that drops what it forwards are the bridge's", async () => {
    host.sh("modprobe -q br_netfilter; sysctl -qw net.bridge.bridge-nf-call-iptables=1; iptables -P FORWARD DROP");
    try {
      const before = host.dump();
      const recorded = await make({ lan: ["Bridge", {}] });
      expect(await found(recorded)).toEqual([]);
      expect(await found([])).toEqual(["Bridge lan: interface lan; 1 IPv4 rule of filter"]);
      expect(await removeAll([])).toEqual([]);
      expect(host.dump()).toBe(before);
    } finally {
      host.sh("iptables -P FORWARD ACCEPT");
    }
  });

  test("another stack's things are nobody's orphans", async () => {
    await make({ lan: ["Bridge", {}], out: network.out! }, "prod");
    // The alias begins like this stack's marks, but it belongs to another stack.
    host.sh("ip link add other type bridge; ip link set other alias linuxnet:shop/dev2/Bridge/lan");
    expect(await found([])).toEqual([]);
  });
});

describe("what the state has in another place", () => {
  const moved = (recorded: readonly Recorded[], change: Partial<Recorded> & { properties?: object }): Recorded[] =>
    recorded.map((resource) => ({
      ...resource,
      ...change,
      properties: { ...resource.properties, ...change.properties },
    }));

  test.each<[string, string, object]>([
    ["lan", "another name", { name: "lan0" }],
    ["lan", "another namespace", { namespace: "box" }],
    ["far", "another table", { table: 78 }],
    ["hole", "another metric", { metric: 7 }],
    ["out", "another namespace", { namespace: "box" }],
    ["out", "another family", { source: "fd00:1::/64" }],
    ["web", "another family", { targetAddress: "fd00:1::2" }],
    ["box", "another name", { name: "box2" }],
    ["forwarding", "another key", { key: "net.ipv4.conf.all.forwarding" }],
  ])("%s with %s is an orphan", async (name, _, properties) => {
    const recorded = await make(network);
    const others = recorded.filter(({ mark }) => !mark.endsWith(`/${name}`));
    const one = recorded.filter(({ mark }) => mark.endsWith(`/${name}`));
    const orphans = await look([...others, ...moved(one, { properties: properties as Record<string, unknown> })]);
    expect(shown(orphans)).toEqual([lines[name]]);
    if (one[0]!.kind !== "Route") expect(orphans[0]!.elsewhere).toBe(true);
  });

  test("another machine's is an orphan here, and one of a machine that is not known is none", async () => {
    const recorded = await make({ lan: network.lan!, hole: network.hole!, out: network.out! });
    expect(await found(moved(recorded, { machine: "another" }))).toHaveLength(3);
    expect(await found(moved(recorded, { machine: undefined }))).toEqual([]);
  });

  test("what a kind has that a newer version created is not known, and nothing of it an orphan", async () => {
    const recorded = await make(network);
    expect(await found(recorded.map((resource) => ({ ...resource, kind: "OfTomorrow" })))).toEqual([]);
  });

  test("what the state does not say in a readable way may be anywhere", async () => {
    const recorded = await make(network);
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
    for (const property of [
      "name",
      "namespace",
      "gateway",
      "destination",
      "table",
      "metric",
      "key",
      "source",
      "targetAddress",
    ])
      expect(
        await found(
          recorded.map((resource) =>
            property in resource.properties
              ? { ...resource, properties: { ...resource.properties, [property]: secret } }
              : resource,
          ),
        ),
      ).toEqual([]);
  });
});

describe("damage that a refresh shows is no orphan", () => {
  const pair: Network = { box: network.box!, lan: network.lan!, eth: network.eth! };
  test.each([
    ["the far end was renamed", "ip link set port down; ip link set port name harbour"],
    ["the near end was renamed", "ip -n box link set eth down; ip -n box link set eth name ether"],
    ["the near end went to another namespace", "ip netns add elsewhere; ip -n box link set eth netns elsewhere"],
    ["the far end lost its alias", "ip link set port alias ''"],
    ["a route to the same gateway came along", `ip -n box route add default via 10.1.0.1 metric 9 proto ${protocol}`],
    ["a namespace got a second name", "touch /run/netns/also; mount --bind /run/netns/box /run/netns/also"],
    ["the host's own namespace got a name", "touch /run/netns/host; mount --bind /proc/1/ns/net /run/netns/host"],
  ])("%s", async (_, line) => {
    const recorded = await make({ ...pair, out: network.out! });
    host.sh(line);
    expect(await found(recorded)).toEqual([]);
  });

  test("duplicated and altered rules of a resource in the state", async () => {
    const recorded = await make({ out: network.out! });
    host.sh("rule=$(iptables -t nat -S POSTROUTING | grep linuxnet); eval iptables -t nat $rule");
    expect(await found(recorded)).toEqual([]);
  });
});

describe("what a run left that died half-way", () => {
  const group = groupOf(stack);

  test("interfaces of the stack's group without an alias", async () => {
    host.sh(`ip netns add box; ip link add lan group ${group} type bridge`);
    host.sh(`ip link add port group ${group} type veth peer name eth netns box group ${group}`);
    host.sh("ip link add other group 7 type bridge");
    expect(await found([])).toEqual(["Bridge -: interface lan", "Veth -: interfaces port, eth in box"]);
    const lan = { kind: "Bridge", mark: markOf("Bridge", { ...stack, name: "l" }), machine };
    expect(await found([{ ...lan, properties: { name: "lan" } }])).toEqual(["Veth -: interfaces port, eth in box"]);
    expect(await removeAll([])).toEqual([]);
    expect(host.sh("ip -br link show type bridge")).toMatch(/^other /);
    expect(host.sh("ip -br link show type veth; ip -n box -br link show type veth")).toBe("");
  });

  test("a pair with a mark at one end is one thing", async () => {
    host.sh(`ip link add port group ${group} type veth peer name eth group ${group}`);
    host.sh(`ip link set eth alias ${markOf("Veth", { ...stack, name: "eth" })}`);
    expect(await found([])).toEqual(["Veth eth: interfaces eth, port"]);
    expect(await removeAll([])).toEqual([]);
  });
});

describe("what is not for us to remove", () => {
  test("routes whose number is another stack's too", async () => {
    await make({ hole: network.hole!, far: ["Route", { destination: "10.9.0.0/16", type: "prohibit" }] });
    const rival = Array.from({ length: 5000 }, (_, index) => ({ project: "shop", stack: `s${index}` })).find(
      (other) => protocolOf(other) === protocol,
    )!;
    expect((await look([])).map(({ keepReason }) => keepReason)).toEqual([undefined, undefined]);
    await make({ br1: ["Bridge", {}] }, rival.stack);
    const reason = `it is of this stack or of shop/${rival.stack}: both mark their routes and policy rules with the number ${protocol}`;
    expect((await look([])).map(({ keepReason }) => keepReason)).toEqual([reason, reason]);
    const before = host.dump();
    expect(await removeAll([])).toEqual([reason, reason]);
    expect(host.dump()).toBe(before);
  });

  test("a pair whose other end is somebody else's", async () => {
    host.sh("ip link add port type veth peer name eth");
    host.sh(`ip link set eth alias ${markOf("Veth", { ...stack, name: "eth" })}`);
    const before = host.dump();
    expect(await removeAll([])).toEqual(["its other end port is not marked as this stack's"]);
    expect(host.dump()).toBe(before);
  });

  test.each([
    ["an interface", "ip -n box link add theirs type bridge", /something in it: theirs$/],
    ["a rule of another stack", undefined, /rules or routes in it$/],
    ["a resource of the state", "", /something in it: lan$/],
  ])("a namespace with %s in it", async (_, line, reason) => {
    await make({ box: network.box! });
    if (line === undefined) await make({ out6: network.out6! }, "prod");
    const recorded = line === "" ? await make({ lan: ["Bridge", { namespace: "box" }] }) : [];
    if (line) host.sh(line);
    const before = host.dump();
    expect(await removeAll(recorded)).toEqual([expect.stringMatching(reason)]);
    expect(host.dump()).toBe(before);
  });

  test("what is not what was found any more", async () => {
    await make({ box: network.box!, lan: network.lan!, out: network.out! });
    const orphans = await look([]);
    host.sh("ip link del lan; ip link add lan type bridge; ip netns del box; ip netns add box");
    host.sh("iptables -t nat -F; iptables -t nat -A POSTROUTING -s 10.1.0.0/24 -j MASQUERADE");
    host.sh("for chain in $(iptables -t nat -S | sed -n 's/^-N //p'); do iptables -t nat -X $chain; done");
    const before = host.dump();
    const outcome = await removeOrphans(host.transport, orphans);
    const changed = "it is not what was found any more; look again";
    expect(Object.fromEntries([...outcome].map(([{ kind }, problem]) => [kind, problem]))).toEqual({
      Bridge: changed,
      Namespace: changed,
      MasqueradeRule: undefined,
    });
    expect(host.dump()).toBe(before);
  });

  test("a chain that somebody else's rule leads to", async () => {
    await make({ out: network.out! });
    host.sh("iptables -t nat -A POSTROUTING -j $(iptables -t nat -S | sed -n 's/^-N //p')");
    const before = host.dump();
    expect(await removeAll([])).toEqual([expect.stringMatching(/iptables-restore|line|busy/i)]);
    expect(host.dump()).toBe(before);
  });
});

describe("namespaces whose name was deleted while a process was in them", () => {
  const inside = `${processInside("box")}; ip netns del box`;
  const small: Network = { box: ["Namespace", {}], lan: network.lan!, eth: network.eth! };
  afterEach(() => host.sh(`${endProcessInside} 2>/dev/null || :`));
  const process = () => host.sh("cat /run/inside");

  test("what is in them is found and removed, and the process lives on", async () => {
    await make(small);
    host.sh(`${inside}; nsenter --net=/proc/$(cat /run/inside)/ns/net ip link add theirs type bridge`);
    expect(await found([])).toEqual([
      "Bridge lan: interface lan",
      `Namespace box: namespace without a name, of process ${process()}`,
      `Veth eth: interface port; interface eth in the namespace of process ${process()}`,
    ]);
    expect(await removeAll([])).toEqual([]);
    expect(await found([])).toEqual([]);
    expect(host.sh("nsenter --net=/proc/$(cat /run/inside)/ns/net ip -o link | cut -d: -f2 | xargs")).toBe("lo theirs");
  });

  test("what the state has is not listed: its other end may be in its place, or the namespace is another host's", async () => {
    const recorded = await make(small);
    host.sh(inside);
    const pair = recorded.filter(({ kind }) => kind !== "Namespace");
    expect(await found(pair)).toEqual([`Namespace box: namespace without a name, of process ${process()}`]);
    const outcome = await removeOrphans(host.transport, await look(pair));
    expect([...outcome.values()]).toEqual(["there is something in it: eth"]);
    expect(host.sh("ip -o link show port | wc -l")).toBe("1");
    const elsewhere = recorded.map((resource) => ({ ...resource, machine: "another machine" }));
    expect((await found(elsewhere)).join("\n")).not.toContain("process");
  });

  test("attached ones have a name, and those of other processes no mark: neither is listed", async () => {
    host.sh(processUnshared);
    const attached = await make({ box: ["Namespace", { attach: { pid: Number(host.sh("cat /run/inside")) } }] });
    expect(await found(attached)).toEqual([]);
    expect(await found([])).toEqual(["Namespace box: namespace box"]);
  });
});
