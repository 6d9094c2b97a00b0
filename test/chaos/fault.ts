import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ChaosHost } from "./chaos-host.ts";
import type { Point, Victim } from "./point.ts";

/** A point's fault, armed: it strikes once, when its place is reached. */
export class Fault {
  struck = false;
  private readonly folder: string;
  private readonly watch: NodeJS.Timeout | undefined;
  private lingering: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: ChaosHost,
    private readonly point: Point,
    /** Kills processes on this side: the engine, the provider. */
    private readonly killLocal: (victim: Victim) => void,
  ) {
    const { place } = point;
    this.folder = path.join(host.folder, "boundary", `${point.phase}-${point.index}`);
    if (place.kind === "byte") {
      host.door.watch({ ...place, ring: () => this.strike() });
      return;
    }
    host.door.watch();
    mkdirSync(this.folder, { recursive: true });
    if (place.command < 0) return;
    this.watch = setInterval(() => {
      if (!existsSync(path.join(this.folder, "reached"))) return;
      clearInterval(this.watch);
      this.strike();
      this.lingering = delay(place.lingers).then(() => this.letGo());
    }, 5);
  }

  /** Where the small engine has to stop for the fault. */
  get stop(): { readonly batch: number; readonly command: number; readonly folder: string } | undefined {
    const { place } = this.point;
    return place.kind === "command" ? { ...place, folder: this.folder } : undefined;
  }

  strike(): void {
    const { victim } = this.point;
    const { door } = this.host;
    this.struck = true;
    this.killLocal(victim);
    if (victim.endsWith("script")) door.killScripts();
    if (victim.startsWith("connection")) door.cut();
    if (victim === "sshd") door.killSessions();
  }

  /** Waits until the fault is over: it no longer strikes, and whatever waits for it continues. */
  async over(): Promise<void> {
    clearInterval(this.watch);
    this.host.door.watch();
    await this.lingering;
    if (this.stop) this.letGo();
  }

  private letGo(): void {
    writeFileSync(path.join(this.folder, "go"), "");
  }
}
