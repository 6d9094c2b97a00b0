import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { dumpHost } from "../../examples/lab/dump.ts";
import { enter, makeNamespaces, namespacesOf } from "../../examples/lab/namespaces.ts";
import { type ProcessIdentity, killProcesses } from "../../examples/lab/process-identity.ts";
import { generateKey } from "../kernel/transport-sshd.ts";
import { host, theirs, underlay } from "./network.ts";
import { together } from "../processes.ts";
import { SshDoor } from "./ssh-door.ts";

/** A host in namespaces, and the door through which SSH reaches it. Nothing of it outlives this process. */
export class ChaosHost {
  private constructor(
    /** The files of the host and of whatever uses it. */
    readonly folder: string,
    readonly door: SshDoor,
    private readonly processes: readonly ProcessIdentity[],
    /** The processes that run on the host while it is idle. */
    private readonly quiet: ReadonlySet<number>,
  ) {}

  static async start(): Promise<ChaosHost> {
    const folder = mkdtempSync(path.join(tmpdir(), "linuxnet-chaos-"));
    const file = (name: string) => path.join(folder, name);
    for (const key of ["host_key", "user_key"]) await generateKey(file(key));
    writeFileSync(
      file("sshd_config"),
      [
        `HostKey ${file("host_key")}`,
        `AuthorizedKeysFile ${file("user_key.pub")}`,
        "PermitRootLogin prohibit-password",
        "UsePAM no",
        "StrictModes no",
        // The log of sshd is not compared, and writing it takes time.
        "LogLevel QUIET",
      ].join("\n"),
    );
    let processes: ProcessIdentity[] = [];
    await makeNamespaces({ name: "chaos", folder, survives: false }, (made) => (processes = made));
    const init = processes.at(-1)!;
    const place = namespacesOf(init);
    // A login shell reads the files in its home. Those of this machine's user could do anything, or wait for anything.
    await place.exec(["mount", "-t", "tmpfs", "home", "/root"]);
    const wire = `ip link add eth0 address 02:00:00:00:00:01 type veth peer name wire address 02:00:00:00:00:02; ip address add ${underlay}/24 dev eth0; ip link set eth0 up; ip link set wire up`;
    await place.exec(["sh", "-ec", wire]);
    await place.exec(["sh", "-ec", `touch ${theirs}; unshare --net=${theirs} ip link set lo up`]);
    // A rule leaves the forwarding that it enables on if no Sysctl manages it, so it is on from the start.
    await place.exec(["sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"]);
    const sshd = enter(init, ["/usr/sbin/sshd", "-i", "-f", file("sshd_config")]) as [string, ...string[]];
    const door = await SshDoor.open(sshd);
    const hostKey = readFileSync(file("host_key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    writeFileSync(file("known_hosts"), `[127.0.0.1]:${door.port} ${hostKey}\n`);
    mkdirSync(file("boundary"));
    // The first process of a host has a second one, which waits for this process to end.
    while (together(init.pid).length < 2) await delay(5);
    return new ChaosHost(folder, door, processes, new Set(together(init.pid)));
  }

  /** The value of `linuxnet:hosts` in the configuration. */
  inventory(): Record<string, object> {
    // A machine that runs many hosts and engines at once is slow. That is not one of the faults tested here.
    const connectTimeout = 60;
    const files = {
      privateKeyPath: path.join(this.folder, "user_key"),
      knownHostsPath: path.join(this.folder, "known_hosts"),
    };
    return { [host]: { address: "127.0.0.1", port: this.door.port, user: "root", connectTimeout, ...files } };
  }

  /** The host's network as text, with the notes left in /run and the network namespace that is not the stack's. */
  async dump(): Promise<string> {
    const exec = (_host: string, argv: readonly string[], options = {}) => namespacesOf(this.init).exec(argv, options);
    const network = await dumpHost({ exec }, host);
    // The empty lock file stays. So do notes that nobody holds, because a Sysctl may restore their value later.
    const notes = `find /run/linuxnet -type d -empty -print
      find /run/linuxnet -type f ! -exec grep -q '"holders":.}' {} ';' -print -exec cat {} ';'; cat /run/linuxnet.lock
      nsenter --net=${theirs} sh -c 'ip -brief link; ip -brief address; ip -d link show lo | grep alias; ip route' | sed 's/@if[0-9]* */ /'`;
    const { stdout } = await namespacesOf(this.init).exec(["sh", "-c", notes], { reject: false });
    const sections = network.split(/^(?==== )/m).map(settled);
    return `${sections.join("")}=== /run\n${stdout}\n`;
  }

  /**
   * Waits until all scripts have ended, at most this many milliseconds. Resolves with the number of processes that
   * still run.
   */
  async calm(milliseconds: number): Promise<number> {
    for (const until = Date.now() + milliseconds; ;) {
      const busy = together(this.init.pid).filter((pid) => !this.quiet.has(pid)).length;
      if (busy === 0 || Date.now() >= until) return busy;
      await delay(20);
    }
  }

  async stop(): Promise<void> {
    await this.door.close();
    await killProcesses(this.processes);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get init(): ProcessIdentity {
    return this.processes.at(-1)!;
  }
}

/**
 * A section of a dump without what depends on timing when resources are created in parallel: the order of the rules,
 * and the numbers of bridge ports.
 */
function settled(section: string): string {
  const [title = "", ...lines] = section.trimEnd().split("\n");
  // A refresh already compares the order of each resource's own rules.
  if (/: (?:iptables|nftables)/.test(title)) lines.sort();
  const numbers = /"(?:no|id|designated_port)":(?:"0x\w+"|\d+),/g;
  return [title, ...lines.map((line) => line.replace(numbers, "")), ""].join("\n");
}
