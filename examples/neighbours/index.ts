// A neighbour that does not answer ARP: con2 ignores requests, like a server behind a load balancer that shares its
// address with others. To reach it, con1 needs a permanent neighbour entry with its MAC address.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Namespace, Neighbour, Veth } from "pulumi-linuxnet";

const host = "host1";

const con1 = new Namespace("con1", { host });
// con2 does not answer ARP requests.
const con2 = new Namespace("con2", { host, sysctls: { "net.ipv4.conf.all.arp_ignore": "8" } });

const cable = new Veth("cable", {
  host,
  namespace: con1.name,
  name: "eth0",
  addresses: ["10.0.0.1/24"],
  peer: { namespace: con2.name, name: "eth0", addresses: ["10.0.0.2/24", "10.0.0.3/24"] },
});

// ip neighbour replace 10.0.0.2 lladdr … dev eth0 nud permanent. The MAC address is an output of the veth pair, so the
// entry is updated if the veth pair is recreated with another one.
new Neighbour("con2-entry", {
  host,
  namespace: con1.name,
  device: cable.name,
  address: "10.0.0.2",
  mac: cable.peer.apply(({ mac }) => mac!),
});
