import fc from "fast-check";
import { output } from "../engine/network.js";
import { mac } from "../inputs/well-formed.js";
import { addresses, maybe, mtu, namespace, newName, present } from "./arbitrary-properties.js";
import { commands, ip } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { derivedMac } from "./derived-mac.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import type { Inputs, KindCases } from "./kind-cases.js";
import { shownInterface } from "./shown-texts.js";
import { vethDrifts } from "./veth.drifts.js";
import { vethLeftoverPlans } from "./veth.leftover-plans.js";
import { vethLives } from "./veth.lives.js";
import { vethPlans } from "./veth.plans.js";

const endDomains = {
  "addresses[]": "interfaceAddress",
  gateway: "address",
  "gateway[]": "address",
  mac: "mac",
  up: "boolean",
  bridge: "interfaceName",
  hairpin: "boolean",
  isolated: "boolean",
} as const;
const peerDomains = Object.fromEntries(
  Object.entries(endDomains).map(([path, domain]) => [`peer.${path}`, domain] as const),
);

const defaultEnd = { addresses: [], mac: derivedMac, up: true, hairpin: false, isolated: false };
const peer = { name: "veth1-br" };
const veth = {
  name: "a",
  namespace: "box",
  mac: "02:00:00:00:00:01",
  addresses: ["10.0.0.2/24"],
  peer: { name: "b", mac: "02:00:00:00:00:02", bridge: "br0" },
};
const withPeer = (changed: Inputs) => ({ ...veth, peer: { ...veth.peer, ...changed } });

const arbitraryEnd = { addresses: maybe(addresses), mac: maybe(mac), up: maybe(fc.boolean()) };

