import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { changesIn } from "../../examples/lab/changes.ts";
import type { Lab } from "../../examples/lab/lab.ts";
import type { RunResult } from "../../examples/lab/run-program.ts";
import { type StackName, protocolOf } from "../../dist/provider/lifecycle/ownership.js";
import { stackIdOf } from "../../dist/provider/stack-id.js";
import { labelledBlock } from "../documentation.ts";
import { environment } from "./pack.ts";
import { patiently } from "./patiently.ts";

/** The folder of the CLI and its plugins. */
const bin = path.join(process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"), "versions/3.250.0/bin");

/** The CLI itself, without npm's starter. */
export const cli = path.join(bin, "pulumi");

/** The outcome of a run of the CLI. */
export interface Outcome {
  readonly exitCode: number;
  /** Standard output and standard error. */
  readonly output: string;
  /** How many of linuxnet's resources had each outcome: create, update, replace, delete, same … */
  readonly changes: Readonly<Record<string, number>>;
}

/** A resource in the stack's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
  readonly initErrors?: string[];
  /** Where in the program it is created. */
  readonly sourcePosition?: string;
  readonly stackTrace?: { readonly sourcePosition?: string }[];
}

/** The parts of an exported stack that are used here. */
interface Deployment {
  readonly resources?: StateResource[];
  readonly pending_operations?: { readonly type: string; readonly resource: { readonly urn: string } }[];
}

/** A Pulumi stack of a program in a folder, run with the real CLI as the lab's operator. */
export class Stack {
  private project = "shop";

  constructor(
    private readonly lab: Lab,
    /** The folder with Pulumi.yaml. */
    readonly folder: string,
    readonly name = "test",
    private readonly inventory: object = lab.inventory(),
    /** Environment variables, in addition to those of the tests' programs. */
    private readonly variables: NodeJS.ProcessEnv = {},
  ) {}

  /**
   * What distinguishes the stack from others with the same names. Its numbers are derived from it, as long as the stack
   * was never renamed.
   */
  get identity(): StackName {
    const names = { project: this.project, stack: this.name };
    return { ...names, id: stackIdOf({ organization: "organization", ...names }, this.env, this.folder) };
  }

  /** The protocol number of its routes. */
  get protocol(): number {
    return protocolOf(this.identity);
  }

  private get env(): NodeJS.ProcessEnv {
    return {
      ...environment,
      PULUMI_BACKEND_URL: `file://${path.join(this.folder, ".state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      ...this.variables,
    };
  }

  /** What starts the CLI as the lab's operator, for callers that start it themselves. */
  command(...args: readonly string[]): { readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv } {
    const operation = ["up", "preview", "refresh", "destroy"].includes(args[0]!);
    // What an earlier run wrote there does not belong to this one.
    rmSync(this.eventLog, { force: true });
    return {
      argv: [
        "pulumi",
        ...args,
        "--non-interactive",
        "--color",
        "never",
        ...(operation ? ["--event-log", this.eventLog] : []),
      ],
      env: { ...this.env, PATH: `${environment.PATH?.replace(":", `:${bin}:`)}` },
    };
  }

  private get eventLog(): string {
    return path.join(this.folder, `.events-${this.name}`);
  }

  /** Runs the CLI. */
  async pulumi(...args: string[]): Promise<Outcome> {
    const { argv, env } = this.command(...args);
    const { exitCode, stdout, stderr } = await this.lab.operator(argv, {
      reject: false,
      cwd: this.folder,
      env: env as Record<string, string>,
      timeout: patiently(300_000) / 1000,
    });
    return { exitCode, output: `${stdout}\n${stderr}`.trim(), changes: this.changes() };
  }

  /** Runs a program where the CLI runs, with its environment. Does not reject if the program fails. */
  shell(argv: readonly string[]): Promise<RunResult> {
    const { env } = this.command();
    return this.lab.operator(argv, { reject: false, cwd: this.folder, env: env as Record<string, string> });
  }

  /** The outcomes of linuxnet's resources in the last operation, as far as it got. */
  changes(): Outcome["changes"] {
    const log = existsSync(this.eventLog) ? readFileSync(this.eventLog, "utf8") : "";
    // The last line may be incomplete: the CLI may still be writing it.
    return changesIn(log.slice(0, log.lastIndexOf("\n") + 1));
  }

  /** Creates the stack, with the lab's hosts as its inventory. */
  async init(): Promise<this> {
    mkdirSync(path.join(this.folder, ".state"), { recursive: true });
    await this.succeed("stack", "init", this.name);
    await this.setInventory(this.inventory);
    return this;
  }

  async setInventory(inventory: object): Promise<void> {
    await this.succeed("config", "set", "--stack", this.name, "linuxnet:hosts", JSON.stringify(inventory));
  }

  /** Runs the CLI. Throws with its output if it fails. */
  async succeed(...args: string[]): Promise<Outcome> {
    const outcome = await this.pulumi(...args);
    if (outcome.exitCode !== 0)
      throw new Error(`pulumi ${args.join(" ")} failed with exit code ${outcome.exitCode}\n${outcome.output}`);
    return outcome;
  }

  /** Whether each `up` is followed by a refresh. Default: if LINUXNET_REFRESH_AFTER_UP is set. */
  refreshesAfterUp = Boolean(process.env.LINUXNET_REFRESH_AFTER_UP);

  /** The refresh after it has to find nothing. The state stays as the `up` left it. */
  up = async (...args: string[]) => {
    const outcome = await this.succeed("up", "--yes", "--skip-preview", "--stack", this.name, ...args);
    if (this.refreshesAfterUp)
      await this.succeed("refresh", "--preview-only", "--expect-no-changes", "--stack", this.name);
    return outcome;
  };
  preview = (...args: string[]) => this.succeed("preview", "--stack", this.name, ...args);
  refresh = (...args: string[]) => this.succeed("refresh", "--yes", "--skip-preview", "--stack", this.name, ...args);
  destroy = (...args: string[]) => this.succeed("destroy", "--yes", "--skip-preview", "--stack", this.name, ...args);

  /** linuxnet's resources in the state, by their Pulumi names. */
  async resources(): Promise<Record<string, StateResource>> {
    const deployment = await this.deployment();
    const own = (deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/linuxnet:"));
    return Object.fromEntries(own.map((resource) => [resource.urn.split("::").at(-1)!, resource]));
  }

  /** Runs the documented command after a kill. It changes nothing unless the backend was writing at the kill. */
  async makeReadable(): Promise<void> {
    const documented = labelledBlock("docs/operations.md", "after a crash: EOF");
    const command = documented.replace("~/.pulumi", path.join(this.folder, ".state/.pulumi"));
    const { exitCode, stderr } = await this.shell(["sh", "-ec", command]);
    if (exitCode !== 0) throw new Error(`${command}\n${stderr}`);
  }

  /** The operations that were pending when a run was cut short, as `creating NAME`. */
  async pending(): Promise<string[]> {
    const { pending_operations: pending = [] } = await this.deployment();
    return pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);
  }

  private async deployment(): Promise<Deployment> {
    const { output } = await this.succeed("stack", "export", "--stack", this.name);
    return (JSON.parse(output) as { deployment: Deployment }).deployment;
  }

  /** Writes the program (CommonJS) that the stack runs, and its Pulumi.yaml. */
  program(source: string, file = "index.js", project = "shop"): this {
    this.project = project;
    writeFileSync(path.join(this.folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
    writeFileSync(path.join(this.folder, file), source);
    return this;
  }
}
