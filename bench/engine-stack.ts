import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import type { Lab } from "../examples/lab/lab.ts";
import { repository } from "../test/engine/pack.ts";
import { Stack } from "../test/engine/stack.ts";
import { timeScript } from "./bench-lab.ts";
import { secondsOf } from "./measure.ts";
import { makeScratch, removeScratch } from "./scratch.ts";

/** The package that the program imports as `pulumi-linuxnet`: this one, or the one that does nothing (bench/floor). */
export type Side = "linuxnet" | "floor";

/** The engine's operations that users wait for. */
export const operations = ["preview", "up", "second up", "refresh", "destroy"] as const;
export type Operation = (typeof operations)[number];

/**
 * Environment variables that make the engine write its state only once, at the end. By default, it writes the entire
 * state before and after each resource, so the time grows with the square of their number, with any provider.
 */
export const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "1" };

/** How a stack is run. */
export interface BenchStackOptions {
  /** The inventory of the stack. Default: the lab's inventory. */
  readonly inventory?: object;
  /** Additional environment variables for the CLI. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A stack with the program of the bench, in a temporary folder, with one of the two packages. */
export class BenchStack {
  readonly folder: string;
  private readonly lab: Lab;
  private readonly env: Readonly<Record<string, string>>;
  private readonly stack: Stack;

  constructor(lab: Lab, side: Side, { inventory = lab.inventory(), env = {} }: BenchStackOptions = {}) {
    this.lab = lab;
    this.env = env;
    this.folder = makeScratch(side);
    mkdirSync(path.join(this.folder, "node_modules/@pulumi"), { recursive: true });
    symlinkSync(
      path.join(repository, "node_modules/@pulumi/pulumi"),
      path.join(this.folder, "node_modules/@pulumi/pulumi"),
    );
    const packageFolder = side === "linuxnet" ? repository : path.join(repository, "bench/floor");
    symlinkSync(packageFolder, path.join(this.folder, "node_modules/pulumi-linuxnet"));
    this.stack = new Stack(lab, this.folder, "bench", inventory);
    this.stack.program(readFileSync(path.join(repository, "bench/program/index.js"), "utf8"), "index.js", "bench");
    writeFileSync(path.join(this.folder, "package.json"), JSON.stringify({ name: "bench", private: true }));
  }

  async init(hosts: readonly string[], containers: number): Promise<this> {
    await this.stack.init();
    await this.stack.succeed("config", "set", "--stack", "bench", "hosts", JSON.stringify(hosts));
    await this.stack.succeed("config", "set", "--stack", "bench", "containers", String(containers));
    return this;
  }

  /** Runs an operation and returns the seconds that it takes. */
  async time(operation: Operation, ...args: readonly string[]): Promise<number> {
    const command = operation === "second up" ? "up" : operation;
    const yes = command === "preview" ? [] : ["--yes", "--skip-preview"];
    const { argv, env } = this.stack.command(command, ...yes, "--stack", "bench", ...args);
    const start = performance.now();
    await this.lab.operator(argv, {
      cwd: this.folder,
      env: { ...(env as Record<string, string>), ...this.env },
      timeout: 3600,
    });
    return (performance.now() - start) / 1000;
  }

  /** Runs a command of `npx linuxnet` and returns the seconds that it takes. */
  async timeCommand(command: "doctor" | "orphans"): Promise<number> {
    const program = path.join(this.folder, "node_modules/pulumi-linuxnet/dist/provider/cli/main.js");
    const env = { ...(this.stack.command().env as Record<string, string>), ...this.env };
    const argv = [process.execPath, program, command, "--stack", "bench"];
    return await secondsOf(() => this.lab.operator(argv, { cwd: this.folder, env, timeout: 600 }));
  }

  /** The size of the state file in bytes. */
  get stateBytes(): number {
    return statSync(path.join(this.folder, ".state/.pulumi/stacks/bench/bench.json")).size;
  }

  remove(): void {
    removeScratch(this.folder);
  }
}

/** Runs an operation of the engine and a script on each host in parallel, and returns the seconds of the longest. */
export async function besideScripts(
  lab: Lab,
  stack: BenchStack,
  operation: Operation,
  hosts: readonly string[],
  script: string,
): Promise<number> {
  const scripts = hosts.map((host) => timeScript(lab, host, script));
  return Math.max(...(await Promise.all([stack.time(operation), ...scripts])));
}
