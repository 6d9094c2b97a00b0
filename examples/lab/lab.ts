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
 * Starts SSH hosts in namespaces of this machine or in virtual machines, connected by a wire of their own. The
 * leftovers of a lab that died in the folder are removed first.
 * @throws LabError if a lab already runs in the folder, or if this machine's network conflicts with an attached lab.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const folder = path.resolve(options.folder);
  const { gateway = "10.0.12.1/22", gateway6 = "fd00:12::1/64", attach = false, survives = false } = options;
  const debian = options.debian ?? (process.env.LINUXNET_DEBIAN || undefined);
  const hosts = await Promise.all(options.hosts.map((host) => housed(host, { ...options, debian })));
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
    ...(debian && { debian }),
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

/** Fills in what a host runs in, from the lab's options or the environment, if the host itself does not say. */
async function housed(host: LabHost, { debian, machine }: LabOptions): Promise<LabHost> {
  if (host.root !== undefined || host.machine !== undefined) return host;
  const suite = machine ?? (debian === undefined ? process.env.LINUXNET_MACHINE : undefined);
  const interfaceNames = process.env.LINUXNET_INTERFACE_NAMES === "systemd" ? "systemd" : "eth0";
  if (suite) return { interfaceNames, ...host, machine: suite };
  return debian ? { ...host, root: await ensureDebianRoot(debian) } : host;
}

/** The lab that runs in this folder, or undefined. Any process may have started it. */
export function openLab(folder: string): Lab | undefined {
  const record = readRecord(path.resolve(folder));
  return record?.complete && isRunning(record) ? new Lab(record) : undefined;
}

/** Stops the lab in this folder, or cleans up after one that died. If there is no lab, there is nothing to do. */
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

/** The folder for the files of a virtual machine of the lab. */
const machineFolder = (folder: string, host: string) => path.join(folder, "machines", host);

/** SSH hosts in namespaces of this machine or in virtual machines. Created by `startLab`. */
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

  /** The Debian suite whose tools the hosts have. Undefined if they have this machine's tools. */
  get debian(): string | undefined {
    return this.record.debian;
  }

  /** Runs a program on a host, as root. On hosts in namespaces, it bypasses the host's SSH server. */
  exec(host: string, argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return this.place(host).exec(argv, options);
  }

  /** Runs a program as the operator: in the operator's network, with this machine's files. */
  operator(argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return runProgram(this.operatorCommand(argv), options);
  }

  /** The argument list that starts `argv` in the operator's network, for callers that start it themselves. */
  operatorCommand(argv: readonly string[]): string[] {
    return this.record.attach ? [...argv] : this.wireCommand(argv);
  }

  /** The argument list that starts `argv` in the wire's network namespace, which contains the bridge `wire`. */
  wireCommand(argv: readonly string[]): string[] {
    return enter(this.init("wire"), argv, "network");
  }

  /** The argument list that starts `argv` on a host, for callers that start it themselves. */
  hostCommand(host: string, argv: readonly string[]): string[] {
    return [...this.place(host).command(argv)];
  }

  /** The inventory of the hosts, for the stack configuration `linuxnet:hosts`. */
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

  /** The complete network state of a host as text, without what changes by itself. Equal texts mean equal states. */
  dump(host: string): Promise<string> {
    return dumpHost(this, host);
  }

  /**
   * Power-cycles the host. It keeps its addresses, its keys and /etc/netns, and loses everything else. A virtual
   * machine reboots itself and keeps its disk.
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

  /** Starts the host's SSH server and waits until it listens. */
  startSshd(host: string): Promise<void> {
    return startSshServer(this.record.folder, this.place(host), this.host(host));
  }

  /** Stops the host's SSH server and closes its connections. Programs that they started continue to run. */
  stopSshd(host: string): Promise<void> {
    return stopSshServer(this.place(host));
  }

  /** Starts a web server that answers with the text, unless that server already runs. */
  startWeb(host: string, server: WebServer, text: string): Promise<void> {
    return startWebServer(this.place(host), server, text);
  }

  /** Stops the web server. If it does not run, there is nothing to do. */
  stopWeb(host: string, server: WebServer): Promise<void> {
    return stopWebServer(this.place(host), server);
  }

  /** Stops all web servers on the host. */
  stopWebs(host: string): Promise<void> {
    return stopWebServers(this.place(host));
  }

  /**
   * Starts Docker on the host, with an image `web` that answers on port 80 with the text, unless Docker already runs
   * there. It is removed when the lab stops.
   */
  async startDocker(host: string, answer = `Docker's web on ${host}`): Promise<DockerDaemon> {
    const daemon = new DockerDaemon(this.dockerHost(host), dockerFolder(this.record.folder, host));
    await daemon.start(answer);
    return daemon;
  }

  /** Stops the lab and removes everything that it created. A second call has nothing to do. */
  async stop(): Promise<void> {
    const { folder, attach, hosts } = this.record;
    const processes = processesOf(this.record);
    // The link belongs to this lab while the lab's wire exists. Afterwards the kernel has removed it, and a link with
    // this name belongs to another lab.
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

  /** Creates the wire and all hosts, without SSH servers. Part of `startLab`. */
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

  /**
   * The virtual machine of a host.
   * @throws LabError if the host is not a running virtual machine.
   */
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
