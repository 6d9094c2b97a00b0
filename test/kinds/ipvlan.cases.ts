import fc from "fast-check";
import { output } from "../engine/network.js";
import { maybe, present } from "./arbitrary-properties.js";
import { interfaceDamaged } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { around as planSurroundings, inBox } from "./macvlan.plans.js";
import { addInside, write } from "./shown-commands.js";
import { shownInterface, texts } from "./shown-texts.js";
import { around, damagesOfAny, damageSurroundings, damaged, made, reaches, stacked } from "./stacked-link.js";

const ipvlan = { name: "i", namespace: "box", parent: "eth0", addresses: ["10.0.0.2/24"] };

const make = (options: string) => [
  addInside("eth0", `group GROUP dev eth0 link p0 netns box type ipvlan ${options}`),
  "ip -n box link set dev eth0 alias MARK",
  "ip -n box address replace 10.0.0.2/24 dev eth0",
  "ip -n box link set dev eth0 up",
];

export const cases: KindCases = {
  kind: "Ipvlan",
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
    mode: "ipvlanMode",
    flag: "ipvlanFlag",
    "addresses[]": "interfaceAddress",
    gateway: "address",
    "gateway[]": "address",
    mtu: "mtu",
    up: "boolean",
  },
  least: { parent: "eth0" },
  defaults: [
    [
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
  ],
  unknown: [{ namespace: unknown, parent: unknown, mode: unknown, flag: unknown, addresses: unknown }],
  refused: [
    [
      { parent: "much-too-long-name", mode: "l4" },
      { parent: /at most 15 characters/, mode: /l2.*l3.*l3s/ },
    ],
    [{ parent: "eth0", flag: "none" }, { flag: /bridge.*private.*vepa/ }],
    [{ parent: "eth0", mac: "02:00:00:00:00:01" }, { mac: /^mac is not a property of Ipvlan; it has host, / }],
    [
      { name: "eth0", parent: "eth0", gateway: "10.0.0.1", up: false },
      { name: /is the parent's/, gateway: /needs the interface up/ },
    ],
    [
      { parent: "eth0", addresses: ["10.0.0.2/24"], gateway: ["10.0.0.1", "fd00::1"] },
      { gateway: /fd00::1 can't be reached by an interface without an IPv6 address/ },
    ],
  ],
  diffs: [
    [ipvlan, { ...ipvlan, mode: "l2", flag: "bridge", up: true }, "same"],
    [ipvlan, { ...ipvlan, name: "j" }, deletedFirst("name")],
    [ipvlan, { ...ipvlan, namespace: "other" }, deletedFirst("namespace")],
    [ipvlan, { ...ipvlan, parent: "eth1" }, deletedFirst("parent")],
    [ipvlan, { ...ipvlan, mode: "l3" }, "in place"],
    [ipvlan, { ...ipvlan, flag: "private" }, "in place"],
    [ipvlan, { ...ipvlan, addresses: [] }, "in place"],
    [ipvlan, { ...ipvlan, gateway: ["10.0.0.1", "fe80::1"] }, "in place"],
    [ipvlan, { ...ipvlan, mtu: 1400 }, "in place"],
    [{ ...ipvlan, mtu: 1400 }, ipvlan, "same"],
    [ipvlan, { ...ipvlan, up: false }, "in place"],
  ],
  // Plans that a kernel without ipvlan can record. The plans for an Ipvlan that exists are in test/unit/ipvlan.test.ts.
  plans: [
    {
      title: "nothing there",
      around: planSurroundings,
      wanted: { ...inBox, gateway: "10.0.0.1" },
      sees: "nothing",
      plan: [...make("mode l2 bridge"), "ip -n box -4 route replace default via 10.0.0.1 dev eth0 proto PROTO"],
      remove: [],
    },
    {
      title: "nothing there, on the host itself, with every option",
      around: planSurroundings,
      wanted: { name: "i0", parent: "p0", mode: "l3s", flag: "private", mtu: 1400, addresses: ["fd00::2/64"] },
      sees: "nothing",
      plan: [
        "ip link add group GROUP dev i0 link p0 mtu 1400 type ipvlan mode l3s private",
        "ip link set dev i0 alias MARK",
        "ip address replace fd00::2/64 dev i0 nodad",
        write("net/ipv6/conf/i0/dad_transmits", 0),
        "ip link set dev i0 up",
      ],
      remove: [],
    },
    {
      title: "without its parent and its namespace",
      wanted: { ...inBox, mode: "l3", flag: "vepa" },
      sees: "nothing",
      plan: make("mode l3 vepa"),
      remove: [],
    },
    {
      title: "a macvlan in its place",
      around: `${planSurroundings}; ip link add link p0 name eth0 netns box type macvlan mode bridge`,
      wanted: inBox,
      sees: /^name held by a macvlan interface that this stack did not create$/,
      remove: [],
    },
    {
      title: "another kind of link with this stack's alias",
      around: `${planSurroundings}; ip -n box link add eth0 type bridge; ip -n box link set eth0 alias "$MARK"`,
      wanted: inBox,
      sees: /^name held by a bridge interface with the alias "linuxnet:shop\/dev\/Ipvlan\/one"$/,
      remove: [],
    },
  ],
  // These follow the kernel's source: no kernel that the tests have run on has ipvlan.
  lives: [
    {
      around,
      made: { ...made, gateway: "10.6.0.1" },
      shows: {
        ...reaches,
        "ip -n box -d link show eth0": /02:00:00:00:09:09[^]*ipvlan +mode l2 bridge/,
        "ip -n box route": /^default via 10\.6\.0\.1 dev eth0/,
      },
      changes: [
        {
          to: { ...made, addresses: ["10.6.0.3/24", "fd00:6::3/64"], mode: "l3", flag: "private" },
          paths: ["addresses", "gateway", "mode", "flag"],
          shows: { "ip -n box -d link show eth0": /ipvlan +mode l3 private/ },
        },
        {
          to: { ...made, mode: "l3s", up: false, mtu: 1400 },
          paths: ["addresses", "mode", "flag", "mtu", "up"],
          shows: { "ip -n box -d link show eth0": /mtu 1400[^]*ipvlan +mode l3s bridge/ },
        },
        { to: made, paths: ["mode", "up"], shows: { "ip -n box -d link show eth0": /ipvlan +mode l2 bridge/ } },
      ],
      damages: [
        { by: "ip -n box link set eth0 type ipvlan mode l2 vepa", paths: ["flag"] },
        { by: "ip -n box link set eth0 type ipvlan mode l3s", paths: ["mode"] },
        { by: "ip -n box link del eth0", paths: "gone" },
        { by: "ip link del p9", paths: "gone" },
      ],
    },
  ],
  // If the kernel has no ipvlan, each of these asserts that the resource is refused.
  drifts: [
    {
      title: "in a namespace",
      around: damageSurroundings,
      wanted: damaged,
      damages: [
        ...damagesOfAny("Ipvlan", "type ipvlan mode l2 bridge"),
        { by: "ip -n box link set eth0 type ipvlan mode l3", shows: ["mode"] },
        { by: "ip -n box link set eth0 type ipvlan mode l2 private", shows: ["flag"] },
      ],
    },
  ],
  byHand: interfaceDamaged,
  unalterable: {
    name: "what it is known by: under another name it is gone",
    ifindex: "another one is another interface",
  },
  inNetwork: {
    // No other resource can share its parent.
    under: { kind: "Vxlan", args: { id: 43, local: "10.0.12.15", remotes: ["10.0.12.77"] } },
    thin: {
      args: {
        namespace: output("box.name"),
        name: "ipv0",
        parent: output("under.name"),
        addresses: ["10.3.0.2/24"],
      },
      changed: { addresses: ["10.3.0.3/24"] },
    },
  },
  orphans: [],
  arbitraryInputs: fc
    .record({
      ...stacked,
      mode: maybe(fc.constantFrom("l2", "l3", "l3s")),
      flag: maybe(fc.constantFrom("bridge", "private", "vepa")),
    })
    .map(present),
  shown: (inputs) =>
    shownInterface(
      inputs,
      texts(inputs.mode ?? "l2").map((mode) => `mode ${mode} `),
    ),
  isSimulated: false,
  kernelMayLack: {
    probe: "ip link add a0 type bridge && ip link add link a0 name a1 type ipvlan",
    failing: /^(?:ip link|sh -c .* sh \S+) add group \d+ dev \S+ link \S+ .*type ipvlan /,
    advice:
      "The host's kernel has no ipvlan interfaces: load its module there (`modprobe ipvlan`), or install the kernel's modules.",
  },
};
