import { existsSync, readFileSync } from "node:fs";
import { type HostInventory, readInventory } from "../schema/inventory.js";
import type { StackName } from "../lifecycle/ownership.js";
import { projectFileOf, stackIdOf } from "../stack-id.js";
import { CommandError } from "./command-error.js";
import { type StateResource, parseState } from "./stack-state.js";

/** A stack, as reported by the user's own Pulumi CLI. */
export class PulumiStack {
  private constructor(
    private readonly folder: string,
    /** The value for the CLI's --stack; undefined: the selected stack. */
    private readonly given: string | undefined,
    readonly name: StackName,
  ) {}

  /** The stack of a project's folder. Throws a CommandError if there is no project or no stack is selected. */
  static async open(folder: string, given: string | undefined): Promise<PulumiStack> {
    if (!existsSync(folder)) throw new CommandError(`there is no folder ${folder}: correct --cwd`);
    const shown = given ?? (await pulumi(folder, ["stack", "--show-name"])).trim();
    return new PulumiStack(folder, given, stackName(shown, folder));
  }

  /**
   * The id of this stack, or of another one in its organization and backend, that distinguishes it from other stacks
   * with the same names, if no state tells the id.
   */
  async id(names: StackName = this.name): Promise<string> {
    const shown = (await this.pulumi("stack", "--show-name", "--fully-qualify-stack-names")).trim().split("/");
    const organization = shown.length > 1 ? shown[0]! : "organization";
    return stackIdOf({ organization, project: names.project, stack: names.stack }, process.env, this.folder);
  }

  /** The hosts in its configuration. */
  async inventory(): Promise<HostInventory> {
    const config = parseObject(await this.pulumi("config", "--json")) as Record<string, { value?: string }>;
    const read = async (key: string): Promise<unknown> => {
      if (!Object.hasOwn(config, key)) return undefined;
      // The listing does not contain the values of secrets.
      return parseObject(config[key]!.value ?? (await this.pulumi("config", "get", key)));
    };
    const inventory = readInventory({ hosts: await read("linuxnet:hosts"), defaults: await read("linuxnet:defaults") });
    const { problems } = inventory;
    if (problems.length > 0) throw new CommandError(`the stack configuration is wrong: ${problems.join("; ")}`);
    return inventory;
  }

  /** linuxnet's resources in its state, including those of pending operations. */
  async resources(): Promise<StateResource[]> {
    return parseState(parseObject(await this.pulumi("stack", "export")));
  }

  /** The stacks that have a state in the same backend, as PROJECT/STACK. */
  async stacksWithState(): Promise<string[]> {
    const stacks = parseObject(await pulumi(this.folder, ["stack", "ls", "--all", "--json"])) as { name: string }[];
    return stacks.map(({ name }) => {
      const { project, stack } = stackName(name, this.folder);
      return `${project}/${stack}`;
    });
  }

  private pulumi(...args: string[]): Promise<string> {
    return pulumi(this.folder, [...args, ...stackArguments(this.given)]);
  }
}

/**
 * Parses a stack name of the CLI: STACK, ORGANIZATION/STACK, or ORGANIZATION/PROJECT/STACK for a stack of another
 * project.
 */
function stackName(text: string, folder: string): StackName {
  const parts = text.split("/");
  return { project: parts.length === 3 ? parts[1]! : projectIn(folder), stack: parts.at(-1)! };
}

const stackArguments = (stack: string | undefined) => (stack === undefined ? [] : ["--stack", stack]);

/** Runs the CLI and returns its output. */
async function pulumi(folder: string, args: readonly string[]): Promise<string> {
  const { execa } = await import("execa");
  const { exitCode, stdout, stderr, code } = await execa("pulumi", [...args, "--non-interactive", "--color", "never"], {
    cwd: folder,
    env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    stdin: "ignore",
    reject: false,
  });
  if (code === "ENOENT") throw new CommandError("the program pulumi is not found: install the Pulumi CLI");
  if (exitCode === 0) return stdout;
  if (stderr.includes("no Pulumi.yaml project file found"))
    throw new CommandError(
      `there is no Pulumi.yaml in ${folder} or above it: run it in the program's folder, or give that by --cwd`,
    );
  if (stderr.includes("no stack selected"))
    throw new CommandError(`no stack is selected: give one by --stack (${await knownStacks(folder)})`);
  const missing = /no stack named '(.*)' found/.exec(stderr);
  if (missing)
    throw new CommandError(`there is no stack ${missing[1]!}: correct --stack (${await knownStacks(folder)})`);
  const said = stderr.trim().replace(/^error: /, "") || `exit code ${exitCode ?? "unknown"}`;
  throw new CommandError(`\`pulumi ${args.join(" ")}\` failed: ${said}`);
}

/** The project's stacks, for a message. */
async function knownStacks(folder: string): Promise<string> {
  const stacks = parseObject(await pulumi(folder, ["stack", "ls", "--json"])) as { name: string }[];
  return stacks.length === 0 ? "the project has none" : `there is ${stacks.map(({ name }) => name).join(", ")}`;
}

/**
 * The project's name, from its file: the CLI would only report it together with other data that takes long to collect.
 * By now the CLI has found the file.
 */
function projectIn(folder: string): string {
  const file = projectFileOf(folder);
  const name = file && /^\s*\{?\s*["']?name["']?\s*:\s*["']?([\w.-]+)/m.exec(readFileSync(file, "utf8"))?.[1];
  if (name) return name;
  throw new CommandError(
    `${file ?? folder} does not say the project's name: give --stack as ORGANIZATION/PROJECT/STACK`,
  );
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Reported below.
  }
  throw new CommandError(`the Pulumi CLI's answer is no JSON: ${text.slice(0, 80)}`);
}
