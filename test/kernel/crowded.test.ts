/**
 * Hosts that others use too: the cost of queries does not grow with their objects, and nothing is overlooked for that
 * reason.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { diagnose } from "../../provider/lifecycle/doctor.js";
import { findOrphans, otherStacks } from "../../provider/lifecycle/orphans.js";
import { groupOf, markOf, protocolOf } from "../../provider/lifecycle/ownership.js";
import { observeForRefresh, remove } from "../../provider/lifecycle/reconcile.js";
import { SharedObservations } from "../../provider/lifecycle/shared-observations.js";
import { type Survey, survey } from "../../provider/lifecycle/survey.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import type { Fact, Found } from "../../provider/commands/command.js";
import { saveScript } from "../../provider/commands/firewall.js";
import { type Link, links, candidateLinks } from "../../provider/commands/link.js";
import type { Command, Transport } from "../../provider/transport/transport.js";
import { deleteNamespace } from "../kinds/damage-by-hand.js";
import { allCases } from "../kinds/index.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

const stack = { project: "shop", stack: "dev" };
const [group, protocol] = [groupOf(stack), protocolOf(stack)];

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterEach(() => host.sh(`${clearHost}; iptables -F; nft delete table inet linuxnet 2>/dev/null; true`));
afterAll(() => host.stop());

/** How many processes the host starts while `body` runs: process IDs are assigned in sequence. */
async function processesOf(body: () => Promise<unknown>): Promise<number> {
  const next = () => Number(host.sh("echo $$"));
  const before = next();
  await body();
  return next() - before;
}

/** Queries these facts; all of them must exist. */
async function ask<T>(facts: readonly Fact<Found<T>>[]): Promise<T[]> {
  const replies = await host.transport.run({ commands: facts.map(({ command }) => command) });
  return facts.map((fact, index) => fact.parse(replies[index]!).value!);
}

const foreign = 60;
/** Veth pairs with an end in each of the namespaces, as other people's containers have them, and rules. */
const crowd = Array.from(
  { length: foreign },
  (_, number) =>
    `ip netns add foreign${number}; ip link add f${number} type veth peer name eth0 netns foreign${number}; iptables -A FORWARD -i f${number} -j ACCEPT`,
).join("\n");

/** Containers on a bridge, each with a published port. */
async function makeStack(): Promise<TestResource[]> {
  const made: TestResource[] = [];
  const make = async (kind: string, name: string, inputs: Record<string, unknown>) => {
    const resource = new TestResource(host, kind, name);
    await resource.up(inputs);
    made.push(resource);
  };
  await make("Bridge", "lan", { addresses: ["10.1.0.1/24"] });
  for (let number = 1; number <= 6; number++) {
    const [namespace, address] = [`box${number}`, `10.1.0.1${number}`];
    await make("Namespace", namespace, {});
    const peer = { name: `port${number}`, bridge: "lan" };
    await make("Veth", `eth${number}`, { name: "eth0", namespace, addresses: [`${address}/24`], peer });
    await make("Route", `out${number}`, { namespace, destination: "default", via: "10.1.0.1" });
    await make("Route", `far${number}`, { destination: `10.${number}.0.0/16`, via: address, metric: 5 });
    const ports = { protocol: "tcp", listenPort: 8000 + number, targetPort: 80, exceptInInterface: "lan" };
    await make("PortForward", `web${number}`, { ...ports, targetAddress: address });
  }
  return made;
}

/** All at once, as in a refresh. */
async function refresh(resources: readonly TestResource[]) {
  const sharedObservations = new SharedObservations(host.transport);
  return await Promise.all(
    resources.map(
      async (resource) => (await observeForRefresh({ ...resource.task(resource.state!), sharedObservations })).state,
    ),
  );
}

