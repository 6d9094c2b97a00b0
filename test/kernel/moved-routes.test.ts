/**
 * Routes, policy rules and neighbour entries that somebody moved or replaced by hand. Their protocol number does not
 * show which resource they belong to, so a delete leaves them, says so, and names the command that lists them.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findOrphans } from "../../provider/lifecycle/orphans.js";
import { protocolOf } from "../../provider/lifecycle/ownership.js";
import { survey } from "../../provider/lifecycle/survey.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

const stack = { project: "shop", stack: "dev" };
const number = protocolOf(stack);

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterEach(() =>
  host.sh(
    [
      clearHost,
      ...["-4", "-6"].map((family) => `ip ${family} route flush table all proto ${number}`),
      "ip route del unreachable 10.9.0.0/16 2>/dev/null || :",
      "for priority in 1000 1001; do ip rule del priority $priority 2>/dev/null || :; done",
    ].join("\n"),
  ),
);
afterAll(() => host.stop());

const hole = { destination: "10.9.0.0/16", type: "blackhole" };
const hole6 = { destination: "fd00:9::/64", type: "blackhole", metric: 50 };
const policy = { priority: 1000, from: "10.1.0.0/24", table: 77 };
const advice =
  "If it is no other resource's, it was moved there by hand: `npx linuxnet orphans` lists it, and --remove removes it";

describe("a delete says what is left", () => {
  test.each<[title: string, kind: string, inputs: object, byHand: string, warning: string]>([
    [
      "a route in another table",
      "Route",
      hole,
      `ip route del blackhole 10.9.0.0/16; ip route add blackhole 10.9.0.0/16 table 99 proto ${number}`,
      `a route to 10.9.0.0/16 (table 99) has this stack's protocol number. ${advice}`,
    ],
    [
      "a route with another metric",
      "Route",
      hole6,
      `ip -6 route del blackhole fd00:9::/64; ip -6 route add blackhole fd00:9::/64 metric 60 proto ${number}`,
      `a route to fd00:9::/64 (table main, metric 60) has this stack's protocol number. ${advice}`,
    ],
    [
      "a policy rule with another priority",
      "Rule",
      policy,
      `ip rule del priority 1000; ip rule add from 10.1.0.0/24 lookup 77 priority 1001 protocol ${number}`,
      `a policy rule for the same packets (priority 1001) has this stack's protocol number. ${advice}`,
    ],
    [
      "a neighbour entry on another interface",
      "Neighbour",
      { device: "br8", address: "10.8.0.9", mac: "02:00:00:00:00:09" },
      `ip neighbour del 10.8.0.9 dev br8; ip neighbour add 10.8.0.9 dev br9 lladdr 02:00:00:00:00:09 nud permanent protocol ${number}`,
      `a neighbour entry 10.8.0.9 dev br9 has this stack's protocol number. ${advice}`,
    ],
  ])("%s", async (_title, kind, inputs, byHand, warning) => {
    host.sh("for name in br8 br9; do ip link add $name type bridge; ip link set $name up; done");
    const resource = new TestResource(host, kind, "one");
    await resource.up({ ...inputs });
    host.sh(byHand);
    await resource.down();
    expect(resource.warnings).toEqual([warning]);
    const orphans = findOrphans(await survey(host.transport, stack, catalogue), stack, [], []);
    expect(orphans).toMatchObject([{ kind }]);
  });

  test.each<[title: string, kind: string, inputs: object, byHand: string, warning: string]>([
    [
      "a route",
      "Route",
      hole,
      "ip route replace unreachable 10.9.0.0/16",
      'Route "one" was replaced by hand: destination "10.9.0.0/16" is taken by a route (unreachable proto 3) that this stack did not create, which stays',
    ],
    [
      "a policy rule",
      "Rule",
      policy,
      "ip rule del priority 1000; ip rule add from 10.1.0.0/24 lookup 78 priority 1000",
      'Rule "one" was replaced by hand: priority 1000 is taken by a rule for the same packets (lookup 78 proto 0) that this stack did not create, which stays',
    ],
  ])("replaced: %s", async (_title, kind, inputs, byHand, warning) => {
    const resource = new TestResource(host, kind, "one");
    await resource.up({ ...inputs });
    host.sh(byHand);
    await resource.down();
    expect(resource.warnings).toEqual([warning]);
  });

  test.each<[title: string, by: string]>([
    ["another destination's", `ip route add blackhole 10.8.0.0/16 table 99 proto ${number}`],
    ["one that leads elsewhere", `ip route add unreachable 10.9.0.0/16 table 99 proto ${number}`],
    ["one for a type of service", `ip route add blackhole 10.9.0.0/16 tos 0x10 table 99 proto ${number}`],
    ["another origin's", "ip route add blackhole 10.9.0.0/16 table 99 proto 4"],
  ])("and not of a route that is no copy of it: %s", async (_title, by) => {
    const resource = new TestResource(host, "Route", "one");
    await resource.up({ ...hole });
    host.sh(`ip route del blackhole 10.9.0.0/16; ${by}`);
    await resource.down();
    expect(resource.warnings).toEqual([]);
    host.sh("ip route flush table 99");
  });

  test("and not of an interface's gateway", async () => {
    host.sh("ip link add d0 type bridge; ip addr add 10.6.0.1/24 dev d0; ip link set d0 up");
    const resource = new TestResource(host, "Route", "one");
    await resource.up({ destination: "default", via: "10.6.0.2", table: 77 });
    host.sh(`ip route flush table 77; ip route add default via 10.6.0.2 proto ${number}`);
    await resource.down();
    expect(resource.warnings).toEqual([]);
  });

  test.each<[kind: string, inputs: object, gone: string]>([
    ["Route", hole, "ip route del blackhole 10.9.0.0/16"],
    ["Rule", policy, "ip rule del priority 1000"],
  ])("and nothing where nothing is left: %s", async (kind, inputs, gone) => {
    const [one, other] = [new TestResource(host, kind, "one"), new TestResource(host, kind, "other")];
    await one.up({ ...inputs });
    await one.down();
    await other.up({ ...inputs });
    host.sh(gone);
    await other.down();
    expect([one.warnings, other.warnings]).toEqual([[], []]);
  });
});
