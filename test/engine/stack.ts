import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { changesIn } from "../../examples/lab/changes.ts";
import type { Lab } from "../../examples/lab/lab.ts";
import { environment } from "./pack.ts";

/** What a run of the CLI came to. */
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
}

/** A Pulumi stack of a program in a folder, driven by the real CLI from where a lab's operator sits. */
export class Stack {
  constructor(
    private readonly lab: Lab,
    /** Where Pulumi.yaml is. */
    readonly folder: string,
    readonly name = "test",
    private readonly inventory: object = lab.inventory(),
  ) {}

  private get env(): NodeJS.ProcessEnv {
    return {
      ...environment,
      PULUMI_BACKEND_URL: `file://${path.join(this.folder, ".state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_COMMANDS: "true",
    };
  }

  /** Runs the CLI. */
  async pulumi(...args: string[]): Promise<Outcome> {
    const home = process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi");
    const bin = path.join(home, "versions/3.250.0/bin");
    const env = { ...this.env, PATH: `${environment.PATH?.replace(":", `:${bin}:`)}` };
    const log = path.join(this.folder, ".events");
    rmSync(log, { force: true });
    const operation = ["up", "preview", "refresh", "destroy"].includes(args[0]!);
    const argv = [
      "pulumi",
      ...args,
      "--non-interactive",
      "--color",
      "never",
      ...(operation ? ["--event-log", log] : []),
    ];
    const { exitCode, stdout, stderr } = await this.lab.operator(argv, {
      reject: false,
      cwd: this.folder,
      env,
      timeout: 300,
    });
    return {
      exitCode,
      output: `${stdout}\n${stderr}`.trim(),
      changes: existsSync(log) ? changesIn(readFileSync(log, "utf8")) : {},
    };
  }

  /** Makes the stack, with the lab's hosts as its inventory. */
  async init(): Promise<this> {
    mkdirSync(path.join(this.folder, ".state"), { recursive: true });
    await this.succeed("stack", "init", this.name);
    await this.setInventory(this.inventory);
    return this;
  }

  async setInventory(inventory: object): Promise<void> {
    await this.succeed("config", "set", "--stack", this.name, "linuxnet:hosts", JSON.stringify(inventory));
  }

  /** Runs the CLI and throws with its output where it fails. */
  async succeed(...args: string[]): Promise<Outcome> {
    const outcome = await this.pulumi(...args);
    if (outcome.exitCode !== 0)
      throw new Error(`pulumi ${args.join(" ")} failed with exit code ${outcome.exitCode}\n${outcome.output}`);
    return outcome;
  }

  up = (...args: string[]) => this.succeed("up", "--yes", "--skip-preview", "--stack", this.name, ...args);
  preview = (...args: string[]) => this.succeed("preview", "--stack", this.name, ...args);
  refresh = (...args: string[]) => this.succeed("refresh", "--yes", "--skip-preview", "--stack", this.name, ...args);
  destroy = (...args: string[]) => this.succeed("destroy", "--yes", "--skip-preview", "--stack", this.name, ...args);

  /** linuxnet's resources in the state, by their Pulumi names. */
  async resources(): Promise<Record<string, StateResource>> {
    const { output } = await this.succeed("stack", "export", "--stack", this.name);
    const { deployment } = JSON.parse(output) as { deployment: { resources?: StateResource[] } };
    const own = (deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/linuxnet:"));
    return Object.fromEntries(own.map((resource) => [resource.urn.split("::").at(-1)!, resource]));
  }

  /** Writes the program (CommonJS) that the stack runs, and its Pulumi.yaml. */
  program(source: string, file = "index.js", project = "shop"): this {
    writeFileSync(path.join(this.folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
    writeFileSync(path.join(this.folder, file), source);
    return this;
  }
}
