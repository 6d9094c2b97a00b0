import type { PlanCase } from "./kind-cases.js";
import { addInside, write } from "./shown-commands.js";

const underlay =
  "ip link add u0 index 1000 type veth peer name u1 index 1001; ip link set u0 up; ip link set u1 up; ip addr add 192.0.2.1/24 dev u0";
const bridge = "ip link add br0 type bridge";
const mac = "02:00:00:00:00:01";
const wanted = { name: "vx0", mac, vni: 42, local: "192.0.2.1", remotes: ["192.0.2.2", "192.0.2.3"], bridge: "br0" };
const everybody = "00:00:00:00:00:00";
const remove = ["ip link delete dev vx0"];
/** The commands that create it, and its flooding entries. */
const madeNew = (mtu = 1450) => [
  `ip link add name vx0 group GROUP address ${mac} mtu ${mtu} type vxlan id 42 local 192.0.2.1 dstport 4789`,
  "ip link set dev vx0 alias MARK",
  "ip link set dev vx0 master br0",
  "ip link set dev vx0 up",
  "bridge -batch -",
  `fdb append ${everybody} dev vx0 dst 192.0.2.2`,
  `fdb append ${everybody} dev vx0 dst 192.0.2.3`,
];

export const vxlanPlans: readonly PlanCase[] = [
  { title: "nothing there", around: `${underlay}; ${bridge}`, wanted, sees: "nothing", plan: madeNew(), remove: [] },
  {
    title: "nothing there, and a narrower way to one of the others",
    around: `${underlay}; ${bridge}; ip route add 192.0.2.3 via 192.0.2.9 mtu 1400`,
    wanted,
    sees: "nothing",
    plan: madeNew(1350),
    remove: [],
  },
  {
    title: "nothing there, and no way to the others",
    around: `${underlay}; ${bridge}; ip link set u0 mtu 1400; ip route add unreachable 192.0.2.2/31`,
    wanted,
    sees: "nothing",
    plan: madeNew(1350),
    remove: [],
  },
  {
    title: "nothing there, with every option",
    around: `ip netns add box; ${underlay}`,
    wanted: {
      namespace: "box",
      name: "vx0",
      mac,
      vni: 42,
      local: "192.0.2.1",
      group: "239.1.1.1",
      device: "u0",
      port: 8472,
      mtu: 1400,
      learning: false,
      addresses: ["10.42.0.1/24", "fd00:42::1/64"],
    },
    sees: "nothing",
    plan: [
      addInside(
        "vx0",
        `name vx0 group GROUP address ${mac} mtu 1400 netns box type vxlan id 42 local 192.0.2.1 group 239.1.1.1 dev u0 dstport 8472 nolearning`,
      ),
      "ip -n box link set dev vx0 alias MARK",
      "ip -n box address replace 10.42.0.1/24 dev vx0",
      "ip -n box address replace fd00:42::1/64 dev vx0 nodad",
      write("net/ipv6/conf/vx0/dad_transmits", 0, "box"),
      "ip -n box link set dev vx0 up",
    ],
    remove: [],
  },
  {
    title: "without its namespace",
    around: underlay,
    wanted: { ...wanted, namespace: "box", bridge: undefined, remotes: [] },
    sees: "nothing",
    plan: [
      addInside(
        "vx0",
        `name vx0 group GROUP address ${mac} mtu 1450 netns box type vxlan id 42 local 192.0.2.1 dstport 4789`,
      ),
      "ip -n box link set dev vx0 alias MARK",
      "ip -n box link set dev vx0 up",
    ],
    remove: [],
  },
  {
    title: "as wanted",
    around: `${underlay}; ${bridge}`,
    made: wanted,
    wanted: { ...wanted, remotes: ["192.0.2.3", "192.0.2.2"] },
    sees: [],
    plan: [],
    remove,
  },
  {
    title: "a host added and one taken away",
    around: `${underlay}; ${bridge}`,
    made: wanted,
    wanted: { ...wanted, remotes: ["192.0.2.3", "192.0.2.4"] },
    sees: ["remotes"],
    plan: [
      "bridge -batch -",
      `fdb delete ${everybody} dev vx0 dst 192.0.2.2`,
      `fdb append ${everybody} dev vx0 dst 192.0.2.4`,
    ],
    remove,
  },
  {
    title: "flooding entries of others",
    around: `${underlay}; ${bridge}`,
    made: wanted,
    by: `bridge fdb append ${everybody} dev vx0 dst 192.0.2.2 port 9999; bridge fdb append ${everybody} dev vx0 dst 192.0.2.9 via u0; ip link set vx0 type vxlan remote 192.0.2.99`,
    wanted,
    sees: ["remotes"],
    plan: [
      "ip link set dev vx0 type vxlan remote 0.0.0.0",
      "bridge -batch -",
      `fdb delete ${everybody} dev vx0 dst 192.0.2.2 port 9999`,
      `fdb delete ${everybody} dev vx0 dst 192.0.2.9 via u0`,
      `fdb delete ${everybody} dev vx0 dst 192.0.2.99`,
    ],
    remove,
  },
  {
    title: "another local address, and nothing learnt any more",
    around: `${underlay}; ${bridge}`,
    made: wanted,
    wanted: { ...wanted, local: "192.0.2.11", learning: false },
    sees: ["local", "learning"],
    plan: ["ip link set dev vx0 type vxlan local 192.0.2.11 nolearning"],
    remove,
  },
  {
    title: "the underlay's MTU has changed",
    around: `${underlay}; ${bridge}`,
    made: wanted,
    by: "ip link set u0 mtu 1400",
    wanted,
    sees: ["mtu"],
    plan: ["ip link set dev vx0 mtu 1350"],
    remove,
  },
  {
    title: "another network",
    around: `${underlay}; ${bridge}`,
    made: { ...wanted, vni: 41 },
    wanted,
    sees: ["vni"],
    plan: ["ip link delete dev vx0", ...madeNew()],
    remove,
  },
  {
    title: "in a namespace, with a device of the host's",
    around: `ip netns add box; ${underlay}`,
    made: { ...wanted, namespace: "box", bridge: undefined, device: "u0" },
    wanted: { ...wanted, namespace: "box", bridge: undefined, device: "u0" },
    sees: [],
    plan: [],
    remove: ["ip -n box link delete dev vx0"],
  },
  {
    title: "half made: this stack's group and no alias yet",
    around: `${underlay}; ${bridge}; ip link add vx0 group $GROUP address ${mac} type vxlan id 42 local 192.0.2.1 dstport 4789; ip link set vx0 mtu 1450`,
    wanted,
    sees: ["remotes", "bridge", "up", "marked"],
    plan: madeNew().slice(1),
    remove,
  },
  {
    title: "a vxlan made by hand",
    around: `${underlay}; ip link add vx0 type vxlan id 42 local 192.0.2.1 dstport 4789`,
    wanted,
    sees: /^name held by a vxlan interface that this stack did not create$/,
    remove: [],
  },
  {
    title: "no interface with the local address",
    around: bridge,
    wanted,
    sees: /^local no address of the host, and the MTU comes from the interface that has it$/,
    remove: [],
  },
  {
    title: "no such device",
    around: bridge,
    wanted: { ...wanted, device: "u0" },
    sees: /^device no interface of the host's own namespace$/,
    remove: [],
  },
  {
    title: "a larger MTU than the device has room for",
    around: `${underlay}; ${bridge}`,
    wanted: { ...wanted, device: "u0", mtu: 1500 },
    sees: /^mtu more than u0 has room for$/,
    remove: [],
  },
];
