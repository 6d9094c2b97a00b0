/**
 * Services that manage networks, on a machine where they run for real: that of `LINUXNET_MACHINE`, or Debian 12. Next
 * to each of them a stack is created, its traffic flows, the service is reloaded or restarted, a refresh shows what
 * that removed, one `pulumi up --refresh` restores it, and a destroy leaves what belongs to the service as it was.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, type LabHost, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "../engine/consumer.ts";
import { containerNetwork } from "../engine/container-network.ts";
import { type Network, output, programFromData, upTo } from "../engine/network.ts";
import { type Own, othersInDump } from "../engine/others-in-dump.ts";
import { Stack } from "../engine/stack.ts";
import { services } from "./services.ts";

const host = "host1";

/** Every kind of resource that a service could affect, and a second container to send requests from. */
const network: Network = {
  ...containerNetwork({ name: "red", number: 1 }),
  box2: { kind: "Namespace", args: { host, name: "pink" } },
  eth2: {
    kind: "Veth",
    args: {
      host,
      name: "eth0",
      namespace: output("box2.name"),
      addresses: ["10.1.0.3/24"],
      gateway: "10.1.0.1",
      peer: { name: "pink-port", bridge: output("lan.name") },
    },
    options: { dependsOn: ["lan"] },
  },
  // Through the interface that a service manages.
  way: { kind: "Route", args: { host, destination: "10.250.0.0/16", via: "10.0.12.11" } },
  policy: { kind: "Rule", args: { host, priority: 1000, from: "10.1.0.0/24", table: "main" } },
};
const size = Object.keys(network).length;
const own = (): Own => ({
  stack: "shop/test",
  resources: Object.keys(network),
  namespaces: ["red", "pink"],
  interfaces: ["red0", "red-port", "pink-port"],
  routes: stack.protocol,
});

let folder: string;
let lab: Lab;
let stack: Stack;

const sh = async (...lines: string[]) => (await lab.exec(host, ["sh", "-ec", lines.join("\n")])).stdout;
const curl = async (from: string, url: string, ...inside: string[]) =>
  (await lab.exec(from, [...inside, "curl", "-s", "-m", "5", url], { reject: false })).stdout.trim();
const ping = async (address: string, ...inside: string[]) =>
  / [1-9] received/.test(
    (await lab.exec(host, [...inside, "ping", "-c", "1", "-W", "5", address], { reject: false })).stdout,
  );
const within = (namespace: string) => ["ip", "netns", "exec", namespace];

/** Who answers on the paths of docs/nat.md. */
const answers = async () => ({
  "outside → published port": await curl("host2", "10.0.12.15:8001"),
  "the host → its own address": await curl(host, "10.0.12.15:8001"),
  "the host → 127.0.0.1": await curl(host, "127.0.0.1:8001"),
  "the host → a container": await curl(host, "10.1.0.2"),
  "a container → a container": await curl(host, "10.1.0.2", ...within("pink")),
  "a container → a port of the same bridge": await curl(host, "10.0.12.15:8001", ...within("pink")),
  "a container → the host": await ping("10.0.12.15", ...within("pink")),
  "a container → outside": await curl(host, "10.0.12.11", ...within("pink")),
});
const all = {
  "outside → published port": "red",
  "the host → its own address": "red",
  "the host → 127.0.0.1": "red",
  "the host → a container": "red",
  "a container → a container": "red",
  "a container → a port of the same bridge": "red",
  "a container → the host": true,
  "a container → outside": "outside",
};

