/** The files that `npm run generate` writes, from the built catalogue. */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { repository } from "../kernel/test-machine.js";

test("the SDK's classes and the tables of properties are those of the code", async () => {
  const generator = path.join(repository, "scripts/generate-sdk.ts");
  const check = promisify(execFile)(process.execPath, [generator, "--check"], { cwd: repository });
  await expect(check).resolves.toBeDefined();
}, 120_000);
