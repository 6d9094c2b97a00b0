import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Lab } from "../../examples/lab/lab.ts";

/** A route and a table that are created for a moment, to check that a watch has seen everything up to then. */
const sign = { route: "192.0.2.77", table: "linuxnet_watch" };

const watchScript = `
watch() {
  "$@" ip monitor link address route rule &
  "$@" nft monitor &
}
watch
for name in $(ls /run/netns); do watch ip netns exec "$name"; done
wait`;

const signScript = `
sign() {
  "$@" ip route add blackhole ${sign.route} && "$@" ip route del blackhole ${sign.route}
  "$@" nft add table inet ${sign.table} && "$@" nft delete table inet ${sign.table}
}
sign
for name in $(ls /run/netns); do sign ip netns exec "$name"; done`;

const isOwn = new RegExp(`^$|${sign.route.replaceAll(".", "\\.")}|${sign.table}|^# new generation`);
/** A bridge reports this for each port by itself, after the delay after which the port would forward with STP. */
const isForwarding = /^\d+: \S+ <\S+> mtu \d+ master \S+ state/;

/** Listens to the kernel for changes in a host's network namespaces, including those that are reverted. */
export class HostWatch {
  private said = "";

  private constructor(
    private readonly lab: Lab,
    private readonly host: string,
    private readonly child: ChildProcess,
  ) {
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
    });
  }

  static async start(lab: Lab, host: string): Promise<HostWatch> {
    const [program, ...args] = lab.hostCommand(host, ["sh", "-c", watchScript]) as [string, ...string[]];
    const child = spawn(program, args, { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    const watch = new HostWatch(lab, host, child);
    // Some listeners miss signs that are made before all of them listen.
    for (const until = Date.now() + 60_000; !(await watch.hearsSigns(1_000)); watch.said = "")
      if (Date.now() > until) throw watch.deaf();
    watch.said = "";
    return watch;
  }

  /** What it has heard, except for its own signs. */
  async seen(): Promise<string> {
    if (!(await this.hearsSigns(30_000))) throw this.deaf();
    const messages = this.said.split(/\n(?=\S)/).map((message) => message.trimEnd());
    return messages.filter((message) => !isOwn.test(message) && !isForwarding.test(message)).join("\n");
  }

  /**
   * Makes a sign in every namespace. Resolves with whether all listeners have heard theirs within this many
   * milliseconds.
   */
  private async hearsSigns(patience: number): Promise<boolean> {
    const { stdout } = await this.lab.exec(this.host, ["ls", "/run/netns"]);
    const count = 1 + stdout.split("\n").filter(Boolean).length;
    await this.lab.exec(this.host, ["sh", "-ec", signScript]);
    // Each sign is reported twice: when it is created, and when it is deleted.
    const areHeard = (text: string) => this.said.split("\n").filter((line) => line.includes(text)).length >= 2 * count;
    for (const until = Date.now() + patience; Date.now() < until;) {
      if (areHeard(sign.route) && areHeard(sign.table)) return true;
      await delay(50);
    }
    return false;
  }

  private deaf(): Error {
    return new Error(`a watch over ${this.host} does not hear what is changed there:\n${this.said}`);
  }

  async stop(): Promise<void> {
    const closed = once(this.child, "close");
    process.kill(-this.child.pid!, "SIGKILL");
    await closed;
  }
}