export const cases: KindCases = {
  kind: "Veth",
  good: {
    namespace: "con1",
    name: "eth0",
    addresses: ["10.0.0.2/24"],
    gateway: "10.0.0.1",
    mtu: 1400,
    peer: { name: "veth1", bridge: "br0", addresses: [] },
  },
  domains: {
    ...routed,
    ...endDomains,
    ...peerDomains,
    name: "interfaceName",
    mtu: "mtu",
    "peer.name": "interfaceName",
    "peer.namespace": "namespaceName",
  },
  least: { peer: { name: "b" } },
  defaults: [
    [{ peer: { name: "two" } }, { name: "one", ...defaultEnd, mtu: 1500, peer: { name: "two", ...defaultEnd } }],
  ],
  unknown: [
    { namespace: unknown, gateway: [unknown, "fd00::1"], peer: unknown },
    { peer: { name: unknown, namespace: unknown, bridge: unknown, addresses: [unknown] } },
  ],
  refused: [
    [{ name: "veth1" }, { peer: /^peer: is missing$/ }],
    [{ name: "veth1", peer: {} }, { "peer.name": /^peer\.name: is missing$/ }],
    [
      { name: "veth1", peer: { name: "much-too-long-name" } },
      { "peer.name": /at most 15 characters long \(it has 18\)/ },
    ],
    [
      { name: "veth1", peer: { ...peer, addresses: ["x"] } },
      { "peer.addresses[0]": /^peer\.addresses\[0\]: "x" is not an address with its prefix/ },
    ],
    [
      { name: "veth1", gateway: ["10.0.0.1", "nowhere"], peer },
      { "gateway[1]": /"nowhere" is not an IPv4 or IPv6 address/ },
    ],
    [{ name: "veth1", gateway: "10.0.0.1/24", peer }, { gateway: /"10\.0\.0\.1\/24" is not an IPv4/ }],
    [
      { name: "veth1", mac: "01:00:00:00:00:00", peer: { ...peer, mac: "x" } },
      { mac: /multicast/, "peer.mac": /not an Ethernet address/ },
    ],
    [
      { name: "veth1", peer: { ...peer, brige: "br0", hairPin: true } },
      { "peer.brige": /is not a property there/, "peer.hairPin": /is not a property there/ },
    ],
    [
      { name: "a", namespace: "x", peer: { name: "a", namespace: "x" } },
      { "peer.name": /is the name of the first end, in the same namespace/ },
    ],
    [
      { name: "a", gateway: ["10.0.0.1", "10.0.0.2"], peer: { ...peer, gateway: "fd00::1", up: false } },
      { gateway: /one address of each family/, "peer.gateway": /needs the interface up/ },
    ],
    [
      { name: "a", hairpin: true, peer: { ...peer, isolated: true } },
      { hairpin: /set `bridge` too/, "peer.isolated": /set `bridge` too/ },
    ],
    [{ name: "a", mtu: 1000, peer: { ...peer, addresses: ["fd00::1/64"] } }, { mtu: /at least 1280/ }],
    [
      { name: "a", addresses: ["10.0.0.2/32"], gateway: "10.0.0.1", peer },
      { gateway: /10\.0\.0\.1 is in none of the interface's networks \(10\.0\.0\.2\/32\)/ },
    ],
    [
      { name: "a", addresses: ["10.0.0.2/24"], gateway: "10.0.0.2", peer },
      { gateway: /10\.0\.0\.2 is the interface's own address/ },
    ],
    [
      { name: "a", addresses: ["10.0.0.2/24"], peer: { ...peer, gateway: "10.0.0.2" } },
      { "peer.gateway": /10\.0\.0\.2 can't be reached by an interface without an IPv4 address/ },
    ],
    // Values that are known are checked even beside unknown ones.
    [
      { name: "veth1", namespace: unknown, addresses: [unknown, "x"], peer: { name: unknown, mac: "x" } },
      { "addresses[1]": /"x" is not an address/, "peer.mac": /not an Ethernet address/ },
    ],
  ],
  diffs: [
    [veth, veth, "same"],
    [veth, { ...veth, name: "c" }, deletedFirst("name")],
    [veth, { ...veth, namespace: "other" }, deletedFirst("namespace")],
    [veth, withPeer({ name: "c" }), deletedFirst("peer.name")],
    [veth, withPeer({ namespace: "other" }), deletedFirst("peer.namespace")],
    [veth, { ...veth, name: "c", peer: { ...veth.peer, name: "d" } }, deletedFirst("name", "peer.name")],
    [veth, { ...veth, addresses: ["10.0.0.3/24"] }, "in place"],
    [veth, { ...veth, gateway: "10.0.0.1" }, "in place"],
    [
      { ...veth, addresses: ["10.0.0.2/24", "fd00::2/64"], gateway: ["10.0.0.1", "fd00::1"] },
      { ...veth, addresses: ["10.0.0.2/24", "fd00::2/64"], gateway: ["fd00::1", "10.0.0.1"] },
      "same",
    ],
    [{ ...veth, gateway: "10.0.0.1" }, veth, "in place"],
    [veth, { ...veth, mtu: 1400 }, "in place"],
    [veth, { ...veth, mac: "02:00:00:00:00:09" }, "in place"],
    [veth, { ...veth, up: false }, "in place"],
    [veth, { ...veth, bridge: "br1" }, "in place"],
    [veth, withPeer({ bridge: undefined }), "in place"],
    [veth, withPeer({ bridge: "br1" }), "in place"],
    [veth, withPeer({ bridge: unknown }), "in place"],
    [veth, withPeer({ hairpin: true }), "in place"],
    [veth, withPeer({ isolated: true }), "in place"],
    [veth, withPeer({ addresses: ["10.0.0.9/24"] }), "in place"],
    [veth, withPeer({ mac: "02:00:00:00:00:09" }), "in place"],
    [veth, withPeer({ up: false }), "in place"],
  ],
  plans: [...vethPlans, ...vethLeftoverPlans],
  lives: vethLives,
  drifts: vethDrifts,
  byHand: ({ namespace, name, peer }) => {
    const [run, device] = [ip(namespace), String(name)];
    const { namespace: farNamespace, name: farName } = peer as Inputs;
    const [farRun, farDevice] = [ip(farNamespace), String(farName)];
    return [
      commands(`${run} link del ${device}`),
      commands(`${farRun} link del ${farDevice}`),
      commands(`${run} link set ${device} down`),
      commands(`${farRun} link set ${farDevice} down`),
      commands(`${farRun} link set ${farDevice} nomaster`),
      commands(`${run} address flush dev ${device}`),
      commands(`${run} address add 10.98.0.1/24 dev ${device}`),
      commands(`${run} link set ${device} mtu 1300`),
      commands(`${farRun} link set ${farDevice} address 02:00:00:00:00:99`),
      commands(`${farRun} link set ${farDevice} down`, `${farRun} link set ${farDevice} name moved`),
      commands(`${farRun} link set ${farDevice} type bridge_slave hairpin off isolated on`),
      commands(`${run} link set ${device} alias ''`),
      commands(`${farRun} link set ${farDevice} alias ''`),
      ...(typeof namespace === "string" ? [commands(`${farRun} link set ${farDevice} netns ${namespace}`)] : []),
      commands(`${run} link set ${device} down`, `${run} link set ${device} up`),
    ];
  },
  unalterable: {
    name: "what an end is known by: under another name that end is lost",
    "peer.name": "the same",
    "peer.namespace": "where that end is looked for: elsewhere it is lost",
    ifindex: "another one is another interface",
  },
  inNetwork: {
    eth: {
      args: {
        name: "eth0",
        namespace: output("box.name"),
        addresses: ["10.1.0.2/24", "fd00:1::2/64"],
        gateway: ["10.1.0.1", "fd00:1::1"],
        peer: { name: "red-port", bridge: output("lan.name") },
      },
      dependsOn: ["lan"],
      changed: { mtu: 1400 },
    },
  },
  orphans: [
    {
      name: "eth",
      needs: ["box", "lan"],
      inputs: {
        namespace: "box",
        addresses: ["10.1.0.2/24", "fd00:1::2/64"],
        gateway: ["10.1.0.1", "fd00:1::1"],
        peer: { name: "port", bridge: "lan" },
      },
      line: "Veth eth: interfaces port, eth in box",
    },
  ],
  arbitraryInputs: fc
    .record({
      namespace,
      name: newName,
      mtu: maybe(mtu),
      ...arbitraryEnd,
      peer: fc.record({ name: newName, ...arbitraryEnd }).map(present),
    })
    .map(present),
  shown: (inputs) => shownInterface(inputs),
  isSimulated: true,
};
