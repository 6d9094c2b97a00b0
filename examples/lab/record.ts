import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { LabHost } from "./lab-options.ts";
import { isAlive, type ProcessIdentity } from "./process-identity.ts";

/**
 * In /run: like the lab itself, a record outlives the deletion of the lab's folder, but not a reboot of the machine.
 */
const recordFolder = "/run/linuxnet-lab";

/** A record of a lab that runs, or that was starting when its starter died. */
export interface LabRecord {
  readonly folder: string;
  readonly starter: ProcessIdentity;
  /** Whether the lab outlives its starter. */
  readonly survives: boolean;
  readonly hosts: readonly LabHost[];
  /** The Debian suite whose tools the hosts have. Undefined if they have this machine's tools. */
  readonly debian?: string;
  readonly gateway: string;
  readonly gateway6: string;
  /** Whether this machine's own network has a link to the wire. */
  readonly attach: boolean;
  /** Whether the lab has started completely. */
  complete: boolean;
  /** The processes of each host, and of "wire": outermost first, process 1 last. */
  processes: Record<string, ProcessIdentity[]>;
}

/** The record of the lab in this folder, or undefined. */
export function readRecord(folder: string): LabRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordPath(folder), "utf8")) as LabRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes the record to a temporary file and renames it, so that a reader never sees half of it. */
export function writeRecord(record: LabRecord): void {
  mkdirSync(recordFolder, { recursive: true, mode: 0o700 });
  const target = recordPath(record.folder);
  writeFileSync(`${target}.${process.pid}`, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(`${target}.${process.pid}`, target);
}

/** Removes the record of the lab in this folder, and the records of labs that died and left no process. */
export function removeRecord(folder: string): void {
  rmSync(recordPath(folder), { force: true });
  try {
    for (const name of readdirSync(recordFolder).filter((entry) => entry.endsWith(".json"))) {
      const record = JSON.parse(readFileSync(path.join(recordFolder, name), "utf8")) as LabRecord;
      if (!isAlive(record.starter) && processesOf(record).every((identity) => !isAlive(identity))) {
        rmSync(path.join(recordFolder, name), { force: true });
      }
    }
    rmdirSync(recordFolder);
  } catch (error) {
    // Other labs on this machine can start and stop at any time.
    if (!["ENOENT", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** All processes of the lab, which must end with it. */
export function processesOf(record: LabRecord): ProcessIdentity[] {
  return Object.values(record.processes).flat();
}

function recordPath(folder: string): string {
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  return path.join(recordFolder, `${digest}.json`);
}
