import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Lab } from "../../examples/lab/lab.ts";
import { labelledBlock } from "../documentation.ts";
import type { Network } from "../engine/network.ts";
import { type Outcome, Stack, cli } from "../engine/stack.ts";
import type { ChaosHost } from "./chaos-host.ts";
import type { Victim } from "./point.ts";
import { argumentsOf, kill, withVariable } from "../processes.ts";

/** How a run of the CLI ended. Without an exit code it was killed. */
export interface Run extends Omit<Outcome, "exitCode"> {
  readonly exitCode: number | undefined;
}

/** Milliseconds after which a run counts as hanging. */
const patience = 300_000;
/** Milliseconds within which everything that a dead engine started must end by itself. */
const leftoversEnd = 10_000;

/** A stack of the real CLI on a host. Its processes can be killed. */
export class EngineStack {
  private readonly folder: string;
  private readonly stack: Stack;
  private child: ChildProcess | undefined;

  constructor(
    private readonly host: ChaosHost,
    /** A user's folder with the package installed. */
    private readonly installed: string,
  ) {
    this.folder = path.join(host.folder, "stack");
    // Only the lab's inventory is needed: this class starts the CLI itself.
    this.stack = new Stack({ inventory: () => host.inventory() } as unknown as Lab, this.folder, "dev");
  }

  /** Creates an empty stack. */
  async init(): Promise<this> {
    mkdirSync(path.join(this.folder, ".state"), { recursive: true });
    for (const file of ["package.json", "node_modules"])
      symlinkSync(path.join(this.installed, file), path.join(this.folder, file));
    this.stack.program(readFileSync(path.join(this.installed, "index.js"), "utf8"));
    const { exitCode, output } = await this.run("stack", "init", "dev");
    if (exitCode !== 0) throw new Error(`no stack could be made: ${output}`);
    return this;
  }

  /** Sets the network that the program creates, as `pulumi config set` would. */
  setNetwork(network: Network): void {
    const file = path.join(this.folder, "Pulumi.dev.yaml");
    const salt = /^encryptionsalt: .*$/m.exec(readFileSync(file, "utf8"))?.[0] ?? "";
    const config = { "linuxnet:hosts": JSON.stringify(this.host.inventory()), "shop:network": JSON.stringify(network) };
    writeFileSync(file, `${salt}\nconfig: ${JSON.stringify(config)}\n`);
  }

  /** Runs the CLI without a terminal until it ends, for whatever reason. */
  async run(...args: string[]): Promise<Run> {
    const { argv, env } = this.stack.command(...args);
    const log = path.join(this.folder, ".output");
    // A file, not a pipe: processes that a killed engine leaves behind would keep the pipe open.
    const output = openSync(log, "w");
    const child = (this.child = spawn(cli, argv.slice(1), {
      cwd: this.folder,
      env: { ...env, [variable]: this.folder },
      detached: true,
      stdio: ["ignore", output, output],
    }));
    closeSync(output);
    const timer = setTimeout(() => this.killAll(), patience);
    const [exitCode] = (await once(child, "exit")) as [number | null];
    clearTimeout(timer);
    return { exitCode: exitCode ?? undefined, output: readFileSync(log, "utf8").trim(), changes: this.stack.changes() };
  }

  /** Runs the CLI. Resolves with its output if it fails, and with undefined if it succeeds. */
  async problem(...args: string[]): Promise<string | undefined> {
    const { exitCode, output } = await this.run(...args);
    return exitCode === 0 ? undefined : `pulumi ${args.join(" ")}: exit code ${exitCode}\n${output}`;
  }

  /**
   * Does what docs/operations.md says to do about a state that can't be loaded, in the test's folder instead of the
   * home.
   */
  mend(): void {
    const command = labelledBlock("docs/operations.md", "after a crash: EOF").replace(
      "~/.pulumi",
      path.join(this.folder, ".state/.pulumi"),
    );
    execFileSync("sh", ["-ec", command]);
  }

  /** Kills processes on this side: the engine, the provider. */
  kill(victim: Victim): void {
    if (victim.startsWith("engine")) this.child?.kill("SIGKILL");
    if (victim.endsWith("provider"))
      for (const pid of this.processes()) if (argumentsOf(pid).join(" ").includes("dynamic-provider")) kill(pid);
  }

  /**
   * Waits until everything that the engine started has ended. Resolves with the milliseconds that it took and with what
   * did not end.
   */
  async leftovers(): Promise<{ readonly took: number; readonly left: readonly string[] }> {
    const start = Date.now();
    while (this.processes().length > 0 && Date.now() - start < leftoversEnd) await delay(100);
    const left = this.processes().map((pid) => argumentsOf(pid).join(" "));
    const took = Date.now() - start;
    this.killAll();
    return { took, left };
  }

  /** The names of the resources in the state, and the pending operations. */
  async recorded(): Promise<string[]> {
    const { output } = await this.run("stack", "export", "--stack", "dev");
    interface Resource {
      readonly urn: string;
      readonly type: string;
    }
    const { deployment } = JSON.parse(output) as {
      deployment: { resources?: Resource[]; pending_operations?: { type: string; resource: Resource }[] };
    };
    const nameOf = ({ urn }: Resource) => urn.split("::").at(-1)!;
    const own = (deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/linuxnet:"));
    const pending = deployment.pending_operations ?? [];
    return [...own.map(nameOf), ...pending.map(({ type, resource }) => `${type} ${nameOf(resource)}`)];
  }

  stop(): void {
    this.killAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private killAll(): void {
    for (const pid of this.processes()) kill(pid);
  }

  private processes(): number[] {
    return withVariable(`${variable}=${this.folder}`);
  }
}

/** The environment variable by which the processes of a stack are found. */
const variable = "LINUXNET_CHAOS_STACK";
