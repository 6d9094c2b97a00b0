import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { type Network, changed, output, programFromData, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string[];

const hosts = [15, 11, 13].map((last, index) => ({
  name: `host${index + 1}`,
  address: `10.0.12.${last}/22`,
  address6: `fd00:12::${last}/64`,
}));
const dumps = () => Promise.all(lab.hosts.map((host) => lab.dump(host)));

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts });
  before = await dumps();
  stack = await new Stack(lab, folder).program(programFromData()).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

/** A container with IPv4 and IPv6 behind a bridge on a host. Its subnets are 10.N.0.0/24 and fd00:N::/64. */
function site(number: number): Network {
  const host = `host${number}`;
  const forwarding = { kind: "Sysctl", args: { host, key: "net.ipv4.ip_forward", value: "1" } };
  const forwarding6 = { kind: "Sysctl", args: { host, key: "net.ipv6.conf.all.forwarding", value: "1" } };
  return {
    [`forward${number}`]: forwarding,
    [`forward6-${number}`]: forwarding6,
    [`box${number}`]: { kind: "Namespace", args: { host, sysctls: { "net.ipv4.ip_default_ttl": 65 } } },
    [`br${number}`]: { kind: "Bridge", args: { host, addresses: [`10.${number}.0.1/24`, `fd00:${number}::1/64`] } },
    [`eth${number}`]: {
      kind: "Veth",
      args: {
        host,
        namespace: output(`box${number}.name`),
        addresses: [`10.${number}.0.2/24`, `fd00:${number}::2/64`],
        gateway: [`10.${number}.0.1`, `fd00:${number}::1`],
        peer: { name: `port${number}`, bridge: output(`br${number}.name`) },
      },
      // The gateway answers only once the bridge has its addresses.
      options: { dependsOn: [`br${number}`] },
    },
  };
}

/** The routes from one host to the subnets of another. */
const between = (from: number, to: number): Network => ({
  [`to${from}${to}`]: {
    kind: "Route",
    args: { host: `host${from}`, destination: `10.${to}.0.0/24`, via: hosts[to - 1]!.address.split("/")[0] },
  },
  [`to6-${from}${to}`]: {
    kind: "Route",
    args: { host: `host${from}`, destination: `fd00:${to}::/64`, via: hosts[to - 1]!.address6.split("/")[0] },
  },
});

const three: Network = {
  quiet1: { kind: "Sysctl", args: { host: "host1", key: "net.ipv4.icmp_echo_ignore_broadcasts", value: "0" } },
  ...site(1),
  ...site(2),
  ...site(3),
  ...between(1, 2),
  ...between(1, 3),
  ...between(2, 1),
  ...between(2, 3),
  ...between(3, 1),
  ...between(3, 2),
  masq: {
    kind: "MasqueradeRule",
    args: {
      host: "host1",
      source: "10.1.0.0/24",
      exceptOutInterface: output("br1.name"),
      exceptDestinations: ["10.0.0.0/8"],
    },
  },
  web: {
    kind: "PortForward",
    args: {
      host: "host1",
      protocol: "tcp",
      listenPort: 8000,
      exceptInInterface: output("br1.name"),
      targetAddress: "10.1.0.2",
      targetPort: 8080,
    },
  },
  web6: {
    kind: "PortForward",
    args: {
      host: "host1",
      protocol: "tcp",
      listenPort: 8000,
      exceptInInterface: output("br1.name"),
      targetAddress: "fd00:1::2",
      targetPort: 8080,
    },
  },
};
const size = Object.keys(three).length;

const pings = async (from: number, address: string) =>
  (
    await lab.exec(`host${from}`, ["ip", "netns", "exec", `box${from}`, "ping", "-c", "1", "-W", "2", address], {
      reject: false,
    })
  ).exitCode === 0;
const curls = async (host: string, url: string) =>
  (await lab.exec(host, ["curl", "-s", "-m", "2", url], { reject: false })).stdout.trim();

/** Checks that neither an up nor a refresh finds anything to do. */
async function expectSettled(count: number): Promise<void> {
  expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: count });
  expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: count });
}

