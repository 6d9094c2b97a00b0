// Docker's driver `macvlan`, by hand: two containers directly on host1's network. Each has its own MAC address and IP
// address, and looks like a separate machine to all others. There is no bridge, no NAT and no published port.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import * as pulumi from "@pulumi/pulumi";
import { Macvlan, Namespace, Route } from "pulumi-linuxnet";

const host = "host1";

// docker network create -d macvlan -o parent=eth0: the host's interface on its network.
const parent = "eth0";

// docker network create --subnet 10.0.12.0/22 --gateway 10.0.12.1: the host's own network and its router. Nothing else
// knows which addresses this program uses, so they must be outside the range of any DHCP server.
const gateway = "10.0.12.1";
const addresses = { con1: "10.0.12.101", con2: "10.0.12.102" };

const containers = Object.entries(addresses).map(([name, address]) => {
  const container = new Namespace(name, { host });

  // docker run --network … --ip: the interface is created directly in the container's namespace. The mode is `bridge`,
  // as with Docker: frames between containers are delivered directly, and all others leave through eth0.
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

// The kernel passes nothing between a parent and its macvlans, so host1 cannot reach its own containers. If it has to,
// it needs a macvlan of its own and routes to the containers through it.
if (new pulumi.Config().getBoolean("hostToo")) {
  const own = new Macvlan("host-lan", { host, name: "lan0", parent, addresses: ["10.0.12.103/32"] });
  for (const { name, address } of containers)
    new Route(`to-${name}`, { host, destination: `${address}/32`, device: own.name });
}

export { containers };
