import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { type AttachArgs, ContainerNetwork, type ContainerNetworkArgs, Namespace } from "../../sdk/index.js";
import { asked, expectRefused, inputs, outputsOf, useMocks } from "./component.js";

beforeAll(useMocks);

const host = "host1";
const network = (args: Partial<ContainerNetworkArgs> = {}, name = "lan") =>
  new ContainerNetwork(name, { host, subnet: "10.0.0.0/24", ...args });

describe("what is made", () => {
  test("one statement is a bridge and a way out; a container is a pair; a published port is a forward", async () => {
    const made = await inputs(() => {
      const lan = network();
      const web = new Namespace("web", { host });
      const { address, addresses, container } = lan.attach(web);
      expect({ address, addresses, container }).toEqual({
        address: "10.0.0.218",
        addresses: ["10.0.0.218"],
        container: "web",
      });
      lan.publish(web, { listenPort: 8080, targetPort: 80 });
    });
    expect(made).toEqual({
      lan: {},
      web: { host },
      "lan-bridge": { host, name: "lan", addresses: ["10.0.0.1/24"] },
      "lan-masquerade": { host, source: "10.0.0.0/24", exceptOutInterface: "lan" },
      "lan-web": {
        host,
        // The mock does not fill in what Pulumi does: the Namespace has no name yet.
        name: "eth0",
        addresses: ["10.0.0.218/24"],
        gateway: ["10.0.0.1"],
        peer: { name: "web-202bbf29", bridge: "lan", hairpin: true, isolated: false },
      },
      "lan-web-tcp-8080": {
        host,
        protocol: "tcp",
        listenPort: 8080,
        exceptInInterface: "lan",
        targetAddress: "10.0.0.218",
        targetPort: 80,
      },
    });
  });

  test("dual-stack: an address, a way out and a forward for each family", async () => {
    const made = await inputs(() => {
      const lan = network({
        name: "lan0",
        subnet: ["10.0.0.0/24", "fd00::/64"],
        gateway: "10.0.0.254",
        exceptDestinations: ["10.1.0.0/16", "fd00:1::/64"],
        mtu: 1400,
      });
      const web = lan.attach("web", { address: "fd00::9", mac: "02:00:00:00:00:01", name: "lan", port: "web0" });
      lan.publish(web, { listenPort: "80-90", protocol: "udp", localhost: true, hairpin: false });
      lan.publish("web", { listenPort: 443, listenAddress: "fd00:12::15" });
      lan.publish("web", { listenPort: pulumi.output(22), name: "ssh", family: 4 });
    });
    expect(made).toMatchObject({
      "lan-bridge": { name: "lan0", addresses: ["10.0.0.254/24", "fd00::1/64"], mtu: 1400 },
      "lan-masquerade": { source: "10.0.0.0/24", exceptDestinations: ["10.1.0.0/16"] },
      "lan-masquerade-ipv6": { source: "fd00::/64", exceptDestinations: ["fd00:1::/64"] },
      "lan-web": {
        namespace: "web",
        name: "lan",
        addresses: ["10.0.0.218/24", "fd00::9/64"],
        gateway: ["10.0.0.254", "fd00::1"],
        mac: "02:00:00:00:00:01",
        mtu: 1400,
        peer: { name: "web0", bridge: "lan0" },
      },
      "lan-web-udp-80-90": { protocol: "udp", targetAddress: "10.0.0.218", localhost: true, hairpin: false },
      "lan-web-udp-80-90-ipv6": { protocol: "udp", targetAddress: "fd00::9", hairpin: false },
      "lan-web-tcp-fd00-12--15-443-ipv6": { listenAddress: "fd00:12::15", targetAddress: "fd00::9" },
      "lan-web-ssh": { listenPort: 22, targetAddress: "10.0.0.218" },
    });
    expect(made["lan-web-udp-80-90-ipv6"]).not.toHaveProperty("localhost");
    expect(Object.keys(made).filter((name) => /-443|-ssh/.test(name))).toHaveLength(2);
  });

  test("an internal network has neither a way out nor the host's address, unless it is given one", async () => {
    const closed = await inputs(() => network({ internal: true }).attach("web"));
    expect(Object.keys(closed).sort()).toEqual(["lan", "lan-bridge", "lan-web"]);
    expect(closed["lan-bridge"]).toEqual({ host, name: "lan", addresses: [] });
    expect(closed["lan-web"]).not.toHaveProperty("gateway");
    // The gateway's address stays reserved: making a network internal changes nobody's address.
    expect(closed["lan-web"]).toMatchObject({ addresses: ["10.0.0.218/24"] });

    const withHost = await inputs(() => network({ internal: true, gateway: "10.0.0.1" }).attach("web"));
    expect(withHost["lan-bridge"]).toMatchObject({ addresses: ["10.0.0.1/24"] });
    expect(withHost["lan-web"]).not.toHaveProperty("gateway");
    expect(withHost).not.toHaveProperty("lan-masquerade");
  });

  test("without icc each port is isolated; without masquerade there is no rule; without defaultRoute no gateway", async () => {
    const made = await inputs(() => network({ icc: false, masquerade: false }).attach("web", { defaultRoute: false }));
    expect(made["lan-web"]).toMatchObject({ peer: { isolated: true } });
    expect(made["lan-web"]).not.toHaveProperty("gateway");
    expect(Object.keys(made)).not.toContain("lan-masquerade");
  });

  test("interfaces on the host have names of their own, whatever the container and the network are called", async () => {
    const made = await inputs(() => {
      for (const name of ["a", "b"])
        for (const container of ["container-with-a-long-name", "container-with-another", "_", "äö"])
          network({}, name).attach("x", { container });
    });
    const ports = Object.values(made).flatMap(({ peer }) => (peer ? [(peer as { name: string }).name] : []));
    expect(new Set(ports).size).toBe(8);
    for (const port of ports) expect(port).toMatch(/^(contai|port)-[0-9a-f]{8}$/);
  });
});

