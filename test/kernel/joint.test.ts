import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ip } from "../../provider/commands/command.js";
import { ResourceError } from "../../provider/lifecycle/errors.js";
import type { Batch, CommandResult, Transport } from "../../provider/transport/transport.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());
beforeEach(() => {
  host.sh(clearHost);
});

/** Records the batches that a transport is asked to run. */
class Counted implements Transport {
  readonly batches: Batch[] = [];
  constructor(private readonly to: Transport) {}
  run(batch: Batch): Promise<CommandResult[]> {
    this.batches.push(batch);
    return this.to.run(batch);
  }
  close(): Promise<void> {
    return this.to.close();
  }
}

const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
const bridges = (resources: { readonly transport: Transport } = host) =>
  numbers.map((number) => new TestResource(resources, "Bridge", `br${number}`));
const upAll = (resources: readonly TestResource[], inputs: (number: number) => object) =>
  Promise.allSettled(resources.map((resource, index) => resource.up(inputs(index + 1) as never)));
const namesOf = (words: string) => words.match(/\bbr\d+(?=:)/g) ?? [];

test("something new is made in one round trip each, and all of them at once", async () => {
  const counted = new Counted(host.transport);
  const results = await upAll(bridges({ transport: counted }), (number) => ({ name: `br${number}` }));
  expect(results.map(({ status }) => status)).toEqual(numbers.map(() => "fulfilled"));
  expect(counted.batches).toHaveLength(12);
  expect(namesOf(host.sh("ip -o link show type bridge"))).toHaveLength(12);
});

test("one that is somebody else's is refused in its own words, and keeps no other from being made", async () => {
  host.sh("ip link add br5 type bridge; ip link add br9 type bridge; ip link set br9 alias keep");
  const made = bridges();
  const results = await upAll(made, (number) => ({ name: `br${number}`, addresses: [`10.${number}.0.1/24`] }));
  const failed = results.flatMap((result, index) =>
    result.status === "rejected" ? [[index + 1, result.reason] as const] : [],
  );
  expect(failed.map(([number]) => number)).toEqual([5, 9]);
  for (const [number, error] of failed) {
    expect(error).toBeInstanceOf(ResourceError);
    expect((error as Error).message).toMatch(
      new RegExp(`^Bridge "br${number}" on kernel: name "br${number}" is held by`),
    );
  }
  expect(host.sh("ip -o -4 address show | grep -c ' br'")).toBe("10");
  // Neither has been changed.
  expect(host.sh("ip -o link show br5")).not.toMatch(/alias|,UP/);
  expect(host.sh("ip -o link show br9")).toMatch(/alias keep/);
});

test("what another run of the stack made and could not record is taken over, all at once", async () => {
  await upAll(bridges(), (number) => ({ name: `br${number}`, mtu: 1400 }));
  const results = await upAll(bridges(), (number) => ({ name: `br${number}`, mtu: 1450 }));
  expect(results.map(({ status }) => status)).toEqual(numbers.map(() => "fulfilled"));
  expect(host.sh("ip -o link show type bridge | grep -c 'mtu 1450'")).toBe("12");
});

test("what fails in the middle of one is undone, and of the others nothing is lost", async () => {
  const results = await upAll(bridges(), (number) => ({
    name: `br${number}`,
    addresses: number === 7 ? ["10.1.0.1/24", "224.0.0.1/24"] : [`10.${number}.0.1/24`],
  }));
  expect(results.flatMap(({ status }, index) => (status === "rejected" ? [index + 1] : []))).toEqual([7]);
  expect(namesOf(host.sh("ip -o link show type bridge")).toSorted()).toEqual(
    numbers
      .filter((number) => number !== 7)
      .map((number) => `br${number}`)
      .toSorted(),
  );
});

test("rules that no kernel takes fail alone; those of the others are there once", async () => {
  const forwards = numbers.map((number) => new TestResource(host, "PortForward", `web${number}`));
  host.sh("iptables -t nat -N LINUXNET-TEST");
  const results = await upAll(forwards, (number) => ({
    protocol: "tcp",
    listenPort: 8000 + number,
    targetAddress: `10.0.0.${number}`,
    targetPort: 80,
  }));
  expect(results.map(({ status }) => status)).toEqual(numbers.map(() => "fulfilled"));
  for (const number of numbers)
    expect(host.sh(`iptables-save -t nat | grep -c -- '-A PREROUTING .*--dport ${8000 + number} '`)).toBe("1");
  await Promise.all(forwards.map((forward) => forward.down()));
  expect(host.sh("iptables-save | grep '^-A' || true")).toBe("");
});

test("all are taken away at once, also where some are gone already", async () => {
  const made = bridges();
  await upAll(made, (number) => ({ name: `br${number}` }));
  host.sh("ip link del br3; ip link del br4");
  await Promise.all(made.map((resource) => resource.down()));
  expect(namesOf(host.sh("ip -o link show type bridge"))).toEqual([]);
});

test("interfaces in many namespaces go side by side, and each has its own result", async () => {
  const many = Array.from({ length: 70 }, (_, index) => index + 1);
  host.sh(
    many
      .filter((number) => number !== 9)
      .map((number) => `ip link add p${number} type veth peer name q${number}`)
      .join("; "),
  );
  host.sh("ip netns add box; ip link set q1 netns box");
  const tell = (name: string) => ({ argv: ["sh", "-c", `echo ${name} >>/run/told`] });
  const remove = (namespace: string | undefined, name: string) =>
    host.transport.run({ commands: [ip(namespace, "link", "delete", "dev", name), tell(name)] });
  const results = await Promise.all([
    remove("box", "q1"),
    remove("nowhere", "q2"),
    ...many.slice(2).map((number) => remove(undefined, `p${number}`)),
  ]);
  const failures = results.flatMap(([result], index) => (result!.exitCode === 0 ? [] : [[index + 1, result!.stderr]]));
  expect(failures).toEqual([
    [2, 'Cannot open network namespace "nowhere": No such file or directory'],
    [9, 'Cannot find device "p9"'],
  ]);
  expect(host.sh("ip -o link show type veth | cut -d ' ' -f 2").trim().split("\n").toSorted()).toEqual([
    "p2@q2:",
    "q2@p2:",
  ]);
  // After a failure, nothing else of its batch ran; everything in the other batches ran, once.
  expect(host.sh("sort /run/told").trim().split("\n")).toEqual(
    many
      .map((number) => (number === 1 ? "q1" : `p${number}`))
      .filter((name) => name !== "p2" && name !== "p9")
      .toSorted(),
  );
  host.sh("rm /run/told; ip netns delete box");
});
