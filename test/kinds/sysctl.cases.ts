import fc from "fast-check";
import { followed } from "./advice-case.js";
import { commands } from "./by-hand.js";
import { namespaced } from "./common-domains.js";
import { endProcessInside, processInside } from "./damage-by-hand.js";
import { createdFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { dropNote, takeNote, write } from "./shown-commands.js";
import { inside } from "./shown-texts.js";

const off = "echo 0 >/proc/sys/net/ipv4/ip_forward";
const wanted = { key: "net.ipv4.ip_forward", value: "1" };
const hopLimit = "/proc/sys/net/ipv6/conf/br5/hop_limit";

export const cases: KindCases = {
  kind: "Sysctl",
  good: { namespace: "con1", key: "net.ipv4.ip_forward", value: "1" },
  domains: { ...namespaced, key: "sysctlKey", value: "sysctlValue" },
  least: { key: "net.ipv4.ip_forward", value: 1 },
  defaults: [
    [
      { key: "net.ipv4.tcp_rmem", value: "4096\t1  2" },
      { key: "net.ipv4.tcp_rmem", value: "4096 1 2" },
    ],
  ],
  unknown: [{ key: unknown, value: unknown }],
  refused: [
    [{ key: "net.ipv4.ip_forward" }, { value: /^value: / }],
    [{ key: "../etc/passwd", value: 1 }, { key: /looks like/ }],
    [{ key: "net.x", value: "a\nb" }, { value: /one line of printable text/ }],
    [{ namespace: "x", key: "kernel.panic", value: 1 }, { key: /has to start with net\. in a namespace/ }],
  ],
  diffs: [
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv4.ip_forward", value: "1" }, "same"],
    [{ key: "net.ipv4.tcp_rmem", value: "1 2 3" }, { key: "net.ipv4.tcp_rmem", value: "1\t2  3" }, "same"],
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv4.ip_forward", value: 0 }, "in place"],
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv6.conf.all.forwarding", value: 1 }, createdFirst("key")],
    [
      { key: "net.ipv4.ip_forward", value: 1 },
      { key: "net.ipv4.ip_forward", value: 1, namespace: "box" },
      createdFirst("namespace"),
    ],
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv4.ip_forward", value: unknown }, "in place"],
  ],
  plans: [
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
  ],
  lives: [
    {
      made: { key: "net.ipv4.ip_forward", value: "1" },
      shows: { "cat /proc/sys/net/ipv4/ip_forward": /^1$/ },
      changes: [
        {
          to: { key: "net.ipv4.ip_forward", value: 0 },
          paths: ["value"],
          shows: { "cat /proc/sys/net/ipv4/ip_forward": /^0$/ },
        },
        { to: { key: "net.ipv4.ip_forward", value: 1 }, paths: ["value"], shows: {} },
      ],
      damages: [{ by: "echo 0 > /proc/sys/net/ipv4/ip_forward", paths: ["value"] }],
    },
  ],
  drifts: [
    {
      wanted: { key: "net.ipv4.ip_forward", value: "1" },
      damages: [{ by: "echo 0 > /proc/sys/net/ipv4/ip_forward", shows: ["value"] }],
    },
    {
      title: "of several numbers",
      wanted: { key: "net.ipv4.ip_local_port_range", value: "20000 60000" },
      damages: [{ by: "echo 20000 60001 > /proc/sys/net/ipv4/ip_local_port_range", shows: ["value"] }],
    },
    {
      title: "of an interface, for IPv6",
      around: "ip link add br5 address 02:00:00:00:05:05 type bridge",
      wanted: { key: "net/ipv6/conf/br5/hop_limit", value: "65" },
      damages: [
        { by: `echo 64 > ${hopLimit}`, shows: ["value"] },
        { by: "ip link del br5", shows: ["value"], then: "ip link add br5 address 02:00:00:00:05:05 type bridge" },
        { by: "ip link del br5; ip link add br5 address 02:00:00:00:05:05 type bridge", shows: ["value"] },
      ],
    },
    {
      title: "in a namespace",
      around: "ip netns add box",
      wanted: { namespace: "box", key: "net.ipv4.ip_forward", value: "1" },
      damages: [
        { by: "ip netns exec box sh -c 'echo 0 > /proc/sys/net/ipv4/ip_forward'", shows: ["value"] },
        { by: "ip netns del box", shows: "gone", then: "ip netns add box" },
        { by: "ip netns del box; touch /run/netns/box", shows: "gone", then: "ip netns del box; ip netns add box" },
        { by: "ip netns del box; ip netns add box", shows: ["value"] },
        {
          by: `${processInside("box")}; ip netns del box`,
          shows: "gone",
          then: `ip netns add box; ${endProcessInside}`,
        },
      ],
    },
  ],
  byHand: ({ value }) => [commands(`sysctl -qw net.ipv4.icmp_echo_ignore_all=${value === "1" ? "0" : "1"}`)],
  advice: {
    "Two stacks can share a setting": followed("Two stacks can share a setting at one value only"),
  },
  unalterable: {
    key: "what it is known by",
    found: "a memory of what was there before",
  },
  inNetwork: {
    forwarding: { args: { key: "net.ipv4.ip_forward", value: "1" } },
    martians: { args: { key: "net.ipv4.conf.all.log_martians", value: "1" }, changed: { value: "0" } },
  },
  orphans: [
    {
      name: "forwarding",
      inputs: { key: "net.ipv4.ip_forward", value: "1" },
      line: "Sysctl forwarding: setting net/ipv4/ip_forward",
    },
  ],
  arbitraryInputs: fc.constantFrom(
    { key: "net.ipv4.ip_forward", value: 1 },
    { namespace: "con1", key: "net.ipv4.tcp_rmem", value: "4096  131072\t6291456" },
    { namespace: "con1", key: "net/ipv4/conf/eth9/rp_filter", value: "2" },
    { namespace: "con1", key: "net.ipv6.conf.all.forwarding", value: "1" },
  ),
  shown: (inputs) => [
    {
      command: `${inside(inputs)}cat /proc/sys/${String(inputs.key).replaceAll(/[./]/g, "/")}`,
      texts: [String(inputs.value).replaceAll(/\s+/g, "\t")],
    },
  ],
  isSimulated: true,
};
