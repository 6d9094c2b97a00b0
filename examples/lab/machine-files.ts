import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { MachineImage } from "../../scripts/machines/machine-image.mjs";
import { type MachineRecord, sshSocket } from "./machine-record.ts";

/** The paths of the files in a virtual machine's folder. */
export interface MachineFiles {
  readonly privateKey: string;
  readonly knownHosts: string;
  /** The configuration for `ssh -F`. It defines the machine's name as a host. */
  readonly sshConfig: string;
  /** The script that connects the machine's tap to a wire. */
  readonly tapScript: string;
  readonly consoleLog: string;
  readonly qemuLog: string;
}

export function machineFiles(folder: string): MachineFiles {
  const file = (name: string): string => path.join(folder, name);
  return {
    privateKey: file("id_ed25519"),
    knownHosts: file("known_hosts"),
    sshConfig: file("ssh_config"),
    tapScript: file("connect-tap"),
    consoleLog: file("console.log"),
    qemuLog: file("qemu.log"),
  };
}

/** Writes all files that must exist before the machine boots. */
export function writeMachineFiles(record: MachineRecord, { key, hostKeys }: MachineImage): void {
  const { folder, addresses, sshPort } = record;
  const { privateKey, knownHosts, sshConfig, tapScript, consoleLog, qemuLog } = machineFiles(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The image may be removed from the cache while the machine runs.
  copyFileSync(key, privateKey);
  chmodSync(privateKey, 0o600);
  const names = addresses.map((address) => (sshPort === 22 ? address : `[${address}]:${sshPort}`)).join(",");
  const keys = readFileSync(hostKeys, "utf8").trim().split("\n");
  writeFileSync(knownHosts, keys.map((line) => `${names} ${line.split(" ").slice(0, 2).join(" ")}\n`).join(""));
  writeFileSync(sshConfig, sshSettings(record));
  writeFileSync(tapScript, '#!/bin/sh\nexec ip link set "$1" master wire up\n', { mode: 0o700 });
  for (const log of [consoleLog, qemuLog]) writeFileSync(log, "");
}

/** Removes the machine's files, and the folder if it is empty then. */
export function removeMachineFiles(folder: string, { keepLogs }: { keepLogs: boolean }): void {
  const { consoleLog, qemuLog, ...files } = machineFiles(folder);
  for (const file of [...Object.values(files), ...(keepLogs ? [] : [consoleLog, qemuLog])])
    rmSync(file, { force: true });
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

function sshSettings({ folder, name, addresses, sshPort }: MachineRecord): string {
  const { privateKey, knownHosts } = machineFiles(folder);
  const file = (text: string): string => `"${text.replaceAll("%", "%%")}"`;
  return [
    `Host ${name}`,
    ...[`HostName ${addresses[0]}`, `Port ${sshPort}`, "User root", `IdentityFile ${file(privateKey)}`],
    ...["IdentitiesOnly yes", "BatchMode yes", "LogLevel ERROR", "SetEnv LANG=C.UTF-8"],
    ...[`UserKnownHostsFile ${file(knownHosts)}`, "GlobalKnownHostsFile /dev/null", "StrictHostKeyChecking yes"],
    // On a busy machine, an emulated processor can take long to answer.
    ...["ConnectTimeout 15", "ServerAliveInterval 10", "ServerAliveCountMax 3"],
    ...["ControlMaster auto", "ControlPersist 30", `ControlPath ${sshSocket(folder)}`, ""],
  ].join("\n");
}
