import type { PlanCase } from "./kind-cases.js";
import { addInside, write } from "./shown-commands.js";

const parent =
  "ip link add p0 address 02:00:00:00:00:11 type veth peer name p1 address 02:00:00:00:00:12; ip link set p0 up; ip link set p1 up";
export const around = `ip netns add box; ${parent}`;
export const inBox = { name: "eth0", namespace: "box", parent: "p0", addresses: ["10.0.0.2/24"] };
const mac = "02:00:00:00:00:01";
const wanted = { ...inBox, mac };
const withGateway = { ...wanted, gateway: "10.0.0.1" };
const remove = ["ip -n box link delete dev eth0"];
const make = [
  addInside("eth0", "group GROUP dev eth0 link p0 netns box address 02:00:00:00:00:01 type macvlan mode bridge"),
  "ip -n box link set dev eth0 alias MARK",
  "ip -n box address replace 10.0.0.2/24 dev eth0",
  "ip -n box link set dev eth0 up",
];
const byHand = `${around}; ip link add link p0 name eth0 netns box address ${mac}`;

export const macvlanPlans: readonly PlanCase[] = [
  {
    title: "nothing there",
    around,
    wanted: withGateway,
    sees: "nothing",
    plan: [...make, "ip -n box -4 route replace default via 10.0.0.1 dev eth0 proto PROTO"],
    remove: [],
  },
  {
    title: "nothing there, on the host itself, with every option",
    around: parent,
    wanted: { name: "m0", parent: "p0", mac, mode: "private", mtu: 1400, up: false, addresses: ["10.0.0.2/24"] },
    sees: "nothing",
    plan: [
      "ip link add group GROUP dev m0 link p0 address 02:00:00:00:00:01 mtu 1400 type macvlan mode private",
      "ip link set dev m0 alias MARK",
      "ip address replace 10.0.0.2/24 dev m0",
    ],
    remove: [],
  },
  {
    title: "nothing there, alone on its parent",
    around: parent,
    wanted: { name: "m0", parent: "p0", mode: "passthru", addresses: ["fd00::2/64"] },
    sees: "nothing",
    plan: [
      "ip link add group GROUP dev m0 link p0 type macvlan mode passthru",
      "ip link set dev m0 alias MARK",
      "ip address replace fd00::2/64 dev m0 nodad",
      write("net/ipv6/conf/m0/dad_transmits", 0),
      "ip link set dev m0 up",
    ],
    remove: [],
  },
  {
    title: "without its parent and its namespace",
    wanted,
    sees: "nothing",
    plan: make,
    remove: [],
  },
  { title: "as wanted", around, made: withGateway, wanted: withGateway, sees: [], plan: [], remove },
  {
    title: "as wanted, alone on its parent",
    around,
    made: { ...inBox, mode: "passthru" },
    wanted: { ...inBox, mode: "passthru" },
    sees: [],
    plan: [],
    remove,
  },
  {
    title: "another mode",
    around,
    made: wanted,
    wanted: { ...wanted, mode: "vepa" },
    sees: ["mode"],
    plan: ["ip -n box link set dev eth0 type macvlan mode vepa"],
    remove,
  },
  {
    title: "the mode that the kernel turns nothing into",
    around,
    made: wanted,
    wanted: { ...inBox, mode: "passthru" },
    sees: ["mode"],
    plan: [
      ...remove,
      addInside("eth0", "group GROUP dev eth0 link p0 netns box type macvlan mode passthru"),
      ...make.slice(1),
    ],
    remove,
  },
  {
    title: "another Ethernet address and MTU",
    around,
    made: wanted,
    wanted: { ...wanted, mac: "02:00:00:00:00:02", mtu: 1400 },
    sees: ["mac", "mtu"],
    plan: ["ip -n box link set dev eth0 address 02:00:00:00:00:02", "ip -n box link set dev eth0 mtu 1400"],
    remove,
  },
  {
    title: "no gateway any more, and down",
    around,
    made: withGateway,
    wanted: { ...wanted, up: false },
    sees: ["up", "gateway"],
    plan: ["ip -n box -4 route delete default via 10.0.0.1 dev eth0 proto PROTO", "ip -n box link set dev eth0 down"],
    remove,
  },
  {
    title: "made anew by hand on another parent",
    around: `${around}; ip link add br0 type bridge`,
    made: wanted,
    by: `ip -n box link delete eth0; ip link add link br0 name eth0 netns box address ${mac} group $GROUP type macvlan mode bridge; ip -n box link set eth0 alias $MARK`,
    wanted,
    sees: ["parent", "addresses", "up"],
    plan: [...remove, ...make],
    remove,
  },
  {
    title: "its parent has another name now: nothing is taken away for what can't be made",
    around,
    made: wanted,
    by: "ip link set p0 down; ip link set p0 name moved",
    wanted,
    sees: ["parent"],
    plan: make,
    remove,
  },
  {
    title: "the same on the host itself",
    around: parent,
    made: { name: "m0", parent: "p0", mac },
    by: "ip link set p0 down; ip link set p0 name moved",
    wanted: { name: "m0", parent: "p0", mac },
    sees: ["parent"],
    plan: [
      "ip link add group GROUP dev m0 link p0 address 02:00:00:00:00:01 type macvlan mode bridge",
      "ip link set dev m0 alias MARK",
      "ip link set dev m0 up",
    ],
    remove: ["ip link delete dev m0"],
  },
  {
    title: "its parent gone",
    around,
    made: wanted,
    by: "ip link delete p0",
    wanted,
    sees: "nothing",
    plan: make,
    remove: [],
  },
  {
    title: "half made: this stack's group and no alias yet",
    around: `${byHand} group $GROUP type macvlan mode bridge`,
    wanted,
    sees: ["addresses", "up", "marked"],
    plan: make.slice(1),
    remove,
  },
  {
    title: "a macvlan made by hand",
    around: `${byHand} type macvlan mode bridge`,
    wanted,
    sees: /^name held by a macvlan interface that this stack did not create$/,
    remove: [],
  },
  {
    title: "another kind of link with this stack's alias",
    around: `${around}; ip -n box link add eth0 type bridge; ip -n box link set eth0 alias "$MARK"`,
    wanted,
    sees: /^name held by a bridge interface with the alias "linuxnet:shop\/dev\/Macvlan\/one"$/,
    remove: [],
  },
  {
    title: "somebody else's default route",
    around: `${around}; ip -n box link set lo up; ip -n box route add default dev lo`,
    made: wanted,
    wanted: withGateway,
    sees: /^gateway taken by a default route \(via no gateway dev lo proto 3\) that this stack did not create$/,
    remove,
  },
];
