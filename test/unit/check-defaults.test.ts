import { describe, expect, test } from "vitest";
import { check } from "../../provider/lifecycle/check.js";
import { withDefaults, withoutDefaults } from "../../provider/lifecycle/defaults.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { unknown } from "../../provider/lifecycle/unknown.js";
import { createFakeTransport } from "../fake-transport.js";
import { lives } from "../lives.js";
import { ipvlanLives, macvlanLives } from "../stacked-lives.js";
import { vxlanLives } from "../vxlan-lives.js";
import { TestResource } from "../test-resource.js";

const host = "host1";
const owner = { project: "shop", stack: "dev", name: "one" };
const marker = unknown;

function checked(kind: string, given: object, name = "one", on: unknown = host) {
  const definition = catalogue.find((definition) => definition.kind === kind)!;
  return check(definition, { host: on, ...given }, { ...owner, name });
}

const mac = expect.stringMatching(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/) as string;
const end = { addresses: [], mac, up: true, hairpin: false, isolated: false };

test.each([
  ["Namespace", {}, { name: "one" }],
  [
    "Namespace",
    { name: "con1", sysctls: { "net.ipv4.ip_forward": 1 } },
    { name: "con1", sysctls: { "net.ipv4.ip_forward": "1" } },
  ],
  ["Bridge", {}, { name: "one", addresses: [], mac, stp: false, forwardDelay: 15, ageingTime: 300, up: true }],
  [
    "Bridge",
    { name: "br0", mac: "02-00-00-00-00-AA", addresses: ["FD00::0:1/64"] },
    {
      name: "br0",
      addresses: ["fd00::1/64"],
      mac: "02:00:00:00:00:aa",
      stp: false,
      forwardDelay: 15,
      ageingTime: 300,
      up: true,
    },
  ],
  ["Veth", { peer: { name: "two" } }, { name: "one", ...end, mtu: 1500, peer: { name: "two", ...end } }],
  ["Macvlan", { parent: "eth0" }, { name: "one", parent: "eth0", mode: "bridge", addresses: [], mac, up: true }],
  // It has its parent's address.
  [
    "Macvlan",
    { parent: "eth0", mode: "passthru" },
    { name: "one", parent: "eth0", mode: "passthru", addresses: [], up: true },
  ],
  [
    "Ipvlan",
    { parent: "eth0", addresses: ["FD00::2/64"], gateway: "FD00::1" },
    {
      name: "one",
      parent: "eth0",
      mode: "l2",
      flag: "bridge",
      addresses: ["fd00::2/64"],
      gateway: "fd00::1",
      up: true,
    },
  ],
  [
    "Route",
    { destination: "10.0.0.0/8", via: "10.1.0.1" },
    { destination: "10.0.0.0/8", via: "10.1.0.1", metric: 0, table: "main", scope: "global", type: "unicast" },
  ],
  [
    "Route",
    { destination: "10.0.0.0/8", device: "eth0" },
    { destination: "10.0.0.0/8", device: "eth0", metric: 0, table: "main", scope: "link", type: "unicast" },
  ],
  [
    "Route",
    { destination: "default6", via: "FD00::1", table: 77 },
    { destination: "default6", via: "fd00::1", metric: 1024, table: 77, type: "unicast" },
  ],
  [
    "Route",
    { destination: "10.0.0.0/8", type: "blackhole" },
    { destination: "10.0.0.0/8", metric: 0, table: "main", scope: "global", type: "blackhole" },
  ],
  [
    "Rule",
    { priority: 1, to: "FD00:0::/64", fwmark: "0X0F/255", iif: "lo", table: 77 },
    {
      ...{ priority: 1, to: "fd00::/64", iif: "lo", fwmark: "0xf/0xff", not: false, family: "ipv6", table: 77 },
      type: "lookup",
    },
  ],
  [
    "Rule",
    { priority: 1, fwmark: 0, type: "blackhole" },
    { priority: 1, fwmark: "0x0", not: false, family: "ipv4", type: "blackhole" },
  ],
  ["MasqueradeRule", { source: "fd00:0::/64" }, { source: "fd00::/64" }],
  [
    "PortForward",
    { protocol: "tcp", listenPort: "80", targetAddress: "10.0.0.1" },
    { protocol: "tcp", listenPort: 80, targetAddress: "10.0.0.1", hairpin: false, localhost: false },
  ],
  [
    "PortForward",
    { protocol: "tcp", listenPort: 80, targetAddress: "10.0.0.1", exceptInInterface: "br0" },
    {
      protocol: "tcp",
      listenPort: 80,
      targetAddress: "10.0.0.1",
      exceptInInterface: "br0",
      hairpin: true,
      localhost: false,
    },
  ],
  ["Sysctl", { key: "net.ipv4.tcp_rmem", value: "4096\t1  2" }, { key: "net.ipv4.tcp_rmem", value: "4096 1 2" }],
])("%s %j is canonical, with defaults", (kind, given, expected) => {
  const { inputs, failures } = checked(kind, given);
  expect(failures).toEqual([]);
  expect(inputs).toEqual({ host, ...expected });
  // What was checked once is checked again at the next run, out of the state.
  expect(checked(kind, inputs)).toEqual({ inputs, failures: [] });
});

