// Docker runs the container, with `--network none`; this program gives it its network. `attach` makes a Namespace stand for the
// network of something that runs already, and all else is as with any other. host1 is a name in the inventory, the stack
// configuration `linuxnet:hosts`.

import { Bridge, MasqueradeRule, Namespace, PortForward, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";

new Sysctl("forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });
const lan = new Bridge("lan0", { host, addresses: ["10.77.0.1/24"] });

// docker run --detach --name c1 --network none …; { podman: "c1" }, { pid: 4711 } and { path: "/run/…" } work likewise.
const c1 = new Namespace("c1", { host, attach: { docker: "c1" } });

// What Docker would have put into the container: eth0, with an address and the default route.
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

// The way out, and -p 8080:80.
new MasqueradeRule("way-out", { host, source: "10.77.0.0/24", exceptOutInterface: lan.name });
new PortForward(
  "http",
  { host, protocol: "tcp", listenPort: 8080, exceptInInterface: lan.name, targetAddress: "10.77.0.2", targetPort: 80 },
  { dependsOn: eth0 },
);

/** Which container the network is of. */
export const { attachedTo } = c1;
