// A neighbour that does not answer: con2 ignores ARP, as a server does that stands behind a load balancer with an address
// that others have too. Whoever is to reach it has to be told its Ethernet address.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Namespace, Neighbour, Veth } from "pulumi-linuxnet";

const host = "host1";

const con1 = new Namespace("con1", { host });
// Nobody learns con2's Ethernet address by asking for it.
const con2 = new Namespace("con2", { host, sysctls: { "net.ipv4.conf.all.arp_ignore": "8" } });

const cable = new Veth("cable", {
  host,
  namespace: con1.name,
  name: "eth0",
  addresses: ["10.0.0.1/24"],
  peer: { namespace: con2.name, name: "eth0", addresses: ["10.0.0.2/24", "10.0.0.3/24"] },
});

// ip neighbour replace 10.0.0.2 lladdr … dev eth0 nud permanent. The Ethernet address is an output of the pair: where the
// pair is made anew with another one, the entry follows.
new Neighbour("con2-entry", {
  host,
  namespace: con1.name,
  device: cable.name,
  address: "10.0.0.2",
  mac: cable.peer.apply(({ mac }) => mac!),
});
