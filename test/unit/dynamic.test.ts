import { beforeEach, describe, expect, test, vi } from "vitest";
import type * as Dynamic from "../../provider/index.js";
import type * as Seam from "../../provider/transport/transport.js";
import { type FakeAnswer, type FakeTransport, createFakeTransport } from "../fake-transport.js";

const fake: { transport: unknown; connections: unknown[] } = vi.hoisted(() => ({
  transport: undefined,
  connections: [],
}));
vi.mock("../../provider/transport/pool.js", () => ({
  createPool: () => ({
    transport(connection: unknown) {
      fake.connections.push(connection);
      return fake.transport;
    },
  }),
}));

let dynamic: typeof Dynamic;
let TransportError: typeof Seam.TransportError;
let settings: Map<string, string>;
let host: FakeTransport;

/** A host with sysctls, and nothing else. */
function startHost(fault: (program: string, script?: string) => FakeAnswer | undefined = () => undefined): void {
  host = createFakeTransport(({ argv }) => {
    const answer = fault(argv[0]!, argv[2]);
    if (answer) return answer;
    const [program] = argv;
    if (program === "cat") {
      const value = settings.get(argv[1]!);
      return value === undefined
        ? { exitCode: 1, stderr: `cat: ${argv[1]}: No such file or directory\n` }
        : { stdout: `${value}\n` };
    }
    const [, , script = "", , file = "", text = ""] = argv;
    if (script.startsWith("[ ! -e ")) return { stdout: settings.get(file) ?? "" };
    if (script.startsWith("rm ")) settings.delete(file);
    else settings.set(file, text);
    return {};
  });
  fake.transport = host;
}

// A provider process lasts for one Pulumi run: each test has a new one.
beforeEach(async () => {
  vi.resetModules();
  fake.connections = [];
  settings = new Map([["/proc/sys/net/ipv4/ip_forward", "0"]]);
  startHost();
  dynamic = await import("../../provider/index.js");
  ({ TransportError } = await import("../../provider/transport/transport.js"));
});

const given = {
  kind: "Sysctl",
  owner: { project: "shop", stack: "dev", name: "one" },
  __provider: "line",
  key: "net.ipv4.ip_forward",
  value: 1,
};
const address = { address: "10.0.0.1" };

async function checked(more: object = { host: address }): Promise<never> {
  const { inputs, failures } = await dynamic.check({}, { ...given, ...more });
  expect(failures).toEqual([]);
  return inputs as never;
}

/** The resource's state after a create. */
async function made(more?: object): Promise<never> {
  return (await dynamic.create(await checked(more))).outs as never;
}

const state = {
  mark: "linuxnet:shop/dev/Sysctl/one",
  host: address,
  key: "net.ipv4.ip_forward",
  value: "1",
  found: "0",
  __provider: "line",
};
const configure = (hosts: unknown) =>
  dynamic.configure({ config: { get: (key) => (key === "linuxnet:hosts" ? JSON.stringify(hosts) : undefined) } });

test("a life: made, nothing to do, changed back by hand and read, repaired, deleted", async () => {
  const inputs = await checked();
  expect(inputs).toEqual({ mark: state.mark, host: address, key: state.key, value: "1", __provider: "line" });
  const { id, outs } = await dynamic.create(inputs);
  const { life } = outs;
  expect({ id, outs }).toEqual({ id: "10.0.0.1/net.ipv4.ip_forward", outs: { ...state, life } });
  expect(life).toMatch(/^[\w-]{4}$/);
  expect(await dynamic.diff(id, outs as never, inputs)).toMatchObject({ changes: false });

  settings.set("/proc/sys/net/ipv4/ip_forward", "0");
  const { found: _found, ...recordedInputs } = state;
  const found = await dynamic.read(id, outs as never);
  expect(found).toEqual({ id, props: { ...state, value: "0", life }, inputs: { ...recordedInputs, value: "0" } });
  expect(await dynamic.diff(id, found.props as never, inputs)).toMatchObject({ changes: true, replaces: [] });

  expect(await dynamic.update(id, found.props as never, inputs)).toEqual({ outs: { ...state, life } });
  await dynamic.delete(id, outs as never);
  expect(settings.get("/proc/sys/net/ipv4/ip_forward")).toBe("0");
});

