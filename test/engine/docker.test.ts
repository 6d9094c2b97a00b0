import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { DockerDaemon } from "../../examples/lab/docker.ts";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { containerNetwork } from "./container-network.ts";
import { type Network, changed, output, programFromData, upTo } from "./network.ts";
import { othersInDump } from "./others-in-dump.ts";
import { expectRefused } from "./refused.ts";
import { Stack } from "./stack.ts";

const host = "host1";

let folder: string;
let lab: Lab;
let daemon: DockerDaemon;
let stack: Stack;
let before: string;

/** The stack's own network, and an interface in its namespace whose other end is on the bridge of Docker's network. */
const network: Network = {
  ...containerNetwork({ name: "red", number: 1 }),
  guest: {
    kind: "Veth",
    args: {
      host,
      name: "eth7",
      namespace: output("box.name"),
      addresses: ["172.30.0.77/24"],
      peer: { name: "red-guest", bridge: "dock0" },
    },
  },
};
const size = Object.keys(network).length;

beforeAll(async () => {
  folder = makeConsumer();
  const hosts = [
    { name: host, address: "10.0.12.15/22" },
    { name: "host2", address: "10.0.12.11/22" },
  ];
  lab = await startLab({ folder: path.join(folder, "lab"), hosts });
  daemon = await lab.startDocker(host, "docker");
  await makeContainer();
  await containerAnswers();
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const sh = async (...lines: string[]) => (await lab.exec(host, ["sh", "-ec", lines.join("\n")])).stdout;
const docker = (...args: string[]) => daemon.docker(...args);

/** Creates a Docker network, and a container in it with a published port. */
async function makeContainer(): Promise<void> {
  const bridge = ["--opt", "com.docker.network.bridge.name=dock0"];
  await docker("network", "create", "--subnet", "172.30.0.0/24", ...bridge, "dock");
  const place = ["--network", "dock", "--ip", "172.30.0.2", "--publish", "9000:80"];
  await docker("run", "--detach", "--name", "web", "--restart", "always", "--stop-signal", "KILL", ...place, "web");
}

const dockers = async () =>
  othersInDump(await lab.dump(host), {
    stack: "shop/test",
    resources: Object.keys(network),
    namespaces: ["red", "crimson"],
    interfaces: ["red0", "red-port", "red-guest"],
    routes: stack.protocol,
  });

const curl = async (from: string, url: string, ...inside: string[]) =>
  (await lab.exec(from, [...inside, "curl", "-s", "-m", "3", url], { reject: false })).stdout.trim();

/** Waits until the container answers: Docker starts it after its own start. */
async function containerAnswers(): Promise<void> {
  await vi.waitFor(async () => expect(await curl("host2", "10.0.12.15:9000")).toBe("docker"), { timeout: 20_000 });
}

/** The command that enters the container's network namespace. Its image has no curl. */
async function inContainer(): Promise<string[]> {
  const pid = (await docker("inspect", "--format", "{{.State.Pid}}", "web")).trim();
  return ["nsenter", `--net=/proc/${pid}/ns/net`];
}

/** Who answers on which path. */
const answers = async (port = 8001, namespace = "red") => ({
  "Docker's port, from outside": await curl("host2", "10.0.12.15:9000"),
  "Docker's port, from the host": await curl(host, "10.0.12.15:9000"),
  "Docker's port, from our container": await curl(host, "10.0.12.15:9000", "ip", "netns", "exec", namespace),
  "our port, from outside": await curl("host2", `10.0.12.15:${port}`),
  "our port, from the host": await curl(host, `10.0.12.15:${port}`),
  "our port, from the host's localhost": await curl(host, `localhost:${port}`),
  "our port, from Docker's container": await curl(host, `10.0.12.15:${port}`, ...(await inContainer())),
});
const all = {
  "Docker's port, from outside": "docker",
  "Docker's port, from the host": "docker",
  "Docker's port, from our container": "docker",
  "our port, from outside": "red",
  "our port, from the host": "red",
  "our port, from the host's localhost": "red",
  "our port, from Docker's container": "red",
};

describe.sequential("a stack beside Docker", () => {
  let theirs: string;

  test("comes; each answers as before, and Docker's rules and links are as they were", async () => {
    theirs = await dockers();
    for (const word of ["filter :FORWARD DROP", "nat -A DOCKER ! -i dock0", '"ifname":"docker0"', '"master":"dock0"'])
      expect(theirs).toContain(word);
    expect((await upTo(stack, network)).changes).toEqual({ create: size });
    expect(await dockers()).toBe(theirs);
    await lab.startWeb(host, { namespace: "red", port: 80 }, "red");
    expect(await answers()).toEqual(all);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    // Docker drops packets that it does not know. Ours are accepted by rules in the chain that Docker leaves to others.
    expect((await stack.resources()).web!.outputs).toMatchObject({ acceptedIn: "DOCKER-USER" });
  });

  test("is refused names that Docker holds", async () => {
    const port = (await sh("ls /sys/class/net/dock0/brif")).split("\n").find((name) => name.startsWith("veth"))!;
    const taken: Network = {
      lan2: { kind: "Bridge", args: { host, name: "docker0" } },
      eth2: { kind: "Veth", args: { host, name: "red-x", peer: { name: port } } },
    };
    await expectRefused(
      lab,
      stack,
      [{ ...network, ...taken }],
      [
        'Bridge "lan2" on host1: name "docker0" is held by a bridge interface that this stack did not create',
        `Veth "eth2" on host1: peer.name "${port}" is held by a veth interface that this stack did not create`,
      ],
    );
  });

  test("is changed and in part replaced", async () => {
    await lab.stopWeb(host, { namespace: "red", port: 80 });
    const { changes } = await upTo(
      stack,
      changed(network, {
        box: { name: "crimson" },
        lan: { addresses: ["10.1.0.1/24", "10.1.9.1/24"], mtu: 1400 },
        out: { exceptDestinations: undefined },
        web: { listenPort: 8002 },
      }),
    );
    expect(changes).toMatchObject({ replace: 4, update: 3, same: 2 });
    await lab.startWeb(host, { namespace: "crimson", port: 80 }, "red");
    expect(await answers(8002, "crimson")).toEqual(all);
    expect(await dockers()).toBe(theirs);
    await lab.stopWeb(host, { namespace: "crimson", port: 80 });
  });

  test("goes, and Docker stays", async () => {
    await stack.destroy();
    expect(await lab.dump(host)).toBe(before);
    expect(await curl("host2", "10.0.12.15:9000")).toBe("docker");
  });
});

/**
 * Checks that a refresh finds this many changed resources, that one `up` repairs them, and that nothing is left to do.
 */
async function expectRepaired(hits: number): Promise<void> {
  const { same, ...drift } = (await stack.refresh()).changes;
  expect(same, JSON.stringify(drift)).toBe(size - hits);
  await stack.up();
  expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
  expect(await answers()).toEqual(all);
}

describe.sequential("Docker does beside a stack what it does", { timeout: 120_000 }, () => {
  test("it restarts, with new rules and links of its own, and ours are as they were", async () => {
    await upTo(stack, network);
    await lab.startWeb(host, { namespace: "red", port: 80 }, "red");
    await daemon.restart();
    await containerAnswers();
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    expect(await answers()).toEqual(all);
  });

  test("its network is removed and made anew, and takes our interface's place on the bridge along", async () => {
    await docker("rm", "--force", "web");
    await docker("network", "rm", "dock");
    await makeContainer();
    await containerAnswers();
    await expectRepaired(1);
    expect(await curl(host, "172.30.0.2", "ip", "netns", "exec", "red")).toBe("docker");
  });

  test("all rules are flushed, as a firewall's reload does, and Docker is restarted for its own", async () => {
    await sh("for table in nat filter mangle raw; do iptables -t $table -F; iptables -t $table -X; done");
    await daemon.restart();
    await containerAnswers();
    await expectRepaired(3);
  });

  test("the stack goes, and Docker stays", async () => {
    const theirs = await dockers();
    await stack.destroy();
    expect(await dockers()).toBe(theirs);
    expect(await lab.dump(host)).not.toContain("linuxnet:");
    expect(await curl("host2", "10.0.12.15:9000")).toBe("docker");
  });
});
