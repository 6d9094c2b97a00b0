import fc from "fast-check";
import { expect, test } from "vitest";
import { simulatedKinds } from "../kinds/index.js";
import { commonKinds } from "../kinds/whole-network.js";
import { cases } from "./cases.js";
import { ModelHost } from "./model-host.js";
import { tellRandom, tellTo } from "./stories.js";
import { programOf, topology } from "./topology.js";

const start = () => new ModelHost();
const count = Number(process.env.LINUXNET_MODEL_STORIES ?? 400);

test.each(cases)("$name, on the model", ({ story }) => tellTo(start, story));

test(`${count} random stories on the model`, { timeout: 3_600_000 }, () =>
  tellRandom(start, simulatedKinds(), count, "test/convergence/model.test.ts"),
);

test("random networks have every kind that all kernels have", () => {
  const made = fc
    .sample(topology(commonKinds()), { numRuns: 300, seed: 1 })
    .flatMap((each) => Object.values(programOf(each)));
  expect([...new Set(made.map(({ kind }) => kind))].sort()).toEqual(
    commonKinds()
      .map(({ kind }) => kind)
      .sort(),
  );
});
