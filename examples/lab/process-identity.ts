import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "./lab-error.ts";

/** A process, told apart from a later one with the same number by the time it was started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the machine's start, as /proc has it. */
  readonly startTime: string;
}

/** The process that now has this number, or undefined. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  return stat && { pid, startTime: stat.startTime };
}

/** Whether it still runs; one that has ended and waits for its parent does not. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.startTime === startTime && !"ZX".includes(stat.state);
}

/** Kills them, each only if it is still the same process, and waits until they are gone. */
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
    // The program's name stands in parentheses and may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "X", startTime: fields[19] ?? "" };
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
