// npm run lab                      starts the lab and its Pulumi stack
// npm run lab -- --debian SUITE    the same, with the tools of a Debian suite: bullseye, bookworm, trixie or sid
// npm run lab -- exec HOST PROGRAM…  runs a program on a host
// npm run lab -- web HOST[/NAMESPACE] PORT TEXT…  starts a small web server that answers with the text
// npm run lab -- docker HOST       starts Docker on a host, with the image "web"
// npm run lab -- reboot HOST       power-cycles a host
// npm run lab:sh -- HOST           opens a shell on a host
// npm run lab:down                 stops the lab

import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Lab } from "./lab.ts";
import { LabError } from "./lab-error.ts";
import { stackName } from "./lab-stack.ts";
import { hostEnvironment } from "./run-program.ts";
import { isSuite, SUITES } from "../../scripts/machines/suites.mjs";
import { SetupError } from "../../scripts/setup/step.mjs";
import { labFolder, openStandingLab, selectLabStack, startStandingLab, stopStandingLab } from "./standing-lab.ts";

const commands: Readonly<Record<string, (...args: string[]) => Promise<void>>> = {
  up,
  down,
  exec,
  sh,
  web,
  docker,
  reboot,
};

async function up(...args: string[]): Promise<void> {
  const debian = readDebian(args);
  const running = openStandingLab();
  if (running && debian !== undefined && running.debian !== debian)
    throw new LabError(`The lab runs already, with ${toolsOf(running.debian)}: stop it with "npm run lab:down" first.`);
  const lab = running ?? (await startStandingLab(debian));
  await selectLabStack(lab);
  console.log(`The lab ${running ? "runs already" : "runs"}, with ${toolsOf(lab.debian)}:`);
  for (const [name, { address }] of Object.entries(lab.inventory()))
    console.log(`  ${name}  ${address}, an SSH server of its own`);
  const { privateKeyPath, knownHostsPath, address, user } = Object.values(lab.inventory())[0] ?? missingHost();
  console.log(`
Go on with
  npm run pulumi -- up                 the two-hosts scenario, examples/two-hosts/index.ts
  npm run example -- pair              another example, examples/pair
  npm run lab:sh -- host1              a root shell in a host
  npm run lab -- exec host1 ip addr    one program in a host
  npm run lab:down                     stop it all

or by hand
  export PULUMI_BACKEND_URL=file://${path.join(labFolder, "state")} PULUMI_CONFIG_PASSPHRASE=
  npx pulumi up --stack ${stackName}
  ssh -i ${privateKeyPath} -o UserKnownHostsFile=${knownHostsPath} ${user}@${address}`);
}

const toolsOf = (debian: string | undefined) =>
  debian === undefined ? "this machine's tools" : `the tools of Debian ${debian}`;

/** Parses `--debian SUITE` or `--debian=SUITE`. Returns undefined if there are no arguments. */
function readDebian(args: readonly string[]): string | undefined {
  if (args.length === 0) return undefined;
  const [option = "", suite = "", ...rest] = args[0]!.includes("=")
    ? [...args[0]!.split("=", 2), ...args.slice(1)]
    : args;
  if (option !== "--debian") throw new LabError(`Unknown option ${option}: the lab has --debian ${SUITES.join("|")}.`);
  if (!isSuite(suite) || rest.length > 0)
    throw new LabError(`--debian is one of ${SUITES.join(", ")}, not "${[suite, ...rest].join(" ")}".`);
  return suite;
}

async function down(): Promise<void> {
  const ran = openStandingLab() !== undefined;
  await stopStandingLab();
  console.log(ran ? "The lab and its stacks are gone." : "No lab runs.");
}

async function exec(host = "", ...argv: string[]): Promise<void> {
  if (argv.length === 0) throw new LabError("Say what to run: npm run lab -- exec host1 ip addr");
  await inTerminal(openLabOrFail().hostCommand(host, argv));
}

async function sh(host = "", ...argv: string[]): Promise<void> {
  await inTerminal(openLabOrFail().hostCommand(host, argv.length > 0 ? argv : ["bash"]));
}

async function web(place = "", port = "", ...text: string[]): Promise<void> {
  if (!/^\d+$/.test(port) || text.length === 0)
    throw new LabError(
      'Say where, on which port, and with what to answer: npm run lab -- web host1/netns1 8080 "hello"',
    );
  const [host = "", namespace] = place.split("/");
  await openLabOrFail().startWeb(host, { port: Number(port), ...(namespace && { namespace }) }, text.join(" "));
}

async function docker(host = ""): Promise<void> {
  await openLabOrFail().startDocker(host);
  console.log(`Docker runs in ${host}, with an image "web" that answers on port 80:
  npm run lab -- exec ${host} docker run --detach --name c1 --network none web`);
}

async function reboot(host = ""): Promise<void> {
  await openLabOrFail().reboot(host);
  console.log(`${host} was rebooted.`);
}

function openLabOrFail(): Lab {
  const lab = openStandingLab();
  if (!lab) throw new LabError('No lab runs: start it with "npm run lab".');
  return lab;
}

function missingHost(): never {
  throw new LabError("The lab has no host.");
}

async function inTerminal([program = "", ...args]: string[]): Promise<void> {
  const env = { ...hostEnvironment, TERM: process.env.TERM ?? "dumb" };
  const [code] = (await once(spawn(program, args, { stdio: "inherit", env }), "exit")) as [number | null];
  process.exitCode = code ?? 1;
}

const words = process.argv.slice(2);
const [command = "up", ...args] = words[0]?.startsWith("--") ? ["up", ...words] : words;
try {
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run) throw new LabError(`The lab knows no "${command}": it knows ${Object.keys(commands).join(", ")}.`);
  await run(...args);
} catch (error) {
  if (!(error instanceof LabError || error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
