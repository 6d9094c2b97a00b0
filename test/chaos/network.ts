import { type Network, changed, output } from "../engine/network.ts";
import { changesOf, commonKinds, networkOf } from "../kinds/whole-network.js";

/** The name of the only host in the inventory. */
export const host = "host1";

/** The network namespace of something that runs on the host and does not belong to the stack. */
export const theirs = "/run/theirs";

/** The host's own address, on a link that no other host is on. */
export const underlay = "192.0.2.1";

const gateways = ["10.1.0.1", "fd00:1::1"];
const box = (name: string, names: object = {}) => ({ kind: "Namespace", args: { host, name, ...names } });
const port = (box: string, number: number, peer: string) => ({
  kind: "Veth",
  args: {
    host,
    name: "eth0",
    namespace: output(`${box}.name`),
    addresses: [`10.1.0.${number}/24`, `fd00:1::${number}/64`],
    gateway: gateways,
    peer: { name: peer, bridge: output("lan.name") },
  },
  options: { dependsOn: ["lan"] },
});

const forward = { kind: "Sysctl", args: { host, key: "net.ipv4.ip_forward", value: "1" } };
const blackhole = { kind: "Route", args: { host, destination: "10.99.0.0/16", type: "blackhole" } };
const route = (destination: string, via: string) => ({
  kind: "Route",
  args: { host, namespace: output("far.name"), destination, via },
  options: { dependsOn: ["cross"] },
});

/** The kinds with the most to test, in IPv4 and in IPv6, in namespaces and on the host itself. */
const ownFirst: Network = {
  forward,
  lan: { kind: "Bridge", args: { host, addresses: ["10.1.0.1/24", "fd00:1::1/64"] } },
  box: box("near", { dns: { servers: ["10.1.0.1"] }, hosts: { middle: ["10.1.0.3", "fd00:1::3"] } }),
  middle: box("middle"),
  far: box("far"),
  eth: port("box", 2, "port1"),
  eth2: port("middle", 3, "port2"),
  cross: {
    kind: "Veth",
    args: {
      host,
      name: "cross",
      namespace: output("middle.name"),
      addresses: ["10.2.0.1/24"],
      peer: { name: "cross", namespace: output("far.name"), addresses: ["10.2.0.2/24", "fd00:2::2/64"] },
    },
  },
  theirs: box("theirs", { attach: { path: theirs } }),
  eth4: {
    kind: "Veth",
    args: {
      host,
      name: "eth0",
      namespace: output("theirs.name"),
      addresses: ["10.4.0.2/24"],
      gateway: "10.4.0.1",
      peer: { name: "port4", addresses: ["10.4.0.1/24"] },
    },
  },
  // The remote ends do not exist, and need not.
  tunnel: {
    kind: "Vxlan",
    args: { host, id: 42, local: underlay, remotes: ["192.0.2.77", "192.0.2.78"], bridge: output("lan.name") },
  },
  own: {
    kind: "Macvlan",
    args: {
      host,
      namespace: output("far.name"),
      parent: output("lan.name"),
      addresses: ["10.1.0.40/24", "fd00:1::40/64"],
    },
  },
  route4: route("default", "10.2.0.1"),
  route6: route("fd00:9::/64", "fd00:2::1"),
  hole: blackhole,
  uplink: {
    kind: "Route",
    args: { host, destination: "default", via: "10.1.0.2", table: 77 },
    options: { dependsOn: ["lan"] },
  },
  policy4: { kind: "Rule", args: { host, priority: 1000, from: "10.1.0.0/24", table: 77 } },
  policy6: {
    kind: "Rule",
    args: { host, namespace: output("far.name"), priority: 1000, to: "fd00:9::/64", table: 78 },
  },
  masq4: { kind: "MasqueradeRule", args: { host, source: "10.1.0.0/24", exceptOutInterface: output("lan.name") } },
  masq6: {
    kind: "MasqueradeRule",
    args: { host, source: "fd00:1::/64", exceptDestinations: ["fd00:2::/64", "fd00:9::/64"] },
  },
  web: {
    kind: "PortForward",
    args: {
      host,
      protocol: "tcp",
      listenPort: 8000,
      exceptInInterface: output("lan.name"),
      targetAddress: "10.1.0.2",
      targetPort: 8080,
      localhost: true,
    },
  },
  dns6: { kind: "PortForward", args: { host, protocol: "udp", listenPort: 53, targetAddress: "fd00:1::3" } },
};

/** The other kinds, as their cases define them: with the bridge `lan`, and `eth` in `box`. */
const otherKinds = commonKinds().filter((cases) => !Object.values(ownFirst).some(({ kind }) => kind === cases.kind));
const others = networkOf(otherKinds, host, ownFirst);

/** A network with every kind of resource. */
export const first: Network = { ...ownFirst, ...others };

const { hole: _hole, dns6: _dns6, ...kept } = first;

/** The network after an update: resources are updated in place, replaced, removed and added. */
export const second: Network = {
  ...changed(kept, {
    ...changesOf(otherKinds),
    lan: { addresses: ["10.1.0.1/24", "10.3.0.1/24", "fd00:1::1/64"], mtu: 1400 },
    box: { dns: undefined, hosts: { middle: "10.1.0.3" }, hostname: "near" },
    eth: { addresses: ["10.1.0.12/24", "fd00:1::2/64"] },
    // Another name for the other end: the pair is recreated.
    eth2: { peer: { name: "port2-b", bridge: output("lan.name"), hairpin: true } },
    eth4: { addresses: ["10.4.0.3/24"], mtu: 1400 },
    tunnel: { remotes: ["192.0.2.78", "192.0.2.79"], mtu: 1300 },
    // Another namespace, and so another interface, with another mode.
    own: { namespace: output("middle.name"), mode: "private" },
    policy4: { table: 79 },
    policy6: { priority: 1001 },
    // Another name for the namespace: it and everything in it are recreated.
    far: { name: "farther" },
    masq4: { source: "10.1.0.0/16" },
    masq6: { exceptDestinations: ["fd00:9::/64"] },
    web: { targetAddress: "10.1.0.12", localhost: false },
  }),
  guest: box("guest"),
  tunnel2: {
    kind: "Vxlan",
    args: { host, namespace: output("guest.name"), id: 43, local: underlay, addresses: ["10.43.0.1/24"], mtu: 1300 },
  },
  redirects: { kind: "Sysctl", args: { host, key: "net.ipv4.conf.all.send_redirects", value: "0" } },
  eth3: port("guest", 4, "port3"),
  sink: { kind: "Route", args: { host, destination: "fd00:99::/64", type: "unreachable" } },
};
