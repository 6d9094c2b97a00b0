import { spawnSync } from "node:child_process";
import type { Transport } from "../../provider/transport/transport.js";
import { TestHost } from "../kernel/test-host.js";
import type { Host } from "./converges.js";
import type { Terminal } from "../kinds/by-hand.js";

/** Milliseconds that a namespace's interfaces may take to disappear after it. */
const slowDeath = 200;

/** A host with a real kernel, which can be rebooted. */
export class KernelHost implements Host {
  private constructor(private host: TestHost) {}

  static async start(): Promise<KernelHost> {
    return new KernelHost(await TestHost.start());
  }

  get transport(): Transport {
    return this.host.transport;
  }

  readonly terminal: Terminal = ([program = "", ...args]) => {
    const [nsenter, ...words] = this.host.argv(program, ...args);
    // A background process would keep the pipe open.
    const output = args.includes("setsid") ? "ignore" : "pipe";
    const { status, stdout, error } = spawnSync(nsenter, words, {
      encoding: "utf8",
      stdio: ["ignore", output, "ignore"],
    });
    if (error) throw error;
    if (args[0] === "netns") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowDeath);
    return status === 0 ? stdout : undefined;
  };

  async reboot(): Promise<void> {
    // /etc is on a disk, so it survives a reboot.
    const kept = this.host.sh("cd /etc && tar -c $(ls -d netns .netns.* 2>/dev/null) 2>/dev/null | base64 -w0");
    await this.host.stop();
    this.host = await TestHost.start();
    if (kept !== "") this.host.sh(`echo ${kept} | base64 -d | tar -x -C /etc`);
  }

  dump(): string {
    const notes = this.host.sh("cat /run/linuxnet/sysctl/* 2>/dev/null || :");
    return `${this.host.dump()}\n${notes}`;
  }

  stop(): Promise<void> {
    return this.host.stop();
  }
}
