import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { containerNetwork } from "./container-network.ts";
import { type Network, changed, programFromData, upTo } from "./network.ts";
import { expectRefused } from "./refused.ts";
import { Stack } from "./stack.ts";

const host = "host1";

let folder: string;
let lab: Lab;
let red: Stack;
let blue: Stack;
let before: string;

beforeAll(async () => {
  // Protocol numbers have eight bits: two stacks may get the same one.
  const numberOf = (name: string) => new Stack(lab, folder, name, {}).protocol;
  do folder = makeConsumer();
  while (numberOf("red") === numberOf("blue"));
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  before = await lab.dump(host);
  red = await new Stack(lab, folder, "red").program(programFromData()).init();
  blue = await new Stack(lab, folder, "blue").init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const reds = containerNetwork({ name: "red", number: 1 });
const blues = containerNetwork({ name: "blue", number: 2 });
/**
 * The second stack's forward over the first one's bridge. The kernel setting that permits it for the host's localhost
 * (route_localnet) belongs to the bridge.
 */
const shared = { ...blues.web!, args: { ...blues.web!.args, listenPort: 8003, exceptInInterface: "red0" } };
const routesLocalnet = async () => (await sh("cat /proc/sys/net/ipv4/conf/red0/route_localnet")).trim();
const size = Object.keys(reds).length;
const unchanged = { same: size };

const sh = async (...lines: string[]) => (await lab.exec(host, ["sh", "-ec", lines.join("\n")])).stdout;
const forwarding = async () => (await sh("cat /proc/sys/net/ipv4/ip_forward")).trim();
const answer = async () => (await sh("curl -s -m 2 10.0.12.15:8002 localhost:8002 || true")).trim();
const nothingToDo = async (stack: Stack) => (await stack.refresh("--expect-no-changes")).changes;

/** The dump, which must not contain this stack's mark or number. */
async function dumpWithout(stack: Stack): Promise<string> {
  const dump = await lab.dump(host);
  expect(dump).not.toMatch(new RegExp(`linuxnet:shop/${stack.name}@|"protocol":"${stack.protocol}"`));
  return dump;
}
const withoutReds = () => dumpWithout(red);
const withoutBlues = () => dumpWithout(blue);

describe.sequential("two stacks on one host, with the same names of resources", { timeout: 120_000 }, () => {
  let alone: string;

  test("the second comes to where the first one is", async () => {
    expect((await upTo(blue, blues)).changes).toEqual({ create: size });
    await lab.startWeb(host, { namespace: "blue", port: 80 }, "blue");
    alone = await withoutReds();
    expect((await upTo(red, reds)).changes).toEqual({ create: size });
    expect(await lab.dump(host)).toContain(`"protocol":"${red.protocol}"`);
    expect(await lab.dump(host)).toContain(`"protocol":"${blue.protocol}"`);
    expect(await forwarding()).toBe("1");
    expect(await answer()).toBe("blue\nblue");
    expect(await Promise.all([nothingToDo(red), nothingToDo(blue)])).toEqual([unchanged, unchanged]);
  });

  test("one is changed and in part replaced, and the other one notices nothing", async () => {
    expect((await upTo(blue, { ...blues, shared })).changes).toEqual({ ...unchanged, create: 1 });
    const { changes } = await upTo(
      red,
      changed(reds, {
        box: { name: "crimson" },
        lan: { addresses: ["10.1.0.1/24", "fd00:1::1/64"], mtu: 1400 },
        far: { destination: "10.111.0.0/16" },
        out: { exceptDestinations: undefined },
        web: { listenPort: 8101, localhost: false },
      }),
    );
    expect(changes).toMatchObject({ replace: 4, update: 3, same: 1 });
    expect(await nothingToDo(blue)).toEqual({ same: size + 1 });
    expect(await answer()).toBe("blue\nblue");
    // The forward that no longer needs the setting leaves it to the other one.
    expect(await routesLocalnet()).toBe("1");
  });

  test("a name that the other one holds is refused, with its owner, and nothing is touched", async () => {
    const veth = (args: object) => ({ kind: "Veth", args: { host, ...args } });
    const taken: Network = {
      box2: { kind: "Namespace", args: { host, name: "crimson" } },
      lan2: { kind: "Bridge", args: { host, name: "red0" } },
      port: { kind: "Bridge", args: { host, name: "red-port" } },
      inside: veth({ name: "eth0", namespace: "crimson", peer: { name: "blue-z" } }),
      gateway: veth({
        name: "eth9",
        namespace: "crimson",
        addresses: ["10.2.0.9/24"],
        gateway: "10.2.0.1",
        peer: { name: "blue-9" },
      }),
      path: { kind: "Route", args: { host, destination: "10.111.0.0/16", via: "10.0.12.1" } },
    };
    // The same names again, which one program can't use twice.
    const pairs: Network = {
      near: veth({ name: "red0", peer: { name: "blue-x" } }),
      peer: veth({ name: "blue-y", peer: { name: "red-port" } }),
    };
    const wanted = [taken, pairs].map((some) => ({ ...blues, shared, ...some }));
    await expectRefused(lab, blue, wanted, [
      'Namespace "box2" on host1: name "crimson" is held by a namespace marked "linuxnet:shop/red@ID/Namespace/box"',
      'Bridge "lan2" on host1: name "red0" is held by a bridge interface with the alias "linuxnet:shop/red@ID/Bridge/lan"',
      'Bridge "port" on host1: name "red-port" is held by a veth interface with the alias "linuxnet:shop/red@ID/Veth/eth"',
      'Veth "near" on host1: name "red0" is held by a bridge interface with the alias "linuxnet:shop/red@ID/Bridge/lan"',
      'Veth "peer" on host1: peer.name "red-port" is held by a veth interface with the alias "linuxnet:shop/red@ID/Veth/eth"',
      'Veth "inside" on host1: name "eth0" is held by a veth interface with the alias "linuxnet:shop/red@ID/Veth/eth"',
      `Veth "gateway" on host1: gateway "10.2.0.1" is taken by a default route (via 10.1.0.1 dev eth0 proto ${red.protocol}) that this stack did not create`,
      `Route "path" on host1: destination "10.111.0.0/16" is taken by a route (via 10.1.0.2 dev red0 proto ${red.protocol}) that this stack did not create`,
    ]);
    expect((await upTo(blue, blues)).changes).toEqual({ ...unchanged, delete: 1 });
    expect(await routesLocalnet()).toBe("0");
    expect(await nothingToDo(red)).toEqual(unchanged);
  });

  test("one goes, and the other one is as it was before that came; the setting that both want stays", async () => {
    expect((await red.destroy()).changes).toEqual({ delete: size });
    expect(await withoutReds()).toBe(alone);
    expect(await forwarding()).toBe("1");
    expect(await answer()).toBe("blue\nblue");
    expect(await nothingToDo(blue)).toEqual(unchanged);
  });

  test("it comes again, and now the other one goes first; the last one puts the setting back", async () => {
    await upTo(red, reds);
    await upTo(blue, { ...blues, shared });
    await lab.stopWeb(host, { namespace: "blue", port: 80 });
    expect((await blue.destroy()).changes).toEqual({ delete: size + 1 });
    await withoutBlues();
    expect(await forwarding()).toBe("1");
    expect(await routesLocalnet()).toBe("1");
    expect(await nothingToDo(red)).toEqual(unchanged);
    await red.destroy();
    expect(await forwarding()).toBe("0");
    expect(await lab.dump(host)).toBe(before);
  });

  test("both come and go at the same moment", async () => {
    const made = await Promise.all([red.up(), upTo(blue, blues)]);
    expect(made.map(({ changes }) => changes)).toEqual([{ create: size }, { create: size }]);
    expect(await Promise.all([nothingToDo(red), nothingToDo(blue)])).toEqual([unchanged, unchanged]);
    const gone = await Promise.all([red.destroy(), blue.destroy()]);
    expect(gone.map(({ changes }) => changes)).toEqual([{ delete: size }, { delete: size }]);
    expect(await forwarding()).toBe("0");
    expect(await lab.dump(host)).toBe(before);
  });
});
