// A router's loopback address: it belongs to the router and not to one of its links, so it is reachable as long as any
// link works. It is on a dummy interface, which drops what is sent through it and never loses its carrier.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Dummy, Namespace, Route, Veth } from "pulumi-linuxnet";

const host = "host1";

const router = new Namespace("router", { host });
const peer = new Namespace("peer", { host });

// ip link add loop1 type dummy; ip address add 10.9.9.1/32 dev loop1
new Dummy("loop1", { host, namespace: router.name, addresses: ["10.9.9.1/32"] });

// Two veth pairs, and a route over each. The kernel uses the route with the lower metric while its link has a carrier.
for (const number of [1, 2]) {
  const name = `eth${number}`;
  const cable = new Veth(name, {
    host,
    namespace: router.name,
    addresses: [`10.0.${number}.1/24`],
    peer: { namespace: peer.name, name, addresses: [`10.0.${number}.2/24`] },
  });
  new Route(
    `by-${name}`,
    {
      host,
      namespace: peer.name,
      destination: "10.9.9.1/32",
      via: `10.0.${number}.1`,
      metric: 100 * number,
    },
    { dependsOn: [cable] },
  );
}
