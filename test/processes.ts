/** Processes of this machine, as /proc shows them. */
import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/** A process's ID, its parent's ID and its program's name. */
export interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly program: string;
}

/** All running processes, without those that have ended and wait for their parent. */
export function running(): Running[] {
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    const stat = reading(() => readFileSync(`/proc/${entry}/stat`, "utf8"));
    if (stat === undefined) return [];
    // The program's name is in parentheses, and may contain spaces and parentheses itself.
    const end = stat.lastIndexOf(")");
    const [state = "X", parent] = stat.slice(end + 2).split(" ");
    if ("ZX".includes(state)) return [];
    return [{ pid: Number(entry), parent: Number(parent), program: stat.slice(stat.indexOf("(") + 1, end) }];
  });
}

/** The descendants of a process, nearest first. */
export function descendants(pid: number, among = running()): Running[] {
  const children = among.filter(({ parent }) => parent === pid);
  return [...children, ...children.flatMap((child) => descendants(child.pid, among))];
}

/** The processes in the same process namespace as this one. */
export function together(pid: number): number[] {
  const namespace = (of: number | string) => reading(() => readlinkSync(`/proc/${of}/ns/pid`));
  const own = namespace(pid);
  if (own === undefined) return [];
  return running().flatMap((other) => (namespace(other.pid) === own ? [other.pid] : []));
}

/** The processes whose environment has this entry. */
export function withVariable(entry: string): number[] {
  return running().flatMap(({ pid }) => {
    const environment = reading(() => readFileSync(`/proc/${pid}/environ`, "utf8")) ?? "";
    return environment.split("\0").includes(entry) ? [pid] : [];
  });
}

/** A process's argument list; empty if the process no longer exists. */
export function argumentsOf(pid: number): string[] {
  return (reading(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")) ?? "").split("\0");
}

/** Kills one process, or its group if the number is negative. Returns false if it had already ended. */
export function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** Returns undefined if the process has ended in the meantime. */
function reading<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
