// What `docker run --network …` knows of without a driver of somebody else's: bridge, none, container and host. Each is only
// an answer to one question: in which network namespace does the process start?
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Bridge, MasqueradeRule, Namespace, PortForward, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";

// --network bridge, the default: in a new one, with a cable to docker0. -p 8080:80 is the forward.
const docker0 = new Bridge("docker0", { host, name: "br0", addresses: ["172.17.0.1/24"] });
// Docker also lets whoever is inside listen on low ports without root.
const bridged = new Namespace("bridged", { host, sysctls: { "net.ipv4.ip_unprivileged_port_start": 0 } });
new Veth(
  "bridged-eth0",
  {
    host,
    name: "eth0",
    namespace: bridged.name,
    addresses: ["172.17.0.2/24"],
    gateway: "172.17.0.1",
    peer: { name: "bridged-port", bridge: docker0.name },
  },
  { dependsOn: docker0 },
);
new Sysctl("forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });
new MasqueradeRule("way-out", { host, source: "172.17.0.0/24", exceptOutInterface: docker0.name });
new PortForward("published", {
  host,
  protocol: "tcp",
  listenPort: 8080,
  exceptInInterface: docker0.name,
  targetAddress: "172.17.0.2",
  targetPort: 80,
});

// --network none: in a new one, and that is all. It has lo, talks to itself, and to nobody else.
new Namespace("isolated", { host });

// --network container:bridged: in the one that another container has. There is nothing to make: whoever starts a second
// process in `bridged` has that one's interfaces, addresses and ports, and finds it on localhost. A pod is this.

// --network host: in the host's own. Again there is nothing to make. What such a process needs are settings of the host,
// which are resources without a namespace. Here: ports from 80 on are for everybody, so that a web server needs no root.
new Sysctl("low-ports", { host, key: "net.ipv4.ip_unprivileged_port_start", value: "80" });
