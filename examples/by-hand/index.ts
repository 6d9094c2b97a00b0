// One container by hand, in two steps. `pulumi config set step route` joins it to the host by a cable alone; with
// `pulumi config set step bridge` the next `pulumi up` plugs the same cable into a bridge, which is what Docker does.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`.

import { Config, RunError } from "@pulumi/pulumi";
import { Bridge, MasqueradeRule, Namespace, Route, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";
const step = new Config().get("step") ?? "route";
if (step !== "route" && step !== "bridge") throw new RunError(`by-hand:step is "${step}"; it is "route" or "bridge".`);

// The container: ip netns add con1.
const con1 = new Namespace("con1", { host });

// Step 2: docker0. Its address is the gateway, and the subnet is in the host's main table: one route for all containers.
const br0 = step === "bridge" ? new Bridge("br0", { host, addresses: ["172.17.0.1/24"] }) : undefined;

// ip link add veth1 type veth peer name veth2 netns con1. With a /32 the container has an address and no neighbours; with
// a /24 it shares a network with whoever is plugged into br0.
const cable = new Veth("veth1", {
  host,
  peer: { namespace: con1.name, name: "veth2", addresses: [br0 ? "172.17.0.2/24" : "172.17.0.2/32"] },
  ...(br0 && { bridge: br0.name }),
});

if (!br0) {
  // The host's way in: this one address is behind this cable. A thousand containers are a thousand of these routes.
  new Route("to-con1", { host, destination: "172.17.0.2/32", device: cable.name });

  // The container takes everybody to be a neighbour on its cable (below), and asks for their Ethernet addresses there. The
  // host answers for its own addresses; for those that it could forward to, it has to be told to.
  new Sysctl("proxy-arp", { host, key: "net.ipv4.conf.veth1.proxy_arp", value: "1" }, { dependsOn: cable });
}

// Without this the host drops what is not for itself.
new Sysctl("forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });

// The container's way out. ip route add default dev veth2: scope link, no gateway, for there is no address on the host's
// end that could be one. With a bridge: by the bridge's address.
new Route(
  "default",
  { host, namespace: con1.name, destination: "default", ...(br0 ? { via: "172.17.0.1" } : { device: "veth2" }) },
  { dependsOn: [cable, ...(br0 ? [br0] : [])] },
);

// The other machines know no way back to 172.17.0.2: on the way out the source becomes the host's own address.
new MasqueradeRule("way-out", { host, source: "172.17.0.0/24", exceptOutInterface: br0?.name ?? cable.name });
