/** A new kind of resource must have cases: the tests of every aspect take theirs from them. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../provider/resources/catalogue.js";
import { casesOf, fileOf, kindCases } from "../kinds/index.js";

const folder = fileURLToPath(new URL("../kinds", import.meta.url));
const kinds = catalogue.map(({ kind }) => kind);

test("every kind of the catalogue has one file of cases, and there are none of other kinds", () => {
  expect(kindCases.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
});

test("a file of cases is named as the kind's file in provider/resources", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".cases.ts"));
  expect(files.sort()).toEqual(kinds.map((kind) => `${fileOf(kind)}.cases.ts`).sort());
  const resources = readdirSync(path.join(folder, "../../provider/resources"));
  for (const kind of kinds) expect(resources).toContain(`${fileOf(kind)}.ts`);
});

test("a kind without cases is an error that says what to do", () => {
  expect(() => casesOf("OtherKind")).toThrow("OtherKind has no cases: add test/kinds/other-kind.cases.ts");
});

describe.each(kinds)("%s", (kind) => {
  test("has objects that are alone in a namespace, if the kernel has to be asked for such", () => {
    const { traces } = catalogue.find((definition) => definition.kind === kind)!;
    expect(
      casesOf(kind).alone !== undefined,
      "cases have `alone` if and only if a sort of the kind's traces has a `dump`",
    ).toBe(traces.some(({ sort }) => sort.dump));
  });

  test.each(["good", "domains"] as const)("has something in %s", (part) => {
    expect(Object.keys(casesOf(kind)[part])).not.toEqual([]);
  });

  test.each(["defaults", "unknown", "refused", "diffs", "plans", "lives", "drifts"] as const)("has %s", (part) => {
    expect(casesOf(kind)[part]).not.toEqual([]);
  });

  test("has a line among the orphans, unless the kernel may lack it", () => {
    expect(
      casesOf(kind).orphans.length > 0,
      "cases have `orphans` unless they have `kernelMayLack`: the orphans test runs on this kernel",
    ).toBe(casesOf(kind).kernelMayLack === undefined);
  });
});
