/**
 * Whatever depends on something that is replaced, or that goes down and comes up again, exists after the same `up`:
 * with `dependsOn`, with references through other resources, and without either.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { type Network, changed, output, programFromData, setNetwork, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

const host = "host1";
const on = { host };
const route = (destination: string, via: string, dependsOn: string[], more: object = {}) => ({
  kind: "Route",
  args: { ...on, destination, via, ...more },
  options: { dependsOn },
});

/** A bridge, a container behind it, a second pair, and what depends on them by references or `dependsOn`. */
const network: Network = {
  lan: { kind: "Bridge", args: { ...on, name: "lan", addresses: ["10.70.0.1/24", "fd70::1/64"] } },
  box: { kind: "Namespace", args: { ...on, name: "box" } },
  eth: {
    kind: "Veth",
    args: {
      ...on,
      namespace: output("box.name"),
      name: "eth0",
      addresses: ["10.70.0.2/24", "fd70::2/64"],
      gateway: ["10.70.0.1", "fd70::1"],
      peer: { name: "box-port", bridge: output("lan.name") },
    },
    options: { dependsOn: ["lan"] },
  },
  cable: {
    kind: "Veth",
    args: {
      ...on,
      name: "left",
      addresses: ["10.71.0.1/24"],
      peer: { name: "right", namespace: output("box.name"), addresses: ["10.71.0.2/24"] },
    },
  },
  "behind-pair": route("10.91.0.0/16", "10.70.0.2", ["eth"]),
  "behind-both": route("10.92.0.0/16", "10.70.0.2", ["lan", "eth"]),
  "behind-bridge": route("fd92::/64", "fd70::2", ["lan"]),
  "behind-cable": route("10.93.0.0/16", "10.71.0.2", ["cable"]),
  "behind-route": route("10.94.0.0/16", "10.70.0.2", ["behind-pair"]),
};

/** What depends on them on the host alone: Pulumi knows of no reference. */
const plainRoute = route("10.95.0.0/16", "10.70.0.2", []);
const renamed: Network = { plain: plainRoute, ...network };
const plain: Network = {
  ...renamed,
  "plain-inside": route("10.96.0.0/16", "10.71.0.1", ["box"], { namespace: "box" }),
  "plain-device": { kind: "Route", args: { ...on, destination: "10.97.0.0/16", device: "left" } },
  "plain-setting": { kind: "Sysctl", args: { ...on, key: "net.ipv4.conf.lan.log_martians", value: "1" } },
  "plain-port": { kind: "Veth", args: { ...on, name: "port0", bridge: "lan", peer: { name: "port1" } } },
};
const sizeOf = (network: Network) => Object.keys(network).length;

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  await lab.dump(host);
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
  await upTo(stack, network);
  // If all resources were new, Pulumi would not keep the order.
  expect((await upTo(stack, renamed)).changes).toEqual({ create: 1, same: sizeOf(network) });
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const urnOf = async (name: string) => (await stack.resources())[name]!.urn;
/** With the option deleteBeforeReplace: otherwise the replacement would find the old resource and leave it as it is. */
const rebuilt = (name: string) => ({
  ...plain,
  [name]: { ...plain[name]!, options: { ...plain[name]!.options, deleteBeforeReplace: true } },
});

describe.sequential("a refresh behind the up finds all there", { timeout: 300_000 }, () => {
  test.each<[string, Network, replaced?: string]>([
    ["the bridge has another name", changed(renamed, { lan: { name: "lan2" } })],
    ["the bridge has its first name again", renamed],
    [
      "the pair's far end has another name",
      changed(renamed, { eth: { peer: { name: "box-port2", bridge: output("lan.name") } } }),
    ],
    ["the namespace has another name", changed(renamed, { box: { name: "box2" } })],
    ["the namespace and the pair's end have their first names again", renamed],
    ["more that has no reference to what it stands on", plain],
    ["the bridge is replaced where it is", rebuilt("lan"), "lan"],
    ["a pair is replaced where it is", rebuilt("cable"), "cable"],
    ["the container's pair is replaced where it is", rebuilt("eth"), "eth"],
    ["the namespace is replaced where it is", rebuilt("box"), "box"],
  ])("%s", async (_title, there, replaced) => {
    await upTo(stack, there, ...(replaced === undefined ? [] : ["--replace", await urnOf(replaced)]));
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: sizeOf(there) });
  });

  test("an interface that is down takes routes along, which the run says, and brings them back", async () => {
    await setNetwork(stack, changed(plain, { cable: { up: false } }));
    const { exitCode, output } = await stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name);
    expect(exitCode).not.toBe(0);
    expect(output).toContain('* Route "behind-cable" on host1: Error: Nexthop has invalid gateway.');
    expect(output).toContain(
      'warning: host host1: Route "plain-device" went when Veth "cable" changed, and could not be put back: Error: Device for nexthop is not up.',
    );
    await upTo(stack, plain);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: sizeOf(plain) });
  });
});

describe.sequential("what was changed by hand", { timeout: 300_000 }, () => {
  test("a bridge that was renamed comes back with all that stands on it, and nothing says that it could not", async () => {
    // A resource with neither a reference nor dependsOn fails if its bridge does not exist yet.
    await upTo(stack, renamed);
    await lab.exec(host, ["ip", "link", "set", "lan", "name", "lan9"]);
    const { output } = await stack.up("--refresh");
    expect(output).toContain('Bridge "lan" is not in its place: its mark is on lan9');
    expect(output).not.toContain("could not be put back");
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: sizeOf(renamed) });
  });

  test.each(["plain", "behind-bridge"])("a route that is tainted and was replaced: %s", async (name) => {
    const { destination, via } = plain[name]!.args as { destination: string; via: string };
    await lab.exec(host, ["ip", "route", "replace", destination, "via", via.replace(/2$/, "9")]);
    await stack.pulumi("state", "taint", await urnOf(name), "--yes", "--stack", stack.name);
    const { changes } = await stack.up("--refresh");
    expect(changes).toMatchObject({ replace: 1 });
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: sizeOf(renamed) });
  });
});

test("destroyed, the host is as it was", async () => {
  await stack.destroy();
  expect(await lab.dump(host)).toBe(before);
});
