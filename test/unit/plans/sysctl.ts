import { type PlanCase, dropNote, takeNote, write } from "./case.js";

const off = "echo 0 >/proc/sys/net/ipv4/ip_forward";
const wanted = { key: "net.ipv4.ip_forward", value: "1" };

export const sysctlCases: readonly PlanCase[] = [
  {
    title: "another value there",
    around: off,
    wanted,
    sees: ["value"],
    plan: [takeNote("net/ipv4/ip_forward", 0), write("net/ipv4/ip_forward", 1)],
    remove: [],
  },
  {
    title: "set, and changed back by hand",
    around: off,
    made: wanted,
    by: off,
    wanted,
    sees: ["value"],
    plan: [write("net/ipv4/ip_forward", 1)],
    remove: [dropNote("net/ipv4/ip_forward")],
  },
  {
    title: "as wanted",
    around: off,
    made: wanted,
    wanted,
    sees: [],
    plan: [],
    remove: [write("net/ipv4/ip_forward", 0), dropNote("net/ipv4/ip_forward")],
  },
  {
    title: "set by a run that was killed before it could say so",
    around:
      'mkdir -p /run/linuxnet/sysctl; echo "{\\"found\\":\\"0\\",\\"holders\\":{\\"$MARK\\":\\"1\\"}}" >/run/linuxnet/sysctl/net%2Fipv4%2Fip_forward; echo 1 >/proc/sys/net/ipv4/ip_forward',
    wanted,
    sees: [],
    plan: [],
    remove: [write("net/ipv4/ip_forward", 0), dropNote("net/ipv4/ip_forward")],
  },
  {
    title: "held at the same value by another stack",
    around:
      'mkdir -p /run/linuxnet/sysctl; echo "{\\"found\\":\\"0\\",\\"holders\\":{\\"linuxnet:other/dev/Sysctl/x\\":\\"1\\"}}" >/run/linuxnet/sysctl/net%2Fipv4%2Fip_forward; echo 1 >/proc/sys/net/ipv4/ip_forward',
    wanted,
    sees: [],
    plan: [takeNote("net/ipv4/ip_forward", 0).replace('{"MARK"', '{"linuxnet:other/dev/Sysctl/x":"1","MARK"')],
    remove: [],
  },
  {
    title: "held at another value by another stack",
    around:
      'mkdir -p /run/linuxnet/sysctl; echo "{\\"found\\":\\"1\\",\\"holders\\":{\\"linuxnet:other/dev/Sysctl/x\\":\\"0\\"}}" >/run/linuxnet/sysctl/net%2Fipv4%2Fip_forward; echo 0 >/proc/sys/net/ipv4/ip_forward',
    wanted,
    sees: /value not what linuxnet:other\/dev\/Sysctl\/x holds net\.ipv4\.ip_forward at, which is "0"/,
    plan: [],
    remove: [],
  },
  {
    title: "held by a resource of this stack that was renamed",
    around:
      'mkdir -p /run/linuxnet/sysctl; echo "{\\"found\\":\\"0\\",\\"holders\\":{\\"linuxnet:shop/dev/Sysctl/old\\":\\"1\\"}}" >/run/linuxnet/sysctl/net%2Fipv4%2Fip_forward; echo 1 >/proc/sys/net/ipv4/ip_forward',
    wanted,
    sees: [],
    plan: [takeNote("net/ipv4/ip_forward", 0)],
    remove: [],
  },
  {
    title: "as wanted all along",
    around: "echo 1 >/proc/sys/net/ipv4/ip_forward",
    made: wanted,
    wanted,
    sees: [],
    plan: [],
    remove: [dropNote("net/ipv4/ip_forward")],
  },
  {
    title: "several numbers, with tabs between them",
    wanted: { key: "net.ipv4.ping_group_range", value: "1  0" },
    sees: [],
    plan: [takeNote("net/ipv4/ping_group_range", 1).replace('"1"', '"1 0"').replace('"1"', '"1 0"')],
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