describe("another life of the same resource", () => {
  const file = "/proc/sys/net/ipv4/ip_forward";
  const anew = async () => {
    vi.resetModules();
    dynamic = await import("../../provider/index.js");
  };

  test("created before the old one is deleted, it stays", async () => {
    const old = await made();
    await made();
    await dynamic.delete("id", old);
    expect(settings.get(file)).toBe("1");
  });

  test("a run that was killed in between leaves the delete to the next one", async () => {
    const old = await made();
    const outs = await made();
    await anew();
    expect(await dynamic.diff("id", outs, await checked())).toMatchObject({ changes: false });
    await dynamic.delete("id", old);
    expect(settings.get(file)).toBe("1");
    await dynamic.delete("id", outs);
    expect(settings.get(file)).toBe("0");
  });

  test("a destroy deletes both", async () => {
    const old = await made();
    const outs = await made();
    await anew();
    await dynamic.delete("id", old);
    await dynamic.delete("id", outs);
    expect(settings.get(file)).toBe("0");
  });

  test("of another key, the old one goes, and the new one keeps what it has", async () => {
    settings.set("/proc/sys/net/ipv4/conf/all/forwarding", "0");
    const old = await made();
    await made({ host: address, key: "net.ipv4.conf.all.forwarding" });
    await dynamic.delete("id", old);
    expect([settings.get(file), settings.get("/proc/sys/net/ipv4/conf/all/forwarding")]).toEqual(["0", "1"]);
  });

  test("deleted first, it is deleted", async () => {
    const old = await made();
    await anew();
    // `replaceOnChanges` turns an update into a replacement.
    expect(await dynamic.diff("id", old, await checked({ host: address, value: 2 }))).toMatchObject({ changes: true });
    await dynamic.delete("id", old);
    expect(settings.get(file)).toBe("0");
  });

  test("a state of version 0.1.0 has no life; its replacement has", async () => {
    const { life: _life, ...old } = (await made()) as Record<string, unknown>;
    await anew();
    await made();
    await dynamic.delete("id", old as never);
    expect(settings.get(file)).toBe("1");
  });
});

test("what is gone is read as gone, and deleted without a word", async () => {
  const outs = await made();
  settings.clear();
  expect(await dynamic.read("id", outs)).toEqual({});
  await dynamic.delete("id", outs);
});

test("a failed update tells the engine what to record", async () => {
  const outs = await made();
  startHost((_program, script) =>
    script?.startsWith("printf") ? { exitCode: 1, stderr: "sh: 1: cannot create it: Permission denied\n" } : undefined,
  );
  const error: unknown = await dynamic
    .update("id", outs, await checked({ host: address, value: 2 }))
    .catch((error: unknown) => error);
  expect(error).toMatchObject({
    id: "id",
    properties: state,
    reasons: [expect.stringContaining('Sysctl "one" on 10.0.0.1: cannot create it')],
  });
});

const unanswered = (reason: Seam.TransportFailure) => {
  startHost(() => {
    throw new TransportError(reason, "not-started", "10.0.0.1", `no answer: ${reason}`);
  });
};

