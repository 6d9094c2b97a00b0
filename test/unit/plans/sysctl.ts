import { type PlanCase, write } from "./case.js";

const wanted = { key: "net.ipv4.ip_forward", value: "1" };

export const sysctlCases: readonly PlanCase[] = [
  { title: "another value there", wanted, sees: ["value"], plan: [write("net/ipv4/ip_forward", 1)], remove: [] },
  {
    title: "set, and changed back by hand",
    made: wanted,
    by: "echo 0 >/proc/sys/net/ipv4/ip_forward",
    wanted,
    sees: ["value"],
    plan: [write("net/ipv4/ip_forward", 1)],
    remove: [],
  },
  { title: "as wanted", made: wanted, wanted, sees: [], plan: [], remove: [write("net/ipv4/ip_forward", 0)] },
  {
    title: "as wanted all along",
    around: "echo 1 >/proc/sys/net/ipv4/ip_forward",
    made: wanted,
    wanted,
    sees: [],
    plan: [],
    remove: [],
  },
  {
    title: "several numbers, with tabs between them",
    wanted: { key: "net.ipv4.ping_group_range", value: "1  0" },
    sees: [],
    plan: [],
    remove: [],
  },
  {
    title: "no such key",
    wanted: { key: "net.no.such", value: "1" },
    sees: "nothing",
    plan: [write("net/no/such", 1)],
    remove: [],
  },
  {
    title: "a key with a dotted part, in a namespace",
    around: "ip netns add box; ip -n box link add eth0.5 type bridge",
    wanted: { namespace: "box", key: "net/ipv4/conf/eth0.5/forwarding", value: "1" },
    sees: ["value"],
    plan: [write("net/ipv4/conf/eth0.5/forwarding", 1, "box")],
    remove: [],
  },
];
