/** UDP flows that run while a forward is created, updated and deleted. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { hidePrograms } from "./programs.js";
import { ask, serve, startFlow } from "./traffic.js";
import { TestHost } from "./test-host.js";

let host: TestHost;

beforeEach(async () => {
  host = await TestHost.start();
  const end = (name: string, port: string, number: number) => `
    ip netns add ${name}; ip netns exec ${name} sysctl -qw net.ipv6.conf.default.accept_dad=0
    ip link add ${port} type veth peer name eth0 netns ${name}
    ip link set ${port} up; ip -n ${name} link set lo up; ip -n ${name} link set eth0 up
    ip address add 10.${number}.0.1/24 dev ${port}; ip address add fd00:${number}::1/64 dev ${port} nodad
    ip -n ${name} address add 10.${number}.0.2/24 dev eth0; ip -n ${name} address add fd00:${number}::2/64 dev eth0 nodad
    ip -n ${name} route add default via 10.${number}.0.1; ip -n ${name} route add default via fd00:${number}::1`;
  host.sh(`
    # Without the wait for duplicate addresses.
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
    ${end("outside", "out0", 1)}
    ${end("red", "red0", 2)}
    ${end("blue", "blue0", 3)}
    # What is not there yet answers with an error, and no flow is remembered by it.
    iptables -A OUTPUT -p icmp -j DROP; ip6tables -A OUTPUT -p ipv6-icmp --icmpv6-type port-unreachable -j DROP`);
  await Promise.all([serve(host, "red", 80, "red"), serve(host, "blue", 80, "blue")]);
});
afterEach(() => host.stop());

const families = [
  { family: "ipv4", host: "10.1.0.1", red: "10.2.0.2", blue: "10.3.0.2", outside: "10.1.0.2" },
  { family: "ipv6", host: "fd00:1::1", red: "fd00:2::2", blue: "fd00:3::2", outside: "fd00:1::2" },
] as const;

const forward = (targetAddress: string, more: object = {}) => ({
  protocol: "udp",
  listenPort: 8000,
  targetAddress,
  targetPort: 80,
  ...more,
});

describe.each(families)("$family", ({ family, host: address, red, blue, outside }) => {
  test("a flow goes where the forward leads now, from its first moment to its last", async () => {
    const flow = startFlow(host, "outside", address, 8000);
    try {
      expect(await flow.next()).toBe("");
      const resource = new TestResource(host, "PortForward", "dns");
      await resource.up(forward(red));
      expect(await flow.next()).toBe(`red ${outside}`);
      await resource.up(forward(blue));
      expect(await flow.next()).toBe(`blue ${outside}`);
      await resource.up(forward(blue, { listenPort: 8001 }));
      expect(await flow.next()).toBe("");
      await resource.up(forward(red, { listenPort: "7990-8010", targetPort: undefined }));
      expect(await flow.next()).toBe("");
      await resource.up(forward(red));
      expect(await flow.next()).toBe(`red ${outside}`);
      await resource.down();
      expect(await flow.next()).toBe("");
      expect(resource.warnings).toEqual([]);
    } finally {
      flow.stop();
    }
  });

  test("flows to other ports, to other hosts and of TCP are let alone", async () => {
    const other = new TestResource(host, "PortForward", "other");
    await other.up(forward(red, { listenPort: 8001 }));
    ask(host, "outside", "udp", address, 8001);
    // Through the host, and to the same port.
    ask(host, "outside", "udp", blue, 8000);
    ask(host, "outside", "tcp", red, 80);
    const entries = () =>
      host
        .sh(`conntrack -f ${family} -L -o id 2>/dev/null`)
        .split("\n")
        .map((line) => `${line.split(" ")[0]} ${/dport=\d+/.exec(line)?.[0]} ${/id=\d+/.exec(line)?.[0]}`)
        .filter((line) => !line.startsWith("icmp"))
        .sort();
    const before = entries();
    expect(before.filter((line) => line.startsWith("udp"))).toHaveLength(2);
    expect(before.filter((line) => line.startsWith("tcp"))).toHaveLength(1);
    const resource = new TestResource(host, "PortForward", "dns");
    await resource.up(forward(red));
    await resource.up(forward(blue));
    await resource.down();
    expect(entries()).toEqual(before);
  });

  test("of one address, what is sent to the others is let alone", async () => {
    const second = family === "ipv4" ? "10.1.0.9" : "fd00:1::9";
    host.sh(`ip address add ${second}/${family === "ipv4" ? 24 : 64} dev out0 ${family === "ipv4" ? "" : "nodad"}`);
    // The kernel tracks connections only while there are rules that need it.
    await new TestResource(host, "PortForward", "other").up(forward(red, { listenPort: 8001 }));
    const flow = startFlow(host, "outside", second, 8000);
    try {
      await flow.next();
      const id = () => /id=\d+/.exec(host.sh(`conntrack -f ${family} -L -p udp -o id 2>/dev/null`))?.[0];
      const before = id();
      expect(before).toBeDefined();
      const resource = new TestResource(host, "PortForward", "dns");
      await resource.up(forward(red, { listenAddress: address }));
      expect(id()).toBe(before);
      await resource.up(forward(red, { listenAddress: second }));
      expect(await flow.next()).toBe(`red ${outside}`);
    } finally {
      flow.stop();
    }
  });

  test("without conntrack on the host, the flow stays, and the user is told", async () => {
    hidePrograms(host, "conntrack");
    const flow = startFlow(host, "outside", address, 8000);
    try {
      const resource = new TestResource(host, "PortForward", "dns");
      await resource.up(forward(red));
      expect(await flow.next()).toBe(`red ${outside}`);
      await resource.up(forward(blue));
      expect(await flow.next()).toBe(`red ${outside}`);
      expect(resource.warnings[0]).toMatch(/^it has no `conntrack`: .*install the package conntrack there$/);
      const other = new TestResource(host, "PortForward", "web");
      await other.up({ ...forward(red), protocol: "tcp" });
      expect(other.warnings).toEqual([]);
    } finally {
      flow.stop();
    }
  });
});
