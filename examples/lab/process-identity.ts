import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "./lab-error.ts";

/** A process. Its start time distinguishes it from a later process with the same PID. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, from /proc/PID/stat. */
  readonly startTime: string;
}

/** The process that currently has this PID, or undefined. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTime: stat.startTime };
}

/** Whether the process still runs. A zombie does not. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.startTime === startTime && !"ZX".includes(stat.state);
}

/**
 * Kills processes, each only if its PID still belongs to it, and waits until they have ended.
 * @throws LabError if one has not ended after 10 seconds.
 */
export async function killProcesses(processes: readonly ProcessIdentity[]): Promise<void> {
  for (const identity of processes) {
    if (!isAlive(identity)) continue;
    try {
      process.kill(identity.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
  const deadline = Date.now() + 10_000;
  while (processes.some(isAlive)) {
    if (Date.now() > deadline) {
      const left = processes.filter(isAlive).map(({ pid }) => pid);
      throw new LabError(
        `The lab's process ${left.join(", ")} does not end; end it with "kill -9" and stop the lab again.`,
      );
    }
    await sleep(5);
  }
}

function readStat(pid: number): { state: string; startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name is in parentheses and may itself contain spaces and parentheses.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "X", startTime: fields[19] ?? "" };
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
