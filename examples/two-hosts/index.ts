// Docker's default network, by hand: three containers on host1, a bridge that connects them, source NAT, and one
// published port. The comments say what Docker does in place of each resource.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`. The lab (npm run lab) sets it to one of
// its hosts. With the address of a real machine, this program creates the same network on that machine.

import { Bridge, MasqueradeRule, Namespace, PortForward, Route, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";

// dockerd enables these when it starts. Without them, the kernel drops packets that are not addressed to the host
// itself, and no packet gets from a container to another machine. Destroying the stack restores the previous values.
new Sysctl("ipv4-forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });
new Sysctl("ipv6-forwarding", { host, key: "net.ipv6.conf.all.forwarding", value: "1" });

// docker0. A bridge is a switch: it passes frames between its ports and needs no address for that. With an address, the
// host is on that network too (its main table gets the route 172.17.0.0/24) and can be the containers' gateway.
const br0 = new Bridge("br0", { host, addresses: ["172.17.0.1/24"] });

const containers = [1, 2, 3].map((number) => {
  // docker run, before the process starts: a network namespace with nothing but its own loopback interface.
  const netns = new Namespace(`netns${number}`, { host });

  // A veth pair: one end in the namespace (Docker names it eth0), the other end connected to the bridge.
  const address = `172.17.0.${100 + number}`;
  const veth = new Veth(`veth${number}`, {
    host,
    namespace: netns.name,
    addresses: [`${address}/24`],
    // If a container connects to its own published port, the packet must leave the bridge through the port that it came
    // in by. A bridge does that only for ports in hairpin mode.
    peer: { name: `veth${number}-br`, bridge: br0.name, hairpin: true },
  });

  // Packets to addresses outside 172.17.0.0/24 are sent to the host, via the bridge's address. The kernel accepts a
  // gateway only if it is reachable, so the veth pair and its address must exist first.
  new Route(
    `default${number}`,
    { host, namespace: netns.name, destination: "default", via: "172.17.0.1" },
    { dependsOn: [veth, br0] },
  );
  return { namespace: netns.name, address };
});

// Other machines have no route back to 172.17.0.0/24. Packets that leave host1 get host1's own address as their source,
// and the kernel reverses that in the replies. Docker: -t nat -A POSTROUTING -s 172.17.0.0/24 ! -o docker0 -j
// MASQUERADE
new MasqueradeRule("way-out", { host, source: "172.17.0.0/24", exceptOutInterface: br0.name });

// docker run -p 8000:8080: connections to port 8000 of host1 are forwarded to port 8080 of the first container. This
// works from other machines, from host1 itself, and (as a hairpin) from containers on the same bridge.
new PortForward("web", {
  host,
  protocol: "tcp",
  listenPort: 8000,
  exceptInInterface: br0.name,
  targetAddress: "172.17.0.101",
  targetPort: 8080,
});

export { containers };
