import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { InventoryEntry } from "./lab-options.ts";
import { runProgram, type RunOptions, type RunResult } from "./run-program.ts";

/** The name of all stacks that use the lab. */
export const stackName = "lab";

const script = fileURLToPath(new URL("../../scripts/pulumi.mjs", import.meta.url));

/** Runs the Pulumi CLI in a folder with a Pulumi.yaml, as `npm run pulumi` does in the root of the repository. */
export function pulumi(folder: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return runProgram([process.execPath, script, ...args], { cwd: folder, timeout: 600, ...options });
}

/** The settings file of the lab's stack in a folder. */
export const settingsFile = (folder: string) => path.join(folder, `Pulumi.${stackName}.yaml`);

/** Selects the lab's stack in a folder, creates it if it is missing, and sets its inventory. */
export async function selectStack(folder: string, inventory: Readonly<Record<string, InventoryEntry>>): Promise<void> {
  await pulumi(folder, ["stack", "select", stackName, "--create", "--non-interactive"]);
  const settings = Object.entries(inventory).flatMap(([host, entry]) =>
    Object.entries(entry).map(([field, value]) => `linuxnet:hosts.${host}.${field}=${value}`),
  );
  await pulumi(folder, [
    "config",
    "set-all",
    "--stack",
    stackName,
    "--path",
    ...settings.flatMap((setting) => ["--plaintext", setting]),
  ]);
}

/**
 * Removes the lab's stack in a folder, even if its state has resources. If there is no stack, there is nothing to do.
 */
export async function removeStack(folder: string): Promise<void> {
  if (!existsSync(settingsFile(folder))) return;
  const { exitCode, stderr } = await pulumi(
    folder,
    ["stack", "rm", stackName, "--force", "--yes", "--non-interactive"],
    { reject: false },
  );
  // The state may be missing although the settings file exists, for example because .lab was deleted.
  if (exitCode !== 0 && !stderr.includes("no stack named")) throw new Error(stderr);
}
