import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { repository } from "./pack.ts";
import { Stack } from "./stack.ts";

let lab: Lab;
let stack: Stack;
let before: string[];

beforeAll(async () => {
  const folder = makeConsumer(
    { devDependencies: { typescript: "~5.9.3" } },
    {},
  );
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: "host1", address: "10.0.12.15/22" }, { name: "host2", address: "10.0.12.11/22" }] });
  stack = await new Stack(lab, folder).program(readFileSync(path.join(repository, "examples/two-hosts/index.ts"), "utf8"), "index.ts").init();
});
afterAll(async () => {
  await lab?.stop();
  rmSync(stack?.folder, { recursive: true, force: true });
});
test("x", async () => {
  before = await Promise.all(lab.hosts.map((host) => lab.dump(host)));
  const up = await stack.up();
  console.log(up.changes, up.output);
  const up2 = await stack.up();
  console.log(up2.changes, up2.output);
  const r = await stack.refresh("--diff");
  console.log(r.changes, r.output);
  console.log(JSON.stringify(await stack.resources(), null, 1));
  const d = await stack.destroy();
  console.log(d.changes, d.output);
  expect(await Promise.all(lab.hosts.map((host) => lab.dump(host)))).toEqual(before);
});
