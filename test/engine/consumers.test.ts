import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { type ConsumerKind, consumerKinds } from "./consumer-kinds.ts";
import { writeFiles } from "./consumer.ts";
import { run } from "./pack.ts";
import { Stack } from "./stack.ts";

const installation = ["install", "--ignore-scripts", "--prefer-offline"];
const pnpm = "pnpm@12.21.0";

let top: string;
let lab: Lab;

beforeAll(async () => {
  top = mkdtempSync(path.join(os.tmpdir(), "linuxnet-consumers-"));
  lab = await startLab({ folder: path.join(top, "lab"), hosts: [{ name: "host1", address: "10.0.12.15/22" }] });
  mkdirSync(path.join(top, "tools"));
  run(path.join(top, "tools"), "npm", ...installation, "--prefix", ".", pnpm);
});
afterAll(async () => {
  await lab.stop();
  rmSync(top, { recursive: true });
});

test.for(consumerKinds)("a stack lives in a project of this kind: $title", async (kind, { onTestFailed }) => {
  const folder = makeProject(kind);
  const before = await lab.dump("host1");
  const stack = await new Stack(lab, path.join(folder, kind.project ?? ".")).init();
  // What one kind leaves behind must not make the next one fail.
  onTestFailed(async () => {
    await stack.destroy();
  });

  const first = await stack.up();
  expect(first.changes).toEqual({ create: 3 });
  expect(first.output).toMatch(/mac: +"[0-9a-f]{2}(:[0-9a-f]{2}){5}"/);
  expect((await stack.up()).changes).toEqual({ same: 3 });
  // From here on, the installed packages and the state have to be enough.
  rmSync(path.join(folder, kind.program));
  const refresh = await stack.succeed("refresh", "--stack", stack.name, "--preview-only", "--expect-no-changes");
  expect(refresh.changes).toEqual({ same: 3 });
  expect((await stack.destroy()).changes).toEqual({ delete: 3 });
  expect(await lab.dump("host1")).toBe(before);
});

/** The folder where npm installed last. */
let installed: string | undefined;

/** A user's folder with a project of this kind and its dependencies. */
function makeProject({ title, installer, install = ".", files }: ConsumerKind): string {
  const folder = path.join(top, title.replaceAll(/\W+/g, "-"));
  const texts = Object.entries(files).map(([file, text]) => [
    file,
    typeof text === "string" ? text : JSON.stringify(text),
  ]);
  writeFiles(folder, Object.fromEntries(texts) as Record<string, string>);
  const where = path.join(folder, install);
  if (installer === "npm") {
    // If npm starts with the last project's packages, it takes a quarter of the time that it takes without any.
    if (installed !== undefined) renameSync(path.join(installed, "node_modules"), path.join(where, "node_modules"));
    installed = where;
    run(where, "npm", ...installation, "--no-audit", "--no-fund");
  } else
    run(where, path.join(top, "tools/node_modules/.bin/pnpm"), ...installation, "--store-dir", path.join(top, "store"));
  return folder;
}
