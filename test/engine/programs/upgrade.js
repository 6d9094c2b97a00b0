// A stack of version 0.1.0: every kind and component that it had, in the forms in which it had them, on two hosts of the inventory
// and on one that the program reaches by itself. What it says runs with 0.1.0 as with every later version.
const pulumi = require("@pulumi/pulumi");
const linuxnet = require("pulumi-linuxnet");

const inline = {
  ...new pulumi.Config().requireObject("inline"),
  name: "inline",
  // The key needs none: it stands for the secrets that a state may hold.
  passphrase: pulumi.secret("not needed"),
};

/** Other arguments of some resources, by their names: `{ "one-lan": { mtu: 1300 } }`. */
const changes = new pulumi.Config().getObject("changes") ?? {};

/** Makes resources of a host, with names in Pulumi that begin with its label. */
const makerOn = (label, host) => (kind, name, args, options) =>
  new linuxnet[kind](`${label}-${name}`, { host, ...args, ...changes[`${label}-${name}`] }, options);

/** A container with a way in and a way out. */
function container(make) {
  make("Sysctl", "forwarding", { key: "net.ipv4.ip_forward", value: 1 });
  make("Sysctl", "martians", { key: "net.ipv4.conf.all.log_martians", value: "1" });
  const box = make("Namespace", "box", {
    name: "box",
    sysctls: { "net.ipv4.conf.all.rp_filter": 2 },
    dns: { servers: ["10.0.12.1"], search: ["lan"], options: ["ndots:2"] },
    hosts: { "db.lan": "10.1.0.3", "web.lan": ["10.1.0.2", "fd00:1::2"] },
    hostname: "box",
  });
  // In the place of a file that was there.
  const found = make("Namespace", "found", { name: "found", dns: { servers: ["10.0.12.2"] }, adopt: true });
  const lan = make("Bridge", "lan", { name: "lan0", addresses: ["10.1.0.1/24", "fd00:1::1/64"], mtu: 1400 });
  const eth = make(
    "Veth",
    "eth",
    {
      namespace: box.name,
      name: "eth0",
      addresses: ["10.1.0.2/24", "fd00:1::2/64"],
      gateway: ["10.1.0.1", "fd00:1::1"],
      mtu: 1400,
      peer: { name: "box-port", bridge: lan.name, hairpin: true, isolated: true },
    },
    { dependsOn: lan },
  );
  make("Route", "via", { destination: "10.11.0.0/16", via: "10.1.0.2" }, { dependsOn: lan });
  make("MasqueradeRule", "out", {
    source: "10.1.0.0/24",
    exceptOutInterface: lan.name,
    exceptDestinations: ["10.9.0.0/16"],
  });
  const forward = { protocol: "tcp", exceptInInterface: lan.name, targetAddress: "10.1.0.2" };
  make("PortForward", "web", { ...forward, listenPort: 8001, targetPort: 80, localhost: true });
  return { box, found, lan, eth, forward };
}

