import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProcessIdentity } from "./process-identity.ts";
import type { InterfaceNames } from "./qemu.ts";

/** In /run, as the lab's records are: it outlives the deletion of a machine's folder, and not this machine's restart. */
const recordFolder = "/run/linuxnet-machines";

/** What is known of a virtual machine that runs, or was being booted when its starter died. */
export interface MachineRecord {
  readonly folder: string;
  readonly name: string;
  readonly suite: string;
  readonly interfaceNames: InterfaceNames;
  readonly starter: ProcessIdentity;
  /** The machine's addresses, without prefix lengths; the first one is what SSH connects to. */
  readonly addresses: readonly string[];
  readonly sshPort: number;
  /** What an argument list starts with where the machine can be reached from. */
  readonly operator: readonly string[];
  /** True once it has answered. */
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

/** Written aside and renamed: a reader never sees half of it. */
export function writeMachineRecord(record: MachineRecord): void {
  mkdirSync(recordFolder, { recursive: true, mode: 0o700 });
  const target = `${runtimePath(record.folder)}.json`;
  writeFileSync(`${target}.${process.pid}`, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(`${target}.${process.pid}`, target);
}

/** Forgets the machine in this folder. */
export function removeMachineRecord(folder: string): void {
  rmSync(`${runtimePath(folder)}.json`, { force: true });
}

/** The socket of the machine's SSH connection. A socket's path has to be short, and the folder's may be long. */
export function sshSocket(folder: string): string {
  return `${runtimePath(folder)}.ssh`;
}

function runtimePath(folder: string): string {
  return path.join(recordFolder, createHash("sha256").update(folder).digest("hex").slice(0, 12));
}
