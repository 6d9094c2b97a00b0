import type { Transport } from "../../provider/transport/transport.js";
import { TestHost } from "../kernel/test-host.js";
import type { Host } from "./converges.js";

/** A host with a real kernel, which can be rebooted. */
export class KernelHost implements Host {
  private constructor(private host: TestHost) {}

  static async start(): Promise<KernelHost> {
    return new KernelHost(await TestHost.start());
  }

  get transport(): Transport {
    return this.host.transport;
  }

  damage(line: string): void {
    this.host.sh(`{ ${line}; } 2>/dev/null; sleep 0.05`);
  }

  async reboot(): Promise<void> {
    await this.host.stop();
    this.host = await TestHost.start();
  }

  dump(): string {
    const notes = this.host.sh("cat /run/linuxnet/sysctl/* 2>/dev/null || :");
    return `${this.host.dump()}\n${notes}`;
  }

  stop(): Promise<void> {
    return this.host.stop();
  }
}
