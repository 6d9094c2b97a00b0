import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useLegacyIptables } from "./iptables-backend.js";
import { clearWriters, startWriters } from "./iptables-writers.js";
import { type Made, RuleStack, hundredRules, several } from "./rule-stack.js";
import { TestHost } from "./test-host.js";

/** How often two stacks are created and destroyed while the writers run; a quarter of that with legacy iptables. */
const rounds = Number(process.env.LINUXNET_ROUNDS ?? 2);
const writers = 40;

/** How often each rule exists, in all tables of both families. */
function rulesOn(host: TestHost): Map<string, number> {
  const counts = new Map<string, number>();
  for (const tool of ["iptables-save", "ip6tables-save"]) {
    let table = "";
    for (const line of host.sh(tool).split("\n")) {
      if (line.startsWith("*")) table = line.slice(1);
      if (!line.startsWith("-A")) continue;
      const rule = `-t ${table} ${line.replaceAll('"', "")}`;
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
    }
  }
  return counts;
}

const marked = (counts: Map<string, number>, mark: string) =>
  [...counts].filter(([rule]) => rule.includes(` --comment ${mark}`)).sort(([a], [b]) => (a < b ? -1 : 1));

/** Each of these rules once. */
const onceEach = (rules: readonly string[]) => rules.toSorted().map((rule) => [rule, 1]);

const rulesOf = (made: readonly Made[]) =>
  made.flatMap(({ outs, rules }) =>
    rules.map((rule) => rule.replace(" -j ", ` -m comment --comment ${outs.mark} -j `)),
  );

const writersRules = (which: readonly string[]) =>
  Array.from({ length: writers }, (_, index) => index + 1).flatMap((n) => {
    const chain = n % 2 === 0 ? "-t nat -A POSTROUTING" : "-t filter -A FORWARD";
    return which.map((rule) => `${chain} -o w${n} -m comment --comment writer:${n}/${rule} -j ACCEPT`);
  });

describe.each([
  ["nf_tables", rounds],
  ["legacy", Math.ceil(rounds / 4)],
])("%s", (backend, rounds) => {
  let host: TestHost;
  beforeAll(async () => {
    host = await TestHost.start();
    if (backend === "legacy") useLegacyIptables(host);
    expect(host.sh("iptables --version; ip6tables-restore --version").split(backend)).toHaveLength(3);
  });
  afterAll(() => host.stop());

  test(
    `two stacks of 100 rules go up and down at once beside ${writers} writers, ${rounds} times: none lost, none twice`,
    { timeout: 60_000 + rounds * 60_000 },
    async () => {
      const before = host.dump();
      for (let round = 1; round <= rounds; round++) {
        const begin = performance.now();
        const others = startWriters(host, writers);
        await others.writing;
        const stacks = [8000, 9000].map((port) => new RuleStack(host, `stack${port}`, hundredRules(port)));

        const made = (await Promise.all(stacks.map((stack) => stack.up()))).flat();
        const up = performance.now();
        const there = rulesOn(host);
        expect(rulesOf(made)).toHaveLength(200);
        expect(marked(there, "linuxnet:"), "our rules after up").toEqual(onceEach(rulesOf(made)));
        expect(
          marked(there, "writer:").filter(([rule]) => rule.includes("/first")),
          "the writers' rules after up",
        ).toEqual(onceEach(writersRules(["first"])));

        await Promise.all(stacks.map((stack) => stack.destroy()));
        const down = performance.now();
        const counts = await others.stop();
        for (const { writer, added, deleted, failures } of counts) {
          expect(failures, `writer ${writer}`).toBe("");
          expect(added, `writer ${writer}`).toBe(deleted + 2);
        }
        const left = rulesOn(host);
        expect(marked(left, "linuxnet:"), "our rules after destroy").toEqual([]);
        expect([...left].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual(onceEach(writersRules(["first", "last"])));

        await Promise.all(stacks.map((stack) => stack.close()));
        clearWriters(host);
        expect(host.dump(), `after round ${round}`).toBe(before);
        const added = counts.reduce((sum, count) => sum + count.added, 0);
        console.log(
          `round ${round}: ${rulesOf(made).length} rules up in ${seconds(begin, up)} and down in ${seconds(up, down)}, beside ${added} of the writers`,
        );
      }
    },
  );

  test("a resource whose name is the beginning of its neighbours' names is made and taken away while they are", async () => {
    const before = host.dump();
    const masquerade = { kind: "MasqueradeRule", args: { source: "10.0.0.0/8" } };
    const lans = several(40, "lan", "MasqueradeRule", (n) => ({ source: `10.${n}.0.0/16` }));
    // Four at a time, as the engine does with one processor. This one is the last of four: three others are created or
    // deleted between each of its queries and the change that follows.
    const stack = new RuleStack(host, "dev", Object.fromEntries(lans.toSpliced(7, 0, ["lan", masquerade])), 4);
    const made = await stack.up();
    expect(marked(rulesOn(host), "linuxnet:")).toEqual(onceEach(rulesOf(made)));
    await stack.destroy();
    await stack.close();
    expect(host.dump()).toBe(before);
  });
});

const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
