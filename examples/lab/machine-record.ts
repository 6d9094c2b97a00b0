import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProcessIdentity } from "./process-identity.ts";
import type { InterfaceNames } from "./qemu.ts";

/** In /run, like the lab's records: a record outlives the deletion of the machine's folder, but not a reboot. */
const recordFolder = "/run/linuxnet-machines";

/** A record of a virtual machine that runs, or that was booting when its starter died. */
export interface MachineRecord {
  readonly folder: string;
  readonly name: string;
  readonly suite: string;
  readonly interfaceNames: InterfaceNames;
  readonly starter: ProcessIdentity;
  /** The machine's addresses, without prefix lengths. SSH connects to the first one. */
  readonly addresses: readonly string[];
  readonly sshPort: number;
  /** The start of an argument list that runs a program in a network from which the machine can be reached. */
  readonly operator: readonly string[];
  /** Whether the machine has started and answered by SSH. */
  complete: boolean;
  qemu?: ProcessIdentity;
}

/** The record of the machine in this folder, or undefined. */
export function readMachineRecord(folder: string): MachineRecord | undefined {
  try {
    return JSON.parse(readFileSync(`${runtimePath(folder)}.json`, "utf8")) as MachineRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes the record to a temporary file and renames it, so that a reader never sees half of it. */
export function writeMachineRecord(record: MachineRecord): void {
  mkdirSync(recordFolder, { recursive: true, mode: 0o700 });
  const target = `${runtimePath(record.folder)}.json`;
  writeFileSync(`${target}.${process.pid}`, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(`${target}.${process.pid}`, target);
}

/** Removes the record and the SSH socket of the machine in this folder. */
export function removeMachineRecord(folder: string): void {
  for (const file of [`${runtimePath(folder)}.json`, sshSocket(folder)]) rmSync(file, { force: true });
  try {
    rmdirSync(recordFolder);
  } catch (error) {
    // Other machines may have records in the folder.
    if (!["ENOENT", "ENOTEMPTY"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** The path of the socket for shared SSH connections. In /run, because socket paths are limited to about 100 bytes. */
export function sshSocket(folder: string): string {
  return `${runtimePath(folder)}.ssh`;
}

function runtimePath(folder: string): string {
  return path.join(recordFolder, createHash("sha256").update(folder).digest("hex").slice(0, 12));
}
