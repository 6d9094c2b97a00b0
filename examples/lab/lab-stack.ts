import { existsSync } from "node:fs";
import path from "node:path";
import type { InventoryEntry } from "./lab-options.ts";
import { runProgram, type RunOptions, type RunResult } from "./run-program.ts";

/** The lab's stack. */
export const stackName = "lab";

/** Runs the Pulumi CLI as `npm run pulumi` does. */
export function pulumi(repository: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const script = path.join(repository, "scripts/pulumi.mjs");
  return runProgram([process.execPath, script, ...args], { cwd: repository, timeout: 600, ...options });
}

/** Makes the stack where it is missing, and sets its inventory where it is another one. */
export async function selectStack(
  repository: string,
  inventory: Readonly<Record<string, InventoryEntry>>,
): Promise<void> {
  await pulumi(repository, ["stack", "select", stackName, "--create", "--non-interactive"]);
  const settings = Object.entries(inventory).flatMap(([host, entry]) =>
    Object.entries(entry).map(([field, value]) => `linuxnet:hosts.${host}.${field}=${value}`),
  );
  await pulumi(repository, [
    "config",
    "set-all",
    "--stack",
    stackName,
    "--path",
    ...settings.flatMap((setting) => ["--plaintext", setting]),
  ]);
}

/** Forgets the stack, whatever its state says; without one there is nothing to do. */
export async function removeStack(repository: string): Promise<void> {
  if (!existsSync(path.join(repository, `Pulumi.${stackName}.yaml`))) return;
  const { exitCode, stderr } = await pulumi(
    repository,
    ["stack", "rm", stackName, "--force", "--yes", "--non-interactive"],
    { reject: false },
  );
  // The state may be gone without its settings' file, for instance with a deleted .lab.
  if (exitCode !== 0 && !stderr.includes("no stack named")) throw new Error(stderr);
}
