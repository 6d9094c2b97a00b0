/**
 * The public names that the design promises, because programs outside this repository use them. Type-checked, and run
 * by sdk.test.ts.
 */
import type * as pulumi from "@pulumi/pulumi";
import {
  Bridge,
  type BridgeArgs,
  type HostArgs,
  MasqueradeRule,
  Namespace,
  PortForward,
  Route,
  Sysctl,
  Veth,
  type VethPeerArgs,
} from "../../sdk/index.js";

/** The example in the design. */
export function example(host: string | HostArgs = "host1") {
  const forward = new Sysctl("forward", { host, key: "net.ipv4.ip_forward", value: "1" });
  const con1 = new Namespace("con1", { host, name: "con1" });
  const br0 = new Bridge("br0", { host, name: "br0", addresses: ["172.17.0.1/24"] });
  const veth = new Veth("veth1", {
    host,
    name: "veth1",
    namespace: con1.name,
    addresses: ["172.17.0.101/24"],
    peer: { name: "veth1-br", bridge: br0.name },
  });
  const route = new Route(
    "con1-default",
    { host, namespace: con1.name, destination: "default", via: "172.17.0.1" },
    { dependsOn: veth },
  );
  const masquerade = new MasqueradeRule("masq", { host, source: "172.17.0.0/24", exceptOutInterface: br0.name });
  const web = new PortForward("web", {
    host,
    protocol: "tcp",
    listenPort: 8000,
    exceptInInterface: br0.name,
    targetAddress: "172.17.0.101",
    targetPort: 8080,
  });
  return { forward, con1, br0, veth, route, masquerade, web };
}

/** All properties that the design names, with the types of their outputs. It is only compiled. */
export function everyProperty(text: pulumi.Output<string>, number: pulumi.Output<number>) {
  const host: HostArgs = {
    address: text,
    user: "ops",
    port: 22,
    sudo: true,
    jump: "front",
    privateKeyPath: "k",
    knownHostsPath: "h",
  };
  const con = new Namespace("con", {
    host,
    sysctls: { "net.ipv4.ip_forward": "1", "net.ipv6.conf.all.forwarding": 1 },
  });
  const peer: VethPeerArgs = {
    name: text,
    namespace: con.name,
    addresses: [text],
    gateway: [text],
    mac: text,
    up: false,
    bridge: text,
    hairpin: true,
    isolated: true,
  };
  const veth = new Veth("veth", {
    host,
    addresses: [text, "fd00::1/64"],
    gateway: "172.17.0.1",
    mac: text,
    mtu: number,
    up: true,
    bridge: text,
    hairpin: false,
    isolated: false,
    peer,
  });
  const lan: BridgeArgs = {
    host: { local: true },
    namespace: con.name,
    mac: text,
    mtu: 1400,
    stp: true,
    forwardDelay: 4,
    ageingTime: 60,
    up: false,
  };
  const bridge = new Bridge("lan", lan);
  new Route("route", {
    host,
    destination: "default6",
    via: text,
    device: bridge.name,
    source: text,
    metric: number,
    table: 77,
    scope: "link",
    type: "unicast",
    mtu: 1400,
  });
  new Route("blackhole", { host, destination: "10.0.0.0/8", type: "blackhole", table: "main" });
  new MasqueradeRule("masq", {
    host,
    namespace: con.name,
    source: "fd00::/64",
    outInterface: veth.name,
    exceptDestinations: [text],
  });
  const web = new PortForward("web", {
    host,
    namespace: con.name,
    protocol: "sctp",
    listenAddress: text,
    listenPort: "8000-8010",
    inInterface: text,
    targetAddress: text,
    targetPort: 80,
    hairpin: true,
    localhost: true,
  });
  const setting = new Sysctl("setting", { host, namespace: con.name, key: "net.ipv4.tcp_rmem", value: 1 });

  // @ts-expect-error -- no such property
  new Bridge("typo", { host, adresses: [] });
  // @ts-expect-error -- the other end is missing
  new Veth("no-peer", { host });
  // @ts-expect-error -- no such protocol
  new PortForward("icmp", { host, protocol: "icmp", listenPort: 1, targetAddress: text });
  // @ts-expect-error -- a host is asked for
  new Namespace("no-host", {});
  new Namespace("password", { host: { address: "a", password: "x", hostKeys: [text], strictHostKeyChecking: "yes" } });
  // @ts-expect-error -- no such way to check a host's key
  new Namespace("checking", { host: { address: "a", strictHostKeyChecking: true } });

  return {
    path: con.path satisfies pulumi.Output<string>,
    peerName: veth.peer.name satisfies pulumi.Output<string>,
    addresses: bridge.addresses satisfies pulumi.Output<string[]>,
    mtu: veth.mtu satisfies pulumi.Output<number>,
    rules: web.rules satisfies pulumi.Output<string[] | undefined>,
    found: setting.found satisfies pulumi.Output<string>,
    hostOf: setting.host satisfies pulumi.Output<string | HostArgs>,
  };
}
