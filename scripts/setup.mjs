#!/usr/bin/env node
// node scripts/setup.mjs [--build] [--test] [--bench] [-- PROGRAM ARGUMENT…]
//
// Sees that everything is there that the lab, the demo and the tests need (node_modules, Debian packages, the Pulumi
// CLI; with --build, dist/ too; with --test, what only tests use; with --bench, what only bench:nat uses), installs what is missing, and then runs the program with all of it on its PATH.
// It says nothing and takes no time where nothing is missing.

import { runInPlace } from "./setup/run-in-place.mjs";
import { environment, setUp } from "./setup/set-up.mjs";
import { SetupError } from "./setup/step.mjs";

const separator = process.argv.indexOf("--");
const options = process.argv.slice(2, separator === -1 ? undefined : separator);
const [program, ...args] = separator === -1 ? [] : process.argv.slice(separator + 1);

try {
  const unknown = options.find((option) => !["--build", "--test", "--bench"].includes(option));
  if (unknown)
    throw new SetupError(
      `Unknown option ${unknown}: the set-up knows --build, --test and --bench, and -- before a program to run after it.`,
    );
  const [build, test, bench] = ["--build", "--test", "--bench"].map((option) => options.includes(option));
  await setUp({ build, test, bench });
  if (program) await runInPlace(program, args, environment());
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
