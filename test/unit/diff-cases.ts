/** What Pulumi puts in the place of a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What a user gives. */
export type Inputs = Readonly<Record<string, unknown>>;
/** What comes of a change: nothing, an update, or a replacement and which goes first. */
export type Answer = "same" | "in place" | { readonly replaces: readonly string[]; readonly deleteFirst: boolean };

const replaces = (deleteFirst: boolean, ...paths: string[]): Answer => ({ replaces: paths.sort(), deleteFirst });
const first = (...paths: string[]) => replaces(true, ...paths);
const after = (...paths: string[]) => replaces(false, ...paths);

type Table = readonly (readonly [old: Inputs, wanted: Inputs, answer: Answer])[];

const names = {
  dns: { servers: ["10.0.0.53", "fd00::53"], search: ["a.test", "b.test"], options: ["rotate"] },
  hosts: { web: ["10.0.0.2", "fd00::2"], db: "10.0.0.3" },
  hostname: "con1",
};
const withDns = (part: Inputs) => ({ name: "x", ...names, dns: { ...names.dns, ...part } });
const bridge = { name: "br0", mac: "02:00:00:00:00:01", addresses: ["10.0.0.1/24", "fd00::1/64"] };
export const veth = {
  name: "a",
  namespace: "box",
  mac: "02:00:00:00:00:01",
  addresses: ["10.0.0.2/24"],
  peer: { name: "b", mac: "02:00:00:00:00:02", bridge: "br0" },
};
const macvlan = { name: "m", namespace: "box", parent: "eth0", mac: "02:00:00:00:00:01", addresses: ["10.0.0.2/24"] };
const ipvlan = { name: "i", namespace: "box", parent: "eth0", addresses: ["10.0.0.2/24"] };
const alone = { name: "m", parent: "eth0", mode: "passthru" };
const withPeer = (peer: Inputs) => ({ ...veth, peer: { ...veth.peer, ...peer } });
export const vxlan = { name: "vx0", vni: 42, local: "10.0.0.1", remotes: ["10.0.0.2", "10.0.0.3"], bridge: "br0" };
export const route = { destination: "10.7.0.0/16", via: "10.0.0.9" };
export const rule = { priority: 1000, from: "10.0.0.0/24", table: 77 };
export const masquerade = {
  source: "10.0.0.0/24",
  exceptOutInterface: "br0",
  exceptDestinations: ["10.1.0.0/16", "10.2.0.0/16"],
};
export const forward = { protocol: "tcp", listenPort: 8000, targetAddress: "10.0.0.2", exceptInInterface: "br0" };

