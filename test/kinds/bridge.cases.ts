import fc from "fast-check";
import { mac } from "../inputs/well-formed.js";
import { addresses, maybe, mtu, namespace, newName, present } from "./arbitrary-properties.js";
import { bridgeDrifts } from "./bridge.drifts.js";
import { bridgePlans } from "./bridge.plans.js";
import { commands, ip } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { derivedMac } from "./derived-mac.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { shownInterface, texts } from "./shown-texts.js";
import { addNamespace } from "./surroundings.js";

const bridge = { name: "br0", mac: "02:00:00:00:00:01", addresses: ["10.0.0.1/24", "fd00::1/64"] };

export const cases: KindCases = {
  kind: "Bridge",
  good: { namespace: "con1", name: "br0", addresses: ["10.0.0.1/24"], mtu: 1500, stp: true },
  domains: {
    ...routed,
    name: "interfaceName",
    "addresses[]": "interfaceAddress",
    mac: "mac",
    mtu: "mtu",
    stp: "boolean",
    forwardDelay: "delay",
    ageingTime: "ageing",
    up: "boolean",
  },
  least: {},
  defaults: [
    [{}, { name: "one", addresses: [], mac: derivedMac, stp: false, forwardDelay: 15, ageingTime: 300, up: true }],
    [
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
  ],
  unknown: [
    { namespace: unknown, addresses: unknown, mac: unknown, mtu: unknown, stp: unknown, up: unknown },
    { addresses: ["10.0.0.1/24", unknown] },
  ],
  refused: [
    [{ name: "br0", addresses: ["10.0.0.1/24", "10.0.0.0/24"] }, { "addresses[1]": /did you mean 10\.0\.0\.1\/24\?$/ }],
    [{ name: "br0", addresses: "10.0.0.1/24" }, { addresses: /has to be of type array, not string/ }],
    [
      { name: "br0", mtu: 67, ageingTime: -1, up: "yes" },
      { mtu: /an MTU is a whole number from 68/, ageingTime: /a time in seconds/, up: /of type boolean, not string/ },
    ],
    [{ name: "br0", adresses: [] }, { adresses: /^adresses is not a property of Bridge; did you mean addresses\?$/ }],
    [{ name: "br0", stp: true, forwardDelay: 1 }, { forwardDelay: /from 2 to 30 seconds with stp/ }],
    [{ name: "br0", mtu: 1279, addresses: ["fd00::1/64"] }, { mtu: /at least 1280/ }],
  ],
  diffs: [
    [bridge, { ...bridge, addresses: ["FD00:0::1/64", "10.0.0.1/24"], mac: "02-00-00-00-00-01" }, "same"],
    [bridge, { ...bridge, name: "br1" }, deletedFirst("name")],
    [bridge, { ...bridge, namespace: "box" }, deletedFirst("namespace")],
    [{ ...bridge, namespace: "box" }, bridge, deletedFirst("namespace")],
    [bridge, { ...bridge, namespace: unknown }, deletedFirst("namespace")],
    [bridge, { ...bridge, addresses: [] }, "in place"],
    [bridge, { ...bridge, addresses: ["10.0.0.1/24", "fd00::1/64", "10.9.0.1/24"] }, "in place"],
    [bridge, { ...bridge, addresses: ["10.0.0.1/25", "fd00::1/64"] }, "in place"],
    [bridge, { ...bridge, addresses: unknown }, "in place"],
    [bridge, { ...bridge, mac: "02:00:00:00:00:02" }, "in place"],
    [bridge, { ...bridge, mtu: 1400 }, "in place"],
    [{ ...bridge, mtu: 1400 }, { ...bridge, mtu: 1500 }, "in place"],
    // If omitted, the MTU is not managed.
    [{ ...bridge, mtu: 1400 }, bridge, "same"],
    [bridge, { ...bridge, stp: true }, "in place"],
    [bridge, { ...bridge, forwardDelay: 4 }, "in place"],
    [bridge, { ...bridge, ageingTime: 0 }, "in place"],
    [bridge, { ...bridge, up: false }, "in place"],
    [bridge, { ...bridge, up: true, stp: false, forwardDelay: 15, ageingTime: 300 }, "same"],
  ],
  plans: bridgePlans,
  lives: [
    {
      made: { name: "br0" },
      shows: {
        "ip -d link show br0": /state (DOWN|UP).*\n.*\n.*bridge forward_delay 1500 .*ageing_time 30000 stp_state 0/,
        "ip link show br0": /<.*UP.*>/,
      },
      changes: [
        {
          to: { name: "br0", addresses: ["172.17.0.1/24", "fd00:17::1/64"] },
          paths: ["addresses"],
          shows: { "ip addr show br0": /172\.17\.0\.1\/24[^]*fd00:17::1\/64/, "ip route": /172\.17\.0\.0\/24 dev br0/ },
        },
        {
          to: { name: "br0", addresses: ["172.17.0.2/24"], mtu: 1400, mac: "02:00:00:00:00:aa" },
          paths: ["addresses", "mac", "mtu"],
          shows: { "ip addr show br0": /mtu 1400[^]*02:00:00:00:00:aa[^]*172\.17\.0\.2\/24/ },
        },
        {
          to: { name: "br0", stp: true, forwardDelay: 4, ageingTime: 60 },
          paths: ["addresses", "mac", "stp", "forwardDelay", "ageingTime"],
          shows: { "ip -d link show br0": /forward_delay 400 .*ageing_time 6000 stp_state 1/ },
        },
        {
          to: { name: "br0", up: false, addresses: ["172.17.0.1/24", "fd00:17::1/64"] },
          paths: ["addresses", "up", "stp", "forwardDelay", "ageingTime"],
          shows: { "ip addr show br0": /<BROADCAST,MULTICAST>[^]*fd00:17::1\/64/ },
        },
        {
          to: { name: "br0", addresses: ["172.17.0.1/24", "fd00:17::1/64"], mtu: 1500 },
          paths: ["up", "mtu"],
          shows: { "ip addr show br0": /UP[^]*mtu 1500/ },
        },
      ],
      damages: [
        { by: "ip addr del 172.17.0.1/24 dev br0", paths: ["addresses"] },
        { by: "ip addr add 10.99.0.1/24 dev br0", paths: ["addresses"] },
        { by: "ip -6 addr del fd00:17::1/64 dev br0", paths: ["addresses"] },
        { by: "ip link set br0 down", paths: ["addresses", "up"] },
        { by: "ip link set br0 mtu 1300", paths: ["mtu"] },
        { by: "ip link set br0 address 02:00:00:00:00:bb", paths: ["mac"] },
        { by: "ip link set br0 type bridge stp_state 1", paths: ["stp"] },
        { by: "ip link del br0", paths: "gone" },
      ],
    },
    {
      title: "in a namespace",
      around: addNamespace,
      made: { name: "br0", namespace: "box", addresses: ["10.5.0.1/24"] },
      shows: { "ip -n box addr show br0": /10\.5\.0\.1\/24/ },
      changes: [],
      damages: [{ by: "ip netns del box; ip netns add box", paths: "gone" }],
    },
  ],
  drifts: bridgeDrifts,
  byHand: ({ namespace, name }) => {
    const run = ip(namespace);
    const device = String(name);
    return [
      commands(`${run} link del ${device}`),
      commands(`${run} link set ${device} down`),
      commands(`${run} link set ${device} up`),
      commands(`${run} address flush dev ${device}`),
      commands(`${run} address add 10.99.0.1/24 dev ${device}`),
      // The group still identifies the owner: without mark and group the bridge would belong to somebody else.
      commands(`${run} link set ${device} alias ''`),
      commands(`${run} link set ${device} type bridge stp_state 1`),
      commands(`${run} link set ${device} type bridge ageing_time 100 forward_delay 500`),
      commands(`${run} link set ${device} mtu 1300`),
    ];
  },
  unalterable: {
    name: "what it is known by: under another name it is gone",
    ifindex: "another one is another interface",
    bridged: "what a host's own firewall makes of it (test/kernel/bridged.test.ts)",
    acceptedIn: "says where rules are, and any such place is right (test/kernel/bridged.test.ts)",
  },
  inNetwork: {
    lan: { args: { name: "red0", addresses: ["10.1.0.1/24", "fd00:1::1/64"] }, changed: { mtu: 1400 } },
  },
  orphans: [{ name: "lan", inputs: { addresses: ["10.1.0.1/24", "fd00:1::1/64"] }, line: "Bridge lan: interface lan" }],
  arbitraryInputs: fc
    .record({
      namespace: maybe(namespace),
      name: newName,
      addresses: maybe(addresses),
      mac: maybe(mac),
      mtu: maybe(mtu),
      stp: maybe(fc.boolean()),
      forwardDelay: maybe(fc.integer({ min: 2, max: 30 })),
      ageingTime: maybe(fc.integer({ min: 0, max: 100_000 })),
      up: maybe(fc.boolean()),
    })
    .map(present),
  shown: (inputs) =>
    shownInterface(
      inputs,
      texts(inputs.stp).map((stp) => `stp_state ${stp === "true" ? 1 : 0}`),
    ),
  isSimulated: true,
};
