import fc from "fast-check";
import { output } from "../engine/network.js";
import { addressOf, mac } from "../inputs/well-formed.js";
import { followed, seen } from "./advice-case.js";
import { addresses, families, maybe, namespace, newName, port, present } from "./arbitrary-properties.js";
import { commands, interfaceDamaged } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { deleteNamespace } from "./damage-by-hand.js";
import { derivedMac } from "./derived-mac.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import { insideOf } from "./random-surroundings.js";
import type { KindCases } from "./kind-cases.js";
import { texts } from "./shown-texts.js";
import { vxlanDrifts } from "./vxlan.drifts.js";
import { vxlanPlans } from "./vxlan.plans.js";

const plain = { name: "vx0", vni: 42, local: "10.0.0.1" };
const vxlan = { name: "vx0", vni: 42, local: "10.0.0.1", remotes: ["10.0.0.2", "10.0.0.3"], bridge: "br0" };

const underlay = [
  "ip link add u0 address 02:00:00:00:10:00 type veth peer name u1 address 02:00:00:00:10:01",
  "ip link set u0 up",
  "ip link set u1 up",
  "ip addr add 192.0.2.1/24 dev u0",
  "ip addr add 192.0.2.11/24 dev u0",
].join("; ");

export const cases: KindCases = {
  kind: "Vxlan",
  good: { namespace: "con1", name: "vx0", vni: 42, local: "10.0.0.1", device: "eth0", mtu: 1400, addresses: [] },
  domains: {
    ...routed,
    name: "interfaceName",
    vni: "vni",
    local: "address",
    "remotes[]": "address",
    group: "multicast",
    port: "port",
    device: "interfaceName",
    bridge: "interfaceName",
    mtu: "mtu",
    learning: "boolean",
    "addresses[]": "interfaceAddress",
    mac: "mac",
    up: "boolean",
  },
  least: { vni: 42, local: "10.0.0.1" },
  defaults: [
    [
      { vni: 42, local: "FD00:0::1", remotes: ["FD00:0::2"], mac: "02-00-00-00-00-AA" },
      {
        ...{ name: "one", vni: 42, local: "fd00::1", remotes: ["fd00::2"], port: 4789, learning: true },
        ...{ addresses: [], mac: "02:00:00:00:00:aa", up: true },
      },
    ],
    [
      { vni: 0, local: "10.0.0.1", group: "239.1.1.1", device: "eth0" },
      {
        ...{ name: "one", vni: 0, local: "10.0.0.1", group: "239.1.1.1", device: "eth0", port: 4789, learning: true },
        ...{ remotes: [], addresses: [], mac: derivedMac, up: true },
      },
    ],
  ],
  unknown: [{ vni: unknown, local: unknown, remotes: [unknown], device: unknown, bridge: unknown, mtu: unknown }],
  refused: [
    [{ name: "vx0" }, { vni: /^vni: is missing$/, local: /^local: is missing$/ }],
    [
      { ...plain, vni: 16_777_216, group: "10.0.0.9" },
      {
        vni: /a VXLAN network identifier is a whole number from 0 to 16777215/,
        group: /"10\.0\.0\.9" is not a multicast address, such as 239\.1\.1\.1/,
      },
    ],
    [
      { ...plain, remotes: ["10.0.0.2"], group: "239.1.1.1" },
      { group: /^group and remotes are two ways to reach the others/, device: /^device is needed with group/ },
    ],
    [{ ...plain, group: "ff05::1", device: "eth0" }, { group: /other address family than local 10\.0\.0\.1/ }],
    [
      { ...plain, remotes: ["10.0.0.2", "fd00::2", "10.0.0.2"] },
      { "remotes[1]": /other address family than local/, "remotes[2]": /names 10\.0\.0\.2 once more/ },
    ],
    [{ ...plain, remotes: ["10.0.0.1"] }, { "remotes[0]": /is the local address; name the other hosts only/ }],
    [{ ...plain, mtu: 1279, addresses: ["fd00::1/64"] }, { mtu: /at least 1280/ }],
  ],
  diffs: [
    [vxlan, { ...vxlan, remotes: ["10.0.0.3", "10.0.0.2"], port: 4789, learning: true, up: true }, "same"],
    // One host is added, one is removed.
    [vxlan, { ...vxlan, remotes: [...vxlan.remotes, "10.0.0.4"] }, "in place"],
    [vxlan, { ...vxlan, remotes: ["10.0.0.2"] }, "in place"],
    [vxlan, { ...vxlan, remotes: unknown }, "in place"],
    [vxlan, { ...vxlan, local: "10.0.0.9" }, "in place"],
    [vxlan, { ...vxlan, local: "fd00::1", remotes: [] }, deletedFirst("local")],
    [vxlan, { ...vxlan, local: unknown }, "in place"],
    [vxlan, { ...vxlan, vni: 43 }, deletedFirst("vni")],
    [vxlan, { ...vxlan, vni: unknown }, deletedFirst("vni")],
    [vxlan, { ...vxlan, port: 8472 }, deletedFirst("port")],
    [vxlan, { ...vxlan, device: "eth0" }, deletedFirst("device")],
    [vxlan, { ...vxlan, remotes: [], group: "239.1.1.1", device: "eth0" }, deletedFirst("device", "group")],
    [vxlan, { ...vxlan, name: "vx1" }, deletedFirst("name")],
    [vxlan, { ...vxlan, namespace: "box" }, deletedFirst("namespace")],
    [vxlan, { ...vxlan, bridge: "br1" }, "in place"],
    [vxlan, { ...vxlan, bridge: undefined }, "in place"],
    [vxlan, { ...vxlan, mtu: 1400 }, "in place"],
    // If omitted, the MTU is derived from the underlay.
    [{ ...vxlan, mtu: 1400 }, vxlan, "in place"],
    [vxlan, { ...vxlan, learning: false }, "in place"],
    [vxlan, { ...vxlan, addresses: ["10.42.0.1/24"] }, "in place"],
    [vxlan, { ...vxlan, mac: "02:00:00:00:00:09" }, "in place"],
    [vxlan, { ...vxlan, up: false }, "in place"],
  ],
  plans: vxlanPlans,
  lives: [
    {
      around: `${underlay}; ip link add br9 address 02:00:00:00:09:09 type bridge`,
      made: { name: "vx0", vni: 42, local: "192.0.2.1", remotes: ["192.0.2.2"], bridge: "br9" },
      shows: {
        "ip -d link show vx0":
          /<.*UP.*> mtu 1450 .* master br9 [^]*vxlan id 42 local 192\.0\.2\.1 .*dstport 4789 (?!nolearning)/,
        "ip link show br9": /mtu 1450/,
        "bridge fdb show dev vx0": /^00:00:00:00:00:00 dst 192\.0\.2\.2 self permanent$/m,
      },
      changes: [
        {
          to: { name: "vx0", vni: 42, local: "192.0.2.1", remotes: ["192.0.2.3", "192.0.2.4"], bridge: "br9" },
          paths: ["remotes"],
          shows: { "bridge fdb show dev vx0": /^(?![^]*192\.0\.2\.2)[^]*dst 192\.0\.2\.3 [^]*dst 192\.0\.2\.4 / },
        },
        {
          to: { name: "vx0", vni: 42, local: "192.0.2.11", mtu: 1400, learning: false, addresses: ["10.42.0.1/24"] },
          paths: ["addresses", "bridge", "learning", "local", "mtu", "remotes"],
          shows: {
            "ip -d addr show vx0": /mtu 1400 (?!.*master)[^]*local 192\.0\.2\.11 .*nolearning [^]*10\.42\.0\.1\/24/,
            "bridge fdb show dev vx0": /^$/,
          },
        },
      ],
      damages: [
        { by: "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.9", paths: ["remotes"] },
        { by: "ip link del vx0", paths: "gone" },
      ],
    },
    {
      title: "in a namespace",
      around: `ip netns add box; ${underlay}`,
      made: {
        name: "vx0",
        namespace: "box",
        vni: 42,
        local: "192.0.2.1",
        group: "239.1.1.1",
        device: "u0",
        port: 8472,
      },
      shows: {
        "ip -n box -d link show vx0": /mtu 1450 [^]*vxlan id 42 group 239\.1\.1\.1 local 192\.0\.2\.1 .*dstport 8472/,
        // The socket that carries it is in the host's own namespace.
        "ss -Huln": /:8472/,
        "ip netns exec box ss -Huln": /^$/,
        "ip maddress show dev u0": /239\.1\.1\.1/,
      },
      changes: [],
      damages: [{ by: `${deleteNamespace("box")}; ip netns add box`, paths: "gone" }],
    },
  ],
  drifts: vxlanDrifts,
  byHand: (state) => [
    ...interfaceDamaged(state),
    commands(
      `ip netns exec ${String(state.namespace)} bridge fdb del 00:00:00:00:00:00 dev ${String(state.name)} dst 192.0.2.77`,
    ),
  ],
  advice: {
    "A program on the host has the UDP port": seen("test/kernel/conflicts.test.ts", "whose UDP port a program has"),
    "Make it first, and pass its `name` output": followed("Make it first, and pass its `name` output"),
    "Make the address first": followed("Make the address first"),
  },
  unalterable: {
    name: "what it is known by: under another name it is gone",
    ifindex: "another one is another interface",
    effectiveMtu: "shows as mtu",
  },
  inNetwork: {
    tunnel: {
      args: { id: 42, local: "10.0.12.15", remotes: ["10.0.12.77"], bridge: output("lan.name") },
      changed: { remotes: ["10.0.12.78"] },
    },
  },
  orphans: [
    {
      name: "tunnel",
      needs: ["box"],
      inputs: { namespace: "box", vni: 42, local: "192.0.2.1", remotes: ["192.0.2.2"], mtu: 1400 },
      line: "Vxlan tunnel: interface tunnel in box",
    },
  ],
  // Its packets are sent from an address of the host's own namespace.
  arbitraryInputs: families.chain((family) =>
    fc
      .record({
        namespace: maybe(namespace),
        name: newName,
        vni: fc.integer({ min: 0, max: 16_777_215 }),
        local: fc.constant(family === 4 ? "10.251.0.1" : "fd00:251::1"),
        others: fc.oneof(
          fc.record({ remotes: fc.uniqueArray(addressOf[family], { maxLength: 4 }) }),
          fc.constant({ group: family === 4 ? "239.1.1.1" : "ff05::100", device: "port9" }),
          fc.constant({ device: "port9" }),
        ),
        port: maybe(port),
        mtu: maybe(fc.integer({ min: 1280, max: 1430 })),
        learning: maybe(fc.boolean()),
        addresses: maybe(addresses),
        mac: maybe(mac),
        up: maybe(fc.boolean()),
      })
      .filter(({ local, others }) => !("remotes" in others && others.remotes.includes(local)))
      .map(({ others, ...rest }) => present({ ...rest, ...others })),
  ),
  random: ([place = 0, remotes = 0, bridge = 0, mtu = 0], index, { host, namespaces, interfaces }) => {
    const on = interfaces.filter(({ isBridge, namespace }) => isBridge && namespace === namespaces[place])[bridge];
    return {
      kind: "Vxlan",
      args: {
        host,
        ...insideOf(namespaces[place]),
        name: `vx${index}`,
        id: 40 + index,
        local: "192.0.2.1",
        remotes: [77, 78, 79].slice(0, remotes % 4).map((number) => `192.0.2.${number}`),
        mtu: mtu < 5 ? 1400 : 1300,
        ...(on && { bridge: output(`${on.resource}.name`) }),
      },
    };
  },
  shown(inputs) {
    const inNamespace = inputs.namespace === undefined ? "" : `-n ${inputs.namespace as string} `;
    const name = String(inputs.name);
    return [
      {
        command: `ip ${inNamespace}-d address show dev ${name}`,
        texts: [
          `vxlan id ${String(inputs.vni)} `,
          ...texts(inputs.local).map((local) => `local ${local} `),
          ...texts(inputs.group).map((group) => `group ${group} `),
          `dstport ${texts(inputs.port)[0] ?? "4789"} `,
          `mtu ${texts(inputs.mtu)[0] ?? String(1500 - (String(inputs.local).includes(":") ? 70 : 50))} `,
          ...texts(inputs.learning).map((learning) => (learning === "true" ? " ttl " : " nolearning ")),
          ...texts(inputs.addresses),
          ...texts(inputs.mac),
        ],
      },
      {
        command: `bridge ${inNamespace}fdb show dev ${name}`,
        texts: texts(inputs.remotes).map((remote) => `00:00:00:00:00:00 dst ${remote} `),
      },
    ];
  },
  isSimulated: false,
};
