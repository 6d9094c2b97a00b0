import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Changes, changesIn } from "../../examples/lab/changes.ts";
import { pulumi, stackName } from "../../examples/lab/lab-stack.ts";
import type { RunResult } from "../../examples/lab/run-program.ts";
import { repository } from "../../examples/lab/standing-lab.ts";
import { DemoFailure } from "./report.ts";

/** A linuxnet resource in the stack's state. */
export interface StackResource {
  /** E.g. "Veth". */
  readonly kind: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * Runs `pulumi up` or `pulumi destroy` on the lab's stack without confirmation.
 * @throws DemoFailure with Pulumi's output.
 */
export async function runPulumi(operation: "up" | "destroy"): Promise<Changes> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-demo-"));
  const log = path.join(folder, "events.json");
  const args = [operation, "--yes", "--skip-preview", "--non-interactive", "--stack", stackName, "--event-log", log];
  // --event-log is what Pulumi's Automation API uses. The CLI accepts it only with PULUMI_DEBUG_COMMANDS.
  const options = { reject: false, env: { PULUMI_DEBUG_COMMANDS: "true" } };
  try {
    let result = await pulumi(repository, args, options);
    if (result.exitCode !== 0 && (await unlockAbandoned(result))) result = await pulumi(repository, args, options);
    if (result.exitCode !== 0) throw new DemoFailure(`${result.stdout}\n${result.stderr}`.trim());
    return changesIn(readFileSync(log, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The linuxnet resources in the state of the lab's stack. Empty if there is no stack. */
export async function stackResources(): Promise<StackResource[]> {
  if (!existsSync(path.join(repository, `Pulumi.${stackName}.yaml`))) return [];
  const { stdout } = await pulumi(repository, ["stack", "export", "--stack", stackName]);
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources?: { type: string; outputs?: Record<string, unknown> }[] };
  };
  return (deployment.resources ?? []).flatMap(({ type, outputs = {} }) => {
    const kind = /^pulumi-nodejs:dynamic\/linuxnet:(\w+)$/.exec(type)?.[1];
    return kind === undefined ? [] : [{ kind, properties: outputs }];
  });
}

/**
 * Removes the lock that a killed operation left on the state, unless its process still runs.
 * @returns Whether a lock was removed.
 */
async function unlockAbandoned({ stdout, stderr }: RunResult): Promise<boolean> {
  const holder = /stack is currently locked by[\s\S]*?\(pid (\d+)\)/.exec(`${stdout}${stderr}`)?.[1];
  if (holder === undefined || existsSync(`/proc/${holder}`)) return false;
  await pulumi(repository, ["cancel", "--yes", "--stack", stackName]);
  return true;
}
