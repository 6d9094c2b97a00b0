/** All invalid inputs are refused in check, at the property concerned, without contacting a host. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { malformed } from "../inputs/malformed.js";
import { withValue } from "../inputs/with-value.js";
import { allCases, casesOf } from "../kinds/index.js";
import type { KindCases } from "../kinds/kind-cases.js";
import { seeding } from "../seed.js";

const total = 100_000;
const owner = { project: "shop", stack: "dev", name: "one" };
const here = { local: true };

/** Counts attempts to contact a host. */
let asked = 0;
const pool = {
  transport(): never {
    asked += 1;
    throw new Error("a host was asked");
  },
};

async function failuresOf(kind: string, inputs: object) {
  const news = { kind, owner, host: here, ...inputs };
  return (await new DynamicProvider(pool).check({}, news)).failures;
}

test("the table of properties is whole", () => {
  for (const { kind, schema } of catalogue) {
    const tops = Object.keys(casesOf(kind).domains).map((path) => path.replace(/(\.|\[).*/, ""));
    expect([...new Set(tops)].sort(), kind).toEqual(Object.keys(schema.shape).sort());
  }
});

test("what is good is taken", async () => {
  for (const { kind, good } of allCases()) expect(await failuresOf(kind, good), kind).toEqual([]);
});

const each = allCases().flatMap(({ kind, good, domains }) =>
  Object.entries(domains).map(([path, domain]) => ({
    kind,
    good,
    path,
    wrong: typeof domain === "string" ? malformed[domain] : domain,
  })),
);

test.each(each)("$kind refuses what is wrong at $path", { timeout: 300_000 }, async ({ kind, good, path, wrong }) => {
  const count = Math.ceil(total / each.length);
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(wrong, async (value) => {
      seen += 1;
      const failures = await failuresOf(kind, withValue(good, path, value));
      const at = failures.filter(({ property }) => isAt(property, path));
      expect(
        at,
        `${path} ${JSON.stringify(value)} was taken, or refused elsewhere: ${JSON.stringify(failures)}`,
      ).not.toEqual([]);
      // The message is safe to print on a terminal, and of limited length.
      for (const { reason } of failures) expect(reason).toMatch(/^[\x20-\x7e…→]{1,600}$/);
    }),
    { numRuns: count, ...seeding },
  );
  expect(seen).toBeGreaterThanOrEqual(count);
  expect(asked).toBe(0);
});

test("a property that there is not is named", async () => {
  const names = fc.string({ minLength: 1 }).filter((name) => name !== "__proto__" && !/^\s*$/.test(name));
  const property = fc.asyncProperty(fc.constantFrom(...allCases()), names, async (one: KindCases, name) => {
    fc.pre(!(name in one.domains) && !["kind", "owner", "standsOn", "__provider"].includes(name));
    fc.pre(!Object.keys(catalogue.find(({ kind }) => kind === one.kind)!.schema.shape).includes(name));
    const failures = await failuresOf(one.kind, { ...one.good, [name]: 1 });
    expect(failures).toContainEqual({
      property: name,
      reason: expect.stringContaining("is not a property of") as string,
    });
  });
  await fc.assert(property, { numRuns: 1000, ...seeding });
  expect(asked).toBe(0);
});

/** Whether a failure is at the path itself, or at a part of the value there. */
function isAt(property: string, path: string): boolean {
  const start = path.replace("[]", "");
  return property === start || property.startsWith(`${start}.`) || property.startsWith(`${start}[`);
}
