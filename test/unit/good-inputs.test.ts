/** All valid inputs are accepted. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { createPool } from "../../provider/transport/pool.js";
import { goodInputs } from "../inputs/good-inputs.js";
import { seeding } from "../seed.js";

test(
  "10,000 good inputs, none refused, and what is read once is read the same again",
  { timeout: 120_000 },
  async () => {
    const owner = { project: "shop", stack: "dev", name: "one" };
    const check = (kind: string, inputs: object) =>
      new DynamicProvider(createPool()).check({}, { kind, owner, host: { local: true }, ...inputs });
    const property = fc.asyncProperty(goodInputs, async ({ kind, inputs }) => {
      const first = await check(kind, inputs);
      expect(first.failures).toEqual([]);
      const { mark: _mark, ...canonical } = first.inputs;
      expect((await check(kind, canonical)).inputs).toEqual(first.inputs);
    });
    await fc.assert(property, { numRuns: 10_000, ...seeding });
  },
);
