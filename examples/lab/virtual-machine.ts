import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureMachineImage } from "../../scripts/machines/machine-image.mjs";
import { installDebianPackages, isThere } from "../../scripts/setup/debian-packages.mjs";
import type { Lab } from "./lab.ts";
import { freePort } from "./free-port.ts";
import { LabError } from "./lab-error.ts";
import { type MachineFiles, machineFiles, removeMachineFiles, writeMachineFiles } from "./machine-files.ts";
import type { InventoryEntry } from "./lab-options.ts";
import {
  type MachineRecord,
  readMachineRecord,
  removeMachineRecord,
  sshSocket,
  writeMachineRecord,
} from "./machine-record.ts";
import { identify, isAlive, killProcesses, type ProcessIdentity } from "./process-identity.ts";
import { type InterfaceNames, qemuCommand, type TapNetwork } from "./qemu.ts";
import { type RunOptions, type RunResult, runProgram } from "./run-program.ts";
import { quoteForShell } from "./shell-quoting.ts";
import { startQemu } from "./start-qemu.ts";
import { addressOf, macAddress } from "./wire.ts";

/** How a virtual machine is booted. */
export interface VirtualMachineOptions {
  /** The Debian suite: bullseye, bookworm, trixie or sid. */
  readonly suite: string;
  /** The folder for the machine's key, known hosts, disk changes and logs. Each machine needs its own folder. */
  readonly folder: string;
  /** The host name: lower-case letters, digits and `-`, at most 12 characters. Default: the suite. */
  readonly name?: string;
  /** How the interface is named: `eth0`, or by systemd (`enp0s2`). Default `eth0`. */
  readonly interfaceNames?: InterfaceNames;
  /** The memory in MiB. Default 1024. */
  readonly memory?: number;
  /** Connects the machine to a lab's wire. Without it, only its SSH port can be reached, on 127.0.0.1. */
  readonly wire?: WirePlace;
  /**
   * Whether the machine outlives this process. Otherwise it ends with it, even if this process is killed. Default
   * false.
   */
  readonly survives?: boolean;
  /** Seconds to wait until the machine answers. Default 300. */
  readonly timeout?: number;
}

/** A machine's connection to a lab's wire. The machine must be stopped before the lab. */
export interface WirePlace {
  readonly lab: Lab;
  /** IPv4 address with prefix length, e.g. `10.0.12.21/22`. */
  readonly address: string;
  /** IPv6 address with prefix length, e.g. `fd00:12::21/64`. */
  readonly address6?: string;
}

/**
 * A Debian with its own kernel and systemd, in QEMU. It never writes to its image: its disk changes survive a reboot,
 * but are lost when the machine is stopped.
 */
export class VirtualMachine {
  private readonly record: MachineRecord;

  private constructor(record: MachineRecord) {
    this.record = record;
  }

  /**
   * Boots a machine and waits until it has started and answers by SSH. QEMU and the image are installed and built first
   * if they are missing.
   * @throws LabError with the last lines of its console if it does not answer.
   */
  static async boot(options: VirtualMachineOptions): Promise<VirtualMachine> {
    const {
      suite,
      name = suite,
      interfaceNames = "eth0",
      memory = 1024,
      wire,
      survives = false,
      timeout = 300,
    } = options;
    const folder = path.resolve(options.folder);
    if (!/^[a-z][a-z0-9-]{0,11}$/.test(name)) {
      throw new LabError(`"${name}" cannot be a machine's name: small letters, digits and "-", at most 12 of them.`);
    }
    await clearLeftovers(folder);
    if (!isThere("qemu-system-x86_64")) await installDebianPackages(["qemu-system-x86"]);
    const image = await ensureMachineImage(suite);
    const sshPort = wire ? 22 : await freePort();
    const record: MachineRecord = {
      folder,
      name,
      suite,
      interfaceNames,
      starter: identify(process.pid) as ProcessIdentity,
      addresses: wire ? addressesOf(wire).map(addressOf) : ["127.0.0.1"],
      sshPort,
      operator: wire?.lab.operatorCommand([]) ?? [],
      complete: false,
    };
    writeMachineRecord(record);
    const machine = new VirtualMachine(record);
    try {
      writeMachineFiles(record, image);
      const network = wire ? machine.tap(wire) : { sshPort };
      const identity = { name, machineId: randomBytes(16).toString("hex"), interfaceNames, memory };
      const command = qemuCommand({ image, ...identity, consoleLog: machine.consoleLog, network });
      await machine.start(wire?.lab.wireCommand(command) ?? command, survives);
      await machine.waitUntilStarted(timeout);
      record.complete = true;
      writeMachineRecord(record);
      return machine;
    } catch (error) {
      await machine.stop({ keepLogs: true });
      throw error;
    }
  }

  /** The machine that runs in this folder, or undefined. Any process may have started it. */
  static open(folder: string): VirtualMachine | undefined {
    const record = readMachineRecord(path.resolve(folder));
    return record?.complete && record.qemu && isAlive(record.qemu) ? new VirtualMachine(record) : undefined;
  }

  /**
   * Stops the machine in this folder, or cleans up after one that died or has not booted yet.
   * @returns Whether there was a machine.
   */
  static async stop(folder: string): Promise<boolean> {
    const record = readMachineRecord(path.resolve(folder));
    if (record) await new VirtualMachine(record).stop();
    return record !== undefined;
  }

  get name(): string {
    return this.record.name;
  }

  get suite(): string {
    return this.record.suite;
  }

  get interfaceNames(): InterfaceNames {
    return this.record.interfaceNames;
  }

  /** The path of the serial console's log, with messages of the kernel and systemd. */
  get consoleLog(): string {
    return this.files.consoleLog;
  }

