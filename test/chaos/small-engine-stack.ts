import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Network } from "../engine/network.ts";
import type { Recorded } from "../small-engine.ts";
import type { ChaosHost } from "./chaos-host.ts";
import type { Order, Report } from "./small-engine-process.ts";

const script = fileURLToPath(new URL("small-engine-process.ts", import.meta.url));

/** How a run ended. A killed run has no report. */
export type End = Extract<Report, { kind: "done" | "failed" }> | { readonly kind: "killed" };

/** Milliseconds after which a run counts as hanging: more than the provider's own timeouts add up to. */
const patience = 240_000;

/** A stack of the small engine on a host. Its engine and its provider are one process, which can be killed. */
export class SmallEngineStack {
  private child: ChildProcess | undefined;
  private readonly state: string;

  constructor(
    private readonly host: ChaosHost,
    /** A user's folder with the package installed. */
    private readonly installed: string,
  ) {
    this.state = path.join(host.folder, "state.json");
  }

  /** Runs the engine. `onStop` is called when the run stops for its fault; it kills the run or lets it continue. */
  async run(action: Order["action"], network: Network, stop?: Order["stop"], onStop?: () => void): Promise<End> {
    const child = (this.child ??= fork(script, [this.installed], {
      execArgv: ["--experimental-transform-types", "--no-warnings"],
    }));
    const order: Order = {
      action,
      program: network,
      hosts: JSON.stringify(this.host.inventory()),
      state: this.state,
      ...(stop && { stop }),
    };
    const hearing = new AbortController();
    const timer = setTimeout(() => hearing.abort(new Error(`the run hangs for ${patience / 1000} s`)), patience);
    const onMessage = (report: Report) => {
      if (report.kind === "stopped") onStop?.();
    };
    child.on("message", onMessage);
    try {
      const exit = once(child, "exit", { signal: hearing.signal });
      const ended = new Promise<End>((resolve) => {
        child.on("message", (report: Report) => {
          if (report.kind !== "stopped") resolve(report);
        });
      });
      child.send(order);
      const end = await Promise.race([ended, exit.then((): End => ({ kind: "killed" }))]);
      if (end.kind === "killed") this.child = undefined;
      exit.catch(() => undefined);
      return end;
    } finally {
      clearTimeout(timer);
      child.removeAllListeners("message");
      hearing.abort();
    }
  }

  /** Lets a stopped run continue. */
  go(): void {
    if (this.child?.connected) this.child.send("go");
  }

  kill(): void {
    this.child?.kill("SIGKILL");
  }

  /** The names of the resources in the state. */
  recorded(): string[] {
    if (!existsSync(this.state)) return [];
    return (JSON.parse(readFileSync(this.state, "utf8")) as Recorded[]).map(({ name }) => name);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
    rmSync(this.state, { force: true });
  }
}