beforeAll(async () => {
  folder = makeConsumer();
  const { LINUXNET_MACHINE: machine = "bookworm", LINUXNET_INTERFACE_NAMES: names } = process.env;
  const interfaceNames = names === "systemd" ? "systemd" : "eth0";
  const hosts: LabHost[] = [
    { name: host, address: "10.0.12.15/22", machine, interfaceNames },
    { name: "host2", address: "10.0.12.11/22" },
  ];
  lab = await startLab({ folder: path.join(folder, "lab"), hosts, debian: "" });
  await lab.startWeb("host2", { port: 80 }, "outside");
  stack = await new Stack(lab, folder).program(programFromData()).init();
}, 900_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const debian = process.env.LINUXNET_MACHINE ?? "bookworm";
const only = (process.env.LINUXNET_ROWS ?? "").split("\n").filter((row) => row !== "");

/** The warning about networkd, which manages the machine's own interface next to every other service. */
const ofNetworkd = /systemd-networkd runs there/;
const warningsIn = (output: string) => [
  ...new Set(output.split("\n").flatMap((line) => /warning: host host1: (.*)/.exec(line)?.[1] ?? [])),
];

/** A service that restarts recreates its chains in another order: they are compared by name, not by position. */
const withSortedChains = (dump: string) =>
  dump.replaceAll(/(?:^\tchain [^{]*\{\n(?:(?!\t\}).*\n)*\t\}\n)+/gm, (chains) =>
    chains
      .split(/^(?=\tchain )/m)
      .sort()
      .join(""),
  );

for (const service of services.filter(({ name }) => only.length === 0 || only.includes(name))) {
  const { name, start, stop, firewall = "auto", others, ownDoing, reloads, warns, advice } = service;
  describe.sequential(`beside ${name}`, () => {
    const dumped = async () => {
      const dump = await lab.dump(host);
      return ownDoing ? dump.replaceAll(ownDoing, "") : dump;
    };
    // A stack's kernel settings change other settings too. They are compared once the stack is gone.
    const theirs = async () =>
      [
        ...withSortedChains(othersInDump(await dumped(), own()))
          .split(/^(?==== )/m)
          .filter((part) => !part.startsWith("=== host: sysctls")),
        await sh(others),
      ]
        .join("\n")
        .replaceAll(/\n+/g, "\n");
    // When forwarding is off again, the kernel accepts redirects again, whatever was set before: see docs/limits.md.
    // A service that restarts recreates its own rules, with the chains in another order.
    const dump = async () =>
      (await dumped())
        .replaceAll(/^.*accept_redirects:.*\n/gm, "")
        .split("\n")
        .sort()
        .join("\n");
    let before: string;
    let whole: string;
    let outcome: Awaited<ReturnType<Stack["up"]>>;

    beforeAll(async () => {
      await sh(start);
      const entries = Object.entries(lab.inventory());
      await stack.setInventory(
        Object.fromEntries(entries.map(([name, entry]) => [name, name === host ? { ...entry, firewall } : entry])),
      );
      await dump();
      before = await theirs();
      whole = await dump();
    }, 900_000);
    afterAll(async () => {
      await sh(stop);
    }, 900_000);

    if (advice) {
      test("what it closes is said, with what opens it", { timeout: 900_000 }, async () => {
        const { output } = await upTo(stack, network);
        expect(warningsIn(output)).toContainEqual(expect.stringMatching(advice.warns));
        await lab.startWeb(host, { namespace: "red", port: 80 }, "red");
        const open = Object.entries(await answers()).filter(([way, answer]) => answer === all[way as keyof typeof all]);
        expect(open.map(([way]) => way)).toEqual(Object.keys(all).filter((way) => !advice.closed.includes(way)));
        await lab.stopWeb(host, { namespace: "red", port: 80 });
        await stack.destroy();
        expect(await theirs()).toBe(before);
        await sh(advice.does);
        before = await theirs();
        whole = await dump();
      });
    }

    test("a stack comes, and its traffic flows", { timeout: 900_000 }, async () => {
      outcome = await upTo(stack, network);
      expect(outcome.changes).toEqual({ create: size });
      await lab.startWeb(host, { namespace: "red", port: 80 }, "red");
      expect(await answers()).toEqual(all);
      expect(await theirs()).toBe(before);
      expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    });

    test("what there is to know is said, and no more", () => {
      const said = warningsIn(outcome.output).filter((line) => name === "systemd-networkd" || !ofNetworkd.test(line));
      const wanted = typeof warns === "function" ? warns(debian) : warns;
      expect(said).toEqual(wanted ? [expect.stringMatching(wanted)] : []);
    });

    test.each(reloads)("$does", { timeout: 900_000 }, async ({ does, takes: given }) => {
      const takes = typeof given === "function" ? given(debian) : given;
      await sh(does);
      const { output, changes } = await stack.refresh();
      const hit = Object.keys(network).filter((name) =>
        new RegExp(`^ *[~-] .* ${name} +(?:deleted|updated)`, "m").test(output),
      );
      expect(hit.sort(), output).toEqual([...takes].sort());
      expect(changes.same ?? 0).toBe(size - takes.length);
      await stack.up("--refresh");
      expect(await answers()).toEqual(all);
      expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
      expect(await theirs()).toBe(before);
    });

    test("destroyed, what is the service's own is as before", { timeout: 900_000 }, async () => {
      await lab.stopWeb(host, { namespace: "red", port: 80 });
      expect((await stack.destroy()).changes).toEqual({ delete: size });
      expect(await theirs()).toBe(before);
      expect(await dump()).toBe(whole);
    });
  });
}
