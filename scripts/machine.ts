// npm run machine -- SUITE [--interface-names systemd]
//                                   boots a virtual machine with that Debian suite; it runs until machine:down
// npm run machine                   prints the usage and the running machines
// npm run machine:sh -- SUITE       opens a shell on the machine, or runs a program: machine:sh -- SUITE ip addr
// npm run machine:down              stops all machines of this clone

import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import path from "node:path";
import { LabError } from "../examples/lab/lab-error.ts";
import { hostEnvironment } from "../examples/lab/run-program.ts";
import { repository } from "../examples/lab/standing-lab.ts";
import { VirtualMachine } from "../examples/lab/virtual-machine.ts";
import { readMachineArguments, readSuite } from "./machine-arguments.ts";
import { type Suite, SUITES } from "./machines/suites.mjs";
import { SetupError } from "./setup/step.mjs";

const machinesFolder = path.join(repository, ".machines");

const folderOf = (suite: Suite) => path.join(machinesFolder, suite);

const commands: Readonly<Record<string, (...args: string[]) => Promise<void>>> = { up, sh, down };

async function up(...args: string[]): Promise<void> {
  if (args.length === 0) {
    usage();
    return;
  }
  const { suite, interfaceNames } = readMachineArguments(args);
  const running = VirtualMachine.open(folderOf(suite));
  if (running && running.interfaceNames !== interfaceNames) {
    throw new LabError(
      `The machine ${suite} runs already, with --interface-names ${running.interfaceNames}: end it with "npm run machine:down" first.`,
    );
  }
  const machine = running ?? (await boot(suite, interfaceNames));
  const { stdout: facts } = await machine.exec(["sh", "-c", "uname -r; ls /sys/class/net | grep -v lo"]);
  const [kernel, interfaceName] = facts.split("\n");
  console.log(`The machine ${suite} ${running ? "runs already" : "runs"}: Linux ${kernel}, interface ${interfaceName}.

The inventory of a stack
  pulumi config set linuxnet:hosts '${JSON.stringify(machine.inventory())}'

A shell in it
  npm run machine:sh -- ${suite}
  ${machine.terminalCommand().join(" ")}

Its console is in ${machine.consoleLog}
npm run machine:down ends it.`);
}

function usage(): void {
  const running = SUITES.filter((suite) => VirtualMachine.open(folderOf(suite)));
  console.log(`npm run machine -- SUITE [--interface-names systemd]
  Boots a virtual machine with that Debian: ${SUITES.join(", ")}. Its interface is eth0 or, with the option,
  what systemd calls it.

${running.length === 0 ? "No machine runs." : `Running: ${running.join(", ")}.`}`);
}

/** Boots a machine. If a signal interrupts the boot, the machine is stopped and this process exits. */
async function boot(suite: Suite, interfaceNames: VirtualMachine["interfaceNames"]): Promise<VirtualMachine> {
  let stopped: Promise<boolean> | undefined;
  // A Ctrl-C can arrive more than once: from the terminal and from the program that started this one.
  const stop = (): void => {
    stopped ??= VirtualMachine.stop(folderOf(suite)).finally(() => {
      console.error(`The machine ${suite} is not booted.`);
      process.exit(130);
    });
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    console.error(`Debian ${suite} boots; with an emulated processor that takes half a minute or more.`);
    return await VirtualMachine.boot({ suite, folder: folderOf(suite), interfaceNames, survives: true });
  } catch (error) {
    await stopped;
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

async function sh(name = "", ...argv: string[]): Promise<void> {
  const suite = readSuite(name);
  const machine = VirtualMachine.open(folderOf(suite));
  if (!machine) throw new LabError(`The machine ${suite} does not run: boot it with "npm run machine -- ${suite}".`);
  const [program = "", ...args] = machine.terminalCommand(argv);
  const env = { ...hostEnvironment, TERM: process.env.TERM ?? "dumb" };
  const [code] = (await once(spawn(program, args, { stdio: "inherit", env }), "exit")) as [number | null];
  process.exitCode = code ?? 1;
}

async function down(): Promise<void> {
  const stopped = await Promise.all(SUITES.map((suite) => VirtualMachine.stop(folderOf(suite))));
  const ended = SUITES.filter((_, index) => stopped[index]);
  rmSync(machinesFolder, { recursive: true, force: true });
  console.log(ended.length === 0 ? "No machine runs." : `Ended: ${ended.join(", ")}.`);
}

const [command = "up", ...args] = process.argv.slice(2);
try {
  await commands[command]?.(...args);
} catch (error) {
  if (!(error instanceof LabError || error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
