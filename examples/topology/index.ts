// A network from data. This program reads network.yaml and creates a bridge for each subnet, a network namespace for
// each node and a veth pair for each link. Resource names come from the names in the file and do not depend on their
// order, so after a change of the file, the next `pulumi up` changes only the affected resources.

import { Bridge, Namespace, Route, Sysctl, Veth } from "pulumi-linuxnet";
import { readNetwork } from "./read-network";

const { hosts, subnets, nodes, links } = readNetwork("network.yaml");

for (const host of Object.keys(hosts)) {
  new Sysctl(`${host}-forwarding`, { host, key: "net.ipv4.ip_forward", value: "1" });
}

const bridges: Record<string, Bridge> = {};
for (const [name, { host, network, gateway }] of Object.entries(subnets)) {
  // With the gateway's address, the host is in the subnet and forwards between it and everything that it has a route
  // to.
  bridges[name] = new Bridge(name, { host, addresses: [`${gateway}/${network.split("/")[1]}`] });

  // The other hosts reach the subnet through this host.
  for (const other of Object.keys(hosts).filter((each) => each !== host)) {
    new Route(`${other}-to-${name}`, { host: other, destination: network, via: hosts[host]!.address });
  }
}

const namespaces: Record<string, Namespace> = {};
for (const [name, { host }] of Object.entries(nodes)) namespaces[name] = new Namespace(name, { host });

for (const { from, to, addresses } of links) {
  const { host, gateway } = nodes[from.node]!;
  const name = `${from.node}-${from.interface}`;
  const near = { host, name: from.interface, namespace: namespaces[from.node]!.name, addresses: addresses.slice(0, 1) };

  if ("subnet" in to) {
    const bridge = bridges[to.subnet]!;
    new Veth(
      name,
      {
        ...near,
        ...(gateway === to.subnet && { gateway: subnets[to.subnet]!.gateway }),
        peer: { name, bridge: bridge.name },
      },
      { dependsOn: bridge },
    );
  } else {
    const namespace = namespaces[to.node]!.name;
    new Veth(name, { ...near, peer: { name: to.interface, namespace, addresses: addresses.slice(1) } });
  }
}
