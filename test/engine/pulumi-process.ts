import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { Lab } from "../../examples/lab/lab.ts";
import { kill } from "../processes.ts";
import { patiently } from "./patiently.ts";
import { type Stack, cli } from "./stack.ts";

/** The CLI while it runs. It leads its own session and process group, as a terminal's foreground job does. */
export class PulumiProcess {
  private said = "";
  private readonly closed: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly stack: Stack,
  ) {
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (text: string) => (this.said += text));
    this.closed = once(child, "close");
  }

  static start(lab: Lab, stack: Stack, operation: "up" | "destroy", ...more: readonly string[]): PulumiProcess {
    const { argv, env } = stack.command(operation, "--yes", "--skip-preview", "--stack", stack.name, ...more);
    // The CLI itself: npm's starter would end before the CLI does.
    const [program, ...args] = lab.operatorCommand([cli, ...argv.slice(1)]) as [string, ...string[]];
    const child = spawn(program, args, {
      cwd: stack.folder,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    return new PulumiProcess(child, stack);
  }

  /** Waits until this many resources have an outcome. */
  async reach(count: number): Promise<void> {
    const done = () => Object.values(this.stack.changes()).reduce((sum, number) => sum + number, 0);
    for (const until = Date.now() + patiently(60_000); done() < count;) {
      if (this.child.exitCode !== null || Date.now() > until)
        throw new Error(`pulumi came to ${done()} resources of ${count}\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Does what Ctrl-C does in a terminal: sends the signal to the entire foreground process group. */
  interrupt(): void {
    process.kill(-this.child.pid!, "SIGINT");
  }

  /** Kills the engine without warning. Its plugins are separate processes. */
  kill(): void {
    process.kill(this.child.pid!, "SIGKILL");
  }

  /** Waits until it has ended. */
  async end(): Promise<{ readonly exitCode: number | null; readonly output: string }> {
    await this.closed;
    return { exitCode: this.child.exitCode, output: this.said };
  }

  /** Kills what the engine started and did not end itself. */
  killPlugins(): void {
    const listed = execFileSync("ps", ["-e", "-o", "sid=,pid="], { encoding: "utf8" });
    for (const [session, pid] of listed.split("\n").map((line) => line.trim().split(/\s+/).map(Number)))
      if (session === this.child.pid && pid !== undefined) kill(pid);
  }
}
