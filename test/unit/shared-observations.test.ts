import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Fact, Found } from "../../provider/commands/command.js";
import { link, links, type Link } from "../../provider/commands/link.js";
import { routesTo } from "../../provider/commands/route.js";
import { SharedObservations } from "../../provider/lifecycle/shared-observations.js";
import { type Batch, TransportError } from "../../provider/transport/transport.js";
import { createFakeTransport } from "../fake-transport.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const json = (name: string) =>
  JSON.stringify([{ ifindex: 2, ifname: name, flags: [], mtu: 1500, group: "default", address: "", addr_info: [] }]);
const everywhere = `@\n${json("eth0")}\n=0\n@box\n${json("veth1")}\n=0\n@stale\n=255\n`;

const group = 2 ** 30;

/** A host that counts its shared queries. */
function host(reply: () => string = () => everywhere) {
  const transport = createFakeTransport(() => ({ stdout: reply() }));
  const looks = new SharedObservations(transport);
  const nameIn = async (fact: Fact<Found<Link>>) => (await looks.answer(fact, group))?.value?.name;
  return { transport, looks, nameIn };
}

/** The first few queries, which the callers have to run themselves. */
async function firstFew({ looks }: ReturnType<typeof host>): Promise<void> {
  for (let asked = 0; asked < 4; asked++) expect(await looks.answer(link("box", "veth1"), group)).toBeUndefined();
}

test("a few ask for themselves, and then one look is for all", async () => {
  const { transport, looks, nameIn } = host();
  await firstFew({ transport, looks, nameIn });
  expect(transport.batches).toHaveLength(0);
  expect(await Promise.all([nameIn(link("box", "veth1")), nameIn(link(undefined, "eth0"))])).toEqual(["veth1", "eth0"]);
  expect((await looks.answer(links("box"), group))?.value?.map(({ name }) => name)).toEqual(["veth1"]);
  expect(transport.batches).toHaveLength(1);
});

test("what is not there is proven by the look; what it could not enter is asked for itself", async () => {
  const one = host();
  await firstFew(one);
  expect(await one.looks.answer(link("box", "eth9"), group)).toEqual({ missing: "object" });
  expect(await one.looks.answer(link("stale", "veth1"), group)).toBeUndefined();
  expect(await one.looks.answer(link("nosuch", "veth1"), group)).toBeUndefined();
});

/** The namespaces of a shared query. */
const namespacesOf = ({ commands: [command] }: Batch) => command!.argv[4];

test("only the namespaces of those who ask are asked for, and another look is made for those who come later", async () => {
  const reply = (names: string) =>
    `${names
      .split(" ")
      .map((name) => `@${name}\n${json("veth1")}\n=0`)
      .join("\n")}\n`;
  const transport = createFakeTransport(({ argv }) => ({ stdout: reply(argv[4]!) }));
  const looks = new SharedObservations(transport);
  const ask = async (namespace: string) => (await looks.answer(link(namespace, "veth1"), group))?.value?.name;
  const known = async (...names: string[]) => {
    const answers = await Promise.all(names.map(ask));
    return names.filter((_, index) => answers[index] === "veth1");
  };
  expect(await known("a1", "a2", "a3", "a4", "a5")).toEqual(["a5"]);
  expect(await known("a1", "a2")).toEqual(["a1", "a2"]);
  expect(await known("b1", "b2", "b3", "b4")).toEqual([]);
  expect(await known("b5", "b6")).toEqual(["b5", "b6"]);
  expect(transport.batches.map(namespacesOf)).toEqual(["a1 a2 a3 a4 a5", "a1 a2 a3 a4 a5 b1 b2 b3 b4 b5 b6"]);
});

test("of the host's own interfaces, which may be thousands of others', only the stack's are answered so", async () => {
  const one = host();
  for (let asked = 0; asked < 4; asked++) await one.looks.answer(link(undefined, "eth0"), group);
  expect(await one.nameIn(link(undefined, "eth0"))).toBe("eth0");
  expect(await one.looks.answer(link(undefined, "eth9"), group)).toBeUndefined();
  expect(await one.looks.answer(links(undefined), group)).toBeUndefined();
  expect(one.transport.batches.map(({ commands: [command] }) => command!.argv.slice(4, 7))).toEqual([
    ["-", String(group), `group ${group}`],
  ]);
});

test("after five seconds the host is looked at anew, and after a change", async () => {
  let name = "eth0";
  const one = host(() => `@\n${json(name)}\n=0\n`);
  await firstFew(one);
  expect(await one.nameIn(link(undefined, "eth0"))).toBe("eth0");
  name = "eth1";
  vi.advanceTimersByTime(4_999);
  expect(await one.nameIn(link(undefined, "eth0"))).toBe("eth0");
  vi.advanceTimersByTime(1);
  expect(await one.nameIn(link(undefined, "eth1"))).toBe("eth1");
  expect(one.transport.batches).toHaveLength(2);
  one.looks.invalidate();
  await firstFew(one);
});

test("a few who ask now and then go on asking for themselves", async () => {
  const one = host();
  for (let time = 0; time < 10; time++) {
    await firstFew(one);
    vi.advanceTimersByTime(5_001);
  }
  expect(one.transport.batches).toHaveLength(0);
});

test("a look that fails is an error for those who asked, and not kept", async () => {
  let fails = true;
  const lost = new TransportError("lost", "unknown", "host1", "the connection broke");
  const one = host(() => {
    if (fails) throw lost;
    return everywhere;
  });
  await firstFew(one);
  await expect(one.looks.answer(link("box", "veth1"), group)).rejects.toThrow(lost);
  fails = false;
  await firstFew(one);
  expect(await one.nameIn(link("box", "veth1"))).toBe("veth1");
});

test("routes are found by their table and destination; a table's own name is known on the host only", async () => {
  const routes = [
    { type: "1", dst: "default", gateway: "10.0.0.1", dev: "eth0", protocol: "3", scope: "0" },
    { type: "1", dst: "default", gateway: "10.0.0.9", dev: "eth0", protocol: "3", scope: "0", tos: "0x10" },
    { type: "1", dst: "10.9.0.0/16", dev: "eth0", protocol: "3", scope: "253", table: "77" },
  ];
  const { looks } = host(() => `@\n${JSON.stringify(routes)}\n=0\n`);
  const answer = (destination: string, table?: string) => looks.answer(routesTo(undefined, destination, table), group);
  for (let asked = 0; asked < 4; asked++) expect(await answer("0.0.0.0/0")).toBeUndefined();
  expect((await answer("0.0.0.0/0"))?.value).toMatchObject([{ via: "10.0.0.1" }]);
  expect((await answer("10.9.0.0/16", "77"))?.value).toMatchObject([{ device: "eth0", scope: "link" }]);
  expect((await answer("10.9.0.0/16"))?.value).toEqual([]);
  expect(await answer("10.9.0.0/16", "uplink")).toBeUndefined();
});
