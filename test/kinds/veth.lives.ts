import { deleteNamespace } from "./damage-by-hand.js";
import type { Life } from "./kind-cases.js";
import { addBridge, addNamespace } from "./surroundings.js";

export const vethLives: readonly Life[] = [
  {
    around: `${addNamespace}; ${addBridge}; ip link add br8 address 02:00:00:00:08:08 type bridge`,
    made: { name: "veth1", namespace: "box", addresses: ["172.18.0.2/24"], peer: { name: "veth1-br", bridge: "br9" } },
    shows: {
      "ip -n box addr show veth1": /<.*UP,LOWER_UP>[^]*172\.18\.0\.2\/24/,
      "ip link show veth1-br": /master br9/,
      "ip netns exec box ping -c1 -W1 172.18.0.1": /1 received/,
    },
    changes: [
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24", "fd00:18::3/64"],
          mtu: 1400,
          peer: { name: "veth1-br", bridge: "br9", hairpin: true, isolated: true },
        },
        paths: ["addresses", "mtu", "peer.hairpin", "peer.isolated"],
        shows: {
          "ip -n box addr show veth1": /mtu 1400[^]*172\.18\.0\.3\/24[^]*fd00:18::3\/64/,
          "ip -d link show veth1-br": /hairpin on.*isolated on/,
        },
      },
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24"],
          gateway: "172.18.0.1",
          peer: { name: "veth1-br", bridge: "br8", mac: "02:00:00:00:01:02" },
        },
        paths: ["addresses", "gateway", "mtu", "peer.bridge", "peer.hairpin", "peer.isolated", "peer.mac"],
        shows: {
          "ip -n box route": /^default via 172\.18\.0\.1 dev veth1/,
          "ip -d link show veth1-br": /02:00:00:00:01:02[^]*master br8|master br8[^]*02:00:00:00:01:02/,
        },
      },
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24"],
          up: false,
          peer: { name: "veth1-br", mac: "02:00:00:00:01:02" },
        },
        paths: ["gateway", "up", "peer.bridge"],
        shows: { "ip -n box link show veth1": /<BROADCAST,MULTICAST>/ },
      },
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24", "fd00:18::3/64"],
          gateway: ["172.18.0.1", "fd00:18::1"],
          peer: { name: "veth1-br", bridge: "br9" },
        },
        paths: ["addresses", "gateway", "up", "peer.bridge", "peer.mac"],
        shows: { "ip -n box -6 route": /default via fd00:18::1/, "ip -n box route": /default via 172\.18\.0\.1/ },
      },
    ],
    damages: [
      { by: "ip -n box addr del 172.18.0.3/24 dev veth1", paths: ["addresses", "gateway"] },
      { by: "ip -n box addr add 10.99.0.1/24 dev veth1", paths: ["addresses"] },
      { by: "ip -n box route del default", paths: ["gateway"] },
      { by: "ip link set veth1-br nomaster", paths: ["peer.bridge"] },
      { by: "ip link set veth1-br master br8", paths: ["peer.bridge"] },
      { by: "ip link set veth1-br down", paths: ["peer.up"] },
      { by: "ip -n box link set veth1 mtu 1300", paths: ["mtu", "peer.mtu"] },
      { by: "ip link set veth1-br address 02:00:00:00:00:cc", paths: ["peer.mac"] },
      { by: "ip link set veth1-br type bridge_slave hairpin on", paths: ["peer.hairpin"] },
      {
        by: "ip link set veth1-br down; ip link set veth1-br name moved",
        paths: ["peer.mac", "peer.bridge", "peer.up"],
      },
      { by: "ip link del veth1-br", paths: "gone" },
      { by: `${deleteNamespace("box")}; ip netns add box`, paths: "gone" },
    ],
  },
  {
    title: "between two namespaces",
    around: "ip netns add a; ip netns add b",
    made: {
      name: "eth0",
      namespace: "a",
      addresses: ["10.0.0.1/24"],
      peer: { name: "eth0", namespace: "b", addresses: ["10.0.0.2/24", "fd00::2/64"] },
    },
    shows: { "ip netns exec a ping -c1 -W1 10.0.0.2": /1 received/, "ip -n b addr show eth0": /fd00::2\/64/ },
    changes: [
      {
        to: {
          name: "eth0",
          namespace: "a",
          addresses: ["10.0.0.3/24"],
          peer: { name: "eth0", namespace: "b", addresses: ["10.0.0.2/24"] },
        },
        paths: ["addresses", "peer.addresses"],
        shows: { "ip netns exec b ping -c1 -W1 10.0.0.3": /1 received/ },
      },
    ],
    damages: [{ by: "ip -n b link set eth0 down", paths: ["peer.up"] }],
  },
  {
    title: "with both ends in one namespace",
    made: { name: "v0", addresses: ["10.0.0.1/24"], peer: { name: "v1" } },
    shows: { "ip -o link show v0": /v0@v1: <.*UP,LOWER_UP>/ },
    changes: [
      {
        to: { name: "v0", peer: { name: "v1", up: false } },
        paths: ["addresses", "peer.up"],
        shows: { "ip -o link show v1": /v1@v0: <BROADCAST,MULTICAST/ },
      },
    ],
    damages: [
      { by: "ip link set v1 up", paths: ["peer.up"] },
      { by: "ip link del v1", paths: "gone" },
    ],
  },
];