describe("Pulumi's options", () => {
  test("children are the component's, go where it goes, and wait for what they name", async () => {
    const requests = await asked(() => {
      const lan = new ContainerNetwork(
        "lan",
        { host: pulumi.output("host1"), subnet: "10.0.0.0/24" },
        { protect: true },
      );
      lan.attach(new Namespace("web", { host }), {}, { protect: false });
      lan.publish("web", { listenPort: 80 });
    });
    const children = Object.values(requests).filter((request) => request.getName().startsWith("lan-"));
    expect(children).toHaveLength(4);
    for (const child of children) {
      expect(child.getParent()).toMatch(/linuxnet:index:ContainerNetwork::lan$/);
      expect(child.getProtect()).toBe(child.getName() !== "lan-web");
    }
    expect(requests["lan-web"]!.getDeletedwith()).toMatch(/:Namespace::web$/);
    expect(requests["lan-web"]!.getDependenciesList().join()).toMatch(/:Bridge::lan-bridge/);
  });

  test("the component's outputs are in the state, and none of its host's secrets", async () => {
    const requests = await asked(() => network({ host: { address: "192.0.2.1", password: "xyzzy" } }));
    expect(requests["lan"]!.getType()).toBe("linuxnet:index:ContainerNetwork");
    expect(requests["lan"]!.getObject().toJavaScript()).toEqual({});
    expect(await outputsOf("lan")).toEqual({ bridge: "lan", subnets: ["10.0.0.0/24"], gateways: ["10.0.0.1"] });
  });
});

describe("what can't be is an error at once, with the component and the property", () => {
  const later = pulumi.output("later");
  const made = (args: Partial<ContainerNetworkArgs>) => () => network(args);
  const attached =
    (...all: readonly (readonly [namespace: pulumi.Input<string>, args?: AttachArgs])[]) =>
    (args: Partial<ContainerNetworkArgs> = {}) => {
      const lan = network(args);
      for (const each of all) lan.attach(...each);
      return lan;
    };

  test.each<[problem: string, program: () => unknown]>([
    ["subnet: 10.0.0.5/24 is an address in a network; the network is 10.0.0.0/24", made({ subnet: "10.0.0.5/24" })],
    ["subnet: has to be a plain text", made({ subnet: later as unknown as string })],
    ["subnet: takes one network, or an IPv4 and an IPv6 one", made({ subnet: [] })],
    ["gateway: 10.0.1.1 is not in 10.0.0.0/24, which has 10.0.0.1 to 10.0.0.254", made({ gateway: "10.0.1.1" })],
    [
      'gateway: "fd00::1" is one more than there are networks of its family',
      made({ gateway: ["10.0.0.9", "fd00::1"] }),
    ],
    ["gateway: has to be a plain text", made({ gateway: later as unknown as string })],
    ["masquerade: can't be true on an internal network", made({ internal: true, masquerade: true })],
    ['name: "a-very-long-name" is longer than the 15 characters', made({ name: "a-very-long-name" })],
    ["exceptDestinations: fd00::/8 is of no family that the network has", made({ exceptDestinations: ["fd00::/8"] })],
    ["exceptDestinations: takes plain texts", made({ exceptDestinations: [later as unknown as string] })],
    ["attach: the namespace's name is an output", attached([later])],
    ['attach "web": it is attached already', attached(["web"], ["web"])],
    ['attach "web": address: 10.0.1.9 is not in 10.0.0.0/24', attached(["web", { address: "10.0.1.9" }])],
    ['attach "web": address: 10.0.0.0 is the network\'s own', attached(["web", { address: "10.0.0.0" }])],
    ['attach "web": address: 10.0.0.1 is the gateway\'s already', attached(["web", { address: "10.0.0.1" }])],
    [
      'attach "db": address: 10.0.0.218 is "web"\'s already; choose another one, or give this one before that is attached',
      attached(["web"], ["db", { address: "10.0.0.218" }]),
    ],
    ['attach "web": address: has to be a plain text', attached(["web", { address: later as unknown as string }])],
    [
      'attach "web": defaultRoute: can\'t be true on an internal network',
      () => attached(["web", { defaultRoute: true }])({ internal: true }),
    ],
    [
      'attach "c": address: 10.0.0.0/30 has no address left, all 2 are taken; take a wider one',
      () => attached(["b"], ["c"])({ subnet: "10.0.0.0/30" }),
    ],
    [
      'publish "db": no such container is attached (attached: web, app); attach it first',
      () => attached(["web"], ["app"])().publish("db", { listenPort: 80 }),
    ],
    ["publish: no such container is attached (attached: none)", () => network().publish(later, { listenPort: 80 })],
    [
      'publish "web": nothing can be published on an internal network',
      () => attached(["web"])({ internal: true }).publish("web", { listenPort: 80 }),
    ],
    [
      'publish "web": there is no IPv6 on this network, which has 10.0.0.0/24',
      () => attached(["web"])().publish("web", { listenPort: 80, listenAddress: "fd00::1" }),
    ],
    [
      'publish "web": name: is needed where the port or the address to listen on is an output',
      () => attached(["web"])().publish("web", { listenPort: pulumi.output(80) }),
    ],
    [
      'publish "web": listenAddress is an output, whose address family is not known yet; say which one by `family`',
      () =>
        attached(["web"])({ subnet: ["10.0.0.0/24", "fd00::/64"] }).publish("web", {
          listenPort: 80,
          listenAddress: later,
          name: "http",
        }),
    ],
  ])("%s", (problem, program) => expectRefused('ContainerNetwork "lan"', problem, program));
});
