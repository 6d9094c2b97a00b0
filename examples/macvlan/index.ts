// Docker's driver `macvlan`, by hand: two containers straight on the network that host1 is in. Each has an Ethernet address
// and an IP address of its own there, and is a machine beside host1 for all others. No bridge, no NAT, no published ports.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import * as pulumi from "@pulumi/pulumi";
import { Macvlan, Namespace, Route } from "pulumi-linuxnet";

const host = "host1";

// docker network create -d macvlan -o parent=eth0: the host's interface that leads to its network.
const parent = "eth0";

// docker network create --subnet 10.0.12.0/22 --gateway 10.0.12.1: the host's own network, and its router. Nobody but this
// program knows which addresses are its: take some that no DHCP server gives away.
const gateway = "10.0.12.1";
const addresses = { con1: "10.0.12.101", con2: "10.0.12.102" };

const containers = Object.entries(addresses).map(([name, address]) => {
  const container = new Namespace(name, { host });

  // docker run --network … --ip: made in the container's namespace at once. The mode is `bridge`, as with Docker: frames
  // from one container to another go straight there, and all others out by eth0.
  const lan = new Macvlan(`${name}-lan`, {
    host,
    namespace: container.name,
    name: "lan0",
    parent,
    addresses: [`${address}/22`],
    gateway,
  });
  return { name, address, mac: lan.mac };
});

// The kernel passes nothing between a parent and the macvlans on it: host1 does not reach its own containers. Where it
// has to, it gets a macvlan too, and routes that lead to the containers by it.
if (new pulumi.Config().getBoolean("hostToo")) {
  const own = new Macvlan("host-lan", { host, name: "lan0", parent, addresses: ["10.0.12.103/32"] });
  for (const { name, address } of containers)
    new Route(`to-${name}`, { host, destination: `${address}/32`, device: own.name });
}

export { containers };
