import { ensureDebianRoot } from "../../scripts/machines/debian-root.mjs";
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import path from "node:path";
import { DockerDaemon, type DockerHost, dockerFolder, removeDockers } from "./docker.ts";
import { dumpHost } from "./dump.ts";
import { LabError } from "./lab-error.ts";
import type { InventoryEntry, LabHost, LabOptions } from "./lab-options.ts";
import { enter, makeNamespaces, namespacesOf, type Place } from "./namespaces.ts";
import { identify, isAlive, killProcesses, type ProcessIdentity } from "./process-identity.ts";
import { type LabRecord, processesOf, readRecord, removeRecord, writeRecord } from "./record.ts";
import { runProgram, type RunOptions, type RunResult } from "./run-program.ts";
import { makeKeys, operatorFiles, startSshServer, stopSshServer } from "./ssh-server.ts";
import { VirtualMachine } from "./virtual-machine.ts";
import { startWebServer, stopWebServer, stopWebServers, type WebServer } from "./web-server.ts";
import {
  addressOf,
  attachedLink,
  attachMachine,
  connectHost,
  detachMachine,
  disconnectHost,
  isAttached,
  makeWire,
  refuseOverlap,
} from "./wire.ts";

export type { InventoryEntry, LabHost, LabOptions };

/**
 * Starts SSH hosts in namespaces of this machine, on a wire of their own. What a dead lab left in the folder is
 * cleaned up first.
 * @throws LabError where a lab runs in the folder already, or this machine's network is in its way.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const folder = path.resolve(options.folder);
  const { gateway = "10.0.12.1/22", gateway6 = "fd00:12::1/64", attach = false, survives = false } = options;
  const hosts = await Promise.all(options.hosts.map((host) => housed(host, options)));
  for (const { name } of hosts) {
    if (!/^[a-z][a-z0-9-]{0,11}$/.test(name) || name === "wire") {
      throw new LabError(
        `"${name}" cannot be a lab host's name: small letters, digits and "-", at most 12 of them, and not "wire".`,
      );
    }
  }
  await clearLeftovers(folder);
  if (attach) {
    if (await isAttached()) {
      throw new LabError(
        `Another lab is attached to this machine by the link ${attachedLink}: stop it with "npm run lab:down" where it was started.`,
      );
    }
    await refuseOverlap([gateway, gateway6]);
  }
  const starter = identify(process.pid) as ProcessIdentity;
  const record: LabRecord = {
    folder,
    starter,
    survives,
    hosts,
    gateway,
    gateway6,
    attach,
    complete: false,
    processes: {},
  };
  writeRecord(record);
  const lab = new Lab(record);
  try {
    mkdirSync(folder, { recursive: true });
    await Promise.all([makeKeys(folder, hosts), lab.boot()]);
    await Promise.all(hosts.filter(({ machine }) => machine === undefined).map(({ name }) => lab.startSshd(name)));
    record.complete = true;
    writeRecord(record);
    return lab;
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

/** A host with what it runs in, where that is left to the lab or to the environment. */
async function housed(host: LabHost, { debian, machine }: LabOptions): Promise<LabHost> {
  if (host.root !== undefined || host.machine !== undefined) return host;
  const suite = machine ?? (debian === undefined ? process.env.LINUXNET_MACHINE : undefined);
  const interfaceNames = process.env.LINUXNET_INTERFACE_NAMES === "systemd" ? "systemd" : "eth0";
  if (suite) return { interfaceNames, ...host, machine: suite };
  const tools = debian ?? process.env.LINUXNET_DEBIAN;
  return tools ? { ...host, root: await ensureDebianRoot(tools) } : host;
}

/** The lab that runs in this folder, whichever process started it, or undefined. */
export function openLab(folder: string): Lab | undefined {
  const record = readRecord(path.resolve(folder));
  return record?.complete && isRunning(record) ? new Lab(record) : undefined;
}

/** Stops the lab in this folder, and cleans up after one that died. Without any there is nothing to do. */
export async function stopLab(folder: string): Promise<void> {
  const record = readRecord(path.resolve(folder));
  if (record) await new Lab(record).stop();
}

async function clearLeftovers(folder: string): Promise<void> {
  const record = readRecord(folder);
  if (!record) return;
  if (
    (record.complete && isRunning(record)) ||
    (!record.complete && isAlive(record.starter) && record.starter.pid !== process.pid)
  ) {
    throw new LabError(`A lab runs in ${folder} already: stop it first.`);
  }
  await new Lab(record).stop();
}

