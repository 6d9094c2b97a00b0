/** The resource graph of bench/program/index.js, for measurements of the provider without the engine. */

/** A resource, with the names of the resources that it depends on (`needs`). */
export interface Item {
  readonly kind: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly needs: readonly string[];
  /** The resource whose deletion also deletes this one. The engine does not call delete for this one. */
  readonly deletedWith?: string;
}

/** A container's address on the bridge. */
export function addressOf(number: number): string {
  return `172.18.${Math.floor((number + 9) / 250)}.${((number + 9) % 250) + 1}`;
}

/** Four resources for the host and four for each of its containers, dependencies first. */
export function containerGraph(host: string, containers: number): Item[] {
  return [
    sysctl(host, "forward4", "net.ipv4.ip_forward"),
    sysctl(host, "forward6", "net.ipv6.conf.all.forwarding"),
    { kind: "Bridge", name: "br0", args: { host, name: "br0", addresses: ["172.18.0.1/16"] }, needs: [] },
    {
      kind: "MasqueradeRule",
      name: "masq",
      args: { host, source: "172.18.0.0/16", exceptOutInterface: "br0" },
      needs: ["br0"],
    },
    ...numbers(containers).flatMap((number) => container(host, number)),
  ];
}

/** Port forwards whose targets do not exist. */
export function forwardGraph(host: string, forwards: number): Item[] {
  return numbers(forwards).map((number) => ({ ...forward(host, number), needs: [] }));
}

/** 1, 2, 3 … */
export const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const sysctl = (host: string, name: string, key: string): Item => ({
  kind: "Sysctl",
  name,
  args: { host, key, value: "1" },
  needs: [],
});

function container(host: string, number: number): Item[] {
  const namespace = `c${number}`;
  const veth = `v${number}`;
  return [
    { kind: "Namespace", name: namespace, args: { host, name: namespace }, needs: [] },
    {
      kind: "Veth",
      name: veth,
      args: {
        host,
        name: "eth0",
        namespace,
        addresses: [`${addressOf(number)}/16`],
        peer: { name: veth, bridge: "br0" },
      },
      needs: [namespace, "br0"],
      deletedWith: namespace,
    },
    {
      kind: "Route",
      name: `r${number}`,
      args: { host, namespace, destination: "default", via: "172.18.0.1" },
      needs: [namespace, veth],
      deletedWith: namespace,
    },
    forward(host, number),
  ];
}

const forward = (host: string, number: number): Item => ({
  kind: "PortForward",
  name: `f${number}`,
  args: {
    host,
    protocol: "tcp",
    listenPort: 8000 + number,
    exceptInInterface: "br0",
    targetAddress: addressOf(number),
    targetPort: 80,
  },
  needs: ["br0", `v${number}`],
});
