// Docker's networks in one statement each. host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import * as pulumi from "@pulumi/pulumi";
import { ContainerNetwork, Namespace, Sysctl } from "pulumi-linuxnet";

const host = "host1";

// Networks enable forwarding if they need it. As resources of the stack, these settings are restored when it is
// destroyed.
new Sysctl("ipv4-forwarding", { host, key: "net.ipv4.ip_forward", value: 1 });
new Sysctl("ipv6-forwarding", { host, key: "net.ipv6.conf.all.forwarding", value: 1 });

const names = (new pulumi.Config().get("containers") ?? "web app cache").split(" ");
const containers = new Map(names.map((name) => [name, new Namespace(name, { host })]));

// docker network create --ipv6: a bridge, source NAT, and a veth pair with its own addresses for each container.
const lan = new ContainerNetwork("lan", { host, name: "lan0", subnet: ["10.77.0.0/24", "fd00:77::/64"] });
const attached = names.map((name) => lan.attach(containers.get(name)!));

// docker run -p 8080:80, for IPv4 and IPv6.
lan.publish("web", { listenPort: 8080, targetPort: 80 });

// docker network create --internal: the containers can reach only each other.
const backend = new ContainerNetwork("backend", { host, subnet: "10.78.0.0/24", internal: true });
const db = new Namespace("db", { host });
backend.attach(db, { address: "10.78.0.10" });
backend.attach(containers.get("web")!, { address: "10.78.0.20", name: "eth1" });

// docker network create -o com.docker.network.bridge.enable_icc=false: the containers cannot reach each other.
const tenants = new ContainerNetwork("tenants", { host, subnet: "10.79.0.0/24", icc: false, mtu: 1400 });
for (const [index, name] of ["tenant1", "tenant2"].entries()) {
  tenants.attach(new Namespace(name, { host }), { address: `10.79.0.${index + 11}` });
  tenants.publish(name, { listenPort: 8081 + index, targetPort: 80 });
}

/** The addresses that were chosen, by container name. */
export const addresses = Object.fromEntries(attached.map(({ container, addresses }) => [container, addresses]));
