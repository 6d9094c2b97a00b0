// One container by hand, in two steps. With `pulumi config set step route`, only a veth pair connects it to the host.
// With `pulumi config set step bridge`, the next `pulumi up` connects the same veth pair to a bridge, as Docker does.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Config, RunError } from "@pulumi/pulumi";
import { Bridge, MasqueradeRule, Namespace, Route, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";
const step = new Config().get("step") ?? "route";
if (step !== "route" && step !== "bridge") throw new RunError(`by-hand:step is "${step}"; it is "route" or "bridge".`);

// The container: ip netns add con1.
const con1 = new Namespace("con1", { host });

// Step 2: docker0. Its address is the gateway, and it adds one route to the host's main table, for all containers.
const br0 = step === "bridge" ? new Bridge("br0", { host, addresses: ["172.17.0.1/24"] }) : undefined;

// ip link add veth1 type veth peer name veth2 netns con1. With a /32, the container has an address and no neighbours.
// With a /24, it shares a network with everything that is connected to br0.
const cable = new Veth("veth1", {
  host,
  peer: { namespace: con1.name, name: "veth2", addresses: [br0 ? "172.17.0.2/24" : "172.17.0.2/32"] },
  ...(br0 && { bridge: br0.name }),
});

if (!br0) {
  // The host's route to the container: this one address is behind this veth pair. Each container needs such a route.
  new Route("to-con1", { host, destination: "172.17.0.2/32", device: cable.name });

  // The container's default route (below) has no gateway, so the container sends an ARP request for every address. The
  // host answers for its own addresses. With proxy_arp, it also answers for those that it can forward to.
  new Sysctl("proxy-arp", { host, key: "net.ipv4.conf.veth1.proxy_arp", value: "1" }, { dependsOn: cable });
}

// Without forwarding, the host drops packets that are not addressed to itself.
new Sysctl("forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });

// The container's default route. Without a bridge: ip route add default dev veth2, with scope link and no gateway,
// because the host's end has no address. With a bridge: via the bridge's address.
new Route(
  "default",
  { host, namespace: con1.name, destination: "default", ...(br0 ? { via: "172.17.0.1" } : { device: "veth2" }) },
  { dependsOn: [cable, ...(br0 ? [br0] : [])] },
);

// Other machines have no route back to 172.17.0.2, so outgoing packets get the host's own address as their source.
new MasqueradeRule("way-out", { host, source: "172.17.0.0/24", exceptOutInterface: br0?.name ?? cable.name });
