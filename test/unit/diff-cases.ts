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

const bridge = { name: "br0", mac: "02:00:00:00:00:01", addresses: ["10.0.0.1/24", "fd00::1/64"] };
export const veth = {
  name: "a",
  namespace: "box",
  mac: "02:00:00:00:00:01",
  addresses: ["10.0.0.2/24"],
  peer: { name: "b", mac: "02:00:00:00:00:02", bridge: "br0" },
};
const withPeer = (peer: Inputs) => ({ ...veth, peer: { ...veth.peer, ...peer } });
export const route = { destination: "10.7.0.0/16", via: "10.0.0.9" };
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
    [{ ...veth, gateway: ["10.0.0.1", "fd00::1"] }, { ...veth, gateway: ["fd00::1", "10.0.0.1"] }, "same"],
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