function isRunning(record: LabRecord): boolean {
  const machines = record.hosts.filter(({ machine }) => machine !== undefined);
  return (
    processesOf(record).every(isAlive) &&
    machines.every(({ name }) => VirtualMachine.open(machineFolder(record.folder, name)) !== undefined)
  );
}

/** Where a virtual machine of the lab has its files. */
const machineFolder = (folder: string, host: string) => path.join(folder, "machines", host);

/** SSH hosts in namespaces of this machine, or in virtual machines. Made by `startLab`. */
export class Lab {
  private readonly record: LabRecord;

  constructor(record: LabRecord) {
    this.record = record;
  }

  /** The names of the hosts. */
  get hosts(): string[] {
    return this.record.hosts.map(({ name }) => name);
  }

  /** The operator's addresses on the wire, in CIDR form: IPv4, then IPv6. */
  get gateways(): string[] {
    return [this.record.gateway, this.record.gateway6];
  }

  /** Runs a program in a host, as root, past SSH. */
  exec(host: string, argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return this.place(host).exec(argv, options);
  }

  /** Runs a program where the operator sits: on the wire, with this machine's files. */
  operator(argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return runProgram(this.operatorCommand(argv), options);
  }

  /** The argument list that starts `argv` where the operator sits, for callers that start it themselves. */
  operatorCommand(argv: readonly string[]): string[] {
    return this.record.attach ? [...argv] : this.wireCommand(argv);
  }

  /** The argument list that starts `argv` in the wire's network namespace, where the bridge `wire` is. */
  wireCommand(argv: readonly string[]): string[] {
    return enter(this.init("wire"), argv, "network");
  }

  /** The argument list that starts `argv` in a host, for callers that start it themselves. */
  hostCommand(host: string, argv: readonly string[]): string[] {
    return [...this.place(host).command(argv)];
  }

  /** What goes into the stack configuration as `linuxnet:hosts`. */
  inventory(): Record<string, InventoryEntry> {
    const { privateKey, knownHosts } = operatorFiles(this.record.folder);
    const entry = ({ address, sshdConfig = [] }: LabHost): InventoryEntry => ({
      address: addressOf(address),
      user: "root",
      port: Number(sshdConfig.map((line) => /^\s*Port\s+(\d+)/i.exec(line)?.[1]).find(Boolean) ?? 22),
      privateKeyPath: privateKey,
      knownHostsPath: knownHosts,
    });
    return Object.fromEntries(
      this.record.hosts.map((host) => [
        host.name,
        host.machine === undefined ? entry(host) : this.machine(host.name).inventory()[host.name]!,
      ]),
    );
  }

  /** The host's whole network state as text, without what changes by itself: equal texts, equal states. */
  dump(host: string): Promise<string> {
    return dumpHost(this, host);
  }

  /**
   * Takes the power from the host and starts it anew: same addresses and keys, and what is in /etc/netns. Nothing else is left. A
   * virtual machine reboots itself, and keeps its disk.
   */
  async reboot(name: string): Promise<void> {
    const host = this.host(name);
    if (host.machine !== undefined) return this.machine(name).reboot();
    const files = await this.exec(name, ["sh", "-c", "[ ! -d /etc/netns ] || tar -C /etc -c netns | base64 -w 0"]);
    await disconnectHost(this.init("wire"), host);
    await killProcesses(this.record.processes[name] ?? []);
    await this.bootHost(host);
    if (files.stdout !== "") await this.exec(name, ["sh", "-c", `echo ${files.stdout} | base64 -d | tar -C /etc -x`]);
    await this.startSshd(name);
  }

  /** Starts the host's SSH server, and waits until it listens. */
  startSshd(host: string): Promise<void> {
    return startSshServer(this.record.folder, this.place(host), this.host(host));
  }

  /** Stops the host's SSH server and ends its connections. What they had started runs on. */
  stopSshd(host: string): Promise<void> {
    return stopSshServer(this.place(host));
  }

  /** Starts a web server that answers with the text; one that is there already stays. */
  startWeb(host: string, server: WebServer, text: string): Promise<void> {
    return startWebServer(this.place(host), server, text);
  }

  /** Stops the web server; without one there is nothing to do. */
  stopWeb(host: string, server: WebServer): Promise<void> {
    return stopWebServer(this.place(host), server);
  }

  /** Stops all web servers of the host. */
  stopWebs(host: string): Promise<void> {
    return stopWebServers(this.place(host));
  }

