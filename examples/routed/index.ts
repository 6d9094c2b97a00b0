// Routed containers on several hosts: each host has its own subnet, and a route to the subnet of every other host.
// Packets between containers are unchanged: there is no tunnel and no NAT, and a server sees the client's address. The
// hosts must be on the same network, or the network between them must have these routes too.
//
// The hosts are in the inventory, the stack configuration `linuxnet:hosts`.

import { Config } from "@pulumi/pulumi";
import { Bridge, MasqueradeRule, Namespace, Route, Sysctl, Veth } from "pulumi-linuxnet";

// To add a host, add a line here.
const subnets: Readonly<Record<string, string>> = { host1: "10.1.1", host2: "10.1.2" };

// The hosts reach each other by the same addresses that Pulumi connects to.
const inventory = new Config("linuxnet").requireObject<Record<string, { address: string }>>("hosts");

for (const [host, subnet] of Object.entries(subnets)) {
  // Docker's default network on each host, but with a subnet that no other host has. Docker uses the same 172.17.0.0/16
  // on every host, so its hosts can be connected this way only if dockerd is started with --bip.
  const bridge = new Bridge(`${host}-br0`, { host, name: "br0", addresses: [`${subnet}.1/24`] });
  const container = new Namespace(`${host}-web`, { host, name: "web" });
  new Veth(
    `${host}-eth0`,
    {
      host,
      name: "eth0",
      namespace: container.name,
      addresses: [`${subnet}.2/24`],
      gateway: `${subnet}.1`,
      peer: { name: "web-port", bridge: bridge.name },
    },
    { dependsOn: bridge },
  );

  // The host is a router between its containers and other machines.
  new Sysctl(`${host}-forwarding`, { host, key: "net.ipv4.ip_forward", value: "1" });

  // The other hosts' containers are behind the other hosts.
  const others = Object.entries(subnets).filter(([other]) => other !== host);
  for (const [other, remote] of others) {
    const via = inventory[other]?.address ?? "";
    new Route(`${host}-to-${other}`, { host, destination: `${remote}.0/24`, via });
  }

  // All other machines have no route back to the containers, so packets to them get the host's own address as their
  // source. Packets to the other subnets keep their source.
  new MasqueradeRule(`${host}-way-out`, {
    host,
    source: `${subnet}.0/24`,
    exceptOutInterface: bridge.name,
    exceptDestinations: others.map(([, remote]) => `${remote}.0/24`),
  });
}
