import { endProcessInside, processInside, theirMark } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

/** The paths in which a refresh shows a bridge that is missing from its place. */
const lost = ["addresses", "marked", "up"];

export const bridgeDrifts: readonly Drift[] = [
  {
    wanted: {
      name: "br0",
      addresses: ["172.17.0.1/24", "172.17.1.1/24", "fd00:17::1/64"],
      mtu: 1400,
      stp: true,
      forwardDelay: 4,
      ageingTime: 60,
    },
    damages: [
      { by: "ip addr del 172.17.0.1/24 dev br0", shows: ["addresses"] },
      { by: "ip addr del fd00:17::1/64 dev br0", shows: ["addresses"] },
      { by: "ip addr add 10.99.0.1/24 dev br0", shows: ["addresses"] },
      { by: "ip addr add 172.17.0.9/24 dev br0", shows: ["addresses"] },
      { by: "ip addr add fd00:99::1/64 dev br0", shows: ["addresses"] },
      { by: "ip addr flush dev br0", shows: ["addresses"] },
      { by: "ip addr del 172.17.0.1/24 dev br0; ip addr add 172.17.0.1/16 dev br0", shows: ["addresses"] },
      // If two addresses share a network, deleting the first also deletes the second. Here the wanted one is the
      // second.
      {
        by: "ip addr del 172.17.0.1/24 dev br0; ip addr add 172.17.0.9/24 dev br0; ip addr add 172.17.0.1/24 dev br0",
        shows: ["addresses"],
      },
      { by: "ip addr flush dev br0; ip addr add 10.99.0.1/24 dev br0", shows: ["addresses"] },
      // The address would expire after a while.
      { by: "ip addr change 172.17.0.1/24 dev br0 valid_lft 1000 preferred_lft 1000", shows: ["addresses"] },
      { by: "ip addr change fd00:17::1/64 dev br0 valid_lft 1000 preferred_lft 1000", shows: ["addresses"] },
      { by: "ip link set br0 down", shows: ["addresses", "up"] },
      { by: "ip link set br0 mtu 1300", shows: ["mtu"] },
      { by: "ip link set br0 address 02:00:00:00:00:bb", shows: ["mac"] },
      { by: "ip link set br0 type bridge stp_state 0", shows: ["stp"] },
      { by: "ip link set br0 type bridge forward_delay 1000", shows: ["forwardDelay"] },
      { by: "ip link set br0 type bridge ageing_time 3000", shows: ["ageingTime"] },
      {
        by: "ip link set br0 down; ip link set br0 mtu 1300 address 02:00:00:00:00:bb type bridge stp_state 0",
        shows: ["addresses", "mac", "mtu", "stp", "up"],
      },
      { by: "ip link set br0 alias ''", shows: ["marked"] },
      { by: "ip link set br0 group 7", shows: ["marked"] },
      { by: "ip link del br0", shows: "gone" },
      { by: "ip link set br0 down; ip link set br0 name br7", shows: lost },
      { by: "ip link del br0; ip link add br0 type bridge", shows: "gone", refused: true, then: "ip link del br0" },
      {
        by: "ip link del br0; ip link add br0 type veth peer name br6",
        shows: "gone",
        refused: true,
        then: "ip link del br0",
      },
      { by: `ip link set br0 alias ${theirMark}`, shows: "gone", refused: true, then: "ip link del br0" },
      { by: "ip link set br0 alias ''; ip link set br0 group 0", shows: ["marked"] },
      // The same name with another interface number or Ethernet address: nothing shows that it was this bridge.
      {
        by: "ip link del br0; ip link add br0 address 02:00:00:00:00:bb type bridge",
        shows: "gone",
        refused: true,
        then: "ip link del br0",
      },
      {
        by: "ip link set br0 alias ''; ip link set br0 group 0; ip link set br0 address 02:00:00:00:00:bb",
        shows: "gone",
        refused: true,
        then: "ip link del br0",
      },
      // Bridge ports come and go.
      { by: "ip link add x0 type veth peer name x1; ip link set x0 master br0 up", shows: [], left: "ip link del x0" },
    ],
  },
  {
    title: "with one address of a network after another",
    wanted: { name: "br0", addresses: ["172.17.0.1/24", "172.17.0.2/24"] },
    damages: [
      { by: "ip addr del 172.17.0.1/24 dev br0", shows: ["addresses"] },
      { by: "ip addr del 172.17.0.2/24 dev br0", shows: ["addresses"] },
      {
        by: "ip addr flush dev br0; for last in 9 1 2; do ip addr add 172.17.0.$last/24 dev br0; done",
        shows: ["addresses"],
      },
    ],
  },
  {
    title: "in a namespace",
    around: "ip netns add box",
    wanted: { name: "br0", namespace: "box", addresses: ["10.5.0.1/24"], up: false },
    damages: [
      { by: "ip -n box addr del 10.5.0.1/24 dev br0", shows: ["addresses"] },
      { by: "ip -n box link set br0 up", shows: ["up"] },
      { by: "ip -n box link set br0 type bridge stp_state 1", shows: ["stp"] },
      { by: "ip -n box link del br0", shows: "gone" },
      { by: "ip netns del box", shows: "gone", then: "ip netns add box" },
      { by: "ip netns del box; ip netns add box", shows: "gone" },
      { by: "ip netns del box; touch /run/netns/box", shows: "gone", then: "ip netns del box; ip netns add box" },
      {
        by: `${processInside("box")}; ip netns del box`,
        shows: ["addresses", "marked"],
        then: `ip netns add box; ${endProcessInside}`,
      },
    ],
  },
];
