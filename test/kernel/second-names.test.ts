/**
 * A namespace that was given a second name by hand: a delete removes what the stack created in it, and leaves the name
 * that somebody else gave it.
 */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { findMarkedScript } from "../../provider/commands/marked-interfaces.js";
import { findOrphans } from "../../provider/lifecycle/orphans.js";
import { survey } from "../../provider/lifecycle/survey.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import type { Transport } from "../../provider/transport/transport.js";
import { endProcessInside, processInside } from "../kinds/damage-by-hand.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

const stack = { project: "shop", stack: "dev" };

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterEach(() => host.sh(clearHost));
afterAll(() => host.stop());

const attachOther = "nsenter --net=/run/netns/box sh -c 'ip netns attach other $$'";
const marks = () =>
  host.sh("for ns in $(ls /run/netns); do ip -n $ns -d link; done; ip -d link | grep -o 'linuxnet:.*' || :");

async function make() {
  const [box, web, eth] = [
    new TestResource(host, "Namespace", "box"),
    new TestResource(host, "Namespace", "web"),
    new TestResource(host, "Veth", "eth"),
  ];
  await box.up({});
  await web.up({});
  await eth.up({ namespace: "box", peer: { name: "port" } });
  return { box, web, eth };
}

test("beside its own: a delete takes marks and interfaces, and leaves the other name and what is foreign in it", async () => {
  const { box, web } = await make();
  host.sh(
    `${attachOther}; ip -n other link add theirs type dummy 2>/dev/null || ip -n other link add theirs type bridge`,
  );
  await box.down();
  expect(host.sh("ls /run/netns")).toBe("other\nweb");
  expect(host.sh("ip -n other -o link | sed 's/[:@].*//' | wc -l; ip -n other -o link show theirs | wc -l")).toBe(
    "2\n1",
  );
  await web.down();
  expect(marks()).not.toContain("linuxnet:");
});

test("beside its own, on a host without nsenter: marks go as well", async () => {
  const transport: Transport = {
    run: ({ commands, ...batch }) => {
      const without = commands.map(({ argv, ...command }) => ({
        ...command,
        argv: argv.map((word) => word.replaceAll("nsenter", "no-nsenter")),
      }));
      return host.transport.run({ ...batch, commands: without });
    },
    close: () => Promise.resolve(),
  };
  const box = new TestResource({ transport }, "Namespace", "box");
  await box.up({});
  host.sh(attachOther);
  await box.down();
  expect(host.sh("ls /run/netns")).toBe("other");
  expect(marks()).not.toContain("linuxnet:");
});

test("in the place of its own: an interface in it tells whose it is", async () => {
  const { box, web } = await make();
  host.sh(`${attachOther}; ip netns del box`);
  await box.refresh();
  expect(box.state).toMatchObject({ loopback: "missing" });
  await box.down();
  await web.down();
  expect(host.sh("ls /run/netns")).toBe("other");
  expect(marks()).not.toContain("linuxnet:");
});

test("where the host has no nsenter, nobody knows what is in a namespace that lost its name: an error, and not gone", async () => {
  let program = "no-nsenter";
  const transport: Transport = {
    run: ({ commands, ...batch }) => {
      const swapped = commands.map(({ argv, ...command }) => ({
        ...command,
        argv: argv.map((word) => (word === findMarkedScript ? word.replace("nsenter", program) : word)),
      }));
      return host.transport.run({ ...batch, commands: swapped });
    },
    close: () => Promise.resolve(),
  };
  const box = new TestResource({ transport }, "Namespace", "box");
  await box.up({});
  host.sh(`${processInside("box")}; ip netns del box`);
  await expect(box.refresh()).rejects.toThrow(
    "The program no-nsenter is missing on the host: install the package that brings it.",
  );
  program = "nsenter";
  await box.refresh();
  expect(box.state).toMatchObject({ loopback: "missing" });
  await box.down();
  host.sh(endProcessInside);
});

test("in the place of its own, with nothing in it: the group of its lo tells whose it is", async () => {
  const box = new TestResource(host, "Namespace", "box");
  await box.up({});
  host.sh(`${attachOther}; ip netns del box`);
  await box.refresh();
  expect(box.state).toMatchObject({ loopback: "missing" });
  await box.down();
  expect(host.sh("ls /run/netns")).toBe("other");
  expect(marks()).not.toContain("linuxnet:");
  expect(host.sh("ip -n other -o link show dev lo")).toContain("group default");
});

test("in the place of its own, where another resource has the same mark: each takes its own alone", async () => {
  const [one, two] = [new TestResource(host, "Namespace", "box"), new TestResource(host, "Namespace", "box")];
  await one.up({ name: "one" });
  await two.up({ name: "two" });
  host.sh("ip netns del one");
  const { state } = one;
  await one.down();
  expect(host.sh("ip -n two -o link show dev lo")).toContain(two.mark);
  host.sh(`${attachOther.replace("box", "two")}; ip netns del two`);
  one.state = state;
  await one.down();
  expect(host.sh("ip -n other -o link show dev lo")).toContain(two.mark);
  await two.down();
  expect(marks()).not.toContain("linuxnet:");
});

test("made by a version that gave lo no group, in the place of its own, with nothing in it: orphans has it", async () => {
  const box = new TestResource(host, "Namespace", "box");
  await box.up({});
  host.sh(`ip -n box link set dev lo group default; ${attachOther}; ip netns del box`);
  await box.down();
  expect(host.sh("ls /run/netns")).toBe("other");
  const orphans = findOrphans(await survey(host.transport, stack, catalogue), stack, [], []);
  expect(orphans.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["Namespace box"]);
});
