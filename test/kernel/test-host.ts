import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { FirewallChoice } from "../../provider/schema/host.js";
import { createLocalTransport } from "../../provider/transport/local.js";
import type { Transport } from "../../provider/transport/transport.js";

/** Prints what there is under /etc/netns, and on its way there. */
export const namesOnDisk =
  "find /etc/netns /etc/.netns* \\( -type f -exec stat -c '%a %u:%g %n' {} + -exec grep -H '' {} + \\) -o -print 2>/dev/null | sort";

/** A host of its own for a test: network, mount and process namespaces with an own /run and /etc, and no SSH. */
export class TestHost {
  readonly transport: Transport;
  /** What the resources of this host are to be made with: the host field of this name. */
  firewall: FirewallChoice = "auto";
  private constructor(
    private readonly process: ChildProcess,
    private readonly pid: number,
  ) {
    this.transport = createLocalTransport(
      { kind: "local", name: "kernel", sudo: false },
      { shell: this.argv("/bin/sh") },
    );
  }

  static async start(): Promise<TestHost> {
    const script =
      // What rules switch on is on.
      "mount -t tmpfs run /run && mkdir -p /run/netns /run/lock /run/etc/upper /run/etc/work && " +
      "mount -t overlay etc -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc && ip link set lo up && sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 && echo ready && exec sleep infinity";
    const child = spawn(
      "unshare",
      ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    await once(child.stdout, "data");
    const pid = execFileSync("ps", ["-o", "pid=", "--ppid", String(child.pid)], { encoding: "utf8" });
    return new TestHost(child, Number(pid));
  }

  /** The argument list that runs another one on the host. */
  argv(...argv: [string, ...string[]]): [string, ...string[]] {
    return ["nsenter", "-t", String(this.pid), "--net", "--mount", "--pid", "--", ...argv];
  }

  /** Runs a line for the shell on the host, past the provider; throws where it fails. */
  sh(line: string): string {
    const [program, ...args] = this.argv("sh", "-c", line);
    return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  /** All that the provider may change, without what changes by itself. */
  dump(): string {
    return this.sh(
      [
        "ls /run/netns",
        namesOnDisk,
        "for ns in '' $(ls /run/netns); do run=${ns:+ip netns exec $ns}",
        "$run ip -o address; $run ip -d link; { $run ip -4 route show table all; $run ip -6 route show table all; } | sort",
        "$run ip -4 rule; $run ip -6 rule",
        // A table that was used once stays, empty.
        "$run iptables-save | grep '^-A' ; $run ip6tables-save | grep '^-A'",
        "$run sh -c 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/route_localnet'",
        "done; true",
      ].join("\n"),
    )
      .replaceAll(/^\d+: /gm, "")
      .replaceAll(/^.*\b(fe80:|ff00::\/8 ).*\n/gm, "")
      .replaceAll(/NO-CARRIER,|,LOWER_UP|state [A-Z]+|linkdown |tso_max_size \d+/g, "")
      .replaceAll(/valid_lft \S+|preferred_lft \S+|timer +[\d.]+/g, "");
  }

  async stop(): Promise<void> {
    await this.transport.close();
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}
