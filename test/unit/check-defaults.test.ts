import { describe, expect, test } from "vitest";
import { check } from "../../provider/lifecycle/check.js";
import { withDefaults, withoutDefaults } from "../../provider/lifecycle/defaults.js";
import { unknown as unknownInside } from "../../provider/lifecycle/unknown.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { createFakeTransport } from "../fake-transport.js";
import { derivedMac } from "../kinds/derived-mac.js";
import { unknown } from "../kinds/diff-answers.js";
import { allCases, livesOf } from "../kinds/index.js";
import { TestResource } from "../test-resource.js";

const host = "host1";
const owner = { project: "shop", stack: "dev", name: "one" };

function checked(kind: string, given: object, name = "one", on: unknown = host) {
  const definition = catalogue.find((definition) => definition.kind === kind)!;
  return check(definition, { host: on, ...given }, { ...owner, name });
}

/** Replaces each RegExp by an asymmetric matcher. */
function matching(expected: unknown): unknown {
  if (expected instanceof RegExp) return expect.stringMatching(expected);
  if (typeof expected !== "object" || expected === null || Array.isArray(expected)) return expected;
  return Object.fromEntries(Object.entries(expected).map(([name, part]) => [name, matching(part)]));
}

const defaults = allCases().flatMap(({ kind, defaults }) =>
  defaults.map(([given, expected]) => [kind, given, expected] as const),
);

test.each(defaults)("%s %j is canonical, with defaults", (kind, given, expected) => {
  const { inputs, failures } = checked(kind, given);
  expect(failures).toEqual([]);
  expect(inputs).toEqual(matching({ host, ...expected }));
  // The next run checks the result again, from the state.
  expect(checked(kind, inputs)).toEqual({ inputs, failures: [] });
});

test("properties given as undefined or null are left out, in nested ones too", () => {
  const { inputs, failures } = checked("Veth", {
    namespace: null,
    mtu: undefined,
    peer: { name: "two", bridge: undefined, mac: null },
  });
  expect(failures).toEqual([]);
  const end = { addresses: [], mac: derivedMac, up: true, hairpin: false, isolated: false };
  expect(inputs).toEqual(matching({ host, name: "one", ...end, mtu: 1500, peer: { name: "two", ...end } }));
});

test("an Ethernet address is the same at every run, and another one for another stack, host, namespace and name", () => {
  const macOf = (given: object, on?: string) => checked("Bridge", given, "one", on).inputs.mac;
  const [bridge] = catalogue.filter(({ kind }) => kind === "Bridge");
  const otherStack = check(bridge!, { host }, { ...owner, stack: "prod" }).inputs.mac;
  const macs = [macOf({}), macOf({ name: "two" }), macOf({ namespace: "box" }), macOf({}, "host2"), otherStack];
  expect(macOf({})).toBe(macs[0]);
  expect(new Set(macs).size).toBe(macs.length);
});

test("an address that changes does not change the Ethernet address of a named host's interface", () => {
  const macOf = (address: string) => checked("Bridge", {}, "one", { name: "web", address }).inputs.mac;
  expect(macOf("10.0.0.1")).toBe(macOf("10.0.0.2"));
});

/** Replaces Pulumi's unknown value by the lifecycle's own. */
function received(value: unknown): unknown {
  if (value === unknown) return unknownInside;
  if (Array.isArray(value)) return value.map(received);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, received(part)]));
}

const unknowns = allCases().flatMap(({ kind, unknown }) => unknown.map((given) => [kind, given] as const));

test.each(unknowns)("%s: what is not known yet passes: %j", (kind, given) => {
  const wanted = received(given) as object;
  const { inputs, failures } = checked(kind, wanted);
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject(wanted);
});

test.each([unknown, { address: unknown, user: "root" }])("a host that is not known yet passes: %j", (on) => {
  const { inputs, failures } = checked("Bridge", {}, "one", received(on));
  expect(failures).toEqual([]);
  expect(inputs.host).toEqual(received(on));
});

describe("what is not recorded", () => {
  const stages = livesOf(allCases()).flatMap(({ kind, made, changes }) =>
    [made, ...changes.map(({ to }) => to)].map((to) => ({ kind, to })),
  );

  test.each(stages)("$kind $to: the defaults come back", ({ kind, to }) => {
    const resource = new TestResource({ transport: createFakeTransport() }, kind, "one");
    const { schema } = resource.definition;
    const inputs = resource.inputs(to);
    expect(withDefaults(schema, withoutDefaults(schema, inputs, {}))).toEqual(inputs);
    expect(withDefaults(schema, inputs)).toEqual(inputs);
  });

  test("it is what the schema fills in, in its parts too; values that are no defaults stay", () => {
    const veth = catalogue.find(({ kind }) => kind === "Veth")!.schema;
    const peer = { name: "b", up: true, hairpin: true, isolated: false, addresses: [] };
    expect(withoutDefaults(veth, { name: "a", mtu: 1500, up: false, addresses: ["10.0.0.1/24"], peer }, {})).toEqual({
      name: "a",
      up: false,
      addresses: ["10.0.0.1/24"],
      peer: { name: "b", hairpin: true },
    });
  });

  test("a default that was given is recorded", () => {
    const veth = catalogue.find(({ kind }) => kind === "Veth")!.schema;
    const peer = { name: "b", up: true, hairpin: false };
    const given = { mtu: 1500, up: undefined, hairpin: null, peer: { name: "b", up: true } };
    expect(withoutDefaults(veth, { name: "a", mtu: 1500, up: true, hairpin: false, peer }, given)).toEqual({
      name: "a",
      mtu: 1500,
      peer: { name: "b", up: true },
    });
  });

  test("what is not known yet stays as it is", () => {
    const veth = catalogue.find(({ kind }) => kind === "Veth")!.schema;
    expect(withoutDefaults(veth, { name: "a", mtu: "unknown", peer: "unknown" }, {})).toEqual({
      name: "a",
      mtu: "unknown",
      peer: "unknown",
    });
    expect(withDefaults(veth, { name: "a", mtu: "unknown", peer: "unknown" })).toMatchObject({
      peer: "unknown",
      up: true,
    });
  });
});
