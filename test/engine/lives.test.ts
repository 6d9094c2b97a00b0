/**
 * Every way in which Pulumi replaces a resource, for every kind. Afterwards the resource exists on the host, its
 * traffic flows, a refresh finds nothing, and a destroy leaves the host as it was.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Lab, type LabHost, startLab } from "../../examples/lab/lab.ts";
import { allCases } from "../kinds/index.js";
import { changesOf, commonKinds, leavesOf, networkOf } from "../kinds/whole-network.js";
import { makeConsumer } from "./consumer.ts";
import { type Network, changed, programFromData, setNetwork, upTo } from "./network.ts";
import { patiently } from "./patiently.ts";
import { PulumiProcess } from "./pulumi-process.ts";
import { Stack } from "./stack.ts";

const host = "host1";

/** Not every kernel supports all kinds. The virtual machines have Debian's, which support them. */
const kinds = process.env.LINUXNET_MACHINE === undefined ? commonKinds() : allCases();
const everyKind = networkOf(kinds, host);

/** Settings in a namespace that belongs to somebody else: only the state knows their earlier values. */
const yard = { namespace: "yard" };
const inYard: Network = {
  quiet: { kind: "Sysctl", args: { host, ...yard, key: "net.ipv4.conf.y0.log_martians", value: "1" } },
  local: {
    kind: "PortForward",
    args: {
      ...{ host, ...yard, protocol: "tcp", listenPort: 8002, localhost: true, exceptInInterface: "y0" },
      ...{ targetAddress: "10.5.0.2", targetPort: 80 },
    },
  },
};
const yardSettings = ["log_martians", "route_localnet"].map((key) => `/proc/sys/net/ipv4/conf/y0/${key}`);
const foundInYard = "0\n1";

/** With a file that belongs to somebody else, which `destroy` has to restore. */
const network: Network = {
  ...everyKind,
  box: { ...everyKind.box!, args: { ...everyKind.box!.args, hosts: { db: "10.0.0.2" }, adopt: true } },
};
const found = "/etc/netns/red/hosts";

const names = Object.keys(network);
const size = names.length;

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