describe.sequential("a network on three hosts", { timeout: 180_000 }, () => {
  test("is made; every container reaches every other by both families", async () => {
    expect((await upTo(stack, three)).changes).toEqual({ create: size });
    for (const from of [1, 2, 3]) {
      for (const to of [1, 2, 3].filter((to) => to !== from)) {
        expect(await pings(from, `10.${to}.0.2`), `${from} to ${to}`).toBe(true);
        expect(await pings(from, `fd00:${to}::2`), `${from} to ${to} by IPv6`).toBe(true);
      }
    }
    await lab.startWeb("host1", { namespace: "box1", port: 8080 }, "one");
    expect(await curls("host2", "http://10.0.12.15:8000")).toBe("one");
    expect(await curls("host2", "http://[fd00:12::15]:8000")).toBe("one");
    await expectSettled(size);
  });

  test("the state says where each is in the program, with no lines of Node's, Pulumi's and this package's", async () => {
    const resources = Object.values(await stack.resources());
    expect(resources.length).toBeGreaterThan(10);
    const line = expect.stringMatching(/^project:\/\/\/index\.js#\d+,\d+$/) as string;
    for (const { sourcePosition, stackTrace } of resources) {
      expect(sourcePosition).toEqual(line);
      expect(stackTrace).toEqual([{ sourcePosition: line }]);
    }
  });

  test("one change of each kind in place", async () => {
    const network = changed(three, {
      quiet1: { value: "1" },
      box1: { sysctls: { "net.ipv4.ip_default_ttl": 66 } },
      br1: { addresses: ["10.1.0.1/24", "fd00:1::1/64", "10.1.9.1/24"], ageingTime: 60 },
      eth2: { mtu: 1400, addresses: ["10.2.0.3/24", "fd00:2::2/64"] },
      to12: { mtu: 1300 },
      masq: { exceptDestinations: ["10.0.0.0/9"] },
      web: { listenPort: "8000-8001", targetPort: 8080 },
    });
    const preview = await stack.succeed("preview", "--diff", "--stack", stack.name);
    expect(preview.changes).toEqual({ same: size });
    expect((await upTo(stack, network)).changes).toEqual({ update: 7, same: size - 7 });
    // The default route through eth2 still exists: its interface always had an address.
    expect(await pings(2, "10.3.0.2")).toBe(true);
    await expectSettled(size);
    expect((await upTo(stack, three)).changes).toEqual({ update: 7, same: size - 7 });
  });

  test("what the kernel cannot change in place is replaced, and what hangs on it follows", async () => {
    const renamed = changed(three, {
      // The bridge's new name is passed on to its port and the rules, which are updated in place.
      br1: { name: "lan1" },
      to12: { destination: "10.2.0.0/25" },
      forward3: { key: "net.ipv4.ip_default_ttl", value: "65" },
      eth3: { name: "wan3" },
    });
    const { changes } = await upTo(stack, renamed);
    expect(changes).toMatchObject({ replace: 4, update: 4 });
    await expectSettled(size);
    expect(await curls("host2", "http://10.0.12.15:8000")).toBe("one");
    await upTo(stack, three);
    await expectSettled(size);
  });

  test("a namespace's replacement takes its links along", async () => {
    const { changes } = await upTo(stack, changed(three, { box2: { name: "other2" } }));
    expect(changes).toMatchObject({ replace: 2, same: size - 2 });
    expect((await lab.exec("host2", ["ip", "netns", "list"])).stdout).toMatch(/^other2/);
    await expectSettled(size);
    await upTo(stack, three);
  });

  test("a resource moves to another host", async () => {
    const { changes } = await upTo(stack, changed(three, { to12: { host: "host3", destination: "10.99.0.0/24" } }));
    expect(changes).toMatchObject({ replace: 1, same: size - 1 });
    expect((await lab.exec("host3", ["ip", "route", "show", "10.99.0.0/24"])).stdout).toMatch(/via 10\.0\.12\.11/);
    expect((await lab.exec("host1", ["ip", "route", "show", "10.2.0.0/24"])).stdout).toBe("");
    await upTo(stack, three);
  });

  test("what is taken out of the program is taken off the hosts", async () => {
    const { web: _web, masq: _masq, ...less } = three;
    expect((await upTo(stack, less)).changes).toEqual({ delete: 2, same: size - 2 });
    expect((await lab.exec("host1", ["iptables", "-t", "nat", "-S"])).stdout).not.toMatch(/linuxnet/);
  });

  test("destroyed, the hosts are as before", async () => {
    await stack.destroy();
    expect(await dumps()).toEqual(before);
  });
});
