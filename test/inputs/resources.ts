/** Every resource with all of its properties: good inputs, and what each property stands for. */
import type { malformed } from "./malformed.js";

export type Domain = keyof typeof malformed;

export interface Described {
  readonly kind: string;
  /** All that it takes, and nothing wrong. */
  readonly good: Readonly<Record<string, unknown>>;
  /** What stands at a path; `[]` is an element of a list. */
  readonly domains: Readonly<Record<string, Domain>>;
}

const everywhere = { host: "host", adopt: "boolean" } as const;
const namespaced = { ...everywhere, namespace: "namespaceName" } as const;
/** What can take the way by which its host is reached. */
const routed = { ...namespaced, allowLockout: "boolean" } as const;
const end = {
  "addresses[]": "interfaceAddress",
  gateway: "address",
  "gateway[]": "address",
  mac: "mac",
  up: "boolean",
  bridge: "interfaceName",
  hairpin: "boolean",
  isolated: "boolean",
} as const;
const endOf = (path: string) =>
  Object.fromEntries(Object.entries(end).map(([key, domain]) => [`${path}.${key}`, domain]));

export const described: readonly Described[] = [
  {
    kind: "Namespace",
    good: {
      name: "con1",
      sysctls: { "net.ipv4.ip_forward": "1" },
      dns: { servers: ["10.0.0.53"], search: ["example.org"], options: ["ndots:2"] },
      hosts: { web: "10.0.0.2" },
      hostname: "con1",
    },
    domains: {
      ...everywhere,
      name: "namespaceName",
      "sysctls.net.ipv4.ip_forward": "sysctlValue",
      "dns.servers[]": "address",
      "dns.search[]": "searchDomain",
      "dns.options[]": "resolverOption",
      "hosts.web": "address",
      "hosts.web[]": "address",
      hostname: "machineName",
      "attach.docker": "containerName",
      "attach.podman": "containerName",
      "attach.pid": "processId",
      "attach.path": "namespacePath",
    },
  },
  {
    kind: "Veth",
    good: {
      namespace: "con1",
      name: "eth0",
      addresses: ["10.0.0.2/24"],
      gateway: "10.0.0.1",
      mtu: 1400,
      peer: { name: "veth1", bridge: "br0", addresses: [] },
    },
    domains: {
      ...routed,
      ...end,
      ...endOf("peer"),
      name: "interfaceName",
      mtu: "mtu",
      "peer.name": "interfaceName",
      "peer.namespace": "namespaceName",
    },
  },
  {
    kind: "Bridge",
    good: { namespace: "con1", name: "br0", addresses: ["10.0.0.1/24"], mtu: 1500, stp: true },
    domains: {
      ...routed,
      name: "interfaceName",
      "addresses[]": "interfaceAddress",
      mac: "mac",
      mtu: "mtu",
      stp: "boolean",
      forwardDelay: "delay",
      ageingTime: "ageing",
      up: "boolean",
    },
  },
  {
    kind: "Macvlan",
    good: {
      namespace: "con1",
      name: "eth0",
      parent: "eth1",
      addresses: ["10.0.0.2/24"],
      gateway: "10.0.0.1",
      mtu: 1400,
    },
    domains: {
      ...routed,
      name: "interfaceName",
      parent: "interfaceName",
      mode: "macvlanMode",
      "addresses[]": "interfaceAddress",
      gateway: "address",
      "gateway[]": "address",
      mac: "mac",
      mtu: "mtu",
      up: "boolean",
    },
  },
  {
    kind: "Ipvlan",
    good: {
      namespace: "con1",
      name: "eth0",
      parent: "eth1",
      addresses: ["10.0.0.2/24"],
      gateway: "10.0.0.1",
      mtu: 1400,
    },
    domains: {
      ...routed,
      name: "interfaceName",
      parent: "interfaceName",
      mode: "ipvlanMode",
      flag: "ipvlanFlag",
      "addresses[]": "interfaceAddress",
      gateway: "address",
      "gateway[]": "address",
      mtu: "mtu",
      up: "boolean",
    },
  },
  {
    kind: "Route",
    good: { namespace: "con1", destination: "10.1.0.0/24", via: "10.0.0.1", device: "eth0" },
    domains: {
      ...routed,
      destination: "network",
      via: "address",
      device: "interfaceName",
      source: "address",
      metric: "metric",
      table: "table",
      scope: "scope",
      type: "routeType",
      mtu: "mtu",
    },
  },
  {
    kind: "Rule",
    good: { namespace: "con1", priority: 1000, from: "10.0.0.0/24", table: 77 },
    domains: {
      ...routed,
      priority: "metric",
      from: "network",
      to: "network",
      iif: "incomingInterface",
      oif: "interfaceName",
      fwmark: "packetMark",
      not: "boolean",
      family: "family",
      table: "table",
      suppressPrefixLength: "prefixLength",
      type: "ruleType",
    },
  },
  {
    kind: "MasqueradeRule",
    good: { namespace: "con1", source: "10.0.0.0/24", exceptOutInterface: "br0", exceptDestinations: ["10.1.0.0/24"] },
    domains: {
      ...namespaced,
      source: "network",
      outInterface: "interfaceName",
      exceptOutInterface: "interfaceName",
      "exceptDestinations[]": "network",
      allowOverlap: "boolean",
    },
  },
  {
    kind: "PortForward",
    good: { namespace: "con1", protocol: "tcp", listenPort: 8000, exceptInInterface: "br0", targetAddress: "10.0.0.2" },
    domains: {
      ...namespaced,
      protocol: "protocol",
      listenAddress: "address",
      listenPort: "portRange",
      inInterface: "interfaceName",
      exceptInInterface: "interfaceName",
      targetAddress: "address",
      targetPort: "port",
      hairpin: "boolean",
      localhost: "boolean",
    },
  },
  {
    kind: "Vxlan",
    good: { namespace: "con1", name: "vx0", vni: 42, local: "10.0.0.1", device: "eth0", mtu: 1400, addresses: [] },
    domains: {
      ...routed,
      name: "interfaceName",
      vni: "vni",
      local: "address",
      "remotes[]": "address",
      group: "multicast",
      port: "port",
      device: "interfaceName",
      bridge: "interfaceName",
      mtu: "mtu",
      learning: "boolean",
      "addresses[]": "interfaceAddress",
      mac: "mac",
      up: "boolean",
    },
  },
  {
    kind: "Sysctl",
    good: { namespace: "con1", key: "net.ipv4.ip_forward", value: "1" },
    domains: { ...namespaced, key: "sysctlKey", value: "sysctlValue" },
  },
];

/** A value put at a path of some inputs. */
export function withValue(inputs: object, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(inputs) as Record<string, unknown>;
  if (path.startsWith("sysctls.")) return { ...copy, sysctls: { [path.slice("sysctls.".length)]: value } };
  const [key = "", part] = path.split(".");
  if (part !== undefined) return { ...copy, [key]: withValue(copy[key] ?? {}, part, value) };
  return path.endsWith("[]") ? { ...copy, [path.slice(0, -2)]: [value] } : { ...copy, [path]: value };
}
