/** The nft table: its creation, damage to it by hand, moving rules to it and back, and its removal. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findOrphans } from "../../provider/lifecycle/orphans.js";
import { removeOrphans } from "../../provider/lifecycle/orphan-removal.js";
import { survey } from "../../provider/lifecycle/survey.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { TestResource } from "../test-resource.js";
import { restorePrograms, hidePrograms } from "./programs.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
  host.firewall = "nftables";
  host.sh("ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up");
});
afterEach(async () => {
  restorePrograms(host);
  await host.stop();
});

const tables = () => host.sh("nft list tables");
const table = () => host.sh("nft list table inet linuxnet");
const rulesOfIptables = () => host.sh("iptables-save; ip6tables-save").match(/linuxnet:/g)?.length ?? 0;

const families = [
  {
    family: "IPv4",
    target: "10.1.0.2",
    other: "10.1.0.3",
    listen: "192.0.2.1",
    net: "10.1.0.0/24",
    kept: "10.0.0.0/8",
  },
  { family: "IPv6", target: "fd00::2", other: "fd00::3", listen: "fd00:1::1", net: "fd00::/64", kept: "fd00::/8" },
] as const;

describe.each(families)("$family", ({ family, target, other, listen, net, kept }) => {
  const v = family === "IPv4" ? 4 : 6;
  const onBridge = { protocol: "tcp", listenPort: 80, targetAddress: target, exceptInInterface: "br0" };
  const forwards: [string, Record<string, unknown>][] = [
    ["a port", { protocol: "tcp", listenPort: 80, targetAddress: target }],
    ["a port of another number", { protocol: "udp", listenPort: 80, targetAddress: target, targetPort: 8080 }],
    ["a port of one address", { protocol: "sctp", listenPort: 80, targetAddress: target, listenAddress: listen }],
    ["a port by one interface", { protocol: "tcp", listenPort: 80, targetAddress: target, inInterface: "eth0" }],
    [
      "a port of one address by one interface",
      { protocol: "tcp", listenPort: 80, targetAddress: target, inInterface: "eth0", listenAddress: listen },
    ],
    ["with hairpin", onBridge],
    ["with hairpin, of one address", { ...onBridge, listenAddress: listen }],
    ["without hairpin", { ...onBridge, hairpin: false, targetPort: 81 }],
    ["a range", { ...onBridge, listenPort: "8000-8010" }],
    ["a range of one address", { ...onBridge, listenPort: "8000-8010", listenAddress: listen }],
    ["a range that is moved", { ...onBridge, listenPort: "8000-8010", targetPort: 9000 }],
    ["a range by one interface", { protocol: "udp", listenPort: "8-9", targetAddress: target, inInterface: "eth0" }],
    ...(v === 4
      ? ([
          ["with localhost", { ...onBridge, localhost: true }],
          ["a range with localhost", { ...onBridge, listenPort: "8000-8010", localhost: true }],
        ] as [string, Record<string, unknown>][])
      : []),
  ];
  const masquerades: [string, Record<string, unknown>][] = [
    ["a network", { source: net }],
    ["but its own interface", { source: net, exceptOutInterface: "br0" }],
    ["by one interface, with exceptions", { source: net, outInterface: "eth0", exceptDestinations: [kept] }],
    ["one address", { source: v === 4 ? "10.1.0.9/32" : "fd00::9/128" }],
    ["all", { source: v === 4 ? "0.0.0.0/0" : "::/0" }],
  ];

  test.each([
    ...forwards.map(([title, inputs]) => ["PortForward", title, inputs] as const),
    ...masquerades.map(([title, inputs]) => ["MasqueradeRule", title, inputs] as const),
  ])("%s, %s: is made there, read as it was asked for, and leaves nothing", async (kind, _, wanted) => {
    const before = host.dump();
    const resource = new TestResource(host, kind, "own");
    const state = await resource.up(wanted);
    expect(state).toMatchObject({ ...wanted, firewall: "nftables" });
    expect(await resource.refresh()).toEqual(state);
    expect(resource.changes(wanted)).toEqual([]);
    expect(rulesOfIptables()).toBe(0);
    await resource.down();
    expect([tables(), host.dump()]).toEqual(["", before]);
  });

  test("each becomes each other in place", async () => {
    for (const [kind, all] of [
      ["PortForward", forwards],
      ["MasqueradeRule", masquerades],
    ] as const) {
      const resource = new TestResource(host, kind, "own");
      for (const [, wanted] of [...all, ...all.toReversed()]) {
        await resource.up(wanted);
        expect(await resource.refresh()).toMatchObject(wanted);
        expect(resource.changes(wanted)).toEqual([]);
      }
      await resource.down();
    }
    expect(tables()).toBe("");
  });

  /** Damage by hand, and what a refresh shows: "gone", or paths. */
  const damages: [string, Record<string, unknown>, string, "gone" | string[]][] = [
    ["the element deleted", onBridge, `delete element inet linuxnet forwards${v} { tcp . 80 }`, ["rules"]],
    [
      "the element led elsewhere",
      onBridge,
      `delete element inet linuxnet forwards${v} { tcp . 80 }; add element inet linuxnet forwards${v} { tcp . 80 comment "MARK" : ${other} . 81 }`,
      ["rules", "targetAddress", "targetPort"],
    ],
    [
      "the hairpin deleted",
      onBridge,
      `delete element inet linuxnet hairpins${v} { "br0" . "br0" . tcp . 80 }`,
      ["hairpin", "rules"],
    ],
    [
      "a second element",
      onBridge,
      `add element inet linuxnet forwards${v} { tcp . 81 comment "MARK" : ${target} . 80 }`,
      ["rules"],
    ],
    [
      "the rule flushed",
      { ...onBridge, listenPort: "80-81" },
      `flush chain inet linuxnet inbound_rules${v}`,
      ["rules"],
    ],
    [
      "a rule twice",
      { ...onBridge, listenPort: "80-81" },
      `add rule inet linuxnet inbound_rules${v} tcp dport 80-81 dnat ${v === 4 ? "ip" : "ip6"} to ${target} comment "MARK"`,
      ["rules"],
    ],
    ["a chain of the table flushed", onBridge, "flush chain inet linuxnet prerouting", ["rules"]],
    ["the table deleted", onBridge, "delete table inet linuxnet", "gone"],
    ["all of nft flushed", onBridge, "flush ruleset", "gone"],
    ...(v === 4
      ? ([
          [
            "the guard flushed",
            { ...onBridge, localhost: true },
            "flush chain inet linuxnet guard4",
            ["localhost", "rules"],
          ],
        ] as [string, Record<string, unknown>, string, string[]][])
      : []),
  ];
  test.each(damages)("by hand, %s: a refresh shows it, and one up repairs it", async (_, wanted, by, shows) => {
    const resource = new TestResource(host, "PortForward", "own");
    await resource.up(wanted);
    const right = table();
    host.sh(`nft -f - <<'end'\n${by.replaceAll("MARK", resource.mark).replaceAll("; ", "\n")}\nend`);
    const found = await resource.refresh();
    if (shows === "gone") expect(found).toBeUndefined();
    else expect(resource.changes(wanted).sort()).toEqual(shows.toSorted());
    await resource.up(wanted);
    expect(table()).toBe(right);
    expect(await resource.refresh()).toMatchObject(wanted);
    await resource.down();
    expect(tables()).not.toContain("linuxnet");
  });

  test.each([
    ["the rule", `flush chain inet linuxnet leaving_rules${v}`, ["rules"]],
    ["an exception", "flush chain inet linuxnet CHAIN", ["exceptDestinations", "rules"]],
  ])("by hand, %s of a MasqueradeRule taken away: a refresh shows it, and one up repairs it", async (_, by, shows) => {
    const wanted = { source: net, exceptDestinations: [kept] };
    const resource = new TestResource(host, "MasqueradeRule", "own");
    await resource.up(wanted);
    const right = table();
    const [chain = ""] = /LINUXNET-\S+/.exec(right) ?? [];
    host.sh(`nft '${by.replace("CHAIN", chain)}'`);
    await resource.refresh();
    expect(resource.changes(wanted).sort()).toEqual(shows);
    await resource.up(wanted);
    expect(table()).toBe(right);
    await resource.down();
    expect(tables()).toBe("");
  });

  test("another firewall is a change, and moves everything", async () => {
    const wanted = { ...onBridge, listenAddress: listen };
    const masquerade = { source: net, exceptDestinations: [kept] };
    const forward = new TestResource(host, "PortForward", "own");
    const out = new TestResource(host, "MasqueradeRule", "own");
    for (const firewall of ["nftables", "iptables", "nftables"] as const) {
      host.firewall = firewall;
      if (forward.state) {
        expect(forward.changes(wanted)).toEqual(["firewall"]);
        await forward.refresh();
        expect(forward.changes(wanted)).toEqual(["firewall"]);
        expect(out.changes(masquerade)).toEqual(["firewall"]);
      }
      await forward.up(wanted);
      await out.up(masquerade);
      const isNft = firewall === "nftables";
      expect([tables().includes("linuxnet"), rulesOfIptables()]).toEqual([isNft, isNft ? 0 : 8]);
      expect(forward.state?.firewall).toBe(isNft ? "nftables" : undefined);
      expect(forward.changes(wanted)).toEqual([]);
      // With `auto`, the rules stay where they are.
      host.firewall = "auto";
      await forward.refresh();
      expect(forward.changes(wanted)).toEqual([]);
      expect(await forward.up(wanted)).toMatchObject(isNft ? { firewall: "nftables" } : { backend: "nf_tables" });
    }
    // Whatever the current choice, the rules are deleted from where they are.
    host.firewall = "iptables";
    await forward.down();
    await out.down();
    expect([tables().includes("linuxnet"), rulesOfIptables()]).toEqual([false, 0]);
  });

  test("what a move that was cut short left in both is put in one", async () => {
    const resource = new TestResource(host, "PortForward", "own");
    host.firewall = "iptables";
    await resource.up(onBridge);
    const saved = host.sh(`${v === 4 ? "iptables" : "ip6tables"}-save`);
    host.firewall = "nftables";
    await resource.up(onBridge);
    host.sh(`${v === 4 ? "iptables" : "ip6tables"}-restore <<'end'\n${saved}\nend`);
    await resource.refresh();
    expect(resource.changes(onBridge)).toEqual(["rules"]);
    await resource.up(onBridge);
    expect([table().includes(resource.mark), rulesOfIptables()]).toEqual([true, 0]);
    host.sh(`${v === 4 ? "iptables" : "ip6tables"}-restore <<'end'\n${saved}\nend`);
    await resource.down();
    expect([tables().includes("linuxnet"), rulesOfIptables()]).toEqual([false, 0]);
  });
});

