import fc from "fast-check";
import { output } from "../engine/network.js";
import { address, mac } from "../inputs/well-formed.js";
import { seen } from "./advice-case.js";
import { commands, ip } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { endProcessInside, processInside, protocol } from "./damage-by-hand.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { insideOf } from "./random-surroundings.js";
import { inside, texts } from "./shown-texts.js";

const printer = { device: "br9", address: "10.1.0.9", mac: "02:00:00:00:00:09" };
const around =
  "ip link add br9 address 02:00:00:00:09:09 type bridge; ip addr add 10.1.0.1/24 dev br9; ip link set br9 up";
const box = "ip netns add box; ip -n box link add br9 address 02:00:00:00:09:08 type bridge; ip -n box link set br9 up";
const inBox = { ...printer, namespace: "box" };
const entry = "10.1.0.9 dev br9";
const replaced = (words: string) => `ip neighbour replace ${words} nud permanent`;

export const cases: KindCases = {
  kind: "Neighbour",
  good: { namespace: "con1", device: "eth0", address: "10.0.0.9", mac: "02:00:00:00:00:09" },
  domains: { ...routed, device: "interfaceName", address: "address", mac: "mac" },
  least: printer,
  defaults: [
    [
      { device: "br9", address: "FD00:0::9", mac: "02-00-00-00-00-AA" },
      { device: "br9", address: "fd00::9", mac: "02:00:00:00:00:aa" },
    ],
  ],
  unknown: [{ namespace: unknown, device: unknown, address: unknown, mac: unknown }],
  refused: [
    [{ ...printer, address: "10.1.0.0/24" }, { address: /is not an IPv4 or IPv6 address/ }],
    [{ device: "br9" }, { address: /^address: is missing$/, mac: /^mac: is missing$/ }],
  ],
  diffs: [
    [printer, { ...printer, mac: "02-00-00-00-00-09" }, "same"],
    [printer, { ...printer, mac: "02:00:00:00:00:0a" }, "in place"],
    [printer, { ...printer, address: "10.1.0.10" }, deletedFirst("address")],
    [printer, { ...printer, device: "br8" }, deletedFirst("device")],
    [printer, { ...printer, namespace: "box" }, deletedFirst("namespace")],
  ],
  plans: [
    {
      title: "nothing there",
      around,
      wanted: printer,
      sees: "nothing",
      plan: ["ip neighbour replace 10.1.0.9 lladdr 02:00:00:00:00:09 dev br9 nud permanent protocol PROTO"],
      remove: [],
    },
    {
      title: "as wanted",
      around,
      made: printer,
      wanted: printer,
      sees: [],
      plan: [],
      remove: ["ip neighbour delete 10.1.0.9 dev br9"],
    },
    {
      title: "somebody else's",
      around: `${around}; ${replaced(`${entry} lladdr 02:00:00:00:00:99`)}`,
      wanted: printer,
      sees: /^address taken by a permanent entry that this stack did not create$/,
      remove: [],
    },
  ],
  lives: [
    {
      around,
      made: printer,
      shows: { "ip neighbour show nud permanent dev br9": /^10\.1\.0\.9 lladdr 02:00:00:00:00:09 PERMANENT/ },
      changes: [
        {
          to: { ...printer, mac: "02:00:00:00:00:0a" },
          paths: ["mac"],
          shows: { "ip neighbour show nud permanent dev br9": /02:00:00:00:00:0a/ },
        },
      ],
      damages: [{ by: `ip neighbour delete ${entry}`, paths: "gone" }],
    },
  ],
  drifts: [
    {
      around,
      wanted: printer,
      damages: [
        { by: replaced(`${entry} lladdr 02:00:00:00:00:99 protocol ${protocol}`), shows: ["mac"] },
        { by: `ip neighbour delete ${entry}`, shows: "gone" },
        {
          by: replaced(`${entry} lladdr 02:00:00:00:00:99 protocol 7`),
          shows: "gone",
          refused: true,
          then: `ip neighbour delete ${entry}`,
        },
      ],
    },
    {
      title: "in a namespace",
      around: box,
      wanted: inBox,
      damages: [
        { by: "ip netns del box", shows: "gone", then: box },
        { by: `${processInside("box")}; ip netns del box`, shows: "gone", then: `${endProcessInside}; ${box}` },
      ],
    },
  ],
  byHand: ({ namespace, device, address }) => [
    commands(`${ip(namespace)} neighbour delete ${String(address)} dev ${String(device)}`),
    commands(`${ip(namespace)} link set ${String(device)} down`),
  ],
  advice: {
    "Remove it on the host: ip neighbour delete": seen(
      "test/kinds/neighbour.cases.ts",
      "then: `ip neighbour delete ${entry}`",
    ),
  },
  unalterable: {
    device: "part of the kernel's key of an entry: with another one the entry is gone",
    address: "the same",
  },
  inNetwork: {
    printer: {
      args: { device: output("lan.name"), address: "10.1.0.9", mac: "02:00:00:00:00:09" },
      changed: { mac: "02:00:00:00:00:0a" },
    },
  },
  orphans: [
    {
      name: "printer",
      needs: ["lan"],
      inputs: { device: "lan", address: "10.1.0.9", mac: "02:00:00:00:00:09" },
      line: "Neighbour -: neighbour entry 10.1.0.9 dev lan",
    },
  ],
  alone: {
    "an IPv4 neighbour entry": `${around}; ${replaced(`${entry} lladdr 02:00:00:00:00:09 protocol $PROTO`)}`,
    "an IPv6 neighbour entry": `${around}; ${replaced("fd00::9 dev br9 lladdr 02:00:00:00:00:09 protocol $PROTO")}`,
  },
  arbitraryInputs: fc.record({ namespace: fc.constant("con1"), device: fc.constant("eth9"), address, mac }),
  random: ([on = 0, number = 0, mac = 0], index, { host, interfaces }) => {
    const there = interfaces.filter(({ network, isUp }) => network !== undefined && isUp);
    const { resource, namespace, network } = there[on % Math.max(there.length, 1)] ?? {};
    if (resource === undefined) return undefined;
    return {
      kind: "Neighbour",
      args: {
        host,
        ...insideOf(namespace),
        device: output(`${resource}.name`),
        address: `${network}${200 + 10 * index + number}`,
        mac: `02:00:00:00:01:0${mac}`,
      },
    };
  },
  shown: (inputs) => [
    {
      command: `${inside(inputs)}ip neighbour show nud permanent dev eth9`,
      texts: [...texts(inputs.address), `lladdr ${String(inputs.mac)} `],
    },
  ],
  isSimulated: false,
};
