import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { run, SetupError, step } from "./step.mjs";

/** The sources of the package in dist/. */
const SOURCES = ["sdk", "provider", "tsconfig.json"];

/**
 * Builds dist/ if it is missing or a source is newer.
 * @param {string} root
 */
export async function ensureBuilt(root) {
  const built = changedAt(path.join(root, "dist/sdk/index.js"));
  if (built > 0 && SOURCES.every((source) => newestChange(path.join(root, source)) <= built)) return;
  await step("pulumi-linuxnet, built from its sources", async () => {
    const { ok, tail } = await run("npm", ["run", "build"], { cwd: root });
    if (!ok) throw new SetupError(`The sources do not compile; "npm run build" shows all of it.\n${tail}`);
  });
}

/** @param {string} entry @returns {number} */
function newestChange(entry) {
  if (!statSync(entry).isDirectory()) return changedAt(entry);
  return Math.max(0, ...readdirSync(entry).map((name) => newestChange(path.join(entry, name))));
}

/** @param {string} file */
function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