const web = { protocol: "tcp", listenPort: 80, targetAddress: "10.1.0.2", exceptInInterface: "br0" };

test("two stacks share the table, and the last one takes it away; others' tables stay", async () => {
  host.sh("nft add table inet other; nft add chain inet other here '{ type nat hook prerouting priority 0 ; }'");
  const others = host.sh("nft list ruleset");
  const one = new TestResource(host, "PortForward", "web");
  const two = new TestResource(host, "PortForward", "web", "prod");
  await one.up(web);
  await two.up({ ...web, listenPort: 81 });
  await one.down();
  expect(table()).toContain(two.mark);
  expect(table()).not.toContain(one.mark);
  expect(await two.refresh()).toMatchObject({ listenPort: 81 });
  expect(two.changes({ ...web, listenPort: 81 })).toEqual([]);
  await two.down();
  expect(host.sh("nft list ruleset")).toBe(others);
});

test("in a namespace, it is that one's table", async () => {
  host.sh("ip netns add box; ip netns exec box sysctl -qw net.ipv4.ip_forward=1");
  const resource = new TestResource(host, "PortForward", "web");
  await resource.up({ ...web, namespace: "box" });
  expect([tables(), host.sh("ip netns exec box nft list tables")]).toEqual(["", "table inet linuxnet"]);
  expect(await resource.refresh()).toMatchObject(web);
  await resource.down();
  expect(host.sh("ip netns exec box nft list tables")).toBe("");
});

