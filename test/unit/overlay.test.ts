import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { Namespace, Overlay, type OverlayArgs, type OverlayAttachArgs } from "../../sdk/index.js";
import { asked, expectRefused, inputs, outputsOf, useMocks } from "./component.js";

beforeAll(useMocks);

const hosts = { host1: "10.0.12.15", host2: "10.0.12.11" };
const overlay = (args: Partial<OverlayArgs> = {}, name = "lan") =>
  new Overlay(name, { hosts, subnet: "10.99.0.0/16", id: 42, ...args });

describe("what is made", () => {
  test("a bridge and a VXLAN on each host; a container is a pair, with the MTU that fits everywhere", async () => {
    const made = await inputs(() => {
      const lan = overlay();
      const web = new Namespace("web", { host: "host1" });
      const { address, addresses, container } = lan.attach(web, { host: "host1" });
      expect({ address, addresses, container }).toEqual({
        address: "10.99.164.82",
        addresses: ["10.99.164.82"],
        container: "host1/web",
      });
      lan.attach("db", { host: "host2", address: "10.99.0.9" });
    });
    expect(made).toEqual({
      lan: {},
      web: { host: "host1" },
      "lan-host1-bridge": { host: "host1", name: "lan" },
      "lan-host1-vxlan": {
        host: "host1",
        name: "lan-vx",
        vni: 42,
        local: "10.0.12.15",
        remotes: ["10.0.12.11"],
        bridge: "lan",
      },
      "lan-host2-bridge": { host: "host2", name: "lan" },
      "lan-host2-vxlan": {
        host: "host2",
        name: "lan-vx",
        vni: 42,
        local: "10.0.12.11",
        remotes: ["10.0.12.15"],
        bridge: "lan",
      },
      "lan-host1-web": {
        host: "host1",
        name: "eth0",
        addresses: ["10.99.164.82/16"],
        mtu: 1440,
        peer: { name: "web-202bbf29", bridge: "lan" },
      },
      "lan-host2-db": {
        host: "host2",
        namespace: "db",
        name: "eth0",
        addresses: ["10.99.0.9/16"],
        mtu: 1440,
        peer: { name: "db-a37c350b", bridge: "lan" },
      },
    });
  });

  test("all that can be chosen", async () => {
    const made = await inputs(() => {
      const lan = overlay({
        hosts: {
          host1: { host: { address: "192.0.2.1" }, local: pulumi.output("fd00:12::15") },
          host2: pulumi.output("fd00:12::11"),
        },
        subnet: ["10.99.0.0/16", "fd00:99::/64"],
        name: pulumi.output("net0"),
        port: 8472,
        mtu: 1300,
      });
      lan.attach("web", {
        host: "host1",
        address: "fd00:99::9",
        mac: "02:00:00:00:00:01",
        name: "lan",
        port: "web0",
        container: "shop",
      });
    });
    expect(made["lan-host1-bridge"]).toEqual({ host: { address: "192.0.2.1" }, name: "net0", mtu: 1300 });
    expect(made["lan-host1-vxlan"]).toEqual({
      host: { address: "192.0.2.1" },
      name: "net0-vx",
      vni: 42,
      local: "fd00:12::15",
      remotes: ["fd00:12::11"],
      port: 8472,
      bridge: "net0",
      mtu: 1300,
    });
    expect(made["lan-host1-shop"]).toMatchObject({
      host: { address: "192.0.2.1" },
      namespace: "web",
      name: "lan",
      addresses: [expect.stringMatching(/^10\.99\.\d+\.\d+\/16$/), "fd00:99::9/64"],
      mac: "02:00:00:00:00:01",
      mtu: 1300,
      peer: { name: "web0", bridge: "net0" },
    });
  });

  test("containers of one name on several hosts are several, and keep their addresses whoever else is there", async () => {
    const address = (program: (lan: Overlay) => { address: string }) => program(overlay()).address;
    const on = (host: string) => (lan: Overlay) => lan.attach("web", { host });
    await asked(() => {
      const alone = address(on("host1"));
      expect(address(on("host2"))).not.toBe(alone);
      expect(
        address((lan) => {
          lan.attach("db", { host: "host2" });
          lan.attach("web", { host: "host2" });
          return lan.attach("web", { host: "host1" });
        }),
      ).toBe(alone);
    });
  });

  test("a host that comes or goes changes the others' remotes alone", async () => {
    const two = await inputs(() => overlay({ mtu: 1400 }).attach("web", { host: "host1" }));
    const three = await inputs(() =>
      overlay({ mtu: 1400, hosts: { ...hosts, host3: "10.0.12.13" } }).attach("web", { host: "host1" }),
    );
    const changed = Object.keys(two).filter((name) => JSON.stringify(two[name]) !== JSON.stringify(three[name]));
    expect(changed).toEqual(["lan-host1-vxlan", "lan-host2-vxlan"]);
    expect({ ...three["lan-host1-vxlan"], remotes: undefined }).toEqual({
      ...two["lan-host1-vxlan"],
      remotes: undefined,
    });
    expect(three["lan-host1-vxlan"]!.remotes).toEqual(["10.0.12.11", "10.0.12.13"]);
  });
});

