/**
 * Routes and policy rules that somebody moved or replaced by hand. A delete takes what is as recorded but for its table,
 * metric or priority; what else it finds it leaves, says so, and names the command that lists it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { findOrphans } from "../../provider/lifecycle/orphans.js";
import { protocolOf } from "../../provider/lifecycle/ownership.js";
import {
  type Task,
  observeForRefresh,
  remove as reconcileRemove,
  stateDifferences,
} from "../../provider/lifecycle/reconcile.js";
import { survey } from "../../provider/lifecycle/survey.js";
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

/** As in a run of Pulumi: `managed` are the identities of the program's other resources of the kind. */
function taskOf(resource: TestResource, managed: readonly string[] = []): Task {
  const task = resource.task(resource.state!);
  return { ...task, context: { ...task.context, isManaged: (identity) => managed.includes(identity) } };
}
const remove = (resource: TestResource, managed: readonly string[] = []) => reconcileRemove(taskOf(resource, managed));

describe("a delete takes what was moved", () => {
  const cases: readonly [title: string, kind: string, inputs: object, byHand: string, at: string, identity: string][] =
    [
      [
        "a route, to another table",
        "Route",
        hole,
        `ip route del blackhole 10.9.0.0/16; ip route add blackhole 10.9.0.0/16 table 99 proto ${number}`,
        "a route to 10.9.0.0/16 (table 99)",
        "99/10.9.0.0/16",
      ],
      [
        "a route, to another metric",
        "Route",
        hole6,
        `ip -6 route del blackhole fd00:9::/64; ip -6 route add blackhole fd00:9::/64 metric 60 proto ${number}`,
        "a route to fd00:9::/64 (table main, metric 60)",
        "main/fd00:9::/64/60",
      ],
      [
        "a policy rule, to another priority",
        "Rule",
        policy,
        `ip rule del priority 1000; ip rule add from 10.1.0.0/24 lookup 77 priority 1001 protocol ${number}`,
        "a policy rule for the same packets (priority 1001)",
        "ipv4/1001/from/10.1.0.0/24",
      ],
    ];
  const orphans = async () => findOrphans(await survey(host.transport, stack), stack, [], []);

  test.each(cases)("%s", async (_title, kind, inputs, byHand) => {
    const resource = new TestResource(host, kind, "one");
    await resource.up({ ...inputs });
    host.sh(byHand);
    await remove(resource);
    expect(resource.warnings).toEqual([]);
    expect(await orphans()).toEqual([]);
  });

  test.each(cases)(
    "%s: a refresh shows where it is, and a delete then takes it from there",
    async (_title, kind, inputs, byHand) => {
      const resource = new TestResource(host, kind, "one");
      await resource.up({ ...inputs });
      host.sh(byHand);
      const { state } = await observeForRefresh(taskOf(resource));
      expect(
        stateDifferences(resource.definition, resource.inputs({ ...inputs }), taskOf(resource).context, state!),
      ).toHaveLength(1);
      resource.state = state;
      await resource.down();
      expect(await orphans()).toEqual([]);
    },
  );

  test("a default route in the main table may be an interface's gateway, and stays", async () => {
    const resource = new TestResource(host, "Route", "one");
    host.sh("ip link add d0 type bridge; ip addr add 10.6.0.1/24 dev d0; ip link set d0 up");
    await resource.up({ destination: "default", via: "10.6.0.2", table: 77 });
    host.sh(`ip route flush table 77; ip route add default via 10.6.0.2 proto ${number}`);
    await remove(resource);
    expect(resource.warnings).toEqual([`a route to default (table main) has this stack's number. ${advice}`]);
    expect(host.sh("ip route show default | wc -l")).toBe("1");
  });

  test.each(cases)("%s, and not where another resource has it", async (_title, kind, inputs, byHand, _at, identity) => {
    const resource = new TestResource(host, kind, "one");
    await resource.up({ ...inputs });
    host.sh(byHand);
    await remove(resource, [identity]);
    expect(resource.warnings).toEqual([]);
    expect(await orphans()).toMatchObject([{ kind }]);
  });

  test.each(cases)(
    "%s and changed as well: it stays, and the delete says so",
    async (_title, kind, inputs, byHand, at) => {
      const resource = new TestResource(host, kind, "one");
      await resource.up({ ...inputs });
      host.sh(byHand.replaceAll(/(?<=add )blackhole/g, "unreachable").replace("lookup 77", "lookup 78"));
      await remove(resource);
      expect(resource.warnings).toEqual([`${at} has this stack's number. ${advice}`]);
      expect(await orphans()).toMatchObject([{ kind }]);
    },
  );
});

describe("a delete says what is left", () => {
  test.each<[title: string, kind: string, inputs: object, byHand: string, warning: string]>([
    [
      "a route",
      "Route",
      hole,
      "ip route replace unreachable 10.9.0.0/16",
      'Route "one" was replaced by hand: destination "10.9.0.0/16" is taken by a route (unreachable proto 3) that this stack did not make, which stays',
    ],
    [
      "a policy rule",
      "Rule",
      policy,
      "ip rule del priority 1000; ip rule add from 10.1.0.0/24 lookup 78 priority 1000",
      'Rule "one" was replaced by hand: priority 1000 is taken by a rule for the same packets (lookup 78 proto 0) that this stack did not make, which stays',
    ],
  ])("replaced: %s", async (_title, kind, inputs, byHand, warning) => {
    const resource = new TestResource(host, kind, "one");
    await resource.up({ ...inputs });
    host.sh(byHand);
    await remove(resource);
    expect(resource.warnings).toEqual([warning]);
  });

  test.each<[kind: string, inputs: object, gone: string]>([
    ["Route", hole, "ip route del blackhole 10.9.0.0/16"],
    ["Rule", policy, "ip rule del priority 1000"],
  ])("and nothing where nothing is left: %s", async (kind, inputs, gone) => {
    const [one, other] = [new TestResource(host, kind, "one"), new TestResource(host, kind, "other")];
    await one.up({ ...inputs });
    await remove(one);
    await other.up({ ...inputs });
    host.sh(gone);
    await remove(other);
    expect([one.warnings, other.warnings]).toEqual([[], []]);
  });
});
