import { type Network, output } from "./network.ts";

/** What distinguishes such a network from another one on the same host. */
export interface ContainerNetwork {
  /** The name of the namespace. The names of interfaces on the host begin with it. */
  readonly name: string;
  /** 1 … 99: the subnet is 10.N.0.0/24, and port 8000+N of the host leads to the container. */
  readonly number: number;
}

/**
 * A container's network on `host1`, with the basic kinds of resources. Two such networks have the same resource names.
 */
export function containerNetwork({ name, number }: ContainerNetwork): Network {
  const host = "host1";
  const subnet = `10.${number}.0`;
  return {
    forwarding: { kind: "Sysctl", args: { host, key: "net.ipv4.ip_forward", value: "1" } },
    box: { kind: "Namespace", args: { host, name } },
    lan: { kind: "Bridge", args: { host, name: `${name}0`, addresses: [`${subnet}.1/24`] } },
    eth: {
      kind: "Veth",
      args: {
        host,
        name: "eth0",
        namespace: output("box.name"),
        addresses: [`${subnet}.2/24`],
        gateway: `${subnet}.1`,
        peer: { name: `${name}-port`, bridge: output("lan.name") },
      },
      options: { dependsOn: ["lan"] },
    },
    // A route to a network behind the container, and one to a network that the container can't reach.
    far: {
      kind: "Route",
      args: { host, destination: `10.1${number}.0.0/16`, via: `${subnet}.2` },
      options: { dependsOn: ["lan"] },
    },
    hole: {
      kind: "Route",
      args: { host, namespace: output("box.name"), destination: "10.200.0.0/16", type: "blackhole" },
    },
    out: {
      kind: "MasqueradeRule",
      args: {
        host,
        source: `${subnet}.0/24`,
        exceptOutInterface: output("lan.name"),
        exceptDestinations: ["10.99.0.0/16"],
      },
    },
    web: {
      kind: "PortForward",
      args: {
        host,
        protocol: "tcp",
        listenPort: 8000 + number,
        exceptInInterface: output("lan.name"),
        targetAddress: `${subnet}.2`,
        targetPort: 80,
        localhost: true,
      },
    },
  };
}
