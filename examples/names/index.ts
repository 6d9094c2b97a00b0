// Two containers that can resolve each other's names. The comments give the Docker option for each property.

import { Bridge, Namespace, Veth } from "pulumi-linuxnet";

const host = "host1";
const gateway = "172.17.0.1";
const containers = { con1: "172.17.0.101", con2: "172.17.0.102" };

const br0 = new Bridge("br0", { host, addresses: [`${gateway}/24`] });

for (const [name, address] of Object.entries(containers)) {
  const netns = new Namespace(name, {
    host,
    // --hostname
    hostname: name,
    // --add-host, for both containers and for the host, by the name that Docker uses for it.
    hosts: { ...containers, "host.docker.internal": gateway },
    // --dns, --dns-search, --dns-option. Names that are not in `hosts` are looked up at the bridge's address.
    dns: { servers: [gateway], search: ["example.org"], options: ["ndots:1", "timeout:1"] },
  });
  new Veth(`${name}-eth0`, {
    host,
    namespace: netns.name,
    name: "eth0",
    addresses: [`${address}/24`],
    peer: { name: `${name}-br`, bridge: br0.name },
  });
}