test("a host without iptables has its rules there, if nobody chose; and where the programs come later, they stay", async () => {
  host.firewall = "auto";
  hidePrograms(host, "*tables*");
  const forward = new TestResource(host, "PortForward", "web");
  const out = new TestResource(host, "MasqueradeRule", "out");
  expect(await forward.up(web)).toMatchObject({ ...web, firewall: "nftables" });
  expect(await out.up({ source: "10.1.0.0/24" })).toMatchObject({ firewall: "nftables" });
  expect(forward.changes(web)).toEqual([]);
  restorePrograms(host);
  await forward.refresh();
  expect(forward.changes(web)).toEqual([]);
  await forward.down();
  await out.down();
  expect(tables()).toBe("");
});

test("a host without nft is told what to install, and keeps what it had", async () => {
  hidePrograms(host, "nft");
  const resource = new TestResource(host, "PortForward", "web");
  await expect(resource.up(web)).rejects.toThrow(
    /the program nft is missing on the host; nothing was changed for this resource\n.*Install the package nftables \(0\.9\.8 or newer\)/,
  );
  restorePrograms(host);
  await resource.up(web);
  hidePrograms(host, "nft");
  await expect(resource.refresh()).rejects.toThrow(/The program nft is missing on the host/);
  await expect(resource.down()).rejects.toThrow(/The program nft is missing on the host/);
  restorePrograms(host);
  expect(await resource.refresh()).toMatchObject(web);
});

