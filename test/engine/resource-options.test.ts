import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { type Item, type Network, output, programFromData, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

const host = "host1";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
});
beforeEach(() => {
  stack.program(programFromData());
  // What one test leaves behind must not make the next one fail.
  onTestFailed(async () => {
    await stack.succeed("state", "unprotect", "--all", "--yes", "--stack", stack.name);
    await stack.destroy();
  });
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

/** One resource of each basic kind. */
const everyKind: Network = {
  forward: { kind: "Sysctl", args: { key: "net.ipv4.ip_forward", value: "1" } },
  con1: { kind: "Namespace", args: { name: "con1" } },
  br0: { kind: "Bridge", args: { name: "br0", addresses: ["172.17.0.1/24"] } },
  veth1: {
    kind: "Veth",
    args: {
      namespace: "con1",
      name: "veth1",
      addresses: ["172.17.0.101/24"],
      peer: { name: "veth1-br", bridge: "br0" },
    },
    options: { dependsOn: ["con1", "br0"] },
  },
  route: {
    kind: "Route",
    args: { namespace: "con1", destination: "default", via: "172.17.0.1" },
    options: { dependsOn: ["veth1"] },
  },
  masquerade: { kind: "MasqueradeRule", args: { source: "172.17.0.0/24", exceptOutInterface: "br0" } },
  web: {
    kind: "PortForward",
    args: { protocol: "tcp", listenPort: 8000, targetAddress: "172.17.0.101", targetPort: 8080 },
  },
};
const onHost = (network: Network): Network => mapItems(network, (item) => ({ ...item, args: { host, ...item.args } }));
const mapItems = (network: Network, change: (item: Item, name: string) => Item): Network =>
  Object.fromEntries(Object.entries(network).map(([name, item]) => [name, change(item, name)]));

/** The marks that are on the host. */
const marks = async () => [...new Set((await lab.dump(host)).match(/linuxnet:[\w./@-]+/g))].sort();
/** The numbers of all interfaces: another number is another interface. */
const links = async () =>
  (await lab.exec(host, ["sh", "-c", "ip -o link; ip -n con1 -o link"])).stdout.match(/^\d+: [^:]+/gm)!.sort();

test("a renamed resource with an alias is marked anew, and is the same one", async () => {
  const renamed = Object.fromEntries(
    Object.entries(everyKind).map(([name, item]): [string, Item] => {
      const dependsOn = (item.options?.dependsOn as string[] | undefined)?.map((other) => `new-${other}`) ?? [];
      return [`new-${name}`, { ...item, options: { dependsOn, aliases: [{ name }] } }];
    }),
  );
  const expectedMarks = (prefix: string) =>
    [
      "Bridge/PREFIXbr0",
      "MasqueradeRule/PREFIXmasquerade",
      "Namespace/PREFIXcon1",
      "PortForward/PREFIXweb",
      "Veth/PREFIXveth1",
    ].map((end) => `linuxnet:shop/test@${stack.identity.id}/${end.replace("PREFIX", prefix)}`);
  expect((await upTo(stack, onHost(everyKind))).changes).toEqual({ create: 7 });
  expect(await marks()).toEqual(expectedMarks(""));
  const linksBefore = await links();

  expect((await upTo(stack, onHost(renamed))).changes).toEqual({ update: 7 });
  expect(await marks()).toEqual(expectedMarks("new-"));
  expect(await links()).toEqual(linksBefore);
  expect((await stack.up()).changes).toEqual({ same: 7 });
  expect((await stack.destroy()).changes).toEqual({ delete: 7 });
  expect(await lab.dump(host)).toBe(before);
});

test("a resource that moves into a component, with an alias, is left as it is", async () => {
  const program = (options: string) => `
    const pulumi = require("@pulumi/pulumi");
    const { Bridge, Namespace, Veth } = require("pulumi-linuxnet");
    class Container extends pulumi.ComponentResource {
      constructor(name) {
        super("shop:lan:Container", name);
        const namespace = new Namespace("con1", { host: "host1" }, ${options});
        const peer = { name: "veth1-br" };
        this.veth = new Veth("veth1", { host: "host1", namespace: namespace.name, peer }, ${options});
        this.registerOutputs({ mac: this.veth.mac });
      }
    }
    exports.mac = new Container("container").veth.mac;`;
  stack.program(program("{}"));
  expect((await stack.up()).changes).toEqual({ create: 2 });
  const made = await lab.dump(host);
  stack.program(program("{ parent: this, aliases: [{ parent: pulumi.rootStackResource }] }"));
  expect((await stack.up()).changes).toEqual({ same: 2 });
  const { veth1 } = await stack.resources();
  expect(veth1!.urn).toContain("::shop:lan:Container$pulumi-nodejs:dynamic/linuxnet:Veth::veth1");
  expect(await lab.dump(host)).toBe(made);
  expect((await stack.destroy()).changes).toEqual({ delete: 2 });
  expect(await lab.dump(host)).toBe(before);
});

test("a renamed ContainerNetwork with an alias, and all that it has made, are marked anew and are the same ones", async () => {
  const program = (name: string, options: object) => `
    const { ContainerNetwork, Namespace } = require("pulumi-linuxnet");
    const host = "host1";
    const args = { host, name: "lan0", subnet: ["10.0.0.0/24", "fd00::/64"] };
    const lan = new ContainerNetwork("${name}", args, ${JSON.stringify(options)});
    const con1 = new Namespace("con1", { host });
    exports.address = lan.attach(con1).address;
    lan.publish(con1, { listenPort: 8000, targetPort: 80 });`;
  stack.program(program("old", {}));
  expect((await stack.up()).changes).toEqual({ create: 7 });
  const linksBefore = await links();

  stack.program(program("lan", { aliases: [{ name: "old" }] }));
  // The container's Namespace does not belong to the network.
  expect((await stack.up()).changes).toEqual({ update: 6, same: 1 });
  expect((await marks()).filter((mark) => /\/old\b/.test(mark))).toEqual([]);
  expect(await links()).toEqual(linksBefore);
  expect((await stack.up()).changes).toEqual({ same: 7 });
  expect((await stack.destroy()).changes).toEqual({ delete: 7 });
  await lab.exec(host, ["sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0"]);
});

test("protect, ignoreChanges and retainOnDelete", async () => {
  const bridge = (name: string, address: string, options: object) => ({
    [name]: { kind: "Bridge", args: { host, addresses: [address] }, options: { ...options } },
  });
  const network = (last: number): Network => ({
    ...bridge("guarded", `172.17.0.${last}/24`, { protect: true }),
    ...bridge("kept", `172.18.0.${last}/24`, { retainOnDelete: true }),
    ...bridge("ignored", `172.19.0.${last}/24`, { ignoreChanges: ["addresses"] }),
  });
  const addresses = async () =>
    (await lab.exec(host, ["ip", "-o", "-4", "address", "show", "type", "bridge"])).stdout.match(/172[\d.]+(?=\/)/g);
  expect((await upTo(stack, network(1))).changes).toEqual({ create: 3 });
  expect((await upTo(stack, network(2))).changes).toEqual({ update: 2, same: 1 });
  expect((await addresses())?.sort()).toEqual(["172.17.0.2", "172.18.0.2", "172.19.0.1"]);

  const refused = await stack.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack.name);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.output).toContain("protect");
  expect(await addresses()).toContain("172.17.0.2");
  await stack.succeed("state", "unprotect", "--all", "--yes", "--stack", stack.name);
  await stack.destroy();
  expect(await stack.resources()).toEqual({});
  expect(await addresses()).toEqual(["172.18.0.2"]);
  await lab.exec(host, ["ip", "link", "delete", "kept"]);
  expect(await lab.dump(host)).toBe(before);
});

