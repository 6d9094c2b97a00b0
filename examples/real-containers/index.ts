// Docker runs the container with `--network none`, and this program creates its network. With `attach`, a Namespace
// represents the network namespace of something that already runs. Everything else is the same as with any other
// Namespace. host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Bridge, MasqueradeRule, Namespace, PortForward, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";

new Sysctl("forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });
const lan = new Bridge("lan0", { host, addresses: ["10.77.0.1/24"] });

// docker run --detach --name c1 --network none …. { podman: "c1" }, { pid: 4711 } and { path: "/run/…" } also work.
const c1 = new Namespace("c1", { host, attach: { docker: "c1" } });

// What Docker would create in the container: eth0 with an address, and the default route.
const eth0 = new Veth(
  "c1-eth0",
  {
    host,
    namespace: c1.name,
    name: "eth0",
    addresses: ["10.77.0.2/24"],
    gateway: "10.77.0.1",
    peer: { name: "c1-port", bridge: lan.name },
  },
  { dependsOn: lan },
);

// Source NAT, and -p 8080:80.
new MasqueradeRule("way-out", { host, source: "10.77.0.0/24", exceptOutInterface: lan.name });
new PortForward(
  "http",
  { host, protocol: "tcp", listenPort: 8080, exceptInInterface: lan.name, targetAddress: "10.77.0.2", targetPort: 80 },
  { dependsOn: eth0 },
);

/** The container that the namespace belongs to. */
export const { attachedTo } = c1;
