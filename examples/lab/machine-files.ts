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

/** What a virtual machine has in its folder. */
export interface MachineFiles {
  readonly privateKey: string;
  readonly knownHosts: string;
  /** For `ssh -F`; the machine is called there by its name. */
  readonly sshConfig: string;
  /** Connects the machine's tap to a wire. */
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

/** Writes all that has to be there before the machine is booted. */
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

/** Removes them, and the folder where nothing else is in it. */
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
    // With other work on this machine, an emulated processor can take long to answer.
    ...["ConnectTimeout 15", "ServerAliveInterval 10", "ServerAliveCountMax 3"],
    ...["ControlMaster auto", "ControlPersist 30", `ControlPath ${sshSocket(folder)}`, ""],
  ].join("\n");
}
