import { test } from "vitest";
import { cases } from "./cases.js";
import { ModelHost } from "./model-host.js";
import { tellRandom, tellTo } from "./stories.js";

const start = () => new ModelHost();
const count = Number(process.env.LINUXNET_MODEL_STORIES ?? 400);

test.each(cases)("$name, on the model", ({ story }) => tellTo(start, story));

test(`${count} random stories on the model`, { timeout: 3_600_000 }, () =>
  tellRandom(start, count, "test/convergence/model.test.ts"),
);
