import { describe, expect, test } from "vitest";
import type { Command, Fact } from "../../provider/commands/command.js";
import type { FactTable } from "../../provider/commands/command.js";
import { loopbackGroupOf } from "../../provider/lifecycle/ownership.js";
import { type State, stateDifferences } from "../../provider/lifecycle/reconcile.js";
import { displayCommand } from "../../provider/transport/quoting.js";
import { createFakeTransport } from "../fake-transport.js";
import { allCases } from "../kinds/index.js";
import { TestResource } from "../test-resource.js";
import { readRecordings, replyTo } from "./recording.js";

describe.each(allCases().map(({ kind, plans }) => [kind, plans] as const))("%s", (kind, plans) => {
  const recordings = readRecordings(kind);

  test.each(plans)("$title", ({ title, wanted, sees, plan, remove }) => {
    const recording = recordings[title];
    if (!recording) throw new Error("this case was not recorded: run npm run record");
    const resource = new TestResource({ transport: createFakeTransport() }, kind, "one");
    resource.state = recording.recorded;
    const { definition, inputs, context: first } = resource.task(resource.inputs(wanted));
    const { mark, group, protocol } = first;
    const loopbackGroup = String(loopbackGroupOf(first.owner, first.hostName, String(inputs.name)));

    const facts = Object.entries(definition.observe(inputs as never, first) as FactTable);
    const asked = facts.filter((entry): entry is [string, Fact<unknown>] => entry[1] !== undefined);
    const answers = Object.fromEntries(
      asked.map(([name, fact]) => [name, fact.parse(replyTo(recording, fact.command))]),
    );
    const context = { ...first, remembered: definition.remember?.(inputs, answers as never, first) };
    const lines = (commands: readonly Command[]) =>
      commands
        .flatMap(({ argv, stdin }) => [displayCommand(argv), ...(stdin ?? "").trimEnd().split("\n").filter(Boolean)])
        .map((line) =>
          line
            .replaceAll(`-m comment --comment "${mark}"`, "MARK")
            .replaceAll(mark, "MARK")
            .replaceAll(String(group), "GROUP")
            .replaceAll(loopbackGroup, "LOOPBACK-GROUP")
            .replace(new RegExp(`\\b(proto(?:col)?) ${protocol}\\b`), "$1 PROTO"),
        );

    const { state, foreign } = definition.interpret(inputs, answers as never, context);
    if (sees instanceof RegExp) expect(`${foreign?.property} ${foreign?.conflict}`).toMatch(sees);
    else {
      expect(foreign).toBeUndefined();
      const seen = state && stateDifferences(definition, inputs, context, state as State).map(({ path }) => path);
      expect(seen ?? "nothing").toEqual(sees);
    }
    if (!foreign) expect(lines(definition.plan(inputs, answers as never, context))).toEqual(plan);
    expect(lines(definition.remove((recording.recorded ?? inputs) as never, answers as never, first))).toEqual(remove);
  });
});

// Before Linux 6.15, "eth0" could not be created in a namespace from a host that has an "eth0" of its own.
test("an interface is made from the namespace where the name that `ip link add` begins with belongs, or by a script", () => {
  const lines = allCases().flatMap(({ plans }) => plans.flatMap(({ plan = [] }) => plan));
  const made = lines.filter((line) => /^ip .*\blink add\b/.test(line));
  expect(made.length).toBeGreaterThan(10);
  for (const line of made) expect(line.split(" type ")[0]).not.toMatch(/ netns /);
});