describe("what others have on the host", () => {
  test("starts no more processes in a refresh, in a look for orphans, in doctor", async () => {
    const resources = await makeStack();
    const states = await refresh(resources);
    const operations = {
      refresh: () => refresh(resources),
      orphans: () => survey(host.transport, stack, catalogue),
      doctor: () => diagnose(host.transport, catalogue),
    };
    const count = async () => {
      const counts: Record<string, number> = {};
      for (const [name, body] of Object.entries(operations)) counts[name] = await processesOf(body);
      return counts;
    };
    const alone = await count();
    host.sh(crowd);
    const crowded = await count();
    for (const name of Object.keys(operations)) {
      expect(alone[name]).toBeGreaterThan(10);
      // Queries that happen to run together share processes.
      expect(crowded[name]! - alone[name]!, name).toBeLessThan(foreign / 4);
    }
    expect(await refresh(resources)).toEqual(states);
  });

  test("does not keep a refresh from knowing the stack's namespaces before they are asked about", async () => {
    const resources = (await makeStack()).filter(({ name }) => name.startsWith("eth") || name.startsWith("box"));
    host.sh(crowd);
    let batches = 0;
    const transport: Transport = {
      run(batch) {
        if (batch.commands.length > 0) batches++;
        return host.transport.run(batch);
      },
      close: () => Promise.resolve(),
    };
    const sharedObservations = new SharedObservations(transport);
    for (const resource of resources)
      await observeForRefresh({ ...resource.task(resource.state!), transport, sharedObservations });
    // The first four run their own queries, then one query covers the rest. It also answers the queries of the other
    // ends, which are about the host's own interfaces.
    expect(batches).toBeLessThan(8);
  });

  test("hides no change by hand from a refresh that looks for many", async () => {
    const resources = await makeStack();
    host.sh(crowd);
    const before = await refresh(resources);
    host.sh(
      [
        "ip link set port1 down",
        "ip link set port2 group 0",
        "ip link set port3 down; ip link set port3 name f3000",
        "ip -n box4 route replace default via 10.1.0.99",
        "ip route replace 10.5.0.0/16 via 10.1.0.99 metric 5 proto static",
        "ip route del 10.6.0.0/16 metric 5",
        "iptables -t nat -F",
        deleteNamespace("box6"),
      ].join("; "),
    );
    const after = await refresh(resources);
    const changed = resources.filter((_, index) => JSON.stringify(after[index]) !== JSON.stringify(before[index]));
    expect(changed.map(({ name }) => name).sort()).toEqual(
      [
        ...["eth1", "eth2", "eth3", "eth6", "out4", "out6", "far5", "far6", "box6"],
        ...[1, 2, 3, 4, 5, 6].map((number) => `web${number}`),
      ].sort(),
    );
    const gone = resources.filter((_, index) => after[index] === undefined);
    expect(gone.map(({ name }) => name).sort()).toEqual(["box6", "eth6", "far6", "out6"]);
  });
});

describe("a destroy", () => {
  const forwards = async () => (await makeStack()).filter(({ name }) => name.startsWith("web"));
  const marks = () => host.sh("iptables-save | grep -c 'PortForward/' || :");

  /** Deletes them one after the other; returns the queries for the rules. */
  async function removeAll(resources: readonly TestResource[]): Promise<string[]> {
    const asked: Command[] = [];
    const transport: Transport = {
      run(batch) {
        asked.push(...batch.commands);
        return host.transport.run(batch);
      },
      close: () => Promise.resolve(),
    };
    const sharedObservations = new SharedObservations(transport);
    for (const resource of resources)
      await remove({ ...resource.task(resource.state!), transport, sharedObservations });
    return asked.flatMap(({ argv }) => (argv[2] === saveScript ? [argv[7]!] : []));
  }

  test("reads all rules of the host once, however many resources it has", async () => {
    const asked = await removeAll(await forwards());
    expect(asked.filter((look) => look === "all")).toHaveLength(1);
    expect(asked.filter((look) => look === "chains")).toHaveLength(6);
    expect(marks()).toBe("0");
  });

  test("takes away what somebody has copied to a chain of their own", async () => {
    const resources = await forwards();
    host.sh(
      "iptables -t nat -N THEIRS; iptables -t nat -S PREROUTING | grep web3 | sed 's/-A PREROUTING/iptables -t nat -A THEIRS/' | sh",
    );
    const asked = await removeAll(resources);
    expect(asked.filter((look) => look === "all").length).toBeGreaterThan(1);
    expect(marks()).toBe("0");
  });
});

/** The host without a program. */
const without = (program: string): Transport => ({
  run: (batch) =>
    host.transport.run({
      ...batch,
      commands: batch.commands.map((command) =>
        command.argv[0] === program ? { ...command, argv: [`no-${program}`] } : command,
      ),
    }),
  close: () => Promise.resolve(),
});

