import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { runCampaign } from "./campaign.ts";
import { installPackage } from "./packed-package.ts";

let installed: string;
beforeAll(() => {
  installed = installPackage(inject("packedPackage"));
});
afterAll(() => rmSync(installed, { recursive: true }));

test("50 faults, 9 of them with the whole engine: after each, one recovery and all is as if nothing had happened", async () => {
  const failures: string[] = [];
  const report = (text: string) => failures.push(text);
  const result = await runCampaign({ seed: "ci", points: 50, engine: 9, jobs: 2, installed, report });
  // expect() would shorten a difference between texts.
  if (failures.length > 0) throw new Error(failures.join("\n"));
  expect(result).toMatchObject({ points: 50, engine: 9, failed: 0 });
}, 900_000);
