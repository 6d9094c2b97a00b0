// A host with two uplinks: outgoing traffic of the containers in `blue` uses one router, that of the containers in
// `green` the other. The default route in the main table is the same for all, so each uplink has its own routing table,
// and policy rules select the table.
//
// The hosts are names in the inventory, the stack configuration `linuxnet:hosts`: host1 has the containers, host2 and
// host3 are the routers.

import { Config } from "@pulumi/pulumi";
import { Bridge, MasqueradeRule, Namespace, Route, Rule, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";
const inventory = new Config("linuxnet").requireObject<Record<string, { address: string }>>("hosts");

const networks = [
  { name: "blue", subnet: "10.1.1", router: "host2", table: 101 },
  { name: "green", subnet: "10.1.2", router: "host3", table: 102 },
];

new Sysctl("forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });

// The first rule: routes in the main table that are more specific than the default route come first, so that the
// containers reach each other and their host.
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

  // The network's packets use its own table, which has a default route via its router.
  const via = inventory[router]?.address ?? "";
  const uplink = new Route(`${name}-uplink`, { host, table, destination: "default", via });
  new Rule(`${name}-policy`, { host, priority: 1001 + index, from: `${subnet}.0/24`, table }, { dependsOn: uplink });
  // If that route is missing, the packets are rejected and do not use another uplink.
  new Route(`${name}-or-nowhere`, { host, table, destination: "default", type: "unreachable", metric: 4096 });

  // The routers have no route back to the containers.
  const others = networks.filter((other) => other.name !== name);
  new MasqueradeRule(`${name}-way-out`, {
    host,
    source: `${subnet}.0/24`,
    exceptOutInterface: bridge.name,
    exceptDestinations: others.map((other) => `${other.subnet}.0/24`),
  });

  // A destination behind each router. Both have the same address, so the one that answers shows which uplink was used.
  new Bridge(`${router}-world`, { host: router, name: "world0", addresses: ["198.51.100.1/24"] });
}
