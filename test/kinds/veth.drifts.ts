import {
  deleteNamespace,
  endProcessInside,
  group,
  markFor,
  processInside,
  protocol,
  theirMark,
} from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

const bridged = (name: string, last: number) =>
  `ip link add ${name} address 02:00:00:00:00:0${last} type bridge; ip link set ${name} up`;
const around = `ip netns add box; ip netns add yard; ${bridged("br9", 9)}; ${bridged("br8", 8)}`;
/** The paths in which a refresh shows an end that is missing from its place. */
const lostPeer = ["peer.bridge", "peer.hairpin", "peer.isolated", "peer.mac", "peer.up"];
const lostNear = ["addresses", "gateway", "mac", "up"];

export const vethDrifts: readonly Drift[] = [
  {
    title: "between a namespace and a bridge",
    around,
    wanted: {
      name: "veth1",
      namespace: "box",
      addresses: ["172.18.0.3/24", "fd00:18::3/64"],
      gateway: ["172.18.0.1", "fd00:18::1"],
      mtu: 1400,
      peer: { name: "veth1-br", bridge: "br9", hairpin: true, isolated: true },
    },
    damages: [
      { by: "ip -n box addr del 172.18.0.3/24 dev veth1", shows: ["addresses", "gateway"] },
      { by: "ip -n box addr add 10.99.0.1/24 dev veth1", shows: ["addresses"] },
      { by: "ip -n box addr add fd00:99::1/64 dev veth1", shows: ["addresses"] },
      { by: "ip -n box -6 addr del fd00:18::3/64 dev veth1", shows: ["addresses"] },
      { by: "ip -n box addr flush dev veth1", shows: ["addresses", "gateway"] },
      { by: "ip -n box route del default", shows: ["gateway"] },
      { by: "ip -n box -6 route del default", shows: ["gateway"] },
      {
        by: `ip -n box route replace default via 172.18.0.9 dev veth1 proto ${protocol}`,
        shows: ["gateway"],
      },
      {
        by: `ip -n box -6 route replace default via fd00:18::9 dev veth1 proto ${protocol}`,
        shows: ["gateway"],
      },
      { by: `ip -n box -6 route append default via fd00:18::9 dev veth1 proto ${protocol}`, shows: ["gateway"] },
      { by: "ip -n box route replace default via 172.18.0.9 dev veth1", shows: ["gateway"] },
      // A Route of the same stack through the same interface.
      {
        by: `ip -n box route add default via 172.18.0.9 dev veth1 metric 50 proto ${protocol}`,
        shows: [],
        left: "ip -n box route del default metric 50 2>/dev/null || :",
      },
      { by: "ip -n box link set veth1 address 02:00:00:00:00:cc", shows: ["mac"] },
      { by: "ip -n box link set veth1 mtu 1300", shows: ["mtu", "peer.mtu"] },
      { by: "ip -n box link set veth1 mtu 1300; ip link set veth1-br mtu 1300", shows: ["mtu"] },
      { by: "ip link set veth1-br mtu 1300", shows: ["peer.mtu"] },
      { by: "ip -n box link set veth1 down", shows: ["addresses", "gateway", "up"] },
      { by: "ip link set veth1-br nomaster", shows: ["peer.bridge", "peer.hairpin", "peer.isolated"] },
      { by: "ip link set veth1-br master br8", shows: ["peer.bridge", "peer.hairpin", "peer.isolated"] },
      { by: "ip link set veth1-br down", shows: ["peer.up"] },
      { by: "ip link set veth1-br address 02:00:00:00:00:cc", shows: ["peer.mac"] },
      { by: "ip link set veth1-br type bridge_slave hairpin off", shows: ["peer.hairpin"] },
      { by: "ip link set veth1-br type bridge_slave isolated off", shows: ["peer.isolated"] },
      { by: "ip addr add 10.99.0.1/24 dev veth1-br", shows: ["peer.addresses"] },
      {
        by: "ip -n box link add brx type bridge; ip -n box link set veth1 master brx; ip -n box link set veth1 type bridge_slave hairpin on isolated on",
        shows: ["bridge", "hairpin", "isolated"],
        left: "ip -n box link del brx",
      },
      {
        by: "ip link del br9",
        shows: ["peer.bridge", "peer.hairpin", "peer.isolated"],
        then: bridged("br9", 9),
      },
    ],
  },
  {
    title: "half dead, or somebody else's",
    around,
    wanted: {
      name: "veth1",
      namespace: "box",
      addresses: ["172.18.0.3/24"],
      gateway: "172.18.0.1",
      peer: { name: "veth1-br", bridge: "br9", hairpin: true, isolated: true },
    },
    damages: [
      { by: "ip link del veth1-br", shows: "gone" },
      { by: "ip -n box link del veth1", shows: "gone" },
      { by: "ip link set veth1-br down; ip link set veth1-br name moved", shows: lostPeer },
      { by: "ip -n box link set veth1 down; ip -n box link set veth1 name moved", shows: lostNear },
      { by: "ip link set veth1-br netns yard", shows: lostPeer },
      { by: "ip -n box link set veth1 netns yard", shows: lostNear },
      {
        by: "ip link set veth1-br name moved; ip link add veth1-br type bridge",
        shows: lostPeer,
        refused: true,
        then: "ip link del veth1-br",
      },
      {
        by: "ip -n box link set veth1 name moved; ip -n box link add veth1 type bridge",
        shows: lostNear,
        refused: true,
        then: "ip -n box link del veth1",
      },
      // Both ends carry the mark, but each is paired with another end.
      {
        by: `ip link set veth1-br name moved; ip link add veth1-br group ${group} type veth peer name stray; ip link set veth1-br alias ${markFor("Veth")}`,
        shows: lostPeer,
      },
      {
        by: "ip link set veth1-br name moved; ip -n box link set veth1 name moved",
        shows: ["addresses", "gateway", "marked", "peer.up", "up"],
      },
      { by: "ip link set veth1-br alias ''", shows: ["marked"] },
      { by: "ip link set veth1-br alias '' group 0", shows: ["marked"] },
      { by: "ip -n box link set veth1 alias '' group 0", shows: ["marked"] },
      { by: "ip -n box link set veth1 alias '' group 0; ip link set veth1-br alias '' group 0", shows: ["marked"] },
      { by: "ip -n box link set veth1 alias ''", shows: ["marked"] },
      { by: "ip link set veth1-br group 7", shows: ["marked"] },
      { by: "ip -n box link set veth1 group 7", shows: ["marked"] },
      {
        by: `ip link set veth1-br alias ${theirMark}`,
        shows: lostPeer,
        refused: true,
        then: "ip link del veth1-br 2>/dev/null || :",
      },
      {
        by: `ip -n box link set veth1 alias ${theirMark}`,
        shows: lostNear,
        refused: true,
        then: "ip -n box link del veth1 2>/dev/null || :",
      },
      {
        by: `ip link set veth1-br alias ${theirMark}; ip -n box link set veth1 alias '' group 7`,
        shows: ["marked", ...lostPeer],
        refused: true,
        then: "ip link del veth1-br",
      },
      { by: deleteNamespace("box"), shows: "gone", then: "ip netns add box" },
      { by: `${deleteNamespace("box")}; ip netns add box`, shows: "gone" },
      {
        by: `${processInside("box")}; ip netns del box`,
        shows: lostNear,
        then: `ip netns add box; ${endProcessInside}`,
      },
      {
        by: `${processInside("box")}; ip netns del box; ip netns add box`,
        shows: lostNear,
        then: endProcessInside,
      },
    ],
  },
  {
    title: "between two namespaces",
    around: "ip netns add a; ip netns add b",
    wanted: {
      name: "eth0",
      namespace: "a",
      addresses: ["10.0.0.1/24"],
      peer: {
        name: "eth0",
        namespace: "b",
        addresses: ["10.0.0.2/24", "fd00::2/64"],
        gateway: ["10.0.0.1", "fd00::1"],
      },
    },
    damages: [
      { by: "ip -n b link set eth0 down", shows: ["peer.addresses", "peer.gateway", "peer.up"] },
      { by: "ip -n b addr del 10.0.0.2/24 dev eth0", shows: ["peer.addresses", "peer.gateway"] },
      { by: "ip -n b addr del fd00::2/64 dev eth0", shows: ["peer.addresses"] },
      { by: "ip -n b route del default", shows: ["peer.gateway"] },
      { by: "ip -n b -6 route del default", shows: ["peer.gateway"] },
      { by: `ip -n b route replace default via 10.0.0.9 dev eth0 proto ${protocol}`, shows: ["peer.gateway"] },
      { by: "ip -n b -6 route flush default; ip -n b -6 route add default via fd00::9", shows: ["peer.gateway"] },
      { by: `${deleteNamespace("b")}; ip netns add b`, shows: "gone" },
      {
        by: `${processInside("b")}; ip netns del b`,
        shows: ["peer.addresses", "peer.gateway", "peer.mac", "peer.up"],
        then: `ip netns add b; ${endProcessInside}`,
      },
      {
        by: `${processInside("a")}; ip netns del a`,
        shows: ["addresses", "mac", "up"],
        then: `ip netns add a; ${endProcessInside}`,
      },
    ],
  },
  {
    title: "with both ends in one namespace",
    around: bridged("br9", 9),
    wanted: {
      name: "v0",
      bridge: "br9",
      hairpin: true,
      isolated: true,
      peer: { name: "v1", up: false },
    },
    damages: [
      { by: "ip link set v1 up", shows: ["peer.up"] },
      { by: "ip link set v0 nomaster", shows: ["bridge", "hairpin", "isolated"] },
      { by: "ip link set v0 type bridge_slave hairpin off", shows: ["hairpin"] },
      { by: "ip link set v0 type bridge_slave isolated off", shows: ["isolated"] },
      { by: "ip link set v0 name v2", shows: ["bridge", "hairpin", "isolated", "mac", "up"] },
      { by: "ip link set v1 name v2", shows: ["peer.mac"] },
      {
        by: "ip link set v1 name v2; ip link set v0 name v1; ip link set v2 name v0",
        shows: ["", "peer."].flatMap((end) => ["bridge", "hairpin", "isolated", "mac", "up"].map((path) => end + path)),
      },
      { by: "ip link del v1", shows: "gone" },
    ],
  },
];
