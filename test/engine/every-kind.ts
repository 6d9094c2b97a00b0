import { type Network, output } from "./network.ts";

export const everyKindHost = "host1";
const on = { host: everyKindHost };

/** A container's network with every kind of resource that this kernel has. */
export const everyKind: Network = {
  forwarding: { kind: "Sysctl", args: { ...on, key: "net.ipv4.ip_forward", value: "1" } },
  martians: { kind: "Sysctl", args: { ...on, key: "net.ipv4.conf.all.log_martians", value: "1" } },
  box: { kind: "Namespace", args: { ...on, name: "red" } },
  lan: { kind: "Bridge", args: { ...on, name: "red0", addresses: ["10.1.0.1/24", "fd00:1::1/64"] } },
  eth: {
    kind: "Veth",
    args: {
      ...on,
      name: "eth0",
      namespace: output("box.name"),
      addresses: ["10.1.0.2/24", "fd00:1::2/64"],
      gateway: ["10.1.0.1", "fd00:1::1"],
      peer: { name: "red-port", bridge: output("lan.name") },
    },
    options: { dependsOn: ["lan"] },
  },
  own: {
    kind: "Macvlan",
    args: {
      ...on,
      namespace: output("box.name"),
      name: "mac0",
      parent: output("lan.name"),
      addresses: ["10.1.0.40/24"],
    },
  },
  tunnel: {
    kind: "Vxlan",
    args: { ...on, id: 42, local: "10.0.12.15", remotes: ["10.0.12.77"], bridge: output("lan.name") },
  },
  far: {
    kind: "Route",
    args: { ...on, destination: "10.11.0.0/16", via: "10.1.0.2" },
    options: { dependsOn: ["lan"] },
  },
  hole: {
    kind: "Route",
    args: { ...on, namespace: output("box.name"), destination: "10.200.0.0/16", type: "blackhole" },
  },
  policy: { kind: "Rule", args: { ...on, priority: 1000, from: "10.1.0.0/24", table: "main" } },
  out: { kind: "MasqueradeRule", args: { ...on, source: "10.1.0.0/24", exceptOutInterface: output("lan.name") } },
  web: {
    kind: "PortForward",
    args: {
      ...on,
      protocol: "tcp",
      listenPort: 8001,
      exceptInInterface: output("lan.name"),
      targetAddress: "10.1.0.2",
      targetPort: 80,
    },
  },
};
