import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { FirewallChoice } from "../../provider/schema/host.js";
import { createLocalTransport } from "../../provider/transport/local.js";
import type { Transport } from "../../provider/transport/transport.js";
import { type Place } from "../../examples/lab/namespaces.ts";
import { VirtualMachine } from "../../examples/lab/virtual-machine.ts";
import { keepRoutes } from "./clear-host.js";
import { SyncShell } from "./sync-shell.js";
import { type TestMachine, repository, testMachine } from "./test-machine.js";

/** Enables forwarding, which rules would otherwise enable. */
const forward = "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding";

/**
 * Takes the root file system to use (or an empty argument) and this repository's folder; prints its process ID on the
 * machine, and then "ready".
 */
const script = `
  root=$1 repository=$2
  read -r pid rest </proc/self/stat
  echo "$pid"
  if [ "$root" ]; then
    . "$repository/examples/lab/enter-root.sh"
    enter_root "$root" "$repository"
  else
    mount -t proc proc /proc
    mount -t tmpfs run /run
  fi
  mkdir -p /run/netns /run/lock /run/etc/upper /run/etc/work
  mount -t overlay etc -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
  ip link set lo up
  ${forward}
  echo ready
  exec cat >/dev/null`;

/** Prints everything under /etc/netns, and temporary files for it. */
export const namesOnDisk =
  "find /etc/netns /etc/.netns* \\( -type f -exec stat -c '%a %u:%g %n' {} + -exec grep -H '' {} + \\) -o -print 2>/dev/null | sort";

/**
 * A host for a test: network, mount and process namespaces with a separate /run and /etc, and no SSH; or a virtual
 * machine as it is, including the effects of its systemd and udev.
 */
export class TestHost {
  readonly transport: Transport;
  /** The host's `firewall` field, for its resources. */
  firewall: FirewallChoice = "auto";
  private constructor(
    private readonly place: Pick<Place, "command">,
    private readonly end: () => Promise<unknown>,
    private readonly shell?: SyncShell,
  ) {
    this.transport = createLocalTransport(
      { kind: "local", name: "kernel", sudo: false },
      { shell: this.argv("/bin/sh") },
    );
  }

  /** Starts one on the machine that the tests are for, or on another. */
  static async start(on?: TestMachine): Promise<TestHost> {
    const machine = on ?? (await testMachine());
    return machine instanceof VirtualMachine ? TestHost.onVirtual(machine) : TestHost.inNamespaces(machine);
  }

  private static async inNamespaces({ root = "" }: { readonly root?: string }): Promise<TestHost> {
    const namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
    const child = spawn("unshare", [...namespaces, "sh", "-ec", script, "sh", root, repository], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const [pid, ready] = [await lines.next(), await lines.next()];
    if (ready.value !== "ready") throw new Error("the host's namespaces could not be made");
    const enter = ["nsenter", "-t", String(pid.value), "--net", "--mount", "--pid", "--"];
    const end = () => {
      // The process ends when its standard input does.
      child.stdin.destroy();
      return once(child, "exit");
    };
    return new TestHost({ command: (argv) => [...enter, ...argv] }, end);
  }

  private static onVirtual(machine: VirtualMachine): TestHost {
    const shell = new SyncShell(machine.command(["sh"]));
    shell.run(`${forward}; ${keepRoutes}`);
    const end = () => {
      shell.close();
      return Promise.resolve();
    };
    return new TestHost(machine, end, shell);
  }

  /** The argument list that runs another one on the host. */
  argv(...argv: [string, ...string[]]): [string, ...string[]] {
    return [...this.place.command(argv)] as [string, ...string[]];
  }

  /** Runs a shell line on the host, bypassing the provider; throws if it fails. */
  sh(line: string): string {
    if (this.shell) return this.shell.run(line);
    const [program, ...args] = this.argv("sh", "-c", line);
    return execFileSync(program, args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 2 ** 26,
    }).trim();
  }

  /** Everything that the provider may change, without what changes by itself. */
  dump(): string {
    return (
      this.sh(
        [
          "ls /run/netns",
          namesOnDisk,
          "for ns in '' $(ls /run/netns); do run=${ns:+ip netns exec $ns}",
          "$run ip -o address; $run ip -d link; { $run ip -4 route show table all; $run ip -6 route show table all; } | sort",
          "$run ip -4 rule; $run ip -6 rule",
          // A table that was used once remains, empty.
          "$run iptables-save | grep '^-A' ; $run ip6tables-save | grep '^-A'",
          "$run sh -c 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/route_localnet'",
          "done; true",
        ].join("\n"),
      )
        .replaceAll(/^\d+: /gm, "")
        // This includes what a virtual machine learns from its router.
        .replaceAll(/^.*\b(fe80:|ff00::\/8 |proto ra ).*\n/gm, "")
        .replaceAll(/NO-CARRIER,|,LOWER_UP|state [A-Z]+|linkdown |tso_max_size \d+|fdb_n_learned \d+/g, "")
        .replaceAll(/valid_lft \S+|preferred_lft \S+|expires \S+|timer +[\d.]+/g, "")
    );
  }

  async stop(): Promise<void> {
    await this.transport.close();
    await this.end();
  }
}
