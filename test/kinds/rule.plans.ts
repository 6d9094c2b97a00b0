import type { PlanCase } from "./kind-cases.js";

const wanted = { priority: 1000, from: "10.1.0.0/24", table: 100 };
const command = (action: "add" | "delete", words: string) => `ip -4 rule ${action} ${words} proto PROTO`;
const own = "from 10.1.0.0/24 priority 1000 table 100";

export const rulePlans: readonly PlanCase[] = [
  {
    title: "nothing there",
    wanted: {
      ...wanted,
      to: "10.9.0.0/16",
      iif: "br0",
      oif: "lo0",
      fwmark: "1/255",
      not: true,
      suppressPrefixLength: 0,
    },
    sees: "nothing",
    plan: [
      command(
        "add",
        "not from 10.1.0.0/24 to 10.9.0.0/16 fwmark 0x1/0xff iif br0 oif lo0 priority 1000 table 100 suppress_prefixlength 0",
      ),
    ],
    remove: [],
  },
  {
    title: "without its namespace",
    wanted: { ...wanted, namespace: "box" },
    sees: "nothing",
    plan: ["ip -n box -4 rule add from 10.1.0.0/24 priority 1000 table 100 proto PROTO"],
    remove: [],
  },
  { title: "as wanted", made: wanted, wanted, sees: [], plan: [], remove: [command("delete", own)] },
  {
    title: "as a run left it that was killed",
    around: "ip rule add from 10.1.0.0/24 priority 1000 table 100 proto $PROTO",
    wanted,
    sees: [],
    plan: [],
    remove: [command("delete", own)],
  },
  {
    title: "another table",
    made: wanted,
    wanted: { ...wanted, table: "main" },
    sees: ["table"],
    plan: [command("add", "from 10.1.0.0/24 priority 1000 table 254"), command("delete", own)],
    remove: [command("delete", own)],
  },
  {
    title: "killed between the new table and the old one",
    made: wanted,
    by: "ip rule add from 10.1.0.0/24 priority 1000 table 101 proto $PROTO",
    wanted: { ...wanted, table: 101 },
    sees: ["table"],
    plan: [command("delete", own)],
    remove: [command("delete", own), command("delete", own.replace("table 100", "table 101"))],
  },
  {
    title: "looks nowhere from now on",
    made: wanted,
    wanted: { priority: 1000, from: wanted.from, type: "unreachable" },
    sees: ["type", "table"],
    plan: [command("add", "from 10.1.0.0/24 priority 1000 type unreachable"), command("delete", own)],
    remove: [command("delete", own)],
  },
  {
    title: "beside others of its priority",
    around: [
      "ip rule add from 10.2.0.0/24 priority 1000 table 100",
      "ip rule add not from 10.1.0.0/24 priority 1000 table 99",
      "ip rule add from 10.1.0.0/24 ipproto tcp priority 1000 table 99",
      "ip rule add from 10.1.0.0/24 tos 0x10 priority 1000 table 99",
    ].join("; "),
    wanted,
    sees: "nothing",
    plan: [command("add", own)],
    remove: [],
  },
  {
    // Without this order, the kernel would delete the first of them instead, and would refuse to add the second one
    // after the third.
    title: "after others of this stack with more selectors",
    around: [
      "ip rule add from 10.1.0.0/24 iif br0 priority 1000 table 100 proto $PROTO",
      "ip rule add from 10.1.0.0/24 to 10.9.0.0/16 priority 1000 table 100 proto $PROTO",
    ].join("; "),
    wanted,
    sees: "nothing",
    plan: [
      command("delete", "from 10.1.0.0/24 to 10.9.0.0/16 priority 1000 table 100"),
      command("add", own),
      command("add", "from 10.1.0.0/24 to 10.9.0.0/16 priority 1000 table 100"),
    ],
    remove: [],
  },
  {
    title: "behind another of this stack with more selectors",
    around: "ip rule add from 10.1.0.0/24 iif br0 priority 1000 table 100 proto $PROTO",
    made: wanted,
    wanted,
    sees: [],
    plan: [],
    remove: [
      command("delete", own),
      command("delete", own),
      command("add", "from 10.1.0.0/24 iif br0 priority 1000 table 100"),
    ],
  },
  {
    title: "instead of what it was not for",
    around: "ip rule add not from 10.1.0.0/24 priority 1000 table 100 proto $PROTO",
    wanted,
    sees: "nothing",
    plan: [command("delete", `not ${own}`), command("add", own)],
    remove: [],
  },
  {
    title: "somebody else's",
    around: "ip rule add from 10.1.0.0/24 priority 1000 table 99",
    wanted,
    sees: /^priority taken by a rule for the same packets \(lookup 99 proto 0\) that this stack did not create$/,
    remove: [],
  },
  {
    title: "the kernel's own",
    wanted: { priority: 32766, table: "main" },
    sees: /^priority taken by a rule for the same packets \(lookup main proto 2\) that this stack did not create$/,
    remove: [],
  },
  {
    title: "a mark of 0",
    made: { priority: 1000, fwmark: 0, table: 100 },
    wanted: { priority: 1000, fwmark: "0x0/0xffffffff", table: 100 },
    sees: [],
    plan: [],
    remove: [command("delete", "fwmark 0x0/0xffffffff priority 1000 table 100")],
  },
  {
    title: "IPv6, in a namespace",
    around: "ip netns add box",
    made: { namespace: "box", priority: 1000, to: "fd00:1::/64", table: 100 },
    wanted: { namespace: "box", priority: 1000, to: "FD00:1:0::/64", table: 101 },
    sees: ["table"],
    plan: [
      "ip -n box -6 rule add to fd00:1::/64 priority 1000 table 101 proto PROTO",
      "ip -n box -6 rule delete to fd00:1::/64 priority 1000 table 100 proto PROTO",
    ],
    remove: ["ip -n box -6 rule delete to fd00:1::/64 priority 1000 table 100 proto PROTO"],
  },
  {
    title: "IPv6, for all packets",
    made: { family: "ipv6", priority: 1000, table: "main", suppressPrefixLength: 0 },
    wanted: { family: "ipv6", priority: 1000, table: 254 },
    sees: ["suppressPrefixLength"],
    plan: [
      "ip -6 rule add priority 1000 table 254 proto PROTO",
      "ip -6 rule delete priority 1000 table 254 suppress_prefixlength 0 proto PROTO",
    ],
    remove: ["ip -6 rule delete priority 1000 table 254 suppress_prefixlength 0 proto PROTO"],
  },
];