test("properties given as undefined or null are left out, in nested ones too", () => {
  const { inputs, failures } = checked("Veth", {
    namespace: null,
    mtu: undefined,
    peer: { name: "two", bridge: undefined, mac: null },
  });
  expect(failures).toEqual([]);
  expect(inputs).toEqual({ host, name: "one", ...end, mtu: 1500, peer: { name: "two", ...end } });
});

test("an Ethernet address is the same at every run, and another one for another stack, host, namespace and name", () => {
  const macOf = (given: object, on?: string) => checked("Bridge", given, "one", on).inputs.mac;
  const [bridge] = catalogue.filter(({ kind }) => kind === "Bridge");
  const otherStack = check(bridge!, { host }, { ...owner, stack: "prod" }).inputs.mac;
  const macs = [macOf({}), macOf({ name: "two" }), macOf({ namespace: "box" }), macOf({}, "host2"), otherStack];
  expect(macOf({})).toBe(macs[0]);
  expect(new Set(macs).size).toBe(macs.length);
});

test("an address that changes does not change the Ethernet address of a named host's interface", () => {
  const macOf = (address: string) => checked("Bridge", {}, "one", { name: "web", address }).inputs.mac;
  expect(macOf("10.0.0.1")).toBe(macOf("10.0.0.2"));
});

test.each([
  ["Namespace", { name: marker, sysctls: { "net.ipv4.ip_forward": marker } }],
  ["Namespace", { sysctls: marker }],
  ["Bridge", { namespace: marker, addresses: marker, mac: marker, mtu: marker, stp: marker, up: marker }],
  ["Bridge", { addresses: ["10.0.0.1/24", marker] }],
  ["Veth", { namespace: marker, gateway: [marker, "fd00::1"], peer: marker }],
  ["Veth", { peer: { name: marker, namespace: marker, bridge: marker, addresses: [marker] } }],
  ["Macvlan", { namespace: marker, parent: marker, mode: marker, mtu: marker, gateway: [marker] }],
  ["Ipvlan", { namespace: marker, parent: marker, mode: marker, flag: marker, addresses: marker }],
  ["Route", { destination: marker, via: marker, metric: marker, table: marker, type: marker }],
  ["Rule", { priority: marker, from: marker, iif: marker, fwmark: marker, table: marker, not: marker, type: marker }],
  ["MasqueradeRule", { source: marker, exceptOutInterface: marker, exceptDestinations: [marker] }],
  ["PortForward", { protocol: marker, listenPort: marker, targetAddress: marker, hairpin: marker, localhost: marker }],
  ["Sysctl", { key: marker, value: marker }],
])("%s: what is not known yet passes: %j", (kind, given) => {
  const { inputs, failures } = checked(kind, given);
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject(given);
});

test.each([marker, { address: marker, user: "root" }])("a host that is not known yet passes: %j", (on) => {
  const { inputs, failures } = checked("Bridge", {}, "one", on);
  expect(failures).toEqual([]);
  expect(inputs.host).toEqual(on);
});

describe("what is not recorded", () => {
  const stages = [...lives, ...macvlanLives, ...ipvlanLives, ...vxlanLives].flatMap(({ kind, made, changes }) =>
    [made, ...changes.map(({ to }) => to)].map((to) => ({ kind, to })),
  );

  test.each(stages)("$kind $to: the defaults come back", ({ kind, to }) => {
    const resource = new TestResource({ transport: createFakeTransport() }, kind, "one");
    const { schema } = resource.definition;
    const inputs = resource.inputs(to);
    expect(withDefaults(schema, withoutDefaults(schema, inputs, {}))).toEqual(inputs);
    expect(withDefaults(schema, inputs)).toEqual(inputs);
  });

  test("it is what the schema fills in, in its parts too; values that are no defaults stay", () => {
    const veth = catalogue.find(({ kind }) => kind === "Veth")!.schema;
    const peer = { name: "b", up: true, hairpin: true, isolated: false, addresses: [] };
    expect(withoutDefaults(veth, { name: "a", mtu: 1500, up: false, addresses: ["10.0.0.1/24"], peer }, {})).toEqual({
      name: "a",
      up: false,
      addresses: ["10.0.0.1/24"],
      peer: { name: "b", hairpin: true },
    });
  });

  test("a default that was given is recorded", () => {
    const veth = catalogue.find(({ kind }) => kind === "Veth")!.schema;
    const peer = { name: "b", up: true, hairpin: false };
    const given = { mtu: 1500, up: undefined, hairpin: null, peer: { name: "b", up: true } };
    expect(withoutDefaults(veth, { name: "a", mtu: 1500, up: true, hairpin: false, peer }, given)).toEqual({
      name: "a",
      mtu: 1500,
      peer: { name: "b", up: true },
    });
  });

  test("what is not known yet stays as it is", () => {
    const veth = catalogue.find(({ kind }) => kind === "Veth")!.schema;
    expect(withoutDefaults(veth, { name: "a", mtu: "unknown", peer: "unknown" }, {})).toEqual({
      name: "a",
      mtu: "unknown",
      peer: "unknown",
    });
    expect(withDefaults(veth, { name: "a", mtu: "unknown", peer: "unknown" })).toMatchObject({
      peer: "unknown",
      up: true,
    });
  });
});
