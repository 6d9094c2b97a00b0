import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type Changes, changesIn } from "../../examples/lab/changes.ts";
import { pulumi, stackName } from "../../examples/lab/lab-stack.ts";
import type { RunResult } from "../../examples/lab/run-program.ts";
import { repository } from "../../examples/lab/standing-lab.ts";
import { DemoFailure } from "./report.ts";

/** One linuxnet resource as the stack's state has it. */
export interface StackResource {
  /** E.g. "Veth". */
  readonly kind: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Runs `pulumi up` or `pulumi destroy` on the lab's stack, without questions. */
export async function runPulumi(operation: "up" | "destroy"): Promise<Changes> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-demo-"));
  const log = path.join(folder, "events.json");
  const args = [operation, "--yes", "--skip-preview", "--non-interactive", "--stack", stackName, "--event-log", log];
  // The log of events is how Pulumi's Automation API follows a run; the command line shows that option only so.
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

/** The linuxnet resources of the lab's stack; none where there is no stack. */
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

/** An operation that was killed leaves the state locked. Its lock is taken away if that process no longer runs. */
async function unlockAbandoned({ stdout, stderr }: RunResult): Promise<boolean> {
  const holder = /stack is currently locked by[\s\S]*?\(pid (\d+)\)/.exec(`${stdout}${stderr}`)?.[1];
  if (holder === undefined || existsSync(`/proc/${holder}`)) return false;
  await pulumi(repository, ["cancel", "--yes", "--stack", stackName]);
  return true;
}
