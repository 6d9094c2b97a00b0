import fc from "fast-check";
import { output } from "../engine/network.js";
import { mac } from "../inputs/well-formed.js";
import { addresses, maybe, mtu, namespace, newName, present } from "./arbitrary-properties.js";
import { interfaceDamaged } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { endProcessInside, processInside, theirMark } from "./damage-by-hand.js";
import { derivedMac } from "./derived-mac.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { shownInterface } from "./shown-texts.js";

const loopback = { name: "lo1", mac: "02:00:00:00:00:01", addresses: ["10.9.9.1/32", "fd00:9::1/128"] };
const inBox = { ...loopback, namespace: "box" };
/** What a refresh shows of one that is not in its place. */
const lost = ["addresses", "marked", "up"];

export const cases: KindCases = {
  kind: "Dummy",
  good: { namespace: "con1", name: "lo1", addresses: ["10.9.9.1/32"], mac: "02:00:00:00:00:01", mtu: 1400 },
  domains: {
    ...routed,
    name: "interfaceName",
    "addresses[]": "interfaceAddress",
    mac: "mac",
    mtu: "mtu",
    up: "boolean",
  },
  least: {},
  defaults: [
    [{}, { name: "one", addresses: [], mac: derivedMac, mtu: 1500, up: true }],
    [
      { name: "lo1", mac: "02-00-00-00-00-AA", addresses: ["FD00::0:1/128"] },
      { name: "lo1", mac: "02:00:00:00:00:aa", addresses: ["fd00::1/128"], mtu: 1500, up: true },
    ],
  ],
  unknown: [{ namespace: unknown, addresses: [unknown], mac: unknown, mtu: unknown, up: unknown }],
  refused: [
    [{ name: "much-too-long-name" }, { name: /at most 15 characters/ }],
    [{ name: "lo1", mtu: 1279, addresses: ["fd00::1/128"] }, { mtu: /at least 1280/ }],
    [{ name: "lo1", gateway: "10.0.0.1" }, { gateway: /^gateway is not a property of Dummy; it has host, / }],
  ],
  diffs: [
    [loopback, { ...loopback, mac: "02-00-00-00-00-01", mtu: 1500, up: true }, "same"],
    [loopback, { ...loopback, addresses: [] }, "in place"],
    [loopback, { ...loopback, mac: "02:00:00:00:00:02" }, "in place"],
    [loopback, { ...loopback, mtu: 1400 }, "in place"],
    [loopback, { ...loopback, up: false }, "in place"],
    [loopback, { ...loopback, name: "lo2" }, deletedFirst("name")],
    [loopback, { ...loopback, namespace: "box" }, deletedFirst("namespace")],
  ],
  // Of a kernel without dummy interfaces, these are the hosts that there can be.
  plans: [
    {
      title: "nothing there",
      around: "ip netns add box",
      wanted: { ...inBox, mtu: 1400 },
      sees: "nothing",
      plan: [
        "ip -n box link add name lo1 group GROUP address 02:00:00:00:00:01 type dummy",
        "ip -n box link set dev lo1 alias MARK",
        "ip -n box link set dev lo1 mtu 1400",
        "ip -n box address replace 10.9.9.1/32 dev lo1",
        "ip -n box address replace fd00:9::1/128 dev lo1 nodad",
        'ip netns exec box sh -c \'printf "%s\\n" "$2" >"$1"\' sh /proc/sys/net/ipv6/conf/lo1/dad_transmits 0',
        "ip -n box link set dev lo1 up",
      ],
      remove: [],
    },
    {
      title: "another kind of link with this stack's alias",
      around: 'ip link add lo1 type bridge; ip link set lo1 alias "$MARK"',
      wanted: loopback,
      sees: /^name held by a bridge interface with the alias "linuxnet:shop\/dev\/Dummy\/one"$/,
      remove: [],
    },
  ],
  lives: [
    {
      // What goes to an address of its own goes by lo.
      around: "ip netns add box; ip -n box link set lo up",
      made: inBox,
      shows: {
        "ip -n box -d address show lo1": /02:00:00:00:00:01[^]*dummy[^]*10\.9\.9\.1\/32[^]*fd00:9::1\/128/,
        "ip netns exec box ping -c1 -W2 10.9.9.1": /1 received/,
      },
      changes: [
        {
          to: { ...inBox, addresses: ["10.9.9.2/32"], mac: "02:00:00:00:00:02", mtu: 1400 },
          paths: ["addresses", "mac", "mtu"],
          shows: { "ip -n box address show lo1": /mtu 1400[^]*02:00:00:00:00:02[^]*10\.9\.9\.2\/32/ },
        },
        {
          to: { ...inBox, up: false },
          paths: ["addresses", "mac", "mtu", "up"],
          shows: { "ip -n box link show lo1": /DOWN/ },
        },
      ],
      damages: [
        { by: "ip -n box address flush dev lo1", paths: ["addresses"] },
        { by: "ip -n box link del lo1", paths: "gone" },
      ],
    },
  ],
  drifts: [
    {
      wanted: { ...loopback, mtu: 1400 },
      damages: [
        { by: "ip address del 10.9.9.1/32 dev lo1", shows: ["addresses"] },
        { by: "ip address add 10.99.0.1/24 dev lo1", shows: ["addresses"] },
        { by: "ip address flush dev lo1", shows: ["addresses"] },
        { by: "ip link set lo1 mtu 1300", shows: ["mtu"] },
        { by: "ip link set lo1 address 02:00:00:00:00:bb", shows: ["mac"] },
        { by: "ip link set lo1 down", shows: ["addresses", "up"] },
        { by: "ip link set lo1 alias ''", shows: ["marked"] },
        { by: "ip link set lo1 group 7", shows: ["marked"] },
        { by: "ip link set lo1 alias ''; ip link set lo1 group 0", shows: ["marked"] },
        { by: "ip link del lo1", shows: "gone" },
        { by: "ip link set lo1 down; ip link set lo1 name lo7", shows: lost },
        { by: "ip link del lo1; ip link add lo1 type bridge", shows: "gone", refused: true, then: "ip link del lo1" },
        { by: `ip link set lo1 alias ${theirMark}`, shows: "gone", refused: true, then: "ip link del lo1" },
      ],
    },
    {
      title: "in a namespace",
      around: "ip netns add box; ip netns add yard",
      wanted: inBox,
      damages: [
        { by: "ip -n box link set lo1 netns yard", shows: lost },
        { by: "ip netns del box; ip netns add box", shows: "gone" },
        { by: `${processInside("box")}; ip netns del box`, shows: lost, then: `ip netns add box; ${endProcessInside}` },
      ],
    },
  ],
  byHand: interfaceDamaged,
  unalterable: {
    name: "what it is known by: under another name it is gone",
    ifindex: "another one is another interface",
  },
  inNetwork: {
    loopback: {
      args: { namespace: output("box.name"), name: "lo1", addresses: ["10.9.9.1/32", "fd00:9::1/128"] },
      changed: { addresses: ["10.9.9.2/32"], mtu: 1400 },
    },
  },
  orphans: [],
  arbitraryInputs: fc
    .record({
      namespace: maybe(namespace),
      name: newName,
      addresses: maybe(addresses),
      mac: maybe(mac),
      mtu: maybe(mtu),
    })
    .map(present),
  shown: (inputs) => shownInterface(inputs, ["dummy "]),
  isSimulated: false,
  kernelMayLack: {
    probe: "ip link add a0 type dummy",
    failing: /^ip (?:-n \S+ )?link add name \S+ group \d+ address \S+ type dummy$/,
    advice:
      "The host's kernel has no dummy interfaces: load its module there (`modprobe dummy`), or install the kernel's modules.",
  },
};
