#!/usr/bin/env node
// node scripts/setup.mjs [--build] [--test] [--bench] [-- PROGRAM ARGUMENT…]
//
// Installs what the lab, the demo and the tests need if it is missing: node_modules, Debian packages and the Pulumi
// CLI. --build also builds dist/, --test adds what only the tests use, --bench adds what only bench:nat uses. Then runs
// the program with all of it on its PATH. If nothing is missing, the set-up prints nothing and takes almost no time.

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
