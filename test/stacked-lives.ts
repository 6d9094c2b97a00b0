/** Lives of interfaces that stand on another one, on a real kernel: the simulated host has none of them. */
import type { Life } from "./lives.js";

const around =
  "ip netns add box; ip link add p9 address 02:00:00:00:09:09 type veth peer name q9 address 02:00:00:00:09:0a; " +
  "ip addr add 10.6.0.1/24 dev q9; ip link set p9 up; ip link set q9 up";
const made = { name: "eth0", namespace: "box", parent: "p9", addresses: ["10.6.0.2/24"] };
const reaches = { "ip netns exec box ping -c1 -W2 10.6.0.1": /1 received/ };

export const macvlanLives: readonly Life[] = [
  {
    kind: "Macvlan",
    around,
    made: { ...made, gateway: "10.6.0.1" },
    shows: {
      ...reaches,
      "ip -n box -d link show eth0": /mtu 1500[^]*macvlan mode bridge/,
      "ip -n box route": /^default via 10\.6\.0\.1 dev eth0/,
      // Nothing of it is on the host, which may have an eth0 of its own.
      "ip -br link show type macvlan": /^$/,
    },
    changes: [
      {
        to: { ...made, addresses: ["10.6.0.3/24", "fd00:6::3/64"], mode: "private", mtu: 1400 },
        paths: ["addresses", "gateway", "mode", "mtu"],
        shows: {
          ...reaches,
          "ip -n box -d addr show eth0": /mtu 1400[^]*macvlan mode private[^]*10\.6\.0\.3\/24[^]*fd00:6::3\/64/,
        },
      },
      {
        to: { ...made, mac: "02:00:00:00:00:aa", mode: "vepa", up: false },
        paths: ["addresses", "mac", "mode", "up"],
        shows: { "ip -n box -d link show eth0": /<BROADCAST,MULTICAST>[^]*02:00:00:00:00:aa[^]*macvlan mode vepa/ },
      },
      { to: made, paths: ["mac", "mode", "up"], shows: reaches },
    ],
    damages: [
      { by: "ip -n box link set eth0 type macvlan mode private", paths: ["mode"] },
      { by: "ip -n box link set eth0 address 02:00:00:00:00:bb", paths: ["mac"] },
      { by: "ip -n box link set eth0 down", paths: ["up"] },
      { by: "ip -n box link del eth0", paths: "gone" },
      { by: "ip link del p9", paths: "gone" },
      { by: "ip netns del box; sleep 0.1; ip netns add box", paths: "gone" },
    ],
  },
  {
    kind: "Macvlan",
    title: "alone on its parent",
    around,
    made: { name: "m0", parent: "p9", mode: "passthru" },
    shows: { "ip -d link show m0": /m0@p9: <.*UP.*>[^]*02:00:00:00:09:09[^]*macvlan mode passthru/ },
    changes: [{ to: { name: "m0", parent: "p9", mode: "passthru", mtu: 1400 }, paths: ["mtu"], shows: {} }],
    damages: [{ by: "ip link set m0 mtu 1300", paths: ["mtu"] }],
  },
];

/** They follow the kernel's source: no kernel that these tests have run on has ipvlan. */
export const ipvlanLives: readonly Life[] = [
  {
    kind: "Ipvlan",
    around,
    made: { ...made, gateway: "10.6.0.1" },
    shows: {
      ...reaches,
      "ip -n box -d link show eth0": /02:00:00:00:09:09[^]*ipvlan +mode l2 bridge/,
      "ip -n box route": /^default via 10\.6\.0\.1 dev eth0/,
    },
    changes: [
      {
        to: { ...made, addresses: ["10.6.0.3/24", "fd00:6::3/64"], mode: "l3", flag: "private" },
        paths: ["addresses", "gateway", "mode", "flag"],
        shows: { "ip -n box -d link show eth0": /ipvlan +mode l3 private/ },
      },
      {
        to: { ...made, mode: "l3s", up: false, mtu: 1400 },
        paths: ["addresses", "mode", "flag", "mtu", "up"],
        shows: { "ip -n box -d link show eth0": /mtu 1400[^]*ipvlan +mode l3s bridge/ },
      },
      { to: made, paths: ["mode", "up"], shows: { "ip -n box -d link show eth0": /ipvlan +mode l2 bridge/ } },
    ],
    damages: [
      { by: "ip -n box link set eth0 type ipvlan mode l2 vepa", paths: ["flag"] },
      { by: "ip -n box link set eth0 type ipvlan mode l3s", paths: ["mode"] },
      { by: "ip -n box link del eth0", paths: "gone" },
      { by: "ip link del p9", paths: "gone" },
    ],
  },
];