  /** The inventory with this machine, for the stack configuration `linuxnet:hosts`. */
  inventory(): Record<string, InventoryEntry> {
    const { name, addresses, sshPort: port } = this.record;
    const { privateKey, knownHosts } = this.files;
    const login = { user: "root", port, privateKeyPath: privateKey, knownHostsPath: knownHosts };
    return { [name]: { address: addresses[0]!, ...login } };
  }

  /** Runs a program on the machine as root, over an SSH connection that later calls share. */
  exec(argv: readonly string[], { env = {}, ...options }: Omit<RunOptions, "cwd"> = {}): Promise<RunResult> {
    return runProgram(this.command(argv, env), options);
  }

  /** The argument list that starts `argv` on the machine, for callers that start it themselves. */
  command(argv: readonly string[], env: Readonly<Record<string, string>> = {}): string[] {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    return [...this.ssh(), "--", quoteForShell(variables.length === 0 ? argv : ["env", ...variables, ...argv])];
  }

  /** The argument list that starts an interactive shell on the machine, or a program with a terminal. */
  terminalCommand(argv: readonly string[] = []): string[] {
    return [...this.ssh(["-t"]), ...(argv.length === 0 ? [] : ["--", quoteForShell(argv)])];
  }

  /**
   * Has the machine reboot itself and waits until it has started again. It keeps its disk.
   * @throws LabError if it does not answer, before or after the reboot.
   */
  async reboot(timeout = 300): Promise<void> {
    const before = await this.bootId();
    if (before === undefined) throw new LabError(`${this.name} does not answer, and can't be told to reboot.`);
    // The connection may be closed before the command has returned.
    await this.exec(["systemctl", "reboot"], { reject: false, timeout: 30 });
    await this.disconnect();
    await this.waitUntilStarted(timeout, before);
  }

  /** Stops the machine as a power failure would, and removes its files. A second call has nothing to do. */
  async stop({ keepLogs = false } = {}): Promise<void> {
    const { folder, qemu } = this.record;
    await this.disconnect();
    if (qemu) await killProcesses([qemu]);
    removeMachineFiles(folder, { keepLogs });
    removeMachineRecord(folder);
  }

  private get files(): MachineFiles {
    return machineFiles(this.record.folder);
  }

  /** The tap that connects the machine to the wire. The kernel removes it when QEMU ends. */
  private tap(wire: WirePlace): TapNetwork {
    return {
      tap: `to-${this.name}`,
      script: this.files.tapScript,
      macAddress: macAddress(wire.address),
      addresses: addressesOf(wire),
      gateways: wire.lab.gateways.map(addressOf).filter((gateway) => wire.address6 ?? !gateway.includes(":")),
    };
  }

  private async start(command: readonly string[], survives: boolean): Promise<void> {
    const { folder } = this.record;
    await startQemu(command, { survives, temporary: folder, log: this.files.qemuLog }, (qemu) => {
      this.record.qemu = qemu;
      writeMachineRecord(this.record);
    });
  }

  /** @param before The boot ID before a reboot. Waits until the machine answers with another one. */
  private async waitUntilStarted(timeout: number, before?: string): Promise<void> {
    const deadline = Date.now() + timeout * 1000;
    for (let patience = 2; ; patience = Math.min(patience + 1, 15)) {
      const now = await this.bootId(patience);
      if (now !== undefined && now !== before) break;
      // A shared connection to the system that is shutting down would never get an answer.
      await this.disconnect();
      if (!this.record.qemu || !isAlive(this.record.qemu)) throw this.failure("ended before it answered");
      if (Date.now() > deadline) throw this.failure(`did not answer within ${timeout} s`);
      await sleep(300);
    }
    // SSH answers while other services are still starting. A service that fails does not make the boot fail.
    const seconds = Math.max(30, (deadline - Date.now()) / 1000);
    await this.exec(["systemctl", "is-system-running", "--wait"], { reject: false, timeout: seconds });
  }

  /** The kernel's ID of the current boot, or undefined if the machine does not answer. */
  private async bootId(patience = 10): Promise<string | undefined> {
    const { exitCode, stdout } = await runProgram(
      [...this.ssh(["-o", `ConnectTimeout=${patience}`]), "--", "cat", "/proc/sys/kernel/random/boot_id"],
      { reject: false, timeout: patience + 30 },
    );
    return exitCode === 0 ? stdout.trim() : undefined;
  }

  private ssh(options: readonly string[] = []): string[] {
    return [...this.record.operator, "ssh", "-F", this.files.sshConfig, ...options, this.record.name];
  }

  /** Closes the shared SSH connection and all sessions that use it. */
  private async disconnect(): Promise<void> {
    if (!existsSync(sshSocket(this.record.folder))) return;
    await runProgram(this.ssh(["-O", "exit"]), { reject: false, timeout: 10 });
  }

  private failure(what: string): LabError {
    const said = [this.files.qemuLog, this.consoleLog]
      .flatMap((file) => readFileSync(file, "utf8").trim().split(/\r?\n/).slice(-15))
      .join("\n")
      .trim();
    return new LabError(
      said === ""
        ? `The machine ${this.name} ${what}, and wrote nothing to its console.`
        : `The machine ${this.name} ${what}; the last lines of its console, all of it in ${this.consoleLog}:\n${said}`,
    );
  }
}

async function clearLeftovers(folder: string): Promise<void> {
  const record = readMachineRecord(folder);
  if (!record) return;
  const isBooting = !record.complete && isAlive(record.starter) && record.starter.pid !== process.pid;
  if (isBooting || VirtualMachine.open(folder))
    throw new LabError(`A machine runs in ${folder} already: stop it first.`);
  await VirtualMachine.stop(folder);
}

function addressesOf({ address, address6 }: WirePlace): string[] {
  return address6 === undefined ? [address] : [address, address6];
}
