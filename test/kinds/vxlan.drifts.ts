import { deleteNamespace, endProcessInside, goneWith, processInside, theirMark, untilGone } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

/** The host's interface that carries the packets, and another one. */
const underlay = [
  "ip link add u0 index 1000 address 02:00:00:00:10:00 type veth peer name u1 index 1001 address 02:00:00:00:10:01",
  "ip link set u0 up",
  "ip link set u1 up",
  "ip addr add 192.0.2.1/24 dev u0",
  "ip addr add 192.0.2.11/24 dev u0",
].join("; ");
const bridge = "ip link add br9 address 02:00:00:00:00:09 type bridge";
const box = "ip netns add box; ip -n box link add br0 address 02:00:00:00:00:08 type bridge";
const everybody = "00:00:00:00:00:00";
const entry = (action: string, to: string, link = "vx0") => `bridge fdb ${action} ${everybody} dev ${link} dst ${to}`;
/** The same interface recreated by hand, with all of its marks and other options. */
const anew = (options: string) =>
  [
    "mark=$(ip link show vx0 | sed -n 's/.*alias //p')",
    "group=$(ip link show vx0 | sed -n 's/.*group \\([0-9]*\\).*/\\1/p')",
    "ip link del vx0",
    `ip link add vx0 group $group type vxlan ${options}`,
    'ip link set vx0 alias "$mark"',
  ].join("; ");
const allButWhat = ["addresses", "bridge", "mac", "remotes", "up"];

export const vxlanDrifts: readonly Drift[] = [
  {
    around: `${underlay}; ${bridge}`,
    wanted: {
      name: "vx0",
      vni: 42,
      local: "192.0.2.1",
      remotes: ["192.0.2.2", "192.0.2.3"],
      bridge: "br9",
      addresses: ["10.42.0.1/24", "fd00:42::1/64"],
    },
    damages: [
      { by: entry("del", "192.0.2.2"), shows: ["remotes"] },
      { by: entry("append", "192.0.2.99"), shows: ["remotes"] },
      { by: entry("append", "192.0.2.2 port 9999"), shows: ["remotes"] },
      { by: entry("append", "192.0.2.2 via u0"), shows: ["remotes"] },
      { by: "ip link set vx0 type vxlan remote 192.0.2.99", shows: ["remotes"] },
      // Forwarding entries for single addresses, learned or added by hand, are not part of the resource.
      { by: "bridge fdb replace 02:00:00:00:00:99 dev vx0 dst 192.0.2.3", shows: [] },
      { by: "ip link set vx0 type vxlan local 192.0.2.11", shows: ["local"] },
      { by: "ip link set vx0 type vxlan nolearning", shows: ["learning"] },
      { by: "ip link set vx0 type vxlan dev u0", shows: ["device"] },
      { by: "ip link set vx0 nomaster", shows: ["bridge"] },
      { by: "ip link set vx0 mtu 1300", shows: ["mtu"] },
      { by: "ip link set vx0 down", shows: ["addresses", "up"] },
      { by: anew("id 43 local 192.0.2.1 dstport 4789"), shows: ["vni", "mtu", ...allButWhat] },
      { by: anew("id 42 local 192.0.2.1 dstport 8472"), shows: ["port", "mtu", ...allButWhat] },
      { by: anew("id 42 local fd00:2::1 dstport 4789"), shows: ["local", "mtu", ...allButWhat] },
      {
        by: anew("id 42 local 192.0.2.1 dstport 4789 group 239.1.1.1 dev u0"),
        shows: ["device", "group", ...allButWhat],
      },
      { by: "ip link set vx0 alias ''", shows: ["marked"] },
      { by: "ip link del vx0", shows: "gone" },
      { by: "ip link set vx0 down; ip link set vx0 name vx7", shows: ["addresses", "marked", "up"] },
      {
        by: "ip link del vx0; ip link add vx0 type vxlan id 42 local 192.0.2.1 dstport 4789",
        shows: "gone",
        refused: true,
        then: "ip link del vx0",
      },
      { by: `ip link set vx0 alias ${theirMark}`, shows: "gone", refused: true, then: "ip link del vx0" },
    ],
  },
  {
    title: "whose MTU follows the underlay's",
    around: underlay,
    wanted: { name: "vx0", vni: 42, local: "192.0.2.1", remotes: ["192.0.2.2"] },
    damages: [
      { by: "ip link set u0 mtu 1400", shows: ["mtu"], then: "ip link set u0 mtu 1500" },
      { by: "ip route add 192.0.2.2 dev u0 mtu 1300", shows: ["mtu"], then: "ip route del 192.0.2.2" },
      // Without a usable route, the MTU follows from the interface that has the address.
      { by: "ip route add unreachable 192.0.2.2", shows: [], left: "ip route del unreachable 192.0.2.2" },
      // On a host without the address, the MTU that fits is unknown.
      {
        by: "ip link del vx0; ip addr flush dev u0 to 192.0.2.0/24",
        shows: "gone",
        refused: true,
        then: "ip addr add 192.0.2.1/24 dev u0; ip addr add 192.0.2.11/24 dev u0",
      },
    ],
  },
  {
    title: "with a multicast group and a given MTU",
    around: underlay,
    wanted: { name: "vx0", vni: 42, local: "192.0.2.1", group: "239.1.1.1", device: "u0", mtu: 1400, learning: false },
    damages: [
      { by: entry("del", "239.1.1.1 via u0"), shows: ["group"] },
      { by: "ip link set vx0 type vxlan group 239.1.1.2 dev u0", shows: ["group"] },
      { by: "ip link set vx0 type vxlan group 239.1.1.1 dev u1", shows: ["device"] },
      { by: entry("append", "192.0.2.2"), shows: ["remotes"] },
      { by: "ip link set vx0 mtu 1450", shows: ["mtu"] },
      { by: "ip link set u0 mtu 1480", shows: [], left: "ip link set u0 mtu 1500" },
      { by: "ip link del u0", shows: "gone", then: underlay },
    ],
  },
  {
    title: "in a namespace, for IPv6",
    around: `${box}; ${underlay}; ip addr add fd00:2::1/64 dev u0 nodad; sleep 0.2`,
    wanted: { name: "vx0", namespace: "box", vni: 42, local: "fd00:2::1", remotes: ["fd00:2::2"], bridge: "br0" },
    damages: [
      { by: `bridge -n box fdb del ${everybody} dev vx0 dst fd00:2::2`, shows: ["remotes"] },
      { by: `bridge -n box fdb append ${everybody} dev vx0 dst fd00:2::9`, shows: ["remotes"] },
      { by: "ip link set u0 mtu 1400", shows: ["mtu"], then: "ip link set u0 mtu 1500" },
      { by: "ip -n box link del vx0", shows: "gone" },
      { by: deleteNamespace("box"), shows: "gone", then: box },
      {
        by: `${processInside("box")}; ${goneWith("box")}; ip netns del box`,
        shows: ["marked", "up"],
        then: `${endProcessInside}; ${untilGone}; ${box}`,
      },
    ],
  },
  {
    title: "in a namespace, with a device of the host's",
    around: `ip netns add box; ${underlay}`,
    wanted: { name: "vx0", namespace: "box", vni: 42, local: "192.0.2.1", group: "239.1.1.1", device: "u0" },
    damages: [
      { by: `bridge -n box fdb append ${everybody} dev vx0 dst 192.0.2.9`, shows: ["remotes"] },
      {
        by: "ip -n box link set vx0 type vxlan group 239.1.1.1 dev if1001",
        shows: ["device"],
      },
      { by: "ip link del u0", shows: "gone", then: underlay },
    ],
  },
];
