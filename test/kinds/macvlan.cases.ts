import fc from "fast-check";
import { output } from "../engine/network.js";
import { mac } from "../inputs/well-formed.js";
import { followed } from "./advice-case.js";
import { maybe, present } from "./arbitrary-properties.js";
import { interfaceDamaged } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { deleteNamespace, group, markFor } from "./damage-by-hand.js";
import { derivedMac } from "./derived-mac.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import { insideOf } from "./random-surroundings.js";
import type { KindCases } from "./kind-cases.js";
import { macvlanPlans } from "./macvlan.plans.js";
import { shownInterface, texts } from "./shown-texts.js";
import { around, damagesOfAny, damageSurroundings, damaged, made, parent, reaches, stacked } from "./stacked-link.js";

const macvlan = { name: "m", namespace: "box", parent: "eth0", mac: "02:00:00:00:00:01", addresses: ["10.0.0.2/24"] };
const alone = { name: "m", parent: "eth0", mode: "passthru" };

export const cases: KindCases = {
  kind: "Macvlan",
  good: {
    namespace: "con1",
    name: "eth0",
    parent: "eth1",
    addresses: ["10.0.0.2/24"],
    gateway: "10.0.0.1",
    mtu: 1400,
  },
  domains: {
    ...routed,
    name: "interfaceName",
    parent: "interfaceName",
    mode: "macvlanMode",
    "addresses[]": "interfaceAddress",
    gateway: "address",
    "gateway[]": "address",
    mac: "mac",
    mtu: "mtu",
    up: "boolean",
  },
  least: { parent: "eth0" },
  defaults: [
    [{ parent: "eth0" }, { name: "one", parent: "eth0", mode: "bridge", addresses: [], mac: derivedMac, up: true }],
    // In passthru mode, a macvlan has its parent's Ethernet address.
    [
      { parent: "eth0", mode: "passthru" },
      { name: "one", parent: "eth0", mode: "passthru", addresses: [], up: true },
    ],
  ],
  unknown: [{ namespace: unknown, parent: unknown, mode: unknown, mtu: unknown, gateway: [unknown] }],
  refused: [
    [{ name: "m0" }, { parent: /^parent: is missing$/ }],
    [{ parent: "eth0", mode: "source" }, { mode: /bridge.*private.*vepa.*passthru/ }],
    [
      { parent: "eth0", mode: "passthru", mac: "02:00:00:00:00:01" },
      { mac: /^mac is the parent's in mode passthru; leave it out$/ },
    ],
    [{ name: "eth0", parent: "eth0" }, { name: /^name is the parent's, in the same namespace/ }],
    [{ parent: "eth0", mtu: 1279, addresses: ["fd00::1/64"] }, { mtu: /at least 1280/ }],
    [{ parent: "eth0", gateway: ["10.0.0.1", "10.0.0.2"] }, { gateway: /one address of each family/ }],
  ],
  diffs: [
    [macvlan, { ...macvlan, mode: "bridge", up: true, mac: "02-00-00-00-00-01" }, "same"],
    [macvlan, { ...macvlan, name: "n" }, deletedFirst("name")],
    [macvlan, { ...macvlan, namespace: "other" }, deletedFirst("namespace")],
    [macvlan, { ...macvlan, parent: "eth1" }, deletedFirst("parent")],
    [macvlan, { ...macvlan, parent: unknown }, deletedFirst("parent")],
    [macvlan, { ...macvlan, mode: "private" }, "in place"],
    [{ ...macvlan, mode: "vepa" }, { ...macvlan, mode: "private" }, "in place"],
    // The kernel changes no mode to or from passthru.
    [
      { ...macvlan, mode: "private", mac: undefined },
      { ...macvlan, mode: "passthru", mac: undefined },
      deletedFirst("mode"),
    ],
    [alone, { ...alone, mode: "vepa" }, deletedFirst("mode")],
    [alone, alone, "same"],
    [macvlan, { ...macvlan, mode: unknown }, "in place"],
    [macvlan, { ...macvlan, addresses: ["10.0.0.3/24"] }, "in place"],
    [macvlan, { ...macvlan, gateway: "10.0.0.1" }, "in place"],
    [macvlan, { ...macvlan, mac: "02:00:00:00:00:02" }, "in place"],
    [macvlan, { ...macvlan, mtu: 1400 }, "in place"],
    // If omitted, the MTU is not managed.
    [{ ...macvlan, mtu: 1400 }, macvlan, "same"],
    [macvlan, { ...macvlan, up: false }, "in place"],
  ],
  plans: macvlanPlans,
  lives: [
    {
      around,
      made: { ...made, gateway: "10.6.0.1" },
      shows: {
        ...reaches,
        "ip -n box -d link show eth0": /mtu 1500[^]*macvlan mode bridge/,
        "ip -n box route": /^default via 10\.6\.0\.1 dev eth0/,
        // The host's own namespace has no macvlan. It may have an eth0 of its own.
        "ip -br link show type macvlan": /^$/,
      },
      changes: [
        {
          to: { ...made, addresses: ["10.6.0.3/24", "fd00:6::3/64"], mode: "private", mtu: 1400 },
          paths: ["addresses", "gateway", "mode", "mtu"],
          shows: {
            ...reaches,
            "ip -n box -d addr show eth0": /mtu 1400[^]*macvlan mode private[^]*10\.6\.0\.3\/24[^]*fd00:6::3\/64/,
          },
        },
        {
          to: { ...made, mac: "02:00:00:00:00:aa", mode: "vepa", up: false },
          paths: ["addresses", "mac", "mode", "up"],
          shows: { "ip -n box -d link show eth0": /<BROADCAST,MULTICAST>[^]*02:00:00:00:00:aa[^]*macvlan mode vepa/ },
        },
        { to: made, paths: ["mac", "mode", "up"], shows: reaches },
      ],
      damages: [
        { by: "ip -n box link set eth0 type macvlan mode private", paths: ["mode"] },
        { by: "ip -n box link set eth0 address 02:00:00:00:00:bb", paths: ["mac"] },
        { by: "ip -n box link set eth0 down", paths: ["up"] },
        { by: "ip -n box link del eth0", paths: "gone" },
        { by: "ip link del p9", paths: "gone" },
        { by: `${deleteNamespace("box")}; ip netns add box`, paths: "gone" },
      ],
    },
    {
      title: "alone on its parent",
      around,
      made: { name: "m0", parent: "p9", mode: "passthru" },
      shows: { "ip -d link show m0": /m0@p9: <.*UP.*>[^]*02:00:00:00:09:09[^]*macvlan mode passthru/ },
      changes: [{ to: { name: "m0", parent: "p9", mode: "passthru", mtu: 1400 }, paths: ["mtu"], shows: {} }],
      damages: [{ by: "ip link set m0 mtu 1300", paths: ["mtu"] }],
    },
  ],
  drifts: [
    {
      title: "in a namespace",
      around: damageSurroundings,
      wanted: { ...damaged, mac: "02:00:00:00:00:aa" },
      damages: [
        ...damagesOfAny("Macvlan", "address 02:00:00:00:00:aa type macvlan mode bridge"),
        { by: "ip -n box link set eth0 address 02:00:00:00:00:cc", shows: ["mac"] },
        { by: "ip -n box link set eth0 type macvlan mode vepa", shows: ["mode"] },
        { by: "ip -n box link set eth0 type macvlan mode source", shows: ["mode"] },
        // The parent lowers the MTU of its macvlans with its own, and does not restore it.
        { by: "ip link set p9 mtu 1300; ip link set p9 mtu 1500", shows: ["mtu"] },
        {
          by: `ip -n box link del eth0; ip link add link p9 name eth0 netns box mtu 1400 group ${group} type macvlan mode passthru; ip -n box link set eth0 alias ${markFor("Macvlan")}`,
          shows: ["addresses", "gateway", "mac", "mode", "up"],
        },
      ],
    },
    {
      title: "on the host itself, with the parent's MTU",
      around: parent("p9", 9),
      wanted: { name: "m0", parent: "p9", addresses: ["10.6.0.2/24"], mode: "private" },
      damages: [
        { by: "ip link set m0 mtu 1300", shows: [], left: "ip link set m0 mtu 1500" },
        { by: "ip link set m0 type macvlan mode bridge", shows: ["mode"] },
        {
          by: "ip link set p9 down; ip link set p9 name moved",
          shows: ["parent"],
          then: "ip link set moved name p9 2>/dev/null; ip link set p9 up",
        },
        { by: "ip link del m0", shows: "gone" },
      ],
    },
  ],
  byHand: interfaceDamaged,
  advice: {
    "Another interface on the same parent": followed("give one of them another `mac`"),
  },
  unalterable: {
    name: "what it is known by: under another name it is gone",
    ifindex: "another one is another interface",
  },
  inNetwork: {
    own: {
      args: {
        namespace: output("box.name"),
        name: "mac0",
        parent: output("lan.name"),
        addresses: ["10.1.0.40/24"],
      },
      changed: { addresses: ["10.1.0.41/24"] },
    },
  },
  orphans: [
    {
      name: "mac",
      needs: ["box", "lan"],
      inputs: { namespace: "box", parent: "lan", addresses: ["10.5.0.2/24"] },
      line: "Macvlan mac: interface mac in box",
    },
  ],
  arbitraryInputs: fc
    .record({
      ...stacked,
      way: fc.oneof(
        fc.record({ mode: maybe(fc.constantFrom("bridge", "private", "vepa")), mac: maybe(mac) }),
        fc.constant({ mode: "passthru" }),
      ),
    })
    .map(({ way, ...rest }) => present({ ...rest, ...present(way) })),
  random: ([place = 0, parent = 0, address = 0, mode = 0], index, { host, namespaces, interfaces }) => {
    const parents = interfaces.filter(({ isBridge, namespace }) => isBridge && namespace === undefined);
    const on = parents[parent % Math.max(parents.length, 1)];
    if (!on) return undefined;
    return {
      kind: "Macvlan",
      args: {
        host,
        ...insideOf(namespaces[place]),
        name: `mac${index}`,
        parent: output(`${on.resource}.name`),
        addresses: address < 5 ? [`10.9${index}.0.${address + 1}/24`] : [],
        mode: mode < 5 ? "bridge" : "private",
      },
    };
  },
  shown: (inputs) =>
    shownInterface(
      inputs,
      texts(inputs.mode ?? "bridge").map((mode) => `mode ${mode} `),
    ),
  isSimulated: false,
};