describe.each<Seam.TransportFailure>([
  "unreachable",
  "authentication",
  "host-key",
  "privilege",
  "timeout",
  "lost",
  "locked",
])("a host that gives no answer (%s)", (reason) => {
  test("is an error for a read and for a delete; both keep the state", async () => {
    const outs = await made();
    unanswered(reason);
    const optOut =
      reason === "unreachable" ? /The state is kept\..*set deleteUnreachable: true/ : /^((?!deleteUnreachable).)*$/s;
    await expect(dynamic.read("id", outs)).rejects.toThrow(`Sysctl "one" on 10.0.0.1: no answer: ${reason}`);
    await expect(dynamic.delete("id", outs)).rejects.toThrow(optOut);
    // The plugin prints the stack trace next to the message, so it must not contain a path of this machine.
    await expect(dynamic.delete("id", outs)).rejects.toHaveProperty(
      "stack",
      'Sysctl "one" on 10.0.0.1 failed; the error is below',
    );
  });

  test("can be given up for deletes, where it is unreachable", async () => {
    const outs = await made({ host: { ...address, deleteUnreachable: true } });
    unanswered(reason);
    if (reason === "unreachable") await dynamic.delete("id", outs);
    else await expect(dynamic.delete("id", outs)).rejects.toThrow(/no answer/);
    await expect(dynamic.read("id", outs)).rejects.toThrow(/no answer/);
  });
});

