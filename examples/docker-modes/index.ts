// The built-in modes of `docker run --network …`: bridge, none, container and host. They differ in the network
// namespace in which the process starts.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Bridge, MasqueradeRule, Namespace, PortForward, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";

// --network bridge, the default: a new namespace with a veth pair to docker0. -p 8080:80 is the PortForward.
const docker0 = new Bridge("docker0", { host, name: "br0", addresses: ["172.17.0.1/24"] });
// Docker also allows processes in the container to listen on low ports without root.
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

// --network none: a new namespace with nothing but lo.
new Namespace("isolated", { host });

// --network container:bridged: the namespace of another container. There is nothing to create: a second process in
// `bridged` shares the first one's interfaces, addresses and ports, and reaches it on localhost. Pods work this way.

// --network host: the host's own network namespace. Again there is nothing to create. Such a process may need settings
// of the host, which are resources without a namespace. Here, ports from 80 on are unprivileged, so that a web server
// does not need root.
new Sysctl("low-ports", { host, key: "net.ipv4.ip_unprivileged_port_start", value: "80" });
