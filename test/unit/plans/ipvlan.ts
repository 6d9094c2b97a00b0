import { type PlanCase, addInside, write } from "./case.js";
import { around, inBox } from "./macvlan.js";

const make = (options: string) => [
  addInside("eth0", `group GROUP dev eth0 link p0 netns box type ipvlan ${options}`),
  "ip -n box link set dev eth0 alias MARK",
  "ip -n box address replace 10.0.0.2/24 dev eth0",
  "ip -n box link set dev eth0 up",
];

/** What a kernel without ipvlan can tell: test/unit/ipvlan.test.ts has the plans for those that are there. */
export const ipvlanCases: readonly PlanCase[] = [
  {
    title: "nothing there",
    around,
    wanted: { ...inBox, gateway: "10.0.0.1" },
    sees: "nothing",
    plan: [...make("mode l2 bridge"), "ip -n box -4 route replace default via 10.0.0.1 dev eth0 proto PROTO"],
    remove: [],
  },
  {
    title: "nothing there, on the host itself, with every option",
    around,
    wanted: { name: "i0", parent: "p0", mode: "l3s", flag: "private", mtu: 1400, addresses: ["fd00::2/64"] },
    sees: "nothing",
    plan: [
      "ip link add group GROUP dev i0 link p0 mtu 1400 type ipvlan mode l3s private",
      "ip link set dev i0 alias MARK",
      "ip address replace fd00::2/64 dev i0 nodad",
      write("net/ipv6/conf/i0/dad_transmits", 0),
      "ip link set dev i0 up",
    ],
    remove: [],
  },
  {
    title: "without its parent and its namespace",
    wanted: { ...inBox, mode: "l3", flag: "vepa" },
    sees: "nothing",
    plan: make("mode l3 vepa"),
    remove: [],
  },
  {
    title: "a macvlan in its place",
    around: `${around}; ip link add link p0 name eth0 netns box type macvlan mode bridge`,
    wanted: inBox,
    sees: /^name held by a macvlan interface that this stack did not make$/,
    remove: [],
  },
  {
    title: "another kind of link with this stack's alias",
    around: `${around}; ip -n box link add eth0 type bridge; ip -n box link set eth0 alias "$MARK"`,
    wanted: inBox,
    sees: /^name held by a bridge interface with the alias "linuxnet:shop\/dev\/Ipvlan\/one"$/,
    remove: [],
  },
];
