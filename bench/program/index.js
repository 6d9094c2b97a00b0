// Containers as Docker would connect them, on each of the hosts: four resources a container and four a host.
const pulumi = require("@pulumi/pulumi");
const { Bridge, MasqueradeRule, Namespace, PortForward, Route, Sysctl, Veth } = require("pulumi-linuxnet");

const config = new pulumi.Config();
const hosts = config.requireObject("hosts");
const containers = config.requireNumber("containers");

for (const host of hosts) {
  const named = (name) => (hosts.length > 1 ? `${host}-${name}` : name);
  new Sysctl(named("forward4"), { host, key: "net.ipv4.ip_forward", value: "1" });
  new Sysctl(named("forward6"), { host, key: "net.ipv6.conf.all.forwarding", value: "1" });
  const br0 = new Bridge(named("br0"), { host, name: "br0", addresses: ["172.18.0.1/16"] });
  new MasqueradeRule(named("masq"), { host, source: "172.18.0.0/16", exceptOutInterface: br0.name });
  for (let number = 1; number <= containers; number++) {
    const address = `172.18.${Math.floor((number + 9) / 250)}.${((number + 9) % 250) + 1}`;
    const namespace = new Namespace(named(`c${number}`), { host, name: `c${number}` });
    const veth = new Veth(named(`v${number}`), {
      host,
      name: "eth0",
      namespace: namespace.name,
      addresses: [`${address}/16`],
      peer: { name: `v${number}`, bridge: br0.name },
    });
    new Route(
      named(`r${number}`),
      { host, namespace: namespace.name, destination: "default", via: "172.18.0.1" },
      { dependsOn: veth },
    );
    new PortForward(
      named(`f${number}`),
      {
        host,
        protocol: "tcp",
        listenPort: 8000 + number,
        exceptInInterface: br0.name,
        targetAddress: address,
        targetPort: 80,
      },
      { dependsOn: veth },
    );
  }
}