beforeAll(async () => {
  folder = makeConsumer();
  const hosts: LabHost[] = [
    { name: host, address: "10.0.12.15/22" },
    { name: "host2", address: "10.0.12.11/22" },
  ];
  lab = await startLab({ folder: path.join(folder, "lab"), hosts });
  await lab.dump(host);
  await lab.exec(host, ["sh", "-c", `mkdir -p ${path.dirname(found)} && printf '10.0.0.9 db\\n\\nno end' >${found}`]);
  await lab.exec(host, ["ip", "netns", "add", "yard"]);
  await lab.exec(host, ["ip", "-n", "yard", "link", "add", "y0", "type", "bridge"]);
  await lab.exec(host, [
    "ip",
    "netns",
    "exec",
    "yard",
    "sh",
    "-c",
    `echo 1 >${yardSettings[1]}; echo 1 >/proc/sys/net/ipv4/ip_forward`,
  ]);
  expect(await settingsInYard()).toBe(foundInYard);
  before = await lab.dump(host);
  // With `hang` set, the program never ends: all resources are registered, and the engine does not delete anything yet.
  const program = `${programFromData()}
if (new pulumi.Config().getBoolean("hang")) setInterval(() => undefined, 1000);
`;
  stack = await new Stack(lab, folder).program(program).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const said = async (from: string, ...argv: string[]) => (await lab.exec(from, argv, { reject: false })).stdout.trim();
const settingsInYard = () => said(host, "ip", "netns", "exec", "yard", "cat", ...yardSettings);
const server = { namespace: "red", port: 80 };
const inside = ["ip", "netns", "exec", "red"];
const received = async (...argv: string[]) =>
  / [1-9] received/.test(await said(host, ...inside, "ping", "-c1", "-W1", ...argv));

/** Checks that a refresh finds everything as recorded, and that packets get through. */
async function expectWhole(): Promise<void> {
  expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  // The web server that already runs may be in a namespace that is gone.
  await lab.stopWeb(host, server);
  await lab.startWeb(host, server, "red");
  expect({
    "into the container": await said("host2", "curl", "-s", "-m", "2", "10.0.12.15:8001"),
    "out of it": await received("10.0.12.11"),
    "out of it, IPv6": await received("fd00:1::1"),
  }).toEqual({ "into the container": "red", "out of it": true, "out of it, IPv6": true });
}

const urns = async () =>
  Object.fromEntries(Object.entries(await stack.resources()).map(([name, { urn }]) => [name, urn]));

describe.sequential("another life of each kind", { timeout: patiently(300_000) }, () => {
  // Whatever a test leaves must not affect the next one.
  afterEach(async ({ task }) => {
    if (!task.name.startsWith("--replace:")) await upTo(stack, network, "--expect-no-changes");
  });

  test("the network has each kind", async () => {
    // `npm run test:machines` tests all of them.
    const there = new Set(Object.values(network).map(({ kind }) => kind));
    expect([...there].sort()).toEqual(kinds.map(({ kind }) => kind).sort());
    expect((await upTo(stack, network)).changes).toEqual({ create: size });
    await expectWhole();
  });

  test.each(names)("--replace: %s", async (name) => {
    await stack.up("--replace", (await urns())[name]!);
    await expectWhole();
  });

  test("--replace of all", async () => {
    const all = Object.values(await urns()).flatMap((urn) => ["--replace", urn]);
    await stack.up(...all);
    await expectWhole();
  });

  test("--target-replace", async () => {
    const all = Object.values(await urns()).flatMap((urn) => ["--target-replace", urn]);
    await stack.up(...all);
    await expectWhole();
  });

  test("state taint", async () => {
    await stack.succeed("state", "taint", "--yes", "--stack", stack.name, ...Object.values(await urns()));
    await stack.up();
    await expectWhole();
  });

  test.each([true, false])("--replace of all, with the option deleteBeforeReplace: %s", async (deleteBeforeReplace) => {
    const all = Object.values(await urns()).flatMap((urn) => ["--replace", urn]);
    const optioned = Object.fromEntries(
      Object.entries(network).map(([name, item]) => [
        name,
        { ...item, options: { ...item.options, deleteBeforeReplace } },
      ]),
    );
    await upTo(stack, optioned, ...all);
    await expectWhole();
  });

  test("replaceOnChanges", async () => {
    const options = { replaceOnChanges: ["*"] };
    const optioned = Object.fromEntries(
      Object.entries(network).map(([name, item]) => [name, { ...item, options: { ...item.options, ...options } }]),
    );
    const there = changed(optioned, changesOf(kinds));
    await upTo(stack, there);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    expect((await upTo(stack, there, "--expect-no-changes")).changes).toEqual({ same: size });
    await upTo(stack, optioned);
    await expectWhole();
  });

  test("another name for the same machine, and an inline host", async () => {
    const { [host]: entry, ...others } = lab.inventory();
    await stack.setInventory({ ...others, [host]: entry, web01: entry });
    const elsewhere = (host: unknown) => changed(network, Object.fromEntries(names.map((name) => [name, { host }])));
    for (const other of ["web01", { ...entry, name: "inline" }]) {
      await upTo(stack, elsewhere(other));
      await expectWhole();
    }
    await upTo(stack, network);
    await expectWhole();
  });

  test("a name that is not in the inventory any more is told before anything is touched", async () => {
    const { [host]: entry, ...others } = lab.inventory();
    await stack.setInventory({ ...others, web01: entry });
    await setNetwork(stack, changed(network, Object.fromEntries(names.map((name) => [name, { host: "web01" }]))));
    const there = await lab.dump(host);
    const { exitCode, output, changes } = await stack.pulumi("preview", "--stack", stack.name);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(
      /host: it was "host1", which the inventory \(linuxnet:hosts\) does not have any more\. .*deleteUnreachable/,
    );
    expect(changes).toEqual({});
    expect(await lab.dump(host)).toBe(there);
    await stack.setInventory(lab.inventory());
  });

  test("a replacement that failed, and was corrected", async () => {
    for (const some of [leavesOf(network), ["eth"], ["lan"]]) {
      const lost = Object.fromEntries(some.map((name) => [name, { namespace: "nowhere" }]));
      await setNetwork(stack, changed(network, lost));
      const failed = await stack.pulumi("up", "--yes", "--skip-preview", "--stack", stack.name, "--continue-on-error");
      expect(failed).toMatchObject({ exitCode: 1, changes: { failed: some.length } });
      await upTo(stack, network);
      await expectWhole();
    }
  });

  test("killed between the create and the delete", async () => {
    await stack.succeed("config", "set", "--stack", stack.name, "hang", "true");
    const all = Object.values(await urns()).flatMap((urn) => ["--replace", urn]);
    const run = PulumiProcess.start(lab, stack, "up", ...all);
    await run.reach(2 * size);
    run.kill();
    await run.end();
    run.killPlugins();
    await stack.makeReadable();
    await stack.succeed("config", "rm", "--stack", stack.name, "hang");
    await stack.succeed("cancel", "--yes", "--stack", stack.name);
    await stack.up();
    await expectWhole();
  });
});

describe.sequential(
  "another life keeps what was found in somebody else's namespace",
  { timeout: patiently(300_000) },
  () => {
    // Without a refresh the engine does not say what a forced replacement replaces: see docs/limits.md.
    const all = { ...network, ...inYard };
    const expectFound = async () => {
      const { quiet, local } = await stack.resources();
      expect([quiet!.outputs.found, local!.outputs.localnetFound].join("\n")).toBe(foundInYard);
      expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: Object.keys(all).length });
    };

    test("state taint, and --replace, with --refresh", async () => {
      await upTo(stack, all);
      await expectFound();
      const { quiet, local, ...others } = await urns();
      await stack.succeed("state", "taint", "--yes", "--stack", stack.name, ...Object.values(others), quiet!, local!);
      await stack.up("--refresh");
      await expectFound();
      await stack.up("--refresh", "--replace", quiet!, "--replace", local!);
      await expectFound();
    });

    test("replaceOnChanges", async () => {
      const options = { replaceOnChanges: ["*"] };
      const optioned = Object.entries(all).map(([name, item]) => [
        name,
        { ...item, options: { ...item.options, ...options } },
      ]);
      const there = Object.fromEntries(optioned) as Network;
      await upTo(stack, changed(there, { quiet: { value: "2" }, local: { targetPort: 81 } }));
      await expectFound();
      await upTo(stack, all);
      await expectFound();
    });

    test("another name for the same machine, and an inline host", async () => {
      const { [host]: entry, ...others } = lab.inventory();
      await stack.setInventory({ ...others, [host]: entry, web01: entry });
      for (const other of ["web01", { ...entry, name: "inline" }, host]) {
        await upTo(stack, changed(all, { quiet: { host: other }, local: { host: other } }));
        await expectFound();
      }
    });
  },
);

test("the values that were found are still known: destroyed, the host is as it was", async () => {
  await lab.stopWeb(host, server);
  expect(await settingsInYard()).toBe("1\n1");
  await stack.destroy();
  expect(await settingsInYard()).toBe(foundInYard);
  expect(await lab.dump(host)).toBe(before);
});
