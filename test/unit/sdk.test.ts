import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { beforeAll, expect, test, vi } from "vitest";
import { catalogue } from "../../provider/resources/catalogue.js";
import * as sdk from "../../sdk/index.js";
import { providerLine } from "../../sdk/linuxnet-resource.js";
import { example } from "./public-names.js";

/** A request to Pulumi's engine (resource.proto, RegisterResourceRequest). */
interface Request {
  getType(): string;
  getName(): string;
  getDeletedwith(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
}
const register = vi.spyOn(MockMonitor.prototype, "registerResource");

beforeAll(async () => {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ name, inputs }) => ({
      id: `${name}-id`,
      state: { ...(inputs as object), ifindex: 7, up: true, inode: 4711 },
    }),
    call: ({ inputs }) => inputs as object,
  };
  await pulumi.runtime.setMocks(mocks, "shop", "dev");
});

/** Waits until the resources are registered; returns the requests by resource name. */
async function registeredBy(program: () => pulumi.Resource[]) {
  register.mockClear();
  await Promise.all(program().map((resource) => new Promise((resolve) => resource.urn.apply(resolve))));
  const requests = register.mock.calls.map(([request]) => request as Request);
  return Object.fromEntries(
    requests.map((request) => [
      request.getName(),
      {
        type: request.getType(),
        inputs: request.getObject().toJavaScript(),
        /** The name of the resource whose deletion also removes this one. */
        deletedWith: request.getDeletedwith().split("::").at(-1) || undefined,
      },
    ]),
  );
}

// Every state that any version has ever written contains this line, and a refresh or a delete runs it. It must never
// change: otherwise resources remain that can be neither read nor deleted.
test("the line that finds the provider is frozen for ever", () => {
  expect(providerLine).toBe('exports.handler = () => require("pulumi-linuxnet/provider")');
});

test("the design's example: each resource has its type, its line, its kind and its owner, and what it was given", async () => {
  const resources = await registeredBy(() => Object.values(example()));
  const types = Object.fromEntries(Object.entries(resources).map(([name, { type }]) => [name, type]));
  expect(types).toEqual({
    forward: "pulumi-nodejs:dynamic/linuxnet:Sysctl",
    con1: "pulumi-nodejs:dynamic/linuxnet:Namespace",
    br0: "pulumi-nodejs:dynamic/linuxnet:Bridge",
    veth1: "pulumi-nodejs:dynamic/linuxnet:Veth",
    "con1-default": "pulumi-nodejs:dynamic/linuxnet:Route",
    masq: "pulumi-nodejs:dynamic/linuxnet:MasqueradeRule",
    web: "pulumi-nodejs:dynamic/linuxnet:PortForward",
  });
  expect(resources["veth1"]?.inputs).toEqual({
    kind: "Veth",
    owner: { project: "shop", stack: "dev", name: "veth1" },
    __provider: providerLine,
    host: "host1",
    name: "veth1",
    namespace: "con1",
    addresses: ["172.17.0.101/24"],
    peer: { name: "veth1-br", bridge: "br0" },
    standsOn: "7 up",
  });
  // A route is deleted with its interface, however it refers to it; a policy rule depends on the interfaces that it
  // names.
  expect(resources["con1-default"]?.inputs).toHaveProperty("standsOn", "7 up up, 7 up");
  // Firewall rules stay in place when interfaces with the names that they use are created or deleted.
  expect(resources["masq"]?.inputs).not.toHaveProperty("standsOn");
  expect(resources["con1"]?.inputs).not.toHaveProperty("standsOn");
});

test("outputs of what was left out are the defaults, and depend on the resource", async () => {
  const later = <T>(value: T) => pulumi.output(Promise.resolve(value));
  const veth = new sdk.Veth("cable", {
    host: "host1",
    ...({ addresses: undefined } as object),
    hairpin: later<boolean | undefined>(undefined) as pulumi.Output<boolean>,
    mtu: 1400,
    peer: { name: "far", isolated: true },
  });
  const route = new sdk.Route("way", { host: "host1", destination: "10.0.0.0/8", via: "10.1.0.1" });
  const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));
  expect(await valueOf(veth.mtu)).toBe(1400);
  expect(await valueOf(veth.addresses)).toEqual([]);
  expect(await valueOf(veth.hairpin)).toBe(false);
  expect(await valueOf(veth.marked)).toBe(true);
  expect(await valueOf(veth.peer)).toEqual({ name: "far", addresses: [], up: true, hairpin: false, isolated: true });
  expect(await valueOf(route.table)).toBe("main");
  expect(await valueOf(route.metric)).toBeUndefined();
  expect(veth.isolated).toBe(veth.isolated);
  const isolated = veth.isolated as unknown as { resources(): Set<pulumi.Resource> };
  expect([...isolated.resources()]).toEqual([veth]);
});