describe("a look for orphans finds, in a namespace of others", () => {
  const mark = markOf("Bridge", { ...stack, name: "lost" });
  const comment = `-m comment --comment ${mark} -j ACCEPT`;
  const other = markOf("Bridge", { ...stack, stack: "prod", name: "theirs" });

  test.each([
    ["an interface of the stack's group", `ip link add lost group ${group} type bridge`],
    ["an interface with a mark", `ip link add lost type bridge; ip link set lost alias ${mark}`],
    ["one end of a pair", `ip link add lost group ${group} type veth peer name free`],
    ["a mark on its lo", `ip link set lo alias ${mark}`],
    ["an IPv4 route", `ip route add blackhole 10.9.0.0/16 proto ${protocol}`],
    ["a route in another table", `ip route add blackhole 10.9.0.0/16 table 77 proto ${protocol}`],
    ["an IPv6 route", `ip -6 route add blackhole fd09::/64 proto ${protocol}`],
    ...allCases().flatMap(({ alone = {} }) =>
      Object.entries(alone).map(
        ([what, line]) => [what, line.replaceAll("$PROTO", String(protocol))] as [string, string],
      ),
    ),
    ["a rule of iptables", `iptables -A FORWARD ${comment}`],
    ["a rule of ip6tables", `ip6tables -t nat -A POSTROUTING ${comment}`],
    ["a rule of iptables-legacy", `iptables-legacy -A FORWARD ${comment}`],
    [
      "an element of the table of nft",
      `nft 'add table inet linuxnet; add map inet linuxnet forwards4 { type inet_proto . inet_service : ipv4_addr . inet_service; }; add element inet linuxnet forwards4 { tcp . 80 comment "${mark}" : 10.1.0.2 . 80 }'`,
    ],
  ])("%s", async (_, line) => {
    host.sh(`ip netns add theirs; ip netns add empty; ip netns exec theirs sh -ec ${JSON.stringify(line)}`);
    const seen = await survey(host.transport, stack, catalogue);
    expect(findOrphans(seen, stack, [], [])).toHaveLength(1);
    expect(seen.namespaces).toEqual([[undefined], ["theirs"]]);
    // A host that can't list the namespaces that matter is queried about each one.
    const all = await survey(without("perl"), stack, catalogue);
    expect(all.namespaces).toEqual([[undefined], ["empty"], ["theirs"]]);
    const shown = (survey: Survey) =>
      findOrphans(survey, stack, [], []).map(({ parts, ...orphan }) => ({
        ...orphan,
        parts: parts.map(({ description, identity }) => [description, identity]),
      }));
    expect(shown(all)).toEqual(shown(seen));
  });

  test("the other end of a pair, which is not the stack's", async () => {
    host.sh("ip netns add theirs; ip netns add empty; ip link add lost type veth peer name eth0 netns theirs");
    host.sh(`ip link set lost alias ${mark}; ip -n empty link add name a type veth peer name b`);
    const seen = await survey(host.transport, stack, catalogue);
    expect(findOrphans(seen, stack, [], []).map(({ keepReason }) => keepReason)).toEqual([
      "its other end eth0 is not marked as this stack's",
    ]);
  });

  test("marks of other stacks, which may have the same numbers", async () => {
    host.sh(`ip netns add theirs; ip -n theirs link add lan type bridge; ip -n theirs link set lan alias ${other}`);
    expect(otherStacks(await survey(host.transport, stack, catalogue), stack)).toEqual(["shop/prod"]);
  });
});

describe("a look at the interfaces of a host that has hundreds", () => {
  const crowd = Array.from({ length: 110 }, (_, number) => `link add fa${number} type veth peer name fb${number}`);
  const few = "ip link add lan type bridge; ip link set lan alias 'linuxnet:shop/prod/Bridge/lan'";
  const own = `
    ip netns add theirs
    ip link add name a group ${group} type veth peer name b
    ip link add unmarked type veth peer name renamed; ip link set unmarked alias ${markOf("Veth", { ...stack, name: "lost" })}
    ip link add moved type veth peer name eth0 netns theirs; ip link set moved alias ${markOf("Veth", { ...stack, name: "pair" })}
    ip addr add 10.9.0.1/24 dev a
    ${few}`;

  test("sees those with a mark or of the stack's group, and the other ends of their pairs, as a look at all does", async () => {
    host.sh(`set -e; ${own}`);
    host.sh(`printf '%s\n' '${crowd.join("' '")}' | ip -batch -`);
    host.sh(`ip link add on-theirs link fa3 group ${group} type macvlan && ip addr add 10.8.0.1/24 dev fa3`);
    const [all = [], some = []] = await ask([links(undefined), candidateLinks(group)]);
    const names = ["lo", "a", "b", "unmarked", "renamed", "moved", "on-theirs", "fa3", "lan"];
    expect(new Set(some.map(({ name }) => name))).toEqual(new Set(names));
    const byNumber = (links: readonly Link[]) => [...links].sort((a, b) => a.ifindex - b.ifindex);
    expect(byNumber(some)).toEqual(byNumber(all.filter(({ name }) => names.includes(name))));
  });

  test("sees all of them where they are few", async () => {
    host.sh(own);
    const [all = [], some = []] = await ask([links(undefined), candidateLinks(group)]);
    expect(some).toEqual(all);
  });

  test("goes on where one goes in the middle, and fails where the host can't say", () => {
    const fact = candidateLinks(group);
    const gone = 'Device "a" does not exist.\nCommand failed -:2\n';
    const lo = '[{"ifindex":1,"ifname":"lo","flags":[],"group":"default","addr_info":[]}]\n';
    expect(fact.parse({ ran: true, exitCode: 1, stdout: lo, stderr: gone }).value?.map(({ name }) => name)).toEqual([
      "lo",
    ]);
    expect(() => fact.parse({ ran: true, exitCode: 1, stdout: lo, stderr: `${gone}Dump terminated\n` })).toThrow(
      "Dump terminated",
    );
    expect(() => fact.parse({ ran: true, exitCode: 127, stdout: "", stderr: "sh: 1: ip: not found\n" })).toThrow("ip");
  });
});
