import type { PlanCase } from "./kind-cases.js";
import { write } from "./shown-commands.js";

export const macs = { mac: "02:00:00:00:00:01", peer: { name: "veth1-br", mac: "02:00:00:00:00:02" } };
export const box = "ip netns add box";
export const around = `${box}; ip link add br0 address 02:00:00:00:00:99 type bridge; ip link set br0 up`;
export const inBox = { name: "veth1", namespace: "box", ...macs, addresses: ["172.17.0.101/24"] };
export const wanted = { ...inBox, peer: { ...inBox.peer, bridge: "br0" } };
export const withGateway = { ...wanted, gateway: "172.17.0.1" };

/** The commands that create `wanted` if nothing exists. */
export const make = [
  "ip link add name veth1-br address 02:00:00:00:00:02 mtu 1500 group GROUP type veth peer name veth1 netns box address 02:00:00:00:00:01 mtu 1500 group GROUP",
  "ip link set dev veth1-br alias MARK",
  "ip link set dev veth1-br master br0",
  "ip link set dev veth1-br up",
  "ip -n box link set dev veth1 alias MARK",
  "ip -n box address replace 172.17.0.101/24 dev veth1",
  "ip -n box link set dev veth1 up",
];

export const vethPlans: readonly PlanCase[] = [
  {
    title: "nothing there",
    around,
    wanted: withGateway,
    sees: "nothing",
    plan: [...make, "ip -n box -4 route replace default via 172.17.0.1 dev veth1 proto PROTO"],
    remove: [],
  },
  {
    title: "both ends in the host's own namespace",
    wanted: { name: "a", mac: macs.mac, mtu: 9000, peer: { ...macs.peer, name: "b", up: false } },
    sees: "nothing",
    plan: [
      "ip link add name a address 02:00:00:00:00:01 mtu 9000 group GROUP type veth peer name b address 02:00:00:00:00:02 mtu 9000 group GROUP",
      "ip link set dev a alias MARK",
      "ip link set dev a up",
      "ip link set dev b alias MARK",
    ],
    remove: [],
  },
  {
    title: "between two namespaces",
    around: `${box}; ip netns add other`,
    wanted: { ...inBox, peer: { ...macs.peer, namespace: "other", addresses: ["fd00::2/64"] } },
    sees: "nothing",
    plan: [
      "ip -n box link add name veth1 address 02:00:00:00:00:01 mtu 1500 group GROUP type veth peer name veth1-br netns other address 02:00:00:00:00:02 mtu 1500 group GROUP",
      "ip -n box link set dev veth1 alias MARK",
      "ip -n box address replace 172.17.0.101/24 dev veth1",
      "ip -n box link set dev veth1 up",
      "ip -n other link set dev veth1-br alias MARK",
      "ip -n other address replace fd00::2/64 dev veth1-br nodad",
      write("net/ipv6/conf/veth1-br/dad_transmits", 0, "other"),
      "ip -n other link set dev veth1-br up",
    ],
    remove: [],
  },
  {
    title: "the other end in a namespace",
    around: box,
    wanted: { name: "veth1", ...macs, peer: { ...macs.peer, namespace: "box" } },
    sees: "nothing",
    plan: [
      "ip link add name veth1 address 02:00:00:00:00:01 mtu 1500 group GROUP type veth peer name veth1-br netns box address 02:00:00:00:00:02 mtu 1500 group GROUP",
      "ip link set dev veth1 alias MARK",
      "ip link set dev veth1 up",
      "ip -n box link set dev veth1-br alias MARK",
      "ip -n box link set dev veth1-br up",
    ],
    remove: [],
  },
  {
    title: "both ends in the host's own namespace, as wanted",
    made: { name: "v0", peer: { name: "v1" } },
    wanted: { name: "v0", peer: { name: "v1" } },
    sees: [],
    plan: [],
    remove: ["ip link delete dev v0"],
  },
  {
    title: "as wanted",
    around,
    made: withGateway,
    wanted: withGateway,
    sees: [],
    plan: [],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "another address: the gateway's route stays",
    around,
    made: withGateway,
    wanted: { ...withGateway, addresses: ["172.17.0.102/24"] },
    sees: ["addresses"],
    plan: [
      "ip -n box address replace 172.17.0.102/32 dev veth1",
      "ip -n box address delete 172.17.0.101/24 dev veth1",
      "ip -n box address replace 172.17.0.102/24 dev veth1",
      "ip -n box address delete 172.17.0.102/32 dev veth1",
    ],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "another gateway",
    around,
    made: withGateway,
    wanted: { ...withGateway, gateway: "172.17.0.2" },
    sees: ["gateway"],
    plan: ["ip -n box -4 route replace default via 172.17.0.2 dev veth1 proto PROTO"],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "a gateway of each family",
    around,
    made: withGateway,
    wanted: {
      ...withGateway,
      addresses: ["172.17.0.101/24", "fd00:17::101/64"],
      gateway: ["172.17.0.1", "fd00:17::1"],
    },
    sees: ["addresses", "gateway"],
    plan: [
      "ip -n box address replace fd00:17::101/64 dev veth1 nodad",
      "ip -n box -6 route replace default via fd00:17::1 dev veth1 proto PROTO",
    ],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "no gateway any more",
    around,
    made: withGateway,
    wanted,
    sees: ["gateway"],
    plan: ["ip -n box -4 route delete default via 172.17.0.1 dev veth1 proto PROTO"],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "no bridge any more",
    around,
    made: wanted,
    wanted: inBox,
    sees: ["peer.bridge"],
    plan: ["ip link set dev veth1-br nomaster"],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "another bridge, with its port's settings",
    around: `${around}; ip link add br1 type bridge`,
    made: wanted,
    wanted: { ...inBox, peer: { ...macs.peer, bridge: "br1", hairpin: true, isolated: true } },
    sees: ["peer.bridge", "peer.hairpin", "peer.isolated"],
    plan: [
      "ip link set dev veth1-br master br1",
      "ip link set dev veth1-br type bridge_slave hairpin on",
      "ip link set dev veth1-br type bridge_slave isolated on",
    ],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "hairpin on",
    around,
    made: wanted,
    wanted: { ...wanted, peer: { ...wanted.peer, hairpin: true } },
    sees: ["peer.hairpin"],
    plan: ["ip link set dev veth1-br type bridge_slave hairpin on"],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "another MTU and Ethernet address",
    around,
    made: wanted,
    wanted: { ...wanted, mtu: 1400, mac: "02:00:00:00:00:03" },
    sees: ["mac", "mtu"],
    plan: [
      "ip link set dev veth1-br mtu 1400",
      "ip -n box link set dev veth1 address 02:00:00:00:00:03",
      "ip -n box link set dev veth1 mtu 1400",
    ],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "to be down",
    around,
    made: withGateway,
    wanted: { ...wanted, up: false },
    sees: ["up", "gateway"],
    plan: [
      "ip -n box -4 route delete default via 172.17.0.1 dev veth1 proto PROTO",
      "ip -n box link set dev veth1 down",
    ],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "set down by hand: the gateway's route is gone with it",
    around,
    made: withGateway,
    by: "ip -n box link set veth1 down",
    wanted: withGateway,
    sees: ["gateway", "up"],
    plan: [
      "ip -n box link set dev veth1 up",
      "ip -n box -4 route replace default via 172.17.0.1 dev veth1 proto PROTO",
    ],
    remove: ["ip -n box link delete dev veth1"],
  },
];