describe("the inventory", () => {
  test("says how a named host is reached, through others, and is no part of the state", async () => {
    configure({
      host1: { address: "10.0.0.1", user: "ops", sudo: true, jump: "front" },
      front: { address: "192.0.2.1", port: 2222 },
    });
    const { id, outs } = await dynamic.create(await checked({ host: "host1" }));
    expect(id).toBe("host1/net.ipv4.ip_forward");
    expect(outs).toMatchObject({ host: "host1" });
    const front = { kind: "ssh", name: "front", address: "192.0.2.1", port: 2222, user: "root", sudo: false };
    const expected = {
      kind: "ssh",
      name: "host1",
      address: "10.0.0.1",
      port: 22,
      user: "ops",
      sudo: true,
      jump: front,
    };
    expect(fake.connections).toEqual([expected]);
  });

  test("can have the opt-out for a host that is gone", async () => {
    configure({ host1: { address: "10.0.0.1", deleteUnreachable: true } });
    const outs = await made({ host: "host1" });
    unanswered("unreachable");
    await dynamic.delete("id", outs);
  });

  test.each<[unknown, string, RegExp]>([
    [
      {},
      "host1",
      /host1 can't be reached: it is not in the inventory \(the stack configuration linuxnet:hosts is empty\)/,
    ],
    [
      { host2: { address: "a" } },
      "host1",
      /it is not in the inventory \(the stack configuration linuxnet:hosts has host2\)/,
    ],
    [{ host1: { address: "a", jump: "host2" } }, "host1", /host2 can't be reached: it is not in the inventory/],
    [
      { host1: { address: "a", jump: "host2" }, host2: { address: "b", jump: "host1" } },
      "host1",
      /its jump hosts lead in a circle: host1 → host2 → host1/,
    ],
    [
      { host1: { address: "a", jump: "here" }, here: { local: true } },
      "host1",
      /its jump host here is the local machine; leave out jump/,
    ],
    [{ host1: { adress: "a" } }, "host1", /the stack configuration is wrong: linuxnet:hosts\.host1/],
    ["not an object", "host1", /the stack configuration is wrong/],
    [{ host1: { address: "a" } }, "toString", /toString can't be reached: it is not in the inventory/],
  ])("that is %j does not lead to %s: said in check, and without a host", async (inventory, name, reason) => {
    configure(inventory);
    const { failures } = await dynamic.check({}, { ...given, host: name });
    expect(failures).toEqual([{ property: "host", reason: expect.stringMatching(reason) as string }]);
    expect(fake.connections).toEqual([]);
    // A refresh and a destroy run without a check.
    await expect(dynamic.read("id", { ...state, host: name })).rejects.toThrow(reason);
    await expect(dynamic.delete("id", { ...state, host: name })).rejects.toThrow(reason);
    expect(fake.connections).toEqual([]);
  });
});

describe("an inline host", () => {
  const named = { name: "web", address: "10.0.0.1", privateKeyPath: "old" };

  test("that is reached in another way changes nothing, and is reached in that way from then on", async () => {
    const outs = await made({ host: named });
    const moved = { name: "web", address: "10.0.0.2", user: "ops", privateKeyPath: "new" };
    const inputs = await checked({ host: moved });
    expect(await dynamic.diff("id", outs, inputs)).toMatchObject({ changes: false, replaces: [] });
    fake.connections = [];
    await dynamic.read("id", outs);
    await dynamic.delete("id", outs);
    const reached = { name: "web", address: "10.0.0.2", user: "ops", privateKeyPath: "new" };
    expect(fake.connections).toEqual([expect.objectContaining(reached), expect.objectContaining(reached)]);
  });

  test("takes the defaults for all hosts", async () => {
    dynamic.configure({
      config: { get: (key) => (key === "linuxnet:defaults" ? '{"user":"ops","sudo":true,"port":2222}' : undefined) },
    });
    await made({ host: { address: "10.0.0.1", port: 22 } });
    expect(fake.connections).toEqual([
      { kind: "ssh", name: "10.0.0.1", address: "10.0.0.1", port: 22, user: "ops", sudo: true },
    ]);
  });
});

describe("published ports of a program", () => {
  const forward = { kind: "PortForward", host: "host1", protocol: "tcp", listenPort: 80, targetAddress: "10.1.0.2" };
  const named = (name: string, more: object = {}) => ({
    ...forward,
    owner: { project: "shop", stack: "dev", name },
    ...more,
  });
  beforeEach(() => configure({ host1: { address: "10.0.0.1" } }));

  test.each([
    ["the same", {}, "tcp port 80 of any IPv4 address on host1"],
    ["one of a range", { listenPort: "79-90" }, "tcp port 80 of any IPv4 address on host1"],
  ])("%s is there once", async (_, more, what) => {
    expect((await dynamic.check({}, named("web"))).failures).toEqual([]);
    expect((await dynamic.check({}, named("shop", more))).failures).toEqual([
      {
        property: "listenPort",
        reason: `listenPort: PortForward "web" of this program has ${what} already; remove one of them`,
      },
    ]);
    // The same resource, checked again.
    expect((await dynamic.check({}, named("web"))).failures).toEqual([]);
  });

  test.each([
    ["another protocol", { protocol: "udp" }],
    ["another port", { listenPort: 81 }],
    ["one address of the host", { listenAddress: "192.0.2.1" }],
    ["one interface", { inInterface: "eth0" }],
    ["another namespace", { namespace: "box" }],
    ["the other family", { targetAddress: "fd00::2" }],
  ])("%s is another one", async (_, more) => {
    expect((await dynamic.check({}, named("web"))).failures).toEqual([]);
    expect((await dynamic.check({}, named("shop", more))).failures).toEqual([]);
  });
});

describe("what interfaces on one parent can't share", () => {
  const claimed = async (kind: string, name: string, more: object) => {
    const owner = { project: "shop", stack: "dev", name };
    return (await dynamic.check({}, { kind, host: "host1", owner, parent: "eth0", ...more })).failures;
  };
  beforeEach(() => configure({ host1: { address: "10.0.0.1" } }));

  test.each([
    ["Macvlan", { mac: "02:00:00:00:00:01" }, "mac", "the Ethernet address 02:00:00:00:00:01 on eth0"],
    ["Macvlan", { mode: "passthru" }, "parent", "all of eth0 (mode passthru)"],
    ["Ipvlan", { addresses: ["10.0.0.2/24"] }, "addresses", "the address 10.0.0.2 on eth0"],
  ])("%s %j, whatever their namespaces", async (kind, more, property, what) => {
    const other = { ...more, namespace: "box" };
    expect(await claimed(kind, "one", more)).toEqual([]);
    expect(await claimed(kind, "two", other)).toEqual([
      {
        property,
        reason: `${property}: ${kind} "one" of this program has ${what} on host1 already; remove one of them`,
      },
    ]);
    expect(await claimed(kind, "three", { ...other, parent: "eth1" })).toEqual([]);
    expect(await claimed(kind, "four", { namespace: "box" })).toEqual([]);
  });
});

describe("one thing that a program describes twice", () => {
  const failures = async (kind: string, name: string, args: object) => {
    const owner = { project: "shop", stack: "dev", name };
    return (await dynamic.check({}, { kind, host: "host1", owner, ...args })).failures;
  };
  beforeEach(() => configure({ host1: { address: "10.0.0.1" } }));

  const pair = (more: object, peer: object = {}) => ({ namespace: "box", ...more, peer: { name: "port", ...peer } });
  const first = pair({ name: "eth0", addresses: ["10.1.0.2/24", "fd00::2/64"], gateway: ["10.1.0.1", "fd00::1"] });
  const oneOrOther = "remove one of them";
  const oneDefault =
    "a namespace has one: leave the gateway of one of the two out (`defaultRoute: false` where a ContainerNetwork attaches it), or make a Route with a metric or a table of its own";

  test.each<[what: string, one: [string, object], other: [string, object], property: string, words: string]>([
    [
      "the default route, by two pairs",
      ["Veth", first],
      ["Veth", pair({ name: "eth1", addresses: ["10.2.0.2/24"], gateway: "10.2.0.1" }, { name: "port2" })],
      "gateway",
      `Veth "one" of this program has the IPv4 default route in box on host1 already; ${oneDefault}`,
    ],
    [
      "the default route, by a pair and a Macvlan",
      ["Veth", first],
      ["Macvlan", { namespace: "box", parent: "eth0", addresses: ["fd00:2::2/64"], gateway: "fd00:2::1" }],
      "gateway",
      `Veth "one" of this program has the IPv6 default route in box on host1 already; ${oneDefault}`,
    ],
    [
      "the default route, by a pair and a Route",
      ["Veth", first],
      ["Route", { namespace: "box", destination: "default", via: "10.1.0.9" }],
      "destination",
      `Veth "one" of this program has the IPv4 default route in box on host1 already; ${oneDefault}`,
    ],
    [
      "the default route, by the other end of a pair",
      ["Veth", first],
      ["Veth", { name: "x", peer: { name: "y", namespace: "box", addresses: ["10.3.0.2/24"], gateway: "10.3.0.1" } }],
      "peer.gateway",
      `Veth "one" of this program has the IPv4 default route in box on host1 already; ${oneDefault}`,
    ],
    [
      "a setting, in two spellings",
      ["Sysctl", { key: "net.ipv4.conf.all.accept_redirects", value: 0 }],
      ["Sysctl", { key: "net/ipv4/conf/all/accept_redirects", value: 1 }],
      "key",
      `Sysctl "one" of this program has the setting net/ipv4/conf/all/accept_redirects on host1 already; ${oneOrOther}`,
    ],
    [
      "a setting for which the kernel has two files",
      ["Sysctl", { key: "net.ipv4.ip_forward", value: 1 }],
      ["Sysctl", { key: "net.ipv4.conf.all.forwarding", value: 0 }],
      "key",
      `Sysctl "one" of this program has the setting net/ipv4/ip_forward on host1 already; ${oneOrOther}`,
    ],
    [
      "a setting, by a Namespace and a Sysctl",
      ["Namespace", { name: "box", sysctls: { "net.ipv4.ip_forward": 1 } }],
      ["Sysctl", { namespace: "box", key: "net/ipv4/ip_forward", value: 0 }],
      "key",
      `Namespace "one" of this program has the setting net/ipv4/ip_forward in box on host1 already; ${oneOrOther}`,
    ],
    [
      "an address on a bridge, by two pairs",
      ["Veth", pair({ name: "eth0", addresses: ["10.1.0.2/24"] }, { bridge: "lan" })],
      ["Veth", pair({ name: "eth1", addresses: ["10.1.0.2/16"] }, { name: "port2", bridge: "lan" })],
      "addresses",
      `Veth "one" of this program has the address 10.1.0.2 on lan on host1 already; ${oneOrOther}`,
    ],
    [
      "an address on a bridge, by a pair and the bridge itself",
      ["Veth", pair({ name: "eth0", addresses: ["10.1.0.1/24"] }, { bridge: "lan" })],
      ["Bridge", { name: "lan", addresses: ["10.1.0.1/24"] }],
      "addresses",
      `Veth "one" of this program has the address 10.1.0.1 on lan on host1 already; ${oneOrOther}`,
    ],
    [
      "a name, by the other ends of two pairs",
      ["Veth", first],
      ["Veth", pair({ name: "eth1" })],
      "peer.name",
      `Veth "one" of this program has the interface port on host1 already; ${oneOrOther}`,
    ],
    [
      "a name, by two kinds of interfaces",
      ["Veth", first],
      ["Bridge", { name: "port" }],
      "name",
      `Veth "one" of this program has the interface port on host1 already; ${oneOrOther}`,
    ],
  ])("%s", async (_, one, other, property, words) => {
    expect(await failures(one[0], "one", one[1])).toEqual([]);
    expect(await failures(other[0], "other", other[1])).toEqual([{ property, reason: `${property}: ${words}` }]);
  });

  test.each<[what: string, kind: string, args: object]>([
    ["a default route in another namespace", "Route", { destination: "default", via: "10.1.0.9" }],
    ["one in another table", "Route", { namespace: "box", destination: "default", via: "10.1.0.9", table: 77 }],
    ["one with another metric", "Route", { namespace: "box", destination: "default", via: "10.1.0.9", metric: 5 }],
    ["the interface's name in another namespace", "Bridge", { name: "port", namespace: "other" }],
    ["a second network without a gateway", "Veth", pair({ name: "eth1", addresses: ["10.2.0.2/24"] }, { name: "p" })],
  ])("%s is another one", async (_, kind, args) => {
    expect(await failures("Veth", "one", first)).toEqual([]);
    expect(await failures(kind, "other", args)).toEqual([]);
  });
});

describe("the firewall of a host", () => {
  const rule = {
    kind: "MasqueradeRule",
    owner: { project: "shop", stack: "dev", name: "out" },
    host: "host1",
    source: "10.1.0.0/24",
  };
  const changes = async (firewall: string | undefined, state: object) => {
    configure({ host1: { address: "10.0.0.1", ...(firewall && { firewall }) } });
    const { inputs, failures } = await dynamic.check({}, rule);
    expect(failures).toEqual([]);
    const { changes, replaces } = await dynamic.diff("id", { ...inputs, ...state } as never, inputs as never);
    expect(replaces).toEqual([]);
    return changes;
  };
  const inIptables = { backend: "nf_tables" };
  const inNftables = { firewall: "nftables" };

  test.each([
    ["nftables", inIptables, true],
    ["nftables", inNftables, false],
    ["iptables", inIptables, false],
    ["iptables", inNftables, true],
    ["auto", inIptables, false],
    ["auto", inNftables, false],
    [undefined, inNftables, false],
  ])("%s, where the state has %j: a change in place is %s", async (firewall, state, expected) => {
    expect(await changes(firewall, state)).toBe(expected);
  });

  test("is one of three", async () => {
    configure({ host1: { address: "10.0.0.1", firewall: "ufw" } });
    const { failures } = await dynamic.check({}, rule);
    expect(failures[0]?.reason).toMatch(/linuxnet:hosts\.host1\.firewall is "auto", "iptables" or "nftables"$/);
  });
});

test("a state of a resource that this version does not know is an error that says so", async () => {
  await expect(
    (async () => await dynamic.read("id", { mark: "linuxnet:shop/dev/Tunnel/one", host: address }))(),
  ).rejects.toThrow(/has no resource Tunnel; install the one that the stack was made with, or a newer one/);
});
