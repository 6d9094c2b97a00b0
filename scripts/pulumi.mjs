#!/usr/bin/env node
// node scripts/pulumi.mjs ARGUMENT… (npm run pulumi -- up)
//
// Runs the Pulumi CLI on this repository's stacks, after the set-up. If no backend is set in the environment, the state
// is kept in .lab/state with an empty passphrase. That is acceptable only for a lab, whose hosts are as short-lived as
// their state.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { pulumiFolder } from "./setup/pulumi-cli.mjs";
import { runInPlace } from "./setup/run-in-place.mjs";
import { environment, root, setUp } from "./setup/set-up.mjs";
import { SetupError } from "./setup/step.mjs";

/** The commands that load the program or the provider and therefore need dist/. */
const loading = ["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "watch", "import"];

try {
  await setUp({ build: process.argv.slice(2).some((argument) => loading.includes(argument)) });
  const env = {
    PULUMI_CONFIG_PASSPHRASE: "",
    // The lab must work without internet access: no check for a newer CLI, no plugin downloads.
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...environment(),
  };
  if (!env.PULUMI_BACKEND_URL) {
    const state = path.join(root, ".lab/state");
    mkdirSync(state, { recursive: true });
    env.PULUMI_BACKEND_URL = `file://${state}`;
  }
  await runInPlace(path.join(pulumiFolder(root), "bin/pulumi"), process.argv.slice(2), env);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
