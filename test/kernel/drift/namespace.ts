import { type Drift, endProcessInside, group, processInside, theirMark } from "./damage.js";

const inside = (line: string) => `ip netns exec con1 sh -c '${line}'`;

/** Something that runs has a namespace, which a file stands for. */
const begin = "touch /run/box; unshare --net=/run/box true";
const end = "umount /run/box; rm /run/box";

export const namespaceDrifts: readonly Drift[] = [
  {
    kind: "Namespace",
    wanted: {
      name: "con1",
      sysctls: {
        "net.ipv4.ip_forward": 1,
        "net.ipv6.conf.all.forwarding": 1,
        "net.ipv4.tcp_rmem": "4096 131072 6291456",
      },
    },
    damages: [
      { by: "ip -n con1 link set lo down", shows: ["loopback"] },
      { by: inside("echo 0 > /proc/sys/net/ipv4/ip_forward"), shows: ["sysctls.net.ipv4.ip_forward"] },
      {
        by: inside("echo 0 > /proc/sys/net/ipv6/conf/all/forwarding"),
        shows: ["sysctls.net.ipv6.conf.all.forwarding"],
      },
      { by: inside("echo 4096 131072 4194304 > /proc/sys/net/ipv4/tcp_rmem"), shows: ["sysctls.net.ipv4.tcp_rmem"] },
      { by: "ip netns del con1", shows: "gone" },
      { by: "ip netns del con1; touch /run/netns/con1", shows: "gone", debris: "rm /run/netns/con1" },
      { by: `${processInside("con1")}; ip netns del con1`, shows: "gone", left: endProcessInside },
      { by: "ip netns del con1; ip netns add con1", shows: "gone", refused: true, then: "ip netns del con1" },
      { by: "ip -n con1 link set lo alias ''", shows: "gone", refused: true, then: "ip netns del con1" },
      { by: `ip -n con1 link set lo alias ${theirMark}`, shows: "gone", refused: true, then: "ip netns del con1" },
      // A name of the same namespace, or another device in it, is none of the resource's affair.
      {
        by: "ip netns attach con2 $$; ip -n con1 link add br5 type bridge",
        shows: [],
        left: "ip netns del con2; ip -n con1 link del br5 2>/dev/null || :",
      },
    ],
  },
  {
    kind: "Namespace",
    title: "that is attached",
    around: `umount /run/box 2>/dev/null; ${begin}`,
    wanted: { name: "con1", attach: { path: "/run/box" } },
    damages: [
      // What it is attached to begins anew, and the name still stands for what was before.
      { by: `${end}; ${begin}`, shows: ["attachedTo"] },
      {
        by: `ip -n con1 link add br5 group ${group} type bridge; ip -n con1 link add br6 type bridge; ${end}; ${begin}`,
        shows: ["attachedTo"],
      },
      { by: end, shows: ["attachedTo"], then: begin },
      { by: `${end}; touch /run/box`, shows: ["attachedTo"], then: "unshare --net=/run/box true" },
      { by: "ip netns del con1", shows: "gone" },
      { by: "ip netns del con1; touch /run/netns/con1", shows: "gone", debris: "rm /run/netns/con1" },
      { by: "ip netns del con1; ip netns add con1", shows: "gone", refused: true, then: "ip netns del con1" },
      { by: "ip -n con1 link set lo alias ''", shows: "gone", refused: true, then: "ip netns del con1" },
      {
        by: `ip -n con1 link set lo alias ${theirMark}`,
        shows: "gone",
        refused: true,
        then: "ip -n con1 link set lo alias ''; ip netns del con1",
      },
      {
        by: `ip netns del con1; nsenter --net=/run/box ip link set lo alias ${theirMark}`,
        shows: "gone",
        refused: true,
        then: "nsenter --net=/run/box ip link set lo alias ''",
      },
      // Another name of it, or another device in it, is none of the resource's affair.
      {
        by: "ip netns attach con2 $$; ip -n con1 link add br5 type bridge",
        shows: [],
        left: "ip netns del con2; nsenter --net=/run/box ip link del br5",
      },
    ],
  },
];