test("what dies with its namespace is not deleted one by one", async () => {
  const namespace = output("con1.name");
  const inside: Network = {
    veth1: { kind: "Veth", args: { host, namespace, addresses: ["172.17.0.101/24"], peer: { name: "veth1-br" } } },
    // The namespace is that of the other end.
    veth2: { kind: "Veth", args: { host, name: "veth2-br", peer: { name: "veth2", namespace } } },
    route: {
      kind: "Route",
      args: { host, namespace, destination: "10.9.0.0/16", via: "172.17.0.1" },
      options: { dependsOn: ["veth1"] },
    },
    masquerade: { kind: "MasqueradeRule", args: { host, namespace, source: "10.9.0.0/16" } },
    web: { kind: "PortForward", args: { host, namespace, protocol: "tcp", listenPort: 80, targetAddress: "10.9.0.2" } },
    ttl: { kind: "Sysctl", args: { host, namespace, key: "net.ipv4.ip_default_ttl", value: "65" } },
  };
  const outside: Network = { forward: everyKind.forward!, con1: everyKind.con1! };
  expect((await upTo(stack, { ...onHost(outside), ...inside })).changes).toEqual({ create: 8 });

  // The provider fails for each of these if the engine calls it. The one outside the namespace shows that it does.
  const recorded = 'exports.handler = () => require("pulumi-linuxnet/provider")';
  const trap = 'exports.handler = () => { throw new Error("asked for") }';
  await setProviders(["forward", ...Object.keys(inside)], recorded, trap);
  const failed = await stack.pulumi("destroy", "--yes", "--skip-preview", "--stack", stack.name);
  expect(failed.output).toMatch(/linuxnet:Sysctl \(forward\):\s+error: .*asked for/);
  expect(failed.changes).toMatchObject({ failed: 1 });

  await setProviders(["forward"], trap, recorded);
  await stack.destroy();
  expect(await stack.resources()).toEqual({});
  expect(await lab.dump(host)).toBe(before);
});

/** Replaces the line in the state by which Pulumi finds the provider of these resources. */
async function setProviders(names: readonly string[], from: string, to: string): Promise<void> {
  const { deployment, ...rest } = JSON.parse(
    (await stack.succeed("stack", "export", "--stack", stack.name)).output,
  ) as {
    deployment: { resources: { urn: string; inputs?: object; outputs?: object }[] };
  };
  const resources = deployment.resources.map((resource) => {
    if (!names.includes(resource.urn.split("::").at(-1)!)) return resource;
    const text = JSON.stringify(resource).replaceAll(JSON.stringify(from), JSON.stringify(to));
    expect(text).not.toBe(JSON.stringify(resource));
    return JSON.parse(text) as typeof resource;
  });
  const file = path.join(folder, "state.json");
  writeFileSync(file, JSON.stringify({ ...rest, deployment: { ...deployment, resources } }));
  await stack.succeed("stack", "import", "--file", file, "--stack", stack.name);
}
