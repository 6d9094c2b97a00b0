import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { codeBlocks, readPage } from "../documentation.ts";
import { makeConsumer } from "./consumer.ts";
import { repository } from "./pack.ts";
import { expectShown } from "./shown-output.ts";
import { Stack } from "./stack.ts";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string[];

const dumps = () => Promise.all(lab.hosts.map((host) => lab.dump(host)));
const program = (file: string) => readFileSync(path.join(repository, file), "utf8");

beforeAll(async () => {
  folder = makeConsumer();
  const hosts = [
    { name: "host1", address: "10.0.12.15/22" },
    { name: "host2", address: "10.0.12.11/22" },
  ];
  lab = await startLab({ folder: path.join(folder, "lab"), hosts });
  before = await dumps();
  stack = await new Stack(lab, folder).program(program("test/engine/programs/steps.js")).init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const containers = [1, 2, 3].map((number) => ({
  name: `container${number}`,
  namespace: `netns${number}`,
  address: `172.17.0.${100 + number}`,
}));

/** Standard output of a program on a host, or in one of its namespaces, whether or not it succeeds. */
async function said(host: string, argv: readonly string[], namespace?: string): Promise<string> {
  const inside = namespace === undefined ? argv : ["ip", "netns", "exec", namespace, ...argv];
  return (await lab.exec(host, inside, { reject: false })).stdout;
}
const curl = async (host: string, url: string, namespace?: string) =>
  (await said(host, ["curl", "-s", "-m", "2", url], namespace)).trim();
const ping = async (namespace: string, address: string) =>
  /[1-9] received/.exec(await said("host1", ["ping", "-c", "1", "-W", "1", address], namespace)) !== null;

async function goTo(step: number): Promise<Readonly<Record<string, number>>> {
  await stack.succeed("config", "set", "--stack", stack.name, "step", String(step));
  const { changes } = await stack.up();
  for (const { namespace, name } of containers) await lab.startWeb("host1", { namespace, port: 8080 }, name);
  return changes;
}

/** All pairs of containers in which the second one answers the first, as `from to`. */
async function answers(): Promise<string[]> {
  const pairs = containers.flatMap((from) => containers.filter((to) => to !== from).map((to) => [from, to] as const));
  const found = await Promise.all(
    pairs.map(async ([from, to]) =>
      (await curl("host1", `${to.address}:8080`, from.namespace)) === to.name ? [`${from.name} ${to.name}`] : [],
    ),
  );
  return found.flat();
}

// The steps of the article, one after another, each an `up` of the real engine over SSH.
describe.sequential("Docker's default network by hand", () => {
  test("1: each namespace answers itself on its loopback, and not without it", async () => {
    expect(await goTo(1)).toEqual({ create: 3 });
    for (const { namespace, name } of containers) expect(await curl("host1", "localhost:8080", namespace)).toBe(name);

    await lab.exec("host1", ["ip", "-n", "netns3", "link", "set", "lo", "down"]);
    expect(await curl("host1", "localhost:8080", "netns3")).toBe("");
    expect((await stack.up("--refresh")).changes).toMatchObject({ update: 1, same: 2 });
    expect(await curl("host1", "localhost:8080", "netns3")).toBe("container3");
  });

  test("2: a pair joins two containers, and no third", async () => {
    expect(await goTo(2)).toEqual({ create: 1, same: 3 });
    expect((await answers()).sort()).toEqual(["container1 container2", "container2 container1"]);
  });

  test("3: a bridge joins all three, without an address of its own", async () => {
    await goTo(3);
    expect(await answers()).toHaveLength(6);
    expect(await said("host1", ["ip", "-4", "address", "show", "dev", "br0"])).toBe("");
    for (const port of ["veth1-br", "veth2-br", "veth3-br"])
      expect(await said("host1", ["ip", "-br", "link", "show", "master", "br0"])).toContain(port);
    // The pair of step 2 is gone, including its far end.
    expect(await said("host1", ["ip", "-br", "link"], "netns2")).not.toMatch(/veth1/);
  });

  test("4: the bridge's address is in the host's main and local tables", async () => {
    expect(await goTo(4)).toEqual({ update: 1, same: 6 });
    expect(await said("host1", ["ip", "route", "show", "table", "main"])).toMatch(/^172\.17\.0\.0\/24 dev br0/m);
    expect(await said("host1", ["ip", "route", "show", "table", "local"])).toMatch(/^local 172\.17\.0\.1 dev br0/m);
    expect(await ping("netns1", "10.0.12.15")).toBe(false);
  });

  test("5: with a default route container1 reaches the host's own address", async () => {
    expect(await goTo(5)).toEqual({ create: 3, same: 7 });
    expect(await ping("netns1", "10.0.12.15")).toBe(true);
  });

  test("6: the host forwards; requests reach host2, and no reply comes back", async () => {
    const echoes = async () =>
      Number(/^Icmp: (?:\d+ ){8}(\d+)/m.exec(await said("host2", ["cat", "/proc/net/snmp"]))?.[1]);
    const atFirst = await echoes();
    expect(await ping("netns1", "10.0.12.11")).toBe(false);
    expect(await echoes()).toBe(atFirst);

    expect(await goTo(6)).toEqual({ create: 2, same: 10 });
    expect(
      await said("host1", ["cat", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/all/forwarding"]),
    ).toMatch(/^1\s1$/);
    expect(await ping("netns1", "10.0.12.11")).toBe(false);
    expect(await echoes()).toBe(atFirst + 1);
  });

  test("7: with MASQUERADE container1 reaches host2", async () => {
    expect(await goTo(7)).toEqual({ create: 1, same: 12 });
    expect(await said("host1", ["iptables", "-t", "nat", "-S", "POSTROUTING"])).toMatch(
      /-s 172\.17\.0\.0\/24 ! -o br0 .*-j MASQUERADE/,
    );
    expect(await ping("netns1", "10.0.12.11")).toBe(true);
  });

  test("8: the published port answers host2, the host itself and the containers of the bridge", async () => {
    expect(await curl("host2", "10.0.12.15:8000")).toBe("");
    expect(await goTo(8)).toEqual({ create: 1, same: 13 });
    expect(await said("host1", ["iptables", "-t", "nat", "-S", "PREROUTING"])).toMatch(
      /! -i br0 .*--dport 8000 .*-j DNAT --to-destination 172\.17\.0\.101:8080/,
    );
    expect(await curl("host2", "10.0.12.15:8000")).toBe("container1");
    expect(await curl("host1", "10.0.12.15:8000")).toBe("container1");
    for (const { namespace } of containers.slice(1))
      expect(await curl("host1", "10.0.12.15:8000", namespace)).toBe("container1");
  });

  test("a second up and a refresh find nothing to do", async () => {
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: 14 });
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: 14 });
    await stack.succeed("refresh", "--preview-only", "--expect-no-changes", "--stack", stack.name);
  });

  test("each run has one connection to a host, however much it has to do", async () => {
    const log = path.join(folder, "lab/hosts/host1/sshd.log");
    const logins = () => readFileSync(log, "utf8").match(/Accepted publickey/g)?.length ?? 0;
    const refreshes = stack.refreshesAfterUp;
    stack.refreshesAfterUp = false;
    for (const run of [() => goTo(1), () => goTo(8), () => stack.refresh()]) {
      const before = logins();
      await run();
      expect(logins()).toBe(before + 1);
    }
    stack.refreshesAfterUp = refreshes;
  });

  test("with hairpin on its port, a container reaches itself through the published port", async () => {
    // If the host's iptables sees bridged packets (br_netfilter), the frame leaves through the port that it came from.
    expect(await goTo(9)).toEqual({ update: 1, same: 13 });
    expect(await curl("host1", "10.0.12.15:8000", "netns1")).toBe("container1");
  });

  test("what the example in the repository makes works as well", async () => {
    for (const { namespace } of containers) await lab.stopWeb("host1", { namespace, port: 8080 });
    await stack.destroy();
    rmSync(path.join(folder, "index.js"));
    stack.program(program("examples/two-hosts/index.ts"), "index.ts");
    expect((await stack.up()).changes).toEqual({ create: 14 });
    for (const { namespace, name } of containers) await lab.startWeb("host1", { namespace, port: 8080 }, name);
    expect(await answers()).toHaveLength(6);
    expect(await ping("netns1", "10.0.12.11")).toBe(true);
    expect(await curl("host2", "10.0.12.15:8000")).toBe("container1");
    await expectShown(lab, codeBlocks(readPage("examples/two-hosts/README.md")));
  });

  test("destroyed, the hosts are as before", async () => {
    expect((await stack.destroy()).changes).toEqual({ delete: 14 });
    expect(await dumps()).toEqual(before);
  });
});