/** All the other kinds and forms; `own` and `other` are the last numbers of the host's and another host's address. */
function everyKind(label, host, own, other) {
  const make = makerOn(label, host);
  const { box, found, lan, eth, forward } = container(make);
  make("Sysctl", "forwarding6", { key: "net.ipv6.conf.all.forwarding", value: "1" });
  make("Sysctl", "ports", { key: "net/ipv4/ip_local_port_range", value: "20000 40000" });

  const attached = make("Namespace", "attached", { name: "attached", attach: { path: "/run/container" } });
  make("Sysctl", "in-box", { namespace: box.name, key: "net.ipv4.ip_forward", value: "1" });

  const inner = make("Bridge", "inner", { namespace: box.name, name: "inner0", ageingTime: 60 });
  make("Bridge", "trees", { name: "trees0", mac: "02:00:00:00:00:01", stp: true, forwardDelay: 4 });

  make("Veth", "between", {
    namespace: found.name,
    name: "to-box",
    addresses: ["10.2.0.2/30"],
    gateway: "10.2.0.1",
    peer: { namespace: box.name, name: "to-found", addresses: ["10.2.0.1/30"] },
  });
  const plain = make("Veth", "plain", {
    name: "near0",
    addresses: ["10.3.0.1/30"],
    peer: { name: "far0", mac: "02:00:00:00:00:02", up: true },
  });
  make("Veth", "half", {
    namespace: box.name,
    name: "half0",
    up: false,
    peer: { name: "half1", bridge: inner.name, namespace: box.name },
  });
  make("Veth", "plug", {
    namespace: attached.name,
    name: "eth1",
    addresses: ["10.1.0.3/24"],
    mtu: 1400,
    peer: { name: "att-port", bridge: lan.name },
  });

  make("Macvlan", "own", { namespace: box.name, name: "mac0", parent: lan.name, addresses: ["10.1.0.40/24"] });
  make("Macvlan", "alone", { name: "mac1", parent: plain.name, mode: "private", mac: "02:00:00:00:00:03", up: false });
  make("Vxlan", "tunnel", {
    name: "vx0",
    id: 42,
    local: `10.0.12.${own}`,
    remotes: [`10.0.12.${other}`],
    bridge: lan.name,
  });
  make("Vxlan", "many", {
    namespace: box.name,
    name: "vx1",
    id: 43,
    port: 4790,
    local: "10.1.0.2",
    group: "239.1.1.1",
    device: eth.name,
    mtu: 1300,
    learning: false,
    addresses: ["10.4.0.1/24"],
  });

  make("Route", "via6", { destination: "fd00:11::/64", via: "fd00:1::2", device: lan.name, metric: 77 });
  make("Route", "table", { destination: "default", device: plain.name, source: "10.3.0.1", table: 100, mtu: 1280 });
  make("Route", "hole", { namespace: box.name, destination: "10.200.0.0/16", type: "blackhole" });
  make("Rule", "policy", { priority: 1000, from: "10.1.0.0/24", table: 100 });
  make("Rule", "marked", { priority: 1001, fwmark: "0x10/0xff", not: true, table: "main", suppressPrefixLength: 0 });
  make("Rule", "six", { namespace: box.name, priority: 1002, to: "fd00:dead::/64", type: "unreachable" });

  make("MasqueradeRule", "out6", { source: "fd00:1::/64", outInterface: "eth0" });
  make("MasqueradeRule", "in-box", { namespace: box.name, source: "10.2.0.0/30", allowOverlap: true });
  make("PortForward", "range", {
    ...forward,
    protocol: "udp",
    listenAddress: `10.0.12.${own}`,
    listenPort: "9000-9010",
  });
  make("PortForward", "plain", { protocol: "tcp", listenPort: 8002, targetAddress: "10.1.0.3", inInterface: "eth0" });
  make("PortForward", "six", { ...forward, listenPort: 8003, targetAddress: "fd00:1::2", hairpin: false });
  make("PortForward", "in-box", { namespace: box.name, protocol: "sctp", listenPort: 8004, targetAddress: "10.2.0.2" });

  const net = new linuxnet.ContainerNetwork(`${label}-net`, {
    host,
    name: "net0",
    subnet: ["10.77.0.0/24", "fd00:77::/64"],
  });
  net.attach(make("Namespace", "web", { name: "web" }), { container: "web" });
  net.publish("web", { listenPort: 8080, targetPort: 80, localhost: true });
  const backend = new linuxnet.ContainerNetwork(`${label}-back`, {
    host,
    name: "back0",
    subnet: "10.78.0.0/24",
    internal: true,
    icc: false,
  });
  backend.attach("web", { name: "eth1", address: "10.78.0.10" }, { dependsOn: net });
}

everyKind("one", "host1", 15, 11);
everyKind("two", "host2", 11, 15);
container(makerOn("three", inline));

const overlay = new linuxnet.Overlay("overlay", {
  hosts: { host1: "10.0.12.15", host2: "10.0.12.11", inline: { host: inline, local: "10.0.12.77" } },
  subnet: "10.99.0.0/24",
  id: 99,
});
for (const [host, address] of Object.entries({ host1: "host1", host2: "host2", inline }))
  overlay.attach(new linuxnet.Namespace(`${host}-app`, { host: address, name: "app" }), { host, container: "app" });
