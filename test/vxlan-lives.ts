import type { Life } from "./lives.js";

const underlay = [
  "ip link add u0 address 02:00:00:00:10:00 type veth peer name u1 address 02:00:00:00:10:01",
  "ip link set u0 up",
  "ip link set u1 up",
  "ip addr add 192.0.2.1/24 dev u0",
  "ip addr add 192.0.2.11/24 dev u0",
].join("; ");

/** Lives of vxlans, of which the simulated host has no model. */
export const vxlanLives: readonly Life[] = [
  {
    kind: "Vxlan",
    around: `${underlay}; ip link add br9 address 02:00:00:00:09:09 type bridge`,
    made: { name: "vx0", vni: 42, local: "192.0.2.1", remotes: ["192.0.2.2"], bridge: "br9" },
    shows: {
      "ip -d link show vx0":
        /<.*UP.*> mtu 1450 .* master br9 [^]*vxlan id 42 local 192\.0\.2\.1 .*dstport 4789 (?!nolearning)/,
      "ip link show br9": /mtu 1450/,
      "bridge fdb show dev vx0": /^00:00:00:00:00:00 dst 192\.0\.2\.2 self permanent$/m,
    },
    changes: [
      {
        to: { name: "vx0", vni: 42, local: "192.0.2.1", remotes: ["192.0.2.3", "192.0.2.4"], bridge: "br9" },
        paths: ["remotes"],
        shows: { "bridge fdb show dev vx0": /^(?![^]*192\.0\.2\.2)[^]*dst 192\.0\.2\.3 [^]*dst 192\.0\.2\.4 / },
      },
      {
        to: { name: "vx0", vni: 42, local: "192.0.2.11", mtu: 1400, learning: false, addresses: ["10.42.0.1/24"] },
        paths: ["addresses", "bridge", "learning", "local", "mtu", "remotes"],
        shows: {
          "ip -d addr show vx0": /mtu 1400 (?!.*master)[^]*local 192\.0\.2\.11 .*nolearning [^]*10\.42\.0\.1\/24/,
          "bridge fdb show dev vx0": /^$/,
        },
      },
    ],
    damages: [
      { by: "bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.9", paths: ["remotes"] },
      { by: "ip link del vx0", paths: "gone" },
    ],
  },
  {
    kind: "Vxlan",
    title: "in a namespace",
    around: `ip netns add box; ${underlay}`,
    made: { name: "vx0", namespace: "box", vni: 42, local: "192.0.2.1", group: "239.1.1.1", device: "u0", port: 8472 },
    shows: {
      "ip -n box -d link show vx0": /mtu 1450 [^]*vxlan id 42 group 239\.1\.1\.1 local 192\.0\.2\.1 .*dstport 8472/,
      // What carries it is the host's.
      "ss -Huln": /:8472/,
      "ip netns exec box ss -Huln": /^$/,
      "ip maddress show dev u0": /239\.1\.1\.1/,
    },
    changes: [],
    damages: [{ by: "ip netns del box; sleep 0.1; ip netns add box", paths: "gone" }],
  },
];
