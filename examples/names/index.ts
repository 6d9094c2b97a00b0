// Two containers that know each other by name. The comments say which of Docker's options each property stands for.

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
    // --add-host, for all of them; and the host itself, which Docker calls so, too.
    hosts: { ...containers, "host.docker.internal": gateway },
    // --dns, --dns-search, --dns-option. A name that is in no table is asked for at the bridge's address.
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
