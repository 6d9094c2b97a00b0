// The scenario as the article builds it, up to the step that the configuration names.
const pulumi = require("@pulumi/pulumi");
const { Bridge, MasqueradeRule, Namespace, PortForward, Route, Sysctl, Veth } = require("pulumi-linuxnet");

const step = new pulumi.Config().requireNumber("step");
const host = "host1";
const from = (number) => step >= number;

const [netns1, netns2, netns3] = [1, 2, 3].map((number) => new Namespace(`netns${number}`, { host }));

if (step === 2) {
  new Veth("veth1", {
    host,
    namespace: netns1.name,
    addresses: ["172.17.0.101/24"],
    peer: { name: "veth2", namespace: netns2.name, addresses: ["172.17.0.102/24"] },
  });
}
if (from(3)) {
  const br0 = new Bridge("br0", { host, addresses: from(4) ? ["172.17.0.1/24"] : [] });
  const veths = [netns1, netns2, netns3].map(
    (netns, index) =>
      new Veth(`veth${index + 1}`, {
        host,
        namespace: netns.name,
        addresses: [`172.17.0.${101 + index}/24`],
        peer: { name: `veth${index + 1}-br`, bridge: br0.name, hairpin: from(9) && index === 0 },
      }),
  );
  if (from(5)) {
    for (const [index, netns] of [netns1, netns2, netns3].entries()) {
      new Route(
        `default${index + 1}`,
        { host, namespace: netns.name, destination: "default", via: "172.17.0.1" },
        { dependsOn: [veths[index], br0] },
      );
    }
  }
  if (from(6)) {
    new Sysctl("forward4", { host, key: "net.ipv4.ip_forward", value: "1" });
    new Sysctl("forward6", { host, key: "net.ipv6.conf.all.forwarding", value: 1 });
  }
  if (from(7)) new MasqueradeRule("masq", { host, source: "172.17.0.0/24", exceptOutInterface: br0.name });
  if (from(8)) {
    new PortForward("web", {
      host,
      protocol: "tcp",
      listenPort: 8000,
      exceptInInterface: br0.name,
      targetAddress: "172.17.0.101",
      targetPort: 8080,
    });
  }
}
