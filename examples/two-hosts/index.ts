// Docker's default network, by hand: three containers on host1, a bridge between them, a way out, and one published
// port. The comments say which of Docker's doings each resource stands for.
//
// host1 is a name in the inventory, the stack configuration `linuxnet:hosts`. The lab (npm run lab) fills it in for a
// host of its own; with a real machine's address there, this program makes the same on that machine.

import { Bridge, MasqueradeRule, Namespace, PortForward, Route, Sysctl, Veth } from "pulumi-linuxnet";

const host = "host1";

// dockerd turns these on when it starts: without them the kernel drops what is not for the host itself, and no packet
// gets from a container to another machine. Destroying the stack puts back what was set before.
new Sysctl("ipv4-forwarding", { host, key: "net.ipv4.ip_forward", value: "1" });
new Sysctl("ipv6-forwarding", { host, key: "net.ipv6.conf.all.forwarding", value: "1" });

// docker0. A bridge is a switch: it passes frames between its ports and needs no address for that. With an address
// the host itself is on that network too (its main table gains 172.17.0.0/24), and can be the containers' gateway.
const br0 = new Bridge("br0", { host, addresses: ["172.17.0.1/24"] });

const containers = [1, 2, 3].map((number) => {
  // docker run, before the process starts: an empty network that has nothing but its own loopback.
  const netns = new Namespace(`netns${number}`, { host });

  // A virtual cable: one end inside (Docker calls it eth0), the other one plugged into the bridge.
  const address = `172.17.0.${100 + number}`;
  const veth = new Veth(`veth${number}`, {
    host,
    namespace: netns.name,
    addresses: [`${address}/24`],
    // A container that asks for its own published port gets its packet back by the port that it came in by. A bridge
    // sends nothing back where it came from, except by a port in hairpin mode.
    peer: { name: `veth${number}-br`, bridge: br0.name, hairpin: true },
  });

  // What is not for 172.17.0.0/24 goes to the host, by the bridge's address. The kernel takes a gateway only if it can
  // be reached, so the cable and its address come first.
  new Route(
    `default${number}`,
    { host, namespace: netns.name, destination: "default", via: "172.17.0.1" },
    { dependsOn: [veth, br0] },
  );
  return { namespace: netns.name, address };
});

// The other machines know no way back to 172.17.0.0/24. On the way out of host1 the source becomes host1's own
// address, and the kernel turns it back in the replies. Docker: -t nat -A POSTROUTING -s 172.17.0.0/24 ! -o docker0
new MasqueradeRule("way-out", { host, source: "172.17.0.0/24", exceptOutInterface: br0.name });

// docker run -p 8000:8080: what arrives for host1's port 8000 goes to the first container's port 8080. It works from
// other machines, from host1 itself, and (a hairpin) from the containers of the same bridge.
new PortForward("web", {
  host,
  protocol: "tcp",
  listenPort: 8000,
  exceptInInterface: br0.name,
  targetAddress: "172.17.0.101",
  targetPort: 8080,
});

export { containers };
