/** Problems of a Macvlan and its parent: the message names them, and nothing is left behind. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PartialError } from "../../provider/lifecycle/errors.js";
import { groupOf } from "../../provider/lifecycle/ownership.js";
import { SharedObservations } from "../../provider/lifecycle/shared-observations.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { endProcessInside, processInside } from "../kinds/damage-by-hand.js";
import { TestHost } from "./test-host.js";
import { traces } from "./traces.js";

let host: TestHost;
let before: string[];
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());
beforeEach(() => {
  host.sh(`${clearHost}; ip netns add box; ip link add p9 address 02:00:00:00:09:09 type veth peer name q9
    ip link set p9 up; ip link set q9 up; ip link add br0 type bridge; ip link add s9 type veth peer name t9; ip link set s9 master br0`);
  before = traces(host);
});

const named = (name: string) => new TestResource(host, "Macvlan", name);
const wanted = { namespace: "box", name: "eth0", parent: "p9" };

describe("it can't be made", () => {
  test.each<[string, object, RegExp]>([
    [
      "its parent is not there",
      { parent: "eth7" },
      /^Macvlan "lan" on kernel: Cannot find device "eth7"\n[^]*→ .*pass its `name` output/,
    ],
    [
      "its namespace is not there",
      { namespace: "nobox" },
      /Invalid "netns" value[^]*→ The network namespace does not exist/,
    ],
    ["its MTU is above the parent's", { mtu: 9000 }, /→ .* the mtu can't be above the parent's/],
    [
      "its parent is a bridge's port",
      { parent: "s9" },
      /busy\n[^]*→ .*The parent s9 has to be an Ethernet interface, no bridge's port/,
    ],
    [
      "it has its parent's Ethernet address",
      { mac: "02:00:00:00:09:09" },
      /already in use\n[^]*→ Another interface on the same parent, or the parent itself, has this Ethernet address/,
    ],
  ])("%s", async (_, more, words) => {
    await expect(named("lan").up({ ...wanted, ...more })).rejects.toThrow(words);
    expect(traces(host)).toEqual(before);
  });

  test("another one is alone on its parent", async () => {
    await named("alone").up({ name: "m0", parent: "p9", mode: "passthru" });
    const theirs = traces(host);
    await expect(named("lan").up(wanted)).rejects.toThrow(/with one in mode passthru no other/);
    expect(traces(host)).toEqual(theirs);
  });

  test("its parent is a macvlan: the kernel takes that one's parent; it is said so, and what was made can be taken away", async () => {
    host.sh("ip link add link p9 name m0 type macvlan");
    const theirs = traces(host);
    const resource = named("lan");
    const error: unknown = await resource.up({ ...wanted, parent: "m0" }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(PartialError);
    expect((error as PartialError).message).toMatch(/parent: asked for "m0", has "interface \d+"/);
    resource.state = { host: "kernel", ...(error as PartialError).state };
    await resource.down();
    expect(traces(host)).toEqual(theirs);
  });

  test("its own one lives on in a namespace without a name: it is found by its mark, and taken away", async () => {
    const resource = named("lan");
    await resource.up(wanted);
    host.sh(`${processInside("box")}; ip netns del box; ip netns add box`);
    await resource.up(wanted);
    expect(resource.changes(wanted)).toEqual([]);
    host.sh(endProcessInside);
    await resource.down();
  });

  test("one with its Ethernet address and no mark lives on in a namespace without a name, until the process in it ends", async () => {
    const resource = named("lan");
    await resource.up(wanted);
    host.sh(`ip -n box link set eth0 alias '' group 0; ${processInside("box")}; ip netns del box; ip netns add box`);
    await expect(resource.up(wanted)).rejects.toThrow(/lives as long as a process is inside/);
    host.sh(
      `${endProcessInside}; while bridge fdb show dev p9 | grep -q '^${String(resource.state!.mac)} self'; do sleep 0.01; done`,
    );
    await resource.up(wanted);
    expect(resource.changes(wanted)).toEqual([]);
  });
});

test("somebody else's is taken over with adopt: in place where the kernel can, and refused where it can't", async () => {
  host.sh("ip link add link p9 name eth0 netns box type macvlan mode private");
  await expect(named("lan").up(wanted)).rejects.toThrow(
    /held by a macvlan interface that this stack did not create; nothing was changed for this resource[^]*adopt: true/,
  );
  await expect(named("lan").up({ ...wanted, parent: "br0", adopt: true })).rejects.toThrow(
    /nothing was changed for this resource/,
  );
  const index = host.sh("ip -n box -o link show eth0 | cut -d: -f1");
  const state = await named("lan").up({ ...wanted, adopt: true });
  expect(state).toMatchObject({ ifindex: Number(index), mode: "bridge", marked: true });
});

test("many on one parent are made in a round trip each, and read in two looks", async () => {
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  const lans = numbers.map((number) => named(`lan${number}`));
  const inputs = (number: number) => ({ ...wanted, name: `eth${number}`, addresses: [`10.6.${number}.2/24`] });
  await Promise.all(lans.map((lan, index) => lan.up(inputs(index + 1))));
  expect(host.sh("ip -n box -o link show type macvlan | grep -c @")).toBe("12");
  let asked = 0;
  const looks = new SharedObservations({
    run: (batch) => ((asked += batch.commands.length), host.transport.run(batch)),
    close: () => Promise.resolve(),
  });
  // The first few run their own queries.
  const facts = lans.flatMap((lan) => {
    const { definition, inputs, context } = lan.task(lan.state!);
    return Object.values(definition.observe(inputs as never, context) as Record<string, never>);
  });
  const found = await Promise.all(
    [...facts, ...facts].map((fact) => looks.answer(fact, groupOf({ project: "shop", stack: "dev" }))),
  );
  // One query for the interfaces, and one for their parents.
  expect(asked).toBe(2);
  expect(found.filter(Boolean).length).toBeGreaterThan(facts.length);
  await Promise.all(lans.map((lan) => lan.down()));
  expect(traces(host)).toEqual(before);
});
