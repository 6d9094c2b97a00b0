// Two containers, connected by a veth pair. There is no bridge, no connection to the host and no further route: this is
// the smallest possible network. All of Docker's networks build on it.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Namespace, Veth } from "pulumi-linuxnet";

const host = "host1";

// ip netns add con1, ip netns add con2. Each namespace has its own interfaces, routes and firewall rules. In a new
// namespace, the loopback interface is down; linuxnet always brings it up.
const con1 = new Namespace("con1", { host });
const con2 = new Namespace("con2", { host });

// ip link add … type veth peer name …: what is sent into one end comes out of the other. By hand, both ends are often
// created on the host with different names, then moved and renamed to eth0. Here, each end is created in its namespace
// with its final name. Both can be eth0, because they are in different namespaces.
new Veth("cable", {
  host,
  namespace: con1.name,
  name: "eth0",
  // An address with a prefix length says two things: the interface's own address, and which neighbours it can reach.
  // For the latter, the kernel adds the route 10.0.0.0/24 dev eth0.
  addresses: ["10.0.0.1/24"],
  peer: { namespace: con2.name, name: "eth0", addresses: ["10.0.0.2/24"] },
});
