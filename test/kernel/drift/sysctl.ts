import { type Drift, endProcessInside, processInside } from "./damage.js";

const hopLimit = "/proc/sys/net/ipv6/conf/br5/hop_limit";

export const sysctlDrifts: readonly Drift[] = [
  {
    kind: "Sysctl",
    wanted: { key: "net.ipv4.ip_forward", value: "1" },
    damages: [{ by: "echo 0 > /proc/sys/net/ipv4/ip_forward", shows: ["value"] }],
  },
  {
    kind: "Sysctl",
    title: "of several numbers",
    wanted: { key: "net.ipv4.ip_local_port_range", value: "20000 60000" },
    damages: [{ by: "echo 20000 60001 > /proc/sys/net/ipv4/ip_local_port_range", shows: ["value"] }],
  },
  {
    kind: "Sysctl",
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
    kind: "Sysctl",
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
];
