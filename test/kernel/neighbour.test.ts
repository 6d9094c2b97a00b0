/** What only a Neighbour does: its entries have no mark but the stack's protocol number. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { removeOrphans } from "../../provider/lifecycle/orphan-removal.js";
import { findOrphans } from "../../provider/lifecycle/orphans.js";
import { protocolOf } from "../../provider/lifecycle/ownership.js";
import { survey } from "../../provider/lifecycle/survey.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

const stack = { project: "shop", stack: "dev" };
const entry = { device: "br9", address: "10.9.0.9", mac: "02:00:00:00:00:09" };

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterEach(() => host.sh(clearHost));
afterAll(() => host.stop());

const replaced = (mac: string) =>
  host.sh(`ip neighbour replace ${entry.address} dev br9 lladdr ${mac} nud permanent protocol 7`);
const shown = () => host.sh("ip -N neighbour show nud permanent dev br9");

test.each([
  ["another Ethernet address", "02:00:00:00:00:99"],
  ["the same Ethernet address", entry.mac],
])(
  "a foreign entry with %s is adopted: it gets the stack's number, and is deleted with the resource",
  async (_, mac) => {
    host.sh("ip link add br9 type bridge; ip link set br9 up");
    replaced(mac);
    const resource = new TestResource(host, "Neighbour", "printer");
    await resource.up({ ...entry, adopt: true });
    expect(shown()).toContain(`lladdr ${entry.mac} PERMANENT proto ${protocolOf(stack)}`);
    await resource.down();
    expect(shown()).toBe("");
  },
);

test("an orphan that somebody else replaced since it was found stays", async () => {
  host.sh("ip link add br9 type bridge; ip link set br9 up");
  await new TestResource(host, "Neighbour", "printer").up(entry);
  const orphans = findOrphans(await survey(host.transport, stack, catalogue), stack, [], []);
  expect(orphans).toMatchObject([{ kind: "Neighbour" }]);
  replaced("02:00:00:00:00:99");
  await removeOrphans(host.transport, orphans);
  expect(shown()).toContain("lladdr 02:00:00:00:00:99 PERMANENT proto 7");
});