describe("Pulumi's options", () => {
  test("children are the component's, go where it goes, and wait for what they name", async () => {
    const requests = await asked(() => {
      const lan = new Overlay("lan", { hosts, subnet: "10.99.0.0/16", id: 42 }, { protect: true });
      lan.attach(new Namespace("web", { host: "host1" }), { host: "host1" }, { protect: false });
    });
    const children = Object.values(requests).filter((request) => request.getName().startsWith("lan-"));
    expect(children).toHaveLength(5);
    for (const child of children) {
      expect(child.getParent()).toMatch(/linuxnet:index:Overlay::lan$/);
      expect(child.getProtect()).toBe(child.getName() !== "lan-host1-web");
    }
    expect(requests["lan-host1-web"]!.getDeletedwith()).toMatch(/:Namespace::web$/);
    expect(requests["lan-host1-web"]!.getDependenciesList().join()).toMatch(/:Bridge::lan-host1-bridge/);
    expect(requests["lan-host1-vxlan"]!.getDependenciesList().join()).toMatch(/:Bridge::lan-host1-bridge/);
  });

  test("the component's outputs are in the state, and none of its hosts' secrets", async () => {
    const secret = { host: { address: "192.0.2.1", password: "xyzzy" }, local: "10.0.12.15" };
    const requests = await asked(() => overlay({ hosts: { host1: secret, host2: "10.0.12.11" } }));
    expect(requests["lan"]!.getType()).toBe("linuxnet:index:Overlay");
    expect(requests["lan"]!.getObject().toJavaScript()).toEqual({});
    expect(await outputsOf("lan")).toEqual({ subnets: ["10.99.0.0/16"], mtu: 1440 });
  });
});

describe("what can't be is an error at once, with the component and the property", () => {
  const later = pulumi.output("later");
  const attached =
    (...all: readonly (readonly [namespace: pulumi.Input<string>, args?: Partial<OverlayAttachArgs>])[]) =>
    () => {
      const lan = overlay();
      for (const [namespace, args] of all) lan.attach(namespace, { host: "host1", ...args });
    };

  test.each<[problem: string, program: () => unknown]>([
    ["subnet: 10.99.0.5/16 is an address in a network", () => overlay({ subnet: "10.99.0.5/16" })],
    ["hosts: has none", () => overlay({ hosts: {} })],
    [
      'name: "thirteen-char" is longer than the 12 characters that leave room for -vx',
      () => overlay({ name: "thirteen-char" }),
    ],
    ['attach: host: there is no host "host9" on it (there are: host1, host2)', attached(["web", { host: "host9" }])],
    ["attach: the namespace's name is an output", attached([later])],
    ['attach "host1/web": it is attached already', attached(["web"], ["web"])],
    ['attach "host1/web": address: 10.9.0.1 is not in 10.99.0.0/16', attached(["web", { address: "10.9.0.1" }])],
    [
      'attach "host2/db": address: 10.99.0.9 is "host1/web"\'s already',
      attached(["web", { address: "10.99.0.9" }], ["db", { host: "host2", address: "10.99.0.9" }]),
    ],
  ])("%s", (problem, program) => expectRefused('Overlay "lan"', problem, program));
});