test("a resource goes with the namespace or the device whose name output it was given", async () => {
  const resources = await registeredBy(() => {
    const host = "host1";
    const con1 = new sdk.Namespace("con1", { host });
    const con2 = new sdk.Namespace("con2", { host });
    const veth = new sdk.Veth("by-peer", { host, name: "v1", peer: { name: "v2", namespace: con2.name } });
    return [
      veth,
      new sdk.Veth("by-itself", { host, namespace: con1.name, peer: { name: "v3", namespace: con2.name } }),
      new sdk.Bridge("by-text", { host, namespace: "con1" }),
      new sdk.Bridge("by-another-output", { host, namespace: pulumi.interpolate`${con1.name}` }),
      new sdk.Bridge("by-choice", { host, namespace: con1.name }, { deletedWith: con2 }),
      new sdk.Route("by-device", { host, destination: "10.0.0.0/8", device: veth.name }),
      new sdk.MasqueradeRule("by-namespace", {
        host,
        namespace: con1.name,
        source: "10.0.0.0/24",
        exceptOutInterface: veth.name,
      }),
      new sdk.PortForward("on-the-host", {
        host,
        protocol: "tcp",
        listenPort: 80,
        targetAddress: "10.0.0.1",
        exceptInInterface: veth.name,
      }),
      new sdk.Sysctl("in-namespace", { host, namespace: con2.name, key: "net.ipv4.ip_forward", value: 1 }),
      new sdk.Veth("peer-as-an-output", { host, name: "v5", peer: pulumi.output({ name: "v6" }) }),
    ];
  });
  const deletedWith = Object.fromEntries(
    Object.entries(resources).map(([name, resource]) => [name, resource.deletedWith]),
  );
  expect(deletedWith).toEqual({
    con1: undefined,
    con2: undefined,
    "by-peer": "con2",
    "by-itself": "con1",
    "by-text": undefined,
    "by-another-output": undefined,
    "by-choice": "con2",
    "by-device": "by-peer",
    "by-namespace": "con1",
    "on-the-host": undefined,
    "in-namespace": "con2",
    "peer-as-an-output": undefined,
  });
});

test("what is in a container's network that is attached outlives the name, and stands on that very network", async () => {
  const host = "host1";
  const resources = await registeredBy(() => {
    const c1 = new sdk.Namespace("c1", { host, attach: { docker: "c1" } });
    const box = new sdk.Namespace("box", { host });
    const lan = new sdk.Bridge("lan", { host });
    const eth0 = new sdk.Veth("eth0", { host, namespace: c1.name, peer: { name: "port", bridge: lan.name } });
    return [
      c1,
      eth0,
      new sdk.Veth("peer", { host, namespace: box.name, peer: { name: "eth1", namespace: c1.name } }),
      new sdk.Route("way", { host, namespace: c1.name, destination: "default", via: "10.0.0.1", device: eth0.name }),
      new sdk.MasqueradeRule("out", { host, namespace: c1.name, source: "10.0.0.0/24" }),
      new sdk.Sysctl("setting", { host, namespace: c1.name, key: "net.ipv4.ip_forward", value: 1 }),
      new sdk.Bridge("depends", { host, namespace: "c1" }, { dependsOn: c1 }),
    ];
  });
  const seen = Object.entries(resources).map(([name, { deletedWith, inputs }]) => [name, deletedWith, inputs.standsOn]);
  expect(seen.sort()).toEqual(
    [
      ["c1", undefined, undefined],
      ["box", undefined, undefined],
      ["lan", undefined, undefined],
      ["eth0", undefined, "7 up, inode 4711"],
      ["peer", "box", "inode 4711"],
      ["way", "eth0", "7 up up, 7 up, inode 4711"],
      ["out", undefined, "inode 4711"],
      ["setting", undefined, "inode 4711"],
      ["depends", undefined, "inode 4711"],
    ].sort(),
  );
});

test("a name that Pulumi is to fill in can be passed on all the same", async () => {
  const resources = await registeredBy(() => {
    const con = new sdk.Namespace("con", { host: "host1" });
    return [con, new sdk.Bridge("lan", { host: "host1", namespace: con.name })];
  });
  expect(resources["lan"]?.deletedWith).toBe("con");
});

test.each(
  catalogue.map(
    ({ kind, schema, outputs }) => [kind, [...Object.keys(schema.shape), ...Object.keys(outputs)]] as const,
  ),
)("%s has all inputs and outputs as properties", (kind, properties) => {
  const Class = (sdk as unknown as Record<string, unknown>)[kind] as new (
    name: string,
    args: object,
  ) => Record<string, unknown>;
  const resource = new Class(`all-${kind}`, { host: "host1", name: "x" });
  for (const property of properties) expect(pulumi.Output.isInstance(resource[property]), property).toBe(true);
});

test("the SDK has the catalogue's resources, the components and nothing else", () => {
  const components = Object.values(sdk as Record<string, unknown>).filter(
    (each) => typeof each === "function" && each.prototype instanceof pulumi.ComponentResource,
  );
  const names = components.map((each) => (each as { name: string }).name);
  expect(names.sort()).toEqual(["ContainerNetwork", "Overlay"]);
  expect(Object.keys(sdk).sort()).toEqual([...catalogue.map(({ kind }) => kind), ...names].sort());
});

/** Returns what `body` threw, and checks that Node's own settings for stack traces are unchanged. */
function thrownBy(body: () => unknown): Error | undefined {
  const settings = () => [Error.stackTraceLimit, Object.getOwnPropertyDescriptor(Error, "prepareStackTrace")];
  const before = settings();
  try {
    body();
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    expect(settings()).toEqual(before);
  }
}

test("what is changed of Node's stack traces while a resource is made is put back", () => {
  expect(thrownBy(() => new sdk.Bridge("traced", { host: "host1" }))).toBeUndefined();
});

test("a resource without a name is an error that says where", () => {
  const error = thrownBy(() => new sdk.Bridge("", { host: "host1" }));
  expect(error?.message).toMatch(/Missing resource name/);
  expect(error?.stack).toMatch(/sdk\.test\.ts/);
});
