// A pair: two containers and a cable between them, and nothing else. No bridge, no host, no route: the least network that
// there is. Everything that Docker makes begins with this.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Namespace, Veth } from "pulumi-linuxnet";

const host = "host1";

// ip netns add con1, ip netns add con2. Each has interfaces, routes and firewall rules of its own, and begins with a
// loopback that is down. Here it is always up, as people expect of it.
const con1 = new Namespace("con1", { host });
const con2 = new Namespace("con2", { host });

// ip link add … type veth peer name …: what goes into one end comes out of the other. By hand both ends are made on the
// host under names of their own, moved, and renamed eth0 inside. Here each is made where it belongs and with the name that
// it keeps: both may be eth0, since they are in different namespaces.
new Veth("cable", {
  host,
  namespace: con1.name,
  name: "eth0",
  // An address with a prefix length is two things: who I am, and which neighbours this cable leads to. The kernel makes the
  // route 10.0.0.0/24 dev eth0 of it.
  addresses: ["10.0.0.1/24"],
  peer: { namespace: con2.name, name: "eth0", addresses: ["10.0.0.2/24"] },
});
