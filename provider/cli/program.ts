import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { CommandError, exitCodes } from "./command-error.js";
import type { DoctorOptions } from "./doctor-command.js";
import type { OrphansOptions } from "./orphans-command.js";
import { type Terminal, processTerminal } from "./terminal.js";

const { version } = createRequire(__filename)("pulumi-linuxnet/package.json") as { version: string };

const orphansHelp = `
Without --remove nothing is changed. Exit codes: 0 nothing found, or all of it removed; 1 something is there;
2 it could not look, or not everywhere.`;

const doctorHelp = `
What resources need is tried in a network namespace of its own, and nothing is left there. Exit codes: 0 all is there;
1 something is missing; 2 it could not look, or not everywhere.`;

/** Runs the program with its arguments. Returns its exit code. */
export async function run(args: readonly string[], terminal: Terminal = processTerminal): Promise<number> {
  let exitCode: number = exitCodes.clean;
  const program = new Command("linuxnet")
    .description("What pulumi-linuxnet's stacks have on their hosts, and need there.")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.print(text), writeErr: (text) => terminal.log(text) });
  const aboutHosts = (name: string) =>
    program
      .command(name)
      .argument("[host...]", "only these hosts; default: the inventory's and the state's")
      .option("-s, --stack <name>", "the stack; default: the selected one")
      .option("-C, --cwd <folder>", "where Pulumi.yaml is; default: here");
  aboutHosts("orphans")
    .description("List what carries a stack's mark on its hosts and is not in its state; remove it on request.")
    .option("--of <project/stack>", "another stack, whose state is lost: all that it has on these hosts")
    .option("--remove", "remove what was found, after a question")
    .option("-y, --yes", "remove without a question")
    .option("--json", "print a JSON array")
    .addHelpText("after", orphansHelp)
    .action(async (hosts: string[], options: OrphansOptions) => {
      // Loaded on demand: --help needs neither zod nor SSH.
      const { orphans } = await import("./orphans-command.js");
      exitCode = await orphans(hosts, options, terminal);
    });
  aboutHosts("doctor")
    .description("Look whether a stack's hosts can be reached, and have what its resources need.")
    .option("--json", "print a JSON array")
    .addHelpText("after", doctorHelp)
    .action(async (hosts: string[], options: DoctorOptions) => {
      const { doctor } = await import("./doctor-command.js");
      exitCode = await doctor(hosts, options, terminal);
    });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.failed;
    terminal.log(`linuxnet: ${error instanceof CommandError ? error.message : String(error)}\n`);
    return exitCodes.failed;
  }
}
