/** The main scenario on a machine with its own kernel, systemd and udev: that of `LINUXNET_MACHINE`, or Debian 12. */
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, type LabHost, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "../engine/consumer.ts";
import { repository } from "../engine/pack.ts";
import { Stack } from "../engine/stack.ts";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

const ofSystemd = process.env.LINUXNET_INTERFACE_NAMES === "systemd";

// A container as Docker creates it: its interface has the same name as the host's own.
const guest = `
const guest = new Namespace("guest", { host });
new Veth("guest-eth0", {
  host,
  name: "eth0",
  namespace: guest.name,
  addresses: ["172.17.0.110/24", "fd00:17::110/64"],
  gateway: "172.17.0.1",
  peer: { name: "guest-port", bridge: br0.name },
}, { dependsOn: [br0] });
`;

// The kernel derives these from the memory that is free at boot: ip-sysctl.rst.
const sizedAtBoot = /^\/proc\/sys\/net\/ipv4\/(?:tcp_mem|tcp_rmem|tcp_wmem|udp_mem):.*\n/gm;
const dump = async () => (await lab.dump("host1")).replaceAll(sizedAtBoot, "");

beforeAll(async () => {
  folder = makeConsumer();
  const machine = process.env.LINUXNET_MACHINE ?? "bookworm";
  const interfaceNames = ofSystemd ? "systemd" : "eth0";
  const hosts: LabHost[] = [
    { name: "host1", address: "10.0.12.15/22", address6: "fd00:12::15/64", machine, interfaceNames },
    { name: "host2", address: "10.0.12.11/22", address6: "fd00:12::11/64" },
  ];
  lab = await startLab({ folder: path.join(folder, "lab"), hosts, debian: "" });
  // The dump reads iptables tables, which exist from then on.
  await lab.dump("host1");
  before = await dump();
  const example = readFileSync(path.join(repository, "examples/two-hosts/index.ts"), "utf8");
  stack = await new Stack(lab, folder).program(`${example}${guest}`, "index.ts").init();
}, 600_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const size = 16;

const said = async (host: string, ...argv: string[]) => (await lab.exec(host, argv, { reject: false })).stdout.trim();
const inside = (namespace: string, ...argv: string[]) => ["ip", "netns", "exec", namespace, ...argv];
const curl = (url: string) => ["curl", "-s", "-m", "5", url];
const ping = (address: string) => ["ping", "-c", "1", "-W", "5", address];

async function startWebServers(): Promise<void> {
  for (const number of [1, 2, 3])
    await lab.startWeb("host1", { namespace: `netns${number}`, port: 8080 }, `container${number}`);
}

/** Who answers on each path of the scenario. */
async function answers(): Promise<Record<string, string>> {
  const received = async (...argv: string[]) => (/[1-9] received/.test(await said("host1", ...argv)) ? "answers" : "");
  return {
    "container to container": await said("host1", ...inside("netns1", ...curl("172.17.0.102:8080"))),
    "container to the host": await received(...inside("netns1", ...ping("10.0.12.15"))),
    "container to another host": await received(...inside("netns1", ...ping("10.0.12.11"))),
    "another host to the published port": await said("host2", ...curl("10.0.12.15:8000")),
    "the host to the published port": await said("host1", ...curl("10.0.12.15:8000")),
    "container to the published port": await said("host1", ...inside("netns2", ...curl("10.0.12.15:8000"))),
    "container to its own published port": await said("host1", ...inside("netns1", ...curl("10.0.12.15:8000"))),
    "eth0 of a container to a container": await said("host1", ...inside("guest", ...curl("172.17.0.103:8080"))),
    "eth0 of a container to another host": await received(...inside("guest", ...ping("10.0.12.11"))),
  };
}
const all = {
  "container to container": "container2",
  "container to the host": "answers",
  "container to another host": "answers",
  "another host to the published port": "container1",
  "the host to the published port": "container1",
  "container to the published port": "container1",
  "container to its own published port": "container1",
  "eth0 of a container to a container": "container3",
  "eth0 of a container to another host": "answers",
};

describe.sequential("Docker's default network on a machine of its own", { timeout: 240_000 }, () => {
  test("comes with one up, on a host whose own interface is eth0", async () => {
    const route = await said("host1", "ip", "route", "get", "10.0.12.11");
    expect(route).toMatch(ofSystemd ? / dev en\w+ / : / dev eth0 /);
    const { changes, output } = await stack.up();
    expect(changes).toEqual({ create: size });
    expect(output).toMatch(/warning: host host1: systemd-networkd runs there/);
    await startWebServers();
    expect(await answers()).toEqual(all);
  });

  test("stays: a refresh and a second up find nothing to do", async () => {
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("doctor names the service there that flushes what it did not make", async () => {
    const { stdout } = await stack.shell([path.join(folder, "node_modules/.bin/linuxnet"), "doctor"]);
    expect(stdout).toMatch(/^host1 .* systemd-network /m);
    expect(stdout).toMatch(/^warning: host1: systemd-networkd runs there\. .*ManageForeignRoutes=no/m);
  });

  // `npm run test:machines` has the time for it.
  const onMatrix = process.env.LINUXNET_MATRIX === undefined ? () => undefined : test;
  onMatrix("goes with a reboot, and one up brings it back", async () => {
    await lab.reboot("host1");
    const { changes, output } = await stack.refresh();
    expect(output).toMatch(/host host1: it was booted at .* UTC, after this stack had made what is gone now/);
    // Forwarding is off again. Everything else is gone.
    expect(changes.same ?? 0).toBeLessThanOrEqual(2);
    await stack.up();
    await startWebServers();
    expect(await answers()).toEqual(all);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("destroyed, the machine is as before", async () => {
    for (const number of [1, 2, 3]) await lab.stopWeb("host1", { namespace: `netns${number}`, port: 8080 });
    expect((await stack.destroy()).changes).toEqual({ delete: size });
    expect(await dump()).toBe(before);
  });
});