  /**
   * Starts Docker in the host, with an image `web` that answers on port 80 with the text; one that runs there already stays. It
   * goes with the lab.
   */
  async startDocker(host: string, answer = `Docker's web on ${host}`): Promise<DockerDaemon> {
    const daemon = new DockerDaemon(this.dockerHost(host), dockerFolder(this.record.folder, host));
    await daemon.start(answer);
    return daemon;
  }

  /** Ends the lab and takes away all that it made; a second time there is nothing to do. */
  async stop(): Promise<void> {
    const { folder, attach, hosts } = this.record;
    const processes = processesOf(this.record);
    // The link is this lab's while its wire lives; after that the kernel has taken it, and one there is another lab's.
    if (attach && (this.record.processes.wire ?? []).some(isAlive)) await detachMachine();
    try {
      await removeDockers(
        folder,
        hosts.map(({ name }) => this.dockerHost(name)),
      );
    } finally {
      const machines = hosts.filter(({ machine }) => machine !== undefined);
      await Promise.all(machines.map(({ name }) => VirtualMachine.stop(machineFolder(folder, name))));
      await killProcesses(processes);
    }
    for (const file of Object.values(operatorFiles(folder))) rmSync(file, { force: true });
    for (const { name } of hosts) rmSync(path.join(folder, "hosts", name), { recursive: true, force: true });
    for (const emptied of [path.join(folder, "hosts"), path.join(folder, "machines"), folder]) {
      if (existsSync(emptied) && readdirSync(emptied).length === 0) rmdirSync(emptied);
    }
    removeRecord(folder);
  }

  /** Makes the wire and all hosts, without SSH servers. Part of `startLab`. */
  async boot(): Promise<void> {
    const { hosts, attach } = this.record;
    const inNamespaces = hosts.filter(({ machine }) => machine === undefined);
    await Promise.all(["wire", ...inNamespaces.map(({ name }) => name)].map((name) => this.house(name)));
    await makeWire(this.init("wire"), this.gateways, attach);
    if (attach) await attachMachine(this.init("wire"), this.gateways);
    await Promise.all([
      ...inNamespaces.map((host) => connectHost(this.init("wire"), this.init(host.name), host, this.gateways)),
      ...hosts.filter((host) => !inNamespaces.includes(host)).map((host) => this.bootMachine(host)),
    ]);
  }

  private async bootHost(host: LabHost): Promise<void> {
    await this.house(host.name);
    await connectHost(this.init("wire"), this.init(host.name), host, this.gateways);
  }

  private async bootMachine(host: LabHost): Promise<void> {
    const { name, address, address6, machine: suite = "", interfaceNames } = host;
    await VirtualMachine.boot({
      ...{ suite, name, folder: machineFolder(this.record.folder, name), survives: this.record.survives },
      ...(interfaceNames && { interfaceNames }),
      wire: { lab: this, address, ...(address6 !== undefined && { address6 }) },
    });
  }

  /** The virtual machine that is this host. */
  machine(name: string): VirtualMachine {
    const machine = VirtualMachine.open(machineFolder(this.record.folder, name));
    if (!machine) throw new LabError(`${name} of the lab in ${this.record.folder} is no virtual machine that runs.`);
    return machine;
  }

  private place(name: string): Place {
    return this.host(name).machine === undefined ? namespacesOf(this.init(name)) : this.machine(name);
  }

  private house(name: string): Promise<void> {
    const { folder, survives, hosts } = this.record;
    const root = hosts.find((host) => host.name === name)?.root;
    return makeNamespaces({ name, folder, root, survives }, (processes) => this.writeDown(name, processes));
  }

  private writeDown(name: string, processes: ProcessIdentity[]): void {
    this.record.processes[name] = processes;
    writeRecord(this.record);
  }

  private host(name: string): LabHost {
    const host = this.record.hosts.find((candidate) => candidate.name === name);
    if (!host) throw new LabError(`The lab has no host ${name}; it has ${this.hosts.join(" and ")}.`);
    return host;
  }

  private dockerHost(name: string): DockerHost {
    return { name, exec: (argv, options) => this.exec(name, argv, options) };
  }

  private init(name: string): ProcessIdentity {
    if (name !== "wire") this.host(name);
    const init = this.record.processes[name]?.at(-1);
    if (!init || !isAlive(init))
      throw new LabError(`${name} of the lab in ${this.record.folder} does not run: stop the lab and start it again.`);
    return init;
  }
}
