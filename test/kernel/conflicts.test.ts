/** Ports and networks that something else holds: the holder is named before anything is changed. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { useLegacyIptables } from "./iptables-backend.js";
import { TestResource } from "../test-resource.js";
import { ask, serve } from "./traffic.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
  host.sh(`
    ip link add out0 type veth peer name out1; ip link set out0 up; ip link set out1 up
    ip address add 192.0.2.1/24 dev out0; ip address add fd00:2::1/64 dev out0 nodad`);
});
afterEach(() => host.stop());

const forward = { protocol: "tcp", listenPort: 8080, targetAddress: "10.77.0.2", targetPort: 80 };
const forward6 = { ...forward, targetAddress: "fd00:77::2" };
const named = (name: string, stack = "dev") => new TestResource(host, "PortForward", name, stack);

/** Starts a server that listens on one address. */
async function listen(protocol: "tcp" | "udp", address: string, port: number): Promise<void> {
  const listens =
    protocol === "tcp"
      ? `require("node:net").createServer().listen({ port: ${port}, host: "${address}", ipv6Only: ${address === "::"} })`
      : `require("node:dgram").createSocket("${address.includes(":") ? "udp6" : "udp4"}").bind(${port}, "${address}")`;
  host.sh(`${process.execPath} -e '${listens}' >/dev/null 2>&1 & echo $!`);
  for (let tries = 0; !host.sh(`ss -Hln${protocol[0]} "sport = :${port}"`).includes(`:${port}`); tries++) {
    if (tries === 100) throw new Error("it does not listen");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each(["iptables", "iptables-legacy", "nftables"])("%s", (backend) => {
  beforeEach(() => {
    if (backend === "iptables-legacy") useLegacyIptables(host);
    if (backend === "nftables") host.firewall = "nftables";
  });

  test("a port that a process listens on: it is named, nothing is touched, and with adopt the forward has it", async () => {
    await serve(host, undefined, 8080, "host");
    const before = host.dump();
    const own = host.sh("ss -Hlntp 'sport = :8080'");
    const [, pid] = /pid=(\d+)/.exec(own)!;
    const error = named("web").up(forward);
    await expect(error).rejects.toThrow(
      `PortForward "web" on kernel: listenPort 8080 is held by MainThread (pid ${pid}), which listens on *:8080; nothing was changed for this resource\n  → Stop what holds it, or take another \`listenPort\` or \`listenAddress\`; with \`adopt: true\` the forward comes before it.`,
    );
    expect(host.dump()).toBe(before);
    expect(host.sh("nft list tables inet")).toBe("");
    await expect(named("web6").up(forward6)).rejects.toThrow("listenPort 8080 is held by MainThread");
    expect(await named("web").up({ ...forward, adopt: true })).toMatchObject({ targetAddress: "10.77.0.2" });
  });

  test("a port of a range", async () => {
    await listen("tcp", "0.0.0.0", 8085);
    await expect(named("web").up({ ...forward, listenPort: "8080-8090", targetPort: undefined })).rejects.toThrow(
      /listenPort 8080-8090 is held by \S+ \(pid \d+\), which listens on 0\.0\.0\.0:8085/,
    );
    await named("web").up({ ...forward, listenPort: "8086-8090", targetPort: undefined });
  });

  test.each([
    ["of another protocol", "udp", "0.0.0.0", {}],
    ["of the other family", "tcp", "::", {}],
    ["of loopback alone", "tcp", "127.0.0.1", {}],
    ["of another address", "tcp", "192.0.2.1", { listenAddress: "192.0.2.9" }],
  ] as const)("a process on the port %s is in nobody's way", async (_, protocol, address, more) => {
    await listen(protocol, address, 8080);
    expect(await named("web").up({ ...forward, ...more })).toMatchObject(more);
  });

  test("a port that another stack forwards: its resource is named; its own stack's is no other", async () => {
    await named("theirs", "prod").up(forward);
    await expect(named("web").up({ ...forward, targetAddress: "10.77.0.3" })).rejects.toThrow(
      'PortForward "web" on kernel: listenPort 8080 is held by PortForward "theirs" of the stack shop/prod; nothing was changed for this resource',
    );
    await expect(named("web").up({ ...forward, listenPort: "8079-8081", targetPort: undefined })).rejects.toThrow(
      'listenPort 8079-8081 is held by PortForward "theirs" of the stack shop/prod',
    );
    await named("range", "prod").up({ ...forward, listenPort: "9000-9010", targetPort: undefined });
    await expect(named("web").up({ ...forward, listenPort: 9005 })).rejects.toThrow(
      'listenPort 9005 is held by PortForward "range" of the stack shop/prod',
    );
    const taken = named("taken");
    expect(await taken.up({ ...forward, listenPort: 8080, targetPort: 81, adopt: true })).toMatchObject({
      targetPort: 81,
    });
    expect(await taken.refresh()).toMatchObject({ targetPort: 81 });
    await taken.down();
    // A resource of the same stack is no conflict: it may be renamed, and the old one is deleted in the same update.
    await named("renamed", "prod").up(forward);
    await named("web").up({ ...forward, protocol: "udp" });
    await named("web6").up(forward6);
  });

  test("a change is refused as a new one is, and what there was stays", async () => {
    await listen("tcp", "0.0.0.0", 8081);
    const web = named("web");
    await web.up(forward);
    await expect(web.up({ ...forward, listenPort: 8081 })).rejects.toThrow("listenPort 8081 is held by ");
    expect(await web.refresh()).toMatchObject(forward);
    // What the forward already holds is not checked again.
    await listen("tcp", "0.0.0.0", 8080);
    await web.up({ ...forward, targetPort: 81 });
  });

  test("many at once: those whose ports are free are made", async () => {
    await listen("tcp", "0.0.0.0", 8003);
    const all = Array.from({ length: 10 }, (_, n) => named(`web${n}`).up({ ...forward, listenPort: 8000 + n }));
    const results = await Promise.allSettled(all);
    expect(results.map(({ status }) => status)).toEqual(results.map((_, n) => (n === 3 ? "rejected" : "fulfilled")));
    expect((results[3] as PromiseRejectedResult).reason).toMatchObject({
      message: expect.stringMatching(/^PortForward "web3" on kernel: listenPort 8003 is held by /) as string,
    });
  });
});

test.each(["iptables", "nftables"] as const)(
  "a rule that somebody else made, as Docker does: it is shown; with adopt, %s leads the port before it does",
  async (firewall) => {
    host.firewall = firewall;
    host.sh(`
      ip netns add theirs; ip link add t0 type veth peer name eth0 netns theirs; ip link set t0 up; ip -n theirs link set eth0 up
      ip address add 10.78.0.1/24 dev t0; ip -n theirs address add 10.78.0.2/24 dev eth0; ip -n theirs route add default via 10.78.0.1
      ip netns add ours; ip link add o0 type veth peer name eth0 netns ours; ip link set o0 up; ip -n ours link set eth0 up
      ip address add 10.77.0.1/24 dev o0; ip -n ours address add 10.77.0.2/24 dev eth0; ip -n ours route add default via 10.77.0.1
      ip netns add outside; ip link set out1 netns outside; ip -n outside link set out1 up; ip -n outside address add 192.0.2.9/24 dev out1
      iptables -t nat -N DOCKER; iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.78.0.2:80`);
    await Promise.all([serve(host, "theirs", 80, "theirs"), serve(host, "ours", 80, "ours")]);
    await expect(named("web").up(forward)).rejects.toThrow(
      "listenPort 8080 is held by the rule -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.78.0.2:80; nothing was changed for this resource",
    );
    await named("in").up({ ...forward, inInterface: "docker1", listenPort: 8081 });
    expect(ask(host, "outside", "tcp", "192.0.2.1", 8080)).toBe("theirs 192.0.2.9");
    const web = named("web");
    await web.up({ ...forward, adopt: true });
    expect(ask(host, "outside", "tcp", "192.0.2.1", 8080)).toBe("ours 192.0.2.9");
    expect(await web.refresh()).toMatchObject(forward);
    expect(web.changes(forward)).toEqual([]);
    await web.down();
    expect(ask(host, "outside", "tcp", "192.0.2.1", 8080)).toBe("theirs 192.0.2.9");
  },
);

describe("a vxlan", () => {
  const vxlan = (name: string, stack = "dev") => new TestResource(host, "Vxlan", name, stack);
  const wanted = { vni: 42, local: "192.0.2.1", remotes: ["192.0.2.2"] };

  test("of a network that another one is in: it is named, wherever it is, and nothing is touched", async () => {
    host.sh("ip netns add box");
    await vxlan("theirs", "prod").up({ ...wanted, namespace: "box" });
    const before = host.dump();
    await expect(vxlan("vx0").up(wanted)).rejects.toThrow(
      /^Vxlan "vx0" on kernel: [^]*A VXLAN device with the specified VNI already exists\.[^]*it is that of theirs in box \(alias linuxnet:shop\/prod\/Vxlan\/theirs\)[^]*→ Each `id` is there once for each `port` of a host/,
    );
    expect(host.dump()).toBe(before);
    expect(await vxlan("vx0").up({ ...wanted, port: 8472 })).toMatchObject({ port: 8472 });
    expect(await vxlan("vx1").up({ ...wanted, vni: 43 })).toMatchObject({ vni: 43 });
  });

  test("whose UDP port a program has: nothing is left", async () => {
    await listen("udp", "0.0.0.0", 4789);
    const before = host.dump();
    await expect(vxlan("vx0").up(wanted)).rejects.toThrow(/Address already in use[^]*→ [^]*UDP port/);
    expect(host.dump()).toBe(before);
  });
});

describe("a network that a route of the host leads to", () => {
  const out = () => new TestResource(host, "MasqueradeRule", "out");
  const advice = "→ Take another network, or say `allowOverlap: true` where that is meant.";

  test.each([
    [
      "the same network, on another bridge",
      "ip link add docker0 type bridge; ip address add 172.17.0.1/16 dev docker0; ip link set docker0 up",
      "172.17.0.0/16",
      "172.17.0.0/16 dev docker0",
    ],
    [
      "a part of it, by a gateway",
      "ip route add 172.17.9.0/24 via 192.0.2.9",
      "172.17.0.0/16",
      "172.17.9.0/24 via 192.0.2.9 dev out0",
    ],
    [
      "more than it, by a gateway",
      "ip route add 172.16.0.0/12 via 192.0.2.9",
      "172.17.0.0/16",
      "172.16.0.0/12 via 192.0.2.9 dev out0",
    ],
    ["the uplink's own network", "ip route add default via 192.0.2.9", "192.0.2.0/24", "192.0.2.0/24 dev out0"],
    ["IPv6", "ip route add fd00:17::/32 via fd00:2::9", "fd00:17::/64", "fd00:17::/32 via fd00:2::9 dev out0"],
  ])("%s: the route is named, and nothing is touched", async (_, around, source, route) => {
    host.sh(around);
    const before = host.dump();
    const rule = { source, exceptOutInterface: "br0" };
    const refused = expect(out().up(rule)).rejects;
    await refused.toThrow(
      `MasqueradeRule "out" on kernel: source "${source}" is in part where the host's route \`${route}\` leads, which is none of this stack's; nothing was changed for this resource\n  ${advice}`,
    );
    expect(host.dump()).toBe(before);
    const allowed = out();
    expect(await allowed.up({ ...rule, allowOverlap: true })).toMatchObject(rule);
    expect(await allowed.refresh()).toMatchObject(rule);
    // Another source is checked again.
    const free = source.includes(":") ? "fd00:99::/64" : "10.99.0.0/24";
    await allowed.up({ source: free, exceptOutInterface: "br0" });
    await expect(allowed.up(rule)).rejects.toThrow(route);
    expect(await allowed.refresh()).toMatchObject({ source: free });
  });

  test("its own bridge, this stack's interfaces and routes, the default route and other networks are in nobody's way", async () => {
    host.sh("ip route add default via 192.0.2.9; ip route add 172.18.0.0/16 via 192.0.2.9");
    await new TestResource(host, "Bridge", "br0").up({ addresses: ["172.17.0.1/16"] });
    await new TestResource(host, "Bridge", "br1").up({ addresses: ["172.17.8.1/24"] });
    await new TestResource(host, "Route", "far").up({ destination: "172.17.9.0/24", via: "192.0.2.9" });
    expect(await out().up({ source: "172.17.0.0/16", exceptOutInterface: "br0" })).toMatchObject({
      source: "172.17.0.0/16",
    });
    host.sh("ip link add foreign type bridge; ip address add 10.5.0.1/24 dev foreign; ip link set foreign up");
    const wide = new TestResource(host, "MasqueradeRule", "wide");
    // Without the name of the rule's own bridge, the foreign bridge may be that bridge.
    expect(await wide.up({ source: "10.5.0.0/16" })).toMatchObject({ source: "10.5.0.0/16" });
  });
});