test("a renamed one takes over what the former one has, which then has nothing to take away", async () => {
  const before = new TestResource(host, "PortForward", "before");
  await before.up(web);
  const after = new TestResource(host, "PortForward", "after");
  await after.up({ ...web, targetPort: 8080 });
  await before.down();
  expect(await after.refresh()).toMatchObject({ targetPort: 8080, hairpin: true });
  expect(after.changes({ ...web, targetPort: 8080 })).toEqual([]);
  await after.down();
  expect(tables()).toBe("");
});

test("a host that drops what it forwards lets it through by a rule of iptables", async () => {
  host.sh("iptables -P FORWARD DROP");
  const before = host.dump();
  const resource = new TestResource(host, "PortForward", "web");
  expect(await resource.up(web)).toMatchObject({ firewall: "nftables", acceptedIn: "FORWARD", forwarding: "accepted" });
  expect(host.sh("iptables-save -t filter").match(/linuxnet:/g)).toHaveLength(3);
  expect(await resource.refresh()).toMatchObject(web);
  // With `auto`, the rules stay where they are.
  host.firewall = "auto";
  expect(await resource.refresh()).toMatchObject({ firewall: "nftables", acceptedIn: "FORWARD" });
  expect(await resource.up({ ...web, targetPort: 8080 })).toMatchObject({ firewall: "nftables", targetPort: 8080 });
  await resource.down();
  expect([tables().includes("linuxnet"), host.dump()]).toEqual([false, before]);
});

test("what no state has is found there, and removed", async () => {
  const stack = { project: "shop", stack: "dev" };
  await new TestResource(host, "PortForward", "web").up({ ...web, localhost: true });
  await new TestResource(host, "MasqueradeRule", "out").up({ source: "fd00::/64", exceptDestinations: ["fd00::/8"] });
  await new TestResource(host, "PortForward", "web", "prod").up({ ...web, listenPort: 81 });
  const orphans = findOrphans(await survey(host.transport, stack, catalogue), stack, [], []);
  expect(orphans.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["MasqueradeRule out", "PortForward web"]);
  const outcome = await removeOrphans(host.transport, orphans);
  expect([...outcome.values()]).toEqual([undefined, undefined]);
  expect(table()).not.toContain("shop/dev");
  expect(table()).toContain("shop/prod");
  expect(host.sh("cat /proc/sys/net/ipv4/conf/br0/route_localnet")).toBe("0");
});
