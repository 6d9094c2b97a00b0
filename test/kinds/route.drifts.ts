import { endProcessInside, processInside, protocol } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

const device = (name: string, address: string) =>
  `ip link add ${name} type veth peer name ${name}-peer; ip addr add ${address} dev ${name}; ip link set ${name} address 02:00:00:00:06:01 up; ip link set ${name}-peer address 02:00:00:00:06:02 up`;
const replaced = (words: string) => `ip route replace ${words} metric 20 proto ${protocol}`;
const six = (words: string) => `ip -n box -6 route ${words}`;
const inBox =
  "ip netns add box; ip -n box link add d0 type veth peer name d1; ip -n box addr add fd00:6::1/64 dev d0 nodad; ip -n box link set d0 address 02:00:00:00:06:01 up; ip -n box link set d1 address 02:00:00:00:06:02 up";

export const routeDrifts: readonly Drift[] = [
  {
    around: `${device("d0", "10.6.0.1/24")}; ip addr add 10.6.0.11/24 dev d0; ${device("e0", "10.8.0.1/24")}`,
    wanted: { destination: "10.7.0.0/16", via: "10.6.0.2", device: "d0", source: "10.6.0.1", mtu: 1400, metric: 20 },
    damages: [
      { by: replaced("10.7.0.0/16 via 10.6.0.9 dev d0 src 10.6.0.1 mtu 1400"), shows: ["via"] },
      { by: replaced("10.7.0.0/16 via 10.8.0.2 dev e0 src 10.6.0.1 mtu 1400"), shows: ["via", "device"] },
      { by: replaced("10.7.0.0/16 via 10.6.0.2 dev d0 src 10.6.0.11 mtu 1400"), shows: ["source"] },
      { by: replaced("10.7.0.0/16 via 10.6.0.2 dev d0 mtu 1400"), shows: ["source"] },
      { by: replaced("10.7.0.0/16 via 10.6.0.2 dev d0 src 10.6.0.1 mtu 1300"), shows: ["mtu"] },
      { by: replaced("10.7.0.0/16 via 10.6.0.2 dev d0 src 10.6.0.1"), shows: ["mtu"] },
      { by: replaced("10.7.0.0/16 via 10.6.0.2 dev d0 src 10.6.0.1 mtu 1400 scope site"), shows: ["scope"] },
      {
        by: replaced("10.7.0.0/16 dev d0 src 10.6.0.1 mtu 1400 scope link"),
        shows: ["via", "scope"],
      },
      {
        by: replaced("blackhole 10.7.0.0/16 mtu 1400"),
        shows: ["via", "device", "source", "type"],
      },
      { by: "ip route del 10.7.0.0/16", shows: "gone" },
      { by: "ip link set d0 down; ip link set d0 up", shows: "gone" },
      {
        by: "ip link del d0",
        shows: "gone",
        then: `${device("d0", "10.6.0.1/24")}; ip addr add 10.6.0.11/24 dev d0`,
      },
      {
        by: "ip addr flush dev d0",
        shows: "gone",
        then: "ip addr add 10.6.0.1/24 dev d0; ip addr add 10.6.0.11/24 dev d0",
      },
      {
        by: "ip addr del 10.6.0.1/24 dev d0",
        shows: "gone",
        then: "ip addr flush dev d0; ip addr add 10.6.0.1/24 dev d0; ip addr add 10.6.0.11/24 dev d0",
      },
      {
        by: "ip route replace 10.7.0.0/16 via 10.6.0.9 metric 20",
        shows: ["marked", "mtu", "source", "via"],
        debris: "ip route del 10.7.0.0/16 2>/dev/null || :",
      },
      // Somebody else's route before ours.
      {
        by: "ip route prepend 10.7.0.0/16 via 10.6.0.9 metric 20",
        shows: ["marked", "via", "source", "mtu"],
        refused: true,
        then: "ip route del 10.7.0.0/16 via 10.6.0.9 proto boot",
      },
      // Other routes to the same network, which are not in its place.
      {
        by: "ip route append 10.7.0.0/16 via 10.6.0.9 metric 20",
        shows: [],
        left: "ip route del 10.7.0.0/16 via 10.6.0.9",
      },
      { by: "ip route add 10.7.0.0/16 via 10.6.0.9", shows: [], left: "ip route del 10.7.0.0/16 via 10.6.0.9" },
      {
        by: "ip route add 10.7.0.0/16 tos 0x10 via 10.6.0.9 metric 20",
        shows: [],
        left: "ip route del 10.7.0.0/16 tos 0x10",
      },
      {
        by: "ip route add 10.7.0.0/16 via 10.6.0.9 table 77",
        shows: [],
        left: "ip route flush table 77",
      },
      // A second route with the stack's number.
      {
        by: `ip route append 10.7.0.0/16 via 10.6.0.9 metric 20 proto ${protocol}`,
        shows: [],
        left: "ip route del 10.7.0.0/16 via 10.6.0.9 2>/dev/null || :",
      },
    ],
  },
  {
    title: "that leads nowhere, in a table of its own",
    wanted: { destination: "default", type: "unreachable", table: 77 },
    damages: [
      { by: `ip route replace prohibit default table 77 proto ${protocol}`, shows: ["type"] },
      {
        by: `ip route replace default dev lo table 77 scope link proto ${protocol}`,
        shows: ["type", "scope"],
      },
      { by: "ip route flush table 77", shows: "gone" },
    ],
  },
  {
    title: "for IPv6, in a namespace",
    around: inBox,
    wanted: {
      namespace: "box",
      destination: "fd00:7::/64",
      via: "fd00:6::2",
      device: "d0",
      source: "fd00:6::1",
      mtu: 1400,
    },
    damages: [
      { by: six(`replace fd00:7::/64 via fd00:6::9 dev d0 src fd00:6::1 mtu 1400 proto ${protocol}`), shows: ["via"] },
      { by: six(`replace fd00:7::/64 via fd00:6::2 dev d0 mtu 1400 proto ${protocol}`), shows: ["source"] },
      {
        by: six(`replace fd00:7::/64 via fd00:6::2 dev d0 src fd00:6::1 mtu 1300 proto ${protocol}`),
        shows: ["mtu"],
      },
      { by: six(`replace fd00:7::/64 dev d0 src fd00:6::1 mtu 1400 proto ${protocol}`), shows: ["via"] },
      {
        by: six(`del fd00:7::/64; ${six(`add blackhole fd00:7::/64 proto ${protocol}`)}`),
        shows: ["type", "via", "device", "source", "mtu"],
      },
      // Two next hops at once.
      { by: six(`append fd00:7::/64 via fd00:6::9 dev d0 proto ${protocol}`), shows: ["via", "device"] },
      { by: six("del fd00:7::/64"), shows: "gone" },
      {
        by: six("flush all proto 0x0; ip -n box link set d0 down; ip -n box link set d0 up"),
        shows: "gone",
        then: "ip -n box addr add fd00:6::1/64 dev d0 nodad 2>/dev/null || :",
      },
      { by: "ip netns del box", shows: "gone", then: inBox },
      { by: `ip netns del box; ${inBox}`, shows: "gone" },
      {
        by: `${processInside("box")}; ip netns del box`,
        shows: "gone",
        then: `${endProcessInside}; ${inBox}`,
      },
    ],
  },
];