/** By kind: the inputs that it was made from, those that are wanted, and what comes of it. */
export const tables: Readonly<Record<string, Table>> = {
  Namespace: [
    [{ name: "x" }, { name: "x" }, "same"],
    [{ name: "x" }, { name: "y" }, after("name")],
    [{ name: "x" }, { name: "x", sysctls: { "net.ipv4.ip_forward": 1 } }, "in place"],
    [
      { name: "x", sysctls: { "net.ipv4.ip_forward": 1 } },
      { name: "x", sysctls: { "net.ipv4.ip_forward": "1" } },
      "same",
    ],
    [
      { name: "x", sysctls: { "net.ipv4.ip_forward": 1 } },
      { name: "x", sysctls: { "net.ipv4.ip_forward": 0 } },
      "in place",
    ],
    // What is not managed any more stays as it is.
    [{ name: "x", sysctls: { "net.ipv4.ip_forward": 1 } }, { name: "x" }, "same"],
    [{ name: "x" }, { name: unknown }, after("name")],
    [
      { name: "x", ...names },
      { name: "x", ...names, dns: { ...names.dns, servers: ["10.0.0.53", "FD00:0::53"] } },
      "same",
    ],
    // Servers and domains are asked in their order.
    [{ name: "x", ...names }, withDns({ servers: ["fd00::53", "10.0.0.53"] }), "in place"],
    [{ name: "x", ...names }, withDns({ search: ["b.test", "a.test"] }), "in place"],
    [{ name: "x", ...names }, withDns({ options: undefined }), "in place"],
    [{ name: "x", ...names }, withDns({ servers: [unknown] }), "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, dns: undefined }, "in place"],
    [
      { name: "x", ...names },
      { name: "x", ...names, hosts: { db: ["10.0.0.3"], web: ["fd00::2", "10.0.0.2"] } },
      "same",
    ],
    [{ name: "x", ...names }, { name: "x", ...names, hosts: { web: "10.0.0.2", db: "10.0.0.3" } }, "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, hosts: { ...names.hosts, web: unknown } }, "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, hosts: {} }, "in place"],
    [{ name: "x", hosts: {} }, { name: "x" }, "in place"],
    [{ name: "x", ...names }, { name: "x", ...names, hostname: "con2" }, "in place"],
    [{ name: "x", ...names }, { name: "y", ...names }, after("name")],
    // The container lives on: what was made in it is deleted before it is left.
    [{ name: "x", attach: { docker: "c1" } }, { name: "x", attach: { docker: "c1" } }, "same"],
    [{ name: "x", attach: { docker: "c1" } }, { name: "x", attach: { docker: "c2" } }, first("attach.docker")],
    [
      { name: "x", attach: { docker: "c1" } },
      { name: "x", attach: { podman: "c1" } },
      first("attach.docker", "attach.podman"),
    ],
    [{ name: "x", attach: { pid: 4711 } }, { name: "x", attach: { pid: unknown } }, first("attach.pid")],
    [{ name: "x", attach: { docker: "c1" } }, { name: "y", attach: { docker: "c1" } }, first("name")],
    [{ name: "x", attach: { docker: "c1" } }, { name: "x" }, first("attach")],
    [{ name: "x" }, { name: "x", attach: { path: "/run/box" } }, first("attach")],
  ],
  Bridge: [
    [bridge, { ...bridge, addresses: ["FD00:0::1/64", "10.0.0.1/24"], mac: "02-00-00-00-00-01" }, "same"],
    [bridge, { ...bridge, name: "br1" }, first("name")],
    [bridge, { ...bridge, namespace: "box" }, first("namespace")],
    [{ ...bridge, namespace: "box" }, bridge, first("namespace")],
    [bridge, { ...bridge, namespace: unknown }, first("namespace")],
    [bridge, { ...bridge, addresses: [] }, "in place"],
    [bridge, { ...bridge, addresses: ["10.0.0.1/24", "fd00::1/64", "10.9.0.1/24"] }, "in place"],
    [bridge, { ...bridge, addresses: ["10.0.0.1/25", "fd00::1/64"] }, "in place"],
    [bridge, { ...bridge, addresses: unknown }, "in place"],
    [bridge, { ...bridge, mac: "02:00:00:00:00:02" }, "in place"],
    [bridge, { ...bridge, mtu: 1400 }, "in place"],
    [{ ...bridge, mtu: 1400 }, { ...bridge, mtu: 1500 }, "in place"],
    // Left out, the MTU is not managed.
    [{ ...bridge, mtu: 1400 }, bridge, "same"],
    [bridge, { ...bridge, stp: true }, "in place"],
    [bridge, { ...bridge, forwardDelay: 4 }, "in place"],
    [bridge, { ...bridge, ageingTime: 0 }, "in place"],
    [bridge, { ...bridge, up: false }, "in place"],
    [bridge, { ...bridge, up: true, stp: false, forwardDelay: 15, ageingTime: 300 }, "same"],
  ],
  Veth: [
    [veth, veth, "same"],
    [veth, { ...veth, name: "c" }, first("name")],
    [veth, { ...veth, namespace: "other" }, first("namespace")],
    [veth, withPeer({ name: "c" }), first("peer.name")],
    [veth, withPeer({ namespace: "other" }), first("peer.namespace")],
    [veth, { ...veth, name: "c", peer: { ...veth.peer, name: "d" } }, first("name", "peer.name")],
    [veth, { ...veth, addresses: ["10.0.0.3/24"] }, "in place"],
    [veth, { ...veth, gateway: "10.0.0.1" }, "in place"],
    [
      { ...veth, addresses: ["10.0.0.2/24", "fd00::2/64"], gateway: ["10.0.0.1", "fd00::1"] },
      { ...veth, addresses: ["10.0.0.2/24", "fd00::2/64"], gateway: ["fd00::1", "10.0.0.1"] },
      "same",
    ],
    [{ ...veth, gateway: "10.0.0.1" }, veth, "in place"],
    [veth, { ...veth, mtu: 1400 }, "in place"],
    [veth, { ...veth, mac: "02:00:00:00:00:09" }, "in place"],
    [veth, { ...veth, up: false }, "in place"],
    [veth, { ...veth, bridge: "br1" }, "in place"],
    [veth, withPeer({ bridge: undefined }), "in place"],
    [veth, withPeer({ bridge: "br1" }), "in place"],
    [veth, withPeer({ bridge: unknown }), "in place"],
    [veth, withPeer({ hairpin: true }), "in place"],
    [veth, withPeer({ isolated: true }), "in place"],
    [veth, withPeer({ addresses: ["10.0.0.9/24"] }), "in place"],
    [veth, withPeer({ mac: "02:00:00:00:00:09" }), "in place"],
    [veth, withPeer({ up: false }), "in place"],
  ],
  Macvlan: [
    [macvlan, { ...macvlan, mode: "bridge", up: true, mac: "02-00-00-00-00-01" }, "same"],
    [macvlan, { ...macvlan, name: "n" }, first("name")],
    [macvlan, { ...macvlan, namespace: "other" }, first("namespace")],
    [macvlan, { ...macvlan, parent: "eth1" }, first("parent")],
    [macvlan, { ...macvlan, parent: unknown }, first("parent")],
    [macvlan, { ...macvlan, mode: "private" }, "in place"],
    [{ ...macvlan, mode: "vepa" }, { ...macvlan, mode: "private" }, "in place"],
    // The kernel turns nothing into passthru, nor that into anything.
    [{ ...macvlan, mode: "private", mac: undefined }, { ...macvlan, mode: "passthru", mac: undefined }, first("mode")],
    [alone, { ...alone, mode: "vepa" }, first("mode")],
    [alone, alone, "same"],
    [macvlan, { ...macvlan, mode: unknown }, "in place"],
    [macvlan, { ...macvlan, addresses: ["10.0.0.3/24"] }, "in place"],
    [macvlan, { ...macvlan, gateway: "10.0.0.1" }, "in place"],
    [macvlan, { ...macvlan, mac: "02:00:00:00:00:02" }, "in place"],
    [macvlan, { ...macvlan, mtu: 1400 }, "in place"],
    // Left out, the MTU is not managed.
    [{ ...macvlan, mtu: 1400 }, macvlan, "same"],
    [macvlan, { ...macvlan, up: false }, "in place"],
  ],
  Ipvlan: [
    [ipvlan, { ...ipvlan, mode: "l2", flag: "bridge", up: true }, "same"],
    [ipvlan, { ...ipvlan, name: "j" }, first("name")],
    [ipvlan, { ...ipvlan, namespace: "other" }, first("namespace")],
    [ipvlan, { ...ipvlan, parent: "eth1" }, first("parent")],
    [ipvlan, { ...ipvlan, mode: "l3" }, "in place"],
    [ipvlan, { ...ipvlan, flag: "private" }, "in place"],
    [ipvlan, { ...ipvlan, addresses: [] }, "in place"],
    [ipvlan, { ...ipvlan, gateway: ["10.0.0.1", "fe80::1"] }, "in place"],
    [ipvlan, { ...ipvlan, mtu: 1400 }, "in place"],
    [{ ...ipvlan, mtu: 1400 }, ipvlan, "same"],
    [ipvlan, { ...ipvlan, up: false }, "in place"],
  ],
  Vxlan: [
    [vxlan, { ...vxlan, remotes: ["10.0.0.3", "10.0.0.2"], port: 4789, learning: true, up: true }, "same"],
    // A host added, a host taken away.
    [vxlan, { ...vxlan, remotes: [...vxlan.remotes, "10.0.0.4"] }, "in place"],
    [vxlan, { ...vxlan, remotes: ["10.0.0.2"] }, "in place"],
    [vxlan, { ...vxlan, remotes: unknown }, "in place"],
    [vxlan, { ...vxlan, local: "10.0.0.9" }, "in place"],
    [vxlan, { ...vxlan, local: "fd00::1", remotes: [] }, first("local")],
    [vxlan, { ...vxlan, local: unknown }, "in place"],
    [vxlan, { ...vxlan, vni: 43 }, first("vni")],
    [vxlan, { ...vxlan, vni: unknown }, first("vni")],
    [vxlan, { ...vxlan, port: 8472 }, first("port")],
    [vxlan, { ...vxlan, device: "eth0" }, first("device")],
    [vxlan, { ...vxlan, remotes: [], group: "239.1.1.1", device: "eth0" }, first("device", "group")],
    [vxlan, { ...vxlan, name: "vx1" }, first("name")],
    [vxlan, { ...vxlan, namespace: "box" }, first("namespace")],
    [vxlan, { ...vxlan, bridge: "br1" }, "in place"],
    [vxlan, { ...vxlan, bridge: undefined }, "in place"],
    [vxlan, { ...vxlan, mtu: 1400 }, "in place"],
    // Left out, the MTU is what fits.
    [{ ...vxlan, mtu: 1400 }, vxlan, "in place"],
    [vxlan, { ...vxlan, learning: false }, "in place"],
    [vxlan, { ...vxlan, addresses: ["10.42.0.1/24"] }, "in place"],
    [vxlan, { ...vxlan, mac: "02:00:00:00:00:09" }, "in place"],
    [vxlan, { ...vxlan, up: false }, "in place"],
  ],
  Route: [
    [route, { ...route, metric: 0, table: "main", scope: "global", type: "unicast" }, "same"],
    [route, { ...route, destination: "10.8.0.0/16" }, after("destination")],
    [route, { ...route, metric: 5 }, after("metric")],
    [route, { ...route, table: 77 }, after("table")],
    [route, { ...route, namespace: "box" }, after("namespace")],
    [route, { ...route, via: "10.0.0.8" }, "in place"],
    [route, { ...route, device: "eth0" }, "in place"],
    [route, { destination: route.destination, device: "eth0" }, "in place"],
    [route, { ...route, source: "10.0.0.1" }, "in place"],
    [route, { ...route, mtu: 1400 }, "in place"],
    [{ ...route, mtu: 1400 }, route, "in place"],
    [route, { destination: route.destination, type: "blackhole" }, "in place"],
    [route, { ...route, via: unknown }, "in place"],
    [{ destination: "fd00::/8", via: "fd01::1" }, { destination: "FD00::/8", via: "fd01:0::1", metric: 1024 }, "same"],
  ],
  Rule: [
    [rule, { ...rule, from: "10.0.0.0/24", not: false, type: "lookup", family: "ipv4" }, "same"],
    [{ ...rule, fwmark: 16 }, { ...rule, fwmark: "0x10/0xFFFFFFFF" }, "same"],
    [{ ...rule, from: "fd00::/64" }, { ...rule, from: "FD00:0::/64", family: "ipv6" }, "same"],
    [rule, { ...rule, table: 78 }, "in place"],
    [rule, { ...rule, table: "main" }, "in place"],
    [rule, { ...rule, suppressPrefixLength: 0 }, "in place"],
    [{ ...rule, suppressPrefixLength: 0 }, rule, "in place"],
    [rule, { priority: 1000, from: rule.from, type: "blackhole" }, "in place"],
    [rule, { ...rule, table: unknown }, "in place"],
    [rule, { ...rule, priority: 1001 }, after("priority")],
    [rule, { ...rule, from: "10.0.1.0/24" }, after("from")],
    [rule, { ...rule, from: "fd00::/64" }, after("family", "from")],
    [rule, { ...rule, from: unknown }, after("from")],
    [rule, { ...rule, to: "10.9.0.0/16" }, after("to")],
    [rule, { ...rule, iif: "br0" }, after("iif")],
    [rule, { ...rule, oif: "eth0" }, after("oif")],
    [rule, { ...rule, fwmark: 1 }, after("fwmark")],
    [{ ...rule, fwmark: 1 }, { ...rule, fwmark: "1/0xff" }, after("fwmark")],
    [rule, { ...rule, not: true }, after("not")],
    [{ priority: 1, table: 77 }, { priority: 1, table: 77, family: "ipv6" }, after("family")],
    [rule, { ...rule, namespace: "box" }, after("namespace")],
  ],
  MasqueradeRule: [
    [masquerade, { ...masquerade, exceptDestinations: [...masquerade.exceptDestinations].reverse() }, "same"],
    [masquerade, { ...masquerade, source: "10.0.1.0/24" }, "in place"],
    [masquerade, { source: "fd00::/64", exceptOutInterface: "br0" }, first("source")],
    [masquerade, { ...masquerade, exceptOutInterface: "br1" }, "in place"],
    [masquerade, { source: masquerade.source, outInterface: "eth0" }, "in place"],
    [masquerade, { source: masquerade.source, exceptOutInterface: "br0" }, "in place"],
    [masquerade, { ...masquerade, namespace: "box" }, first("namespace")],
    [masquerade, { ...masquerade, source: unknown }, "in place"],
    [masquerade, masquerade, "same"],
  ],
  PortForward: [
    [forward, { ...forward, hairpin: true, localhost: false }, "same"],
    [forward, { ...forward, listenPort: "8000" }, "same"],
    [forward, { ...forward, protocol: "udp" }, "in place"],
    [forward, { ...forward, listenPort: 8001 }, "in place"],
    [forward, { ...forward, listenAddress: "10.0.0.1" }, "in place"],
    [forward, { ...forward, targetAddress: "10.0.0.3" }, "in place"],
    [forward, { ...forward, targetPort: 80 }, "in place"],
    [forward, { ...forward, hairpin: false }, "in place"],
    [forward, { ...forward, localhost: true }, "in place"],
    [forward, { ...forward, exceptInInterface: "br1" }, "in place"],
    [
      { ...forward, localhost: true },
      { ...forward, localhost: true, exceptInInterface: "br1" },
      first("exceptInInterface"),
    ],
    [forward, { ...forward, targetAddress: "fd00::2" }, first("targetAddress")],
    [forward, { ...forward, namespace: "box" }, first("namespace")],
    [forward, { ...forward, targetAddress: unknown }, "in place"],
  ],
  Sysctl: [
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv4.ip_forward", value: "1" }, "same"],
    [{ key: "net.ipv4.tcp_rmem", value: "1 2 3" }, { key: "net.ipv4.tcp_rmem", value: "1\t2  3" }, "same"],
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv4.ip_forward", value: 0 }, "in place"],
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv6.conf.all.forwarding", value: 1 }, after("key")],
    [
      { key: "net.ipv4.ip_forward", value: 1 },
      { key: "net.ipv4.ip_forward", value: 1, namespace: "box" },
      after("namespace"),
    ],
    [{ key: "net.ipv4.ip_forward", value: 1 }, { key: "net.ipv4.ip_forward", value: unknown }, "in place"],
  ],
};
