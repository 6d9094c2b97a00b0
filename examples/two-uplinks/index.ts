// A host with two uplinks: what the containers of `blue` send to the world goes by one router, what those of `green` send by
// the other. The kernel's main table knows one default route, so each uplink gets a routing table of its own, and rules of the
// routing policy say who looks into which.
//
// The hosts are in the inventory, the stack configuration `linuxnet:hosts`: host1 has the containers, host2 and host3 are the routers.

import { Config } from "@pulumi/pulumi";
import { Bridge, MasqueradeRule, Namespace, Route, Rule, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";
const inventory = new Config("linuxnet").requireObject<Record<string, { address: string }>>("hosts");

const networks = [
  { name: "blue", subnet: "10.1.1", router: "host2", table: 101 },
  { name: "green", subnet: "10.1.2", router: "host3", table: 102 },
];

new Sysctl("forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });

// First of all: whoever has a more exact route than the default one keeps it, so the containers reach each other and their host.
new Rule("exact-routes", { host, priority: 1000, table: "main", suppressPrefixLength: 0 });

for (const [index, { name, subnet, router, table }] of networks.entries()) {
  const bridge = new Bridge(`${name}-bridge`, { host, name: `${name}0`, addresses: [`${subnet}.1/24`] });
  const container = new Namespace(name, { host });
  new Veth(
    `${name}-eth0`,
    {
      host,
      name: "eth0",
      namespace: container.name,
      addresses: [`${subnet}.2/24`],
      gateway: `${subnet}.1`,
      peer: { name: `${name}-port`, bridge: bridge.name },
    },
    { dependsOn: bridge },
  );

  // The network's packets look into its own table, and that has one way: its router.
  const via = inventory[router]?.address ?? "";
  const uplink = new Route(`${name}-uplink`, { host, table, destination: "default", via });
  new Rule(`${name}-policy`, { host, priority: 1001 + index, from: `${subnet}.0/24`, table }, { dependsOn: uplink });
  // Where that one is taken away, they go nowhere, and not by the other uplink.
  new Route(`${name}-or-nowhere`, { host, table, destination: "default", type: "unreachable", metric: 4096 });

  // The routers know no way back to the containers.
  const others = networks.filter((other) => other.name !== name);
  new MasqueradeRule(`${name}-way-out`, {
    host,
    source: `${subnet}.0/24`,
    exceptOutInterface: bridge.name,
    exceptDestinations: others.map((other) => `${other.subnet}.0/24`),
  });

  // Something in the world, behind either router: the same address at both, so that the answer tells the way.
  new Bridge(`${router}-world`, { host: router, name: "world0", addresses: ["198.51.100.1/24"] });
}
