import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { InventoryEntry } from "./lab-options.ts";
import { runProgram, type RunOptions, type RunResult } from "./run-program.ts";

/** The name of every stack on the lab. */
export const stackName = "lab";

const script = fileURLToPath(new URL("../../scripts/pulumi.mjs", import.meta.url));

/** Runs the Pulumi CLI in the folder of a Pulumi.yaml, as `npm run pulumi` does in the repository's. */
export function pulumi(folder: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return runProgram([process.execPath, script, ...args], { cwd: folder, timeout: 600, ...options });
}

/** Where the folder's stack on the lab has its settings. */
export const settingsFile = (folder: string) => path.join(folder, `Pulumi.${stackName}.yaml`);

/** Makes the folder's stack where it is missing, and sets its inventory where it is another one. */
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

/** Forgets the folder's stack, whatever its state says; without one there is nothing to do. */
export async function removeStack(folder: string): Promise<void> {
  if (!existsSync(settingsFile(folder))) return;
  const { exitCode, stderr } = await pulumi(
    folder,
    ["stack", "rm", stackName, "--force", "--yes", "--non-interactive"],
    { reject: false },
  );
  // The state may be gone without its settings' file, for instance with a deleted .lab.
  if (exitCode !== 0 && !stderr.includes("no stack named")) throw new Error(stderr);
}
