// Containers on several hosts, routed: each host has a subnet of its own, and a route to every other's. Packets between
// containers stay as they are: no tunnel, no address translation, and the one who answers sees who asked. It needs hosts
// that are each other's neighbours, or a network between them that knows these routes too.
//
// The hosts are in the inventory, the stack configuration `linuxnet:hosts`.

import { Config } from "@pulumi/pulumi";
import { Bridge, MasqueradeRule, Namespace, Route, Sysctl, Veth } from "pulumi-linuxnet";

// A further host is a line here.
const subnets: Readonly<Record<string, string>> = { host1: "10.1.1", host2: "10.1.2" };

// The hosts reach each other by the addresses that Pulumi reaches them by.
const inventory = new Config("linuxnet").requireObject<Record<string, { address: string }>>("hosts");

for (const [host, subnet] of Object.entries(subnets)) {
  // On each host Docker's default network, but with a subnet that no other host has. Docker has the same 172.17.0.0/16
  // everywhere, which is why its hosts can't be joined like this until dockerd is told --bip.
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

  // The host is a router between its containers and everybody else.
  new Sysctl(`${host}-forwarding`, { host, key: "net.ipv4.ip_forward", value: "1" });

  // The other hosts' containers are behind the other hosts.
  const others = Object.entries(subnets).filter(([other]) => other !== host);
  for (const [other, remote] of others) {
    const via = inventory[other]?.address ?? "";
    new Route(`${host}-to-${other}`, { host, destination: `${remote}.0/24`, via });
  }

  // Everybody else knows no way back to the containers: toward them the source becomes the host's own address. Toward the
  // other subnets it stays.
  new MasqueradeRule(`${host}-way-out`, {
    host,
    source: `${subnet}.0/24`,
    exceptOutInterface: bridge.name,
    exceptDestinations: others.map(([, remote]) => `${remote}.0/24`),
  });
}
