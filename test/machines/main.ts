// npm run test:machines                    tests every machine, then prints the table
// npm run test:machines -- NAME…           some of them: bullseye-tools, trixie, …
// npm run test:machines -- --part TITLE    one part of the table, by the beginning of its title; may be repeated
// npm run test:machines -- --row TITLE     one row of "Services that run there", such as Docker; may be repeated
// npm run test:machines -- --write         writes the table to docs/machines.md, from all saved results

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { runProgram } from "../../examples/lab/run-program.ts";
import { VirtualMachine } from "../../examples/lab/virtual-machine.ts";
import { ensureDebianRoot } from "../../scripts/machines/debian-root.mjs";
import { type Machine, type Part, machines, parts, partsOf } from "./cases.ts";
import { type Cell, type Result, cellsOf, failuresIn, intoPage, saveResult, savedResults, tableOf } from "./results.ts";

const repository = path.resolve(import.meta.dirname, "../..");
const page = path.join(repository, "docs/machines.md");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    part: { type: "string", multiple: true, default: [] },
    row: { type: "string", multiple: true, default: [] },
  },
});

const chosen = positionals.length > 0 ? positionals.map(machineNamed) : values.write ? [] : [...machines];
const isChosen = ({ title, rows = [] }: Part) =>
  (values.part.length === 0 ||
    values.part.some((beginning) => title.toLowerCase().startsWith(beginning.toLowerCase()))) &&
  values.row.every((row) => rows.includes(row));
if (!parts.some(isChosen)) {
  const those = parts.flatMap(({ title, rows = [] }) => [title, ...rows.map((row) => `  row ${row}`)]);
  fail(`There is no such part, or it has no such row. There are:\n${those.join("\n")}`);
}

const chosesSome = values.part.length > 0 || values.row.length > 0;

for (const machine of chosen) await tryMachine(machine);

const results = savedResults();
console.log(`\n${tableOf(results)}\n`);
const failures = failuresIn(results);
for (const failure of failures) console.log(`failed: ${failure}`);
const cells = results.flatMap(({ cells }) => Object.values(cells).flatMap((rows) => Object.values(rows)));
const passed = cells.reduce((sum, { passed }) => sum + passed, 0);
if (values.write) {
  writeFileSync(page, await intoPage(readFileSync(page, "utf8"), results));
  console.log(`The table is in ${path.relative(process.cwd(), page)}.`);
}
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Runs the chosen parts on a machine. Saves each part's outcome at once, because a run may be ended at any time. */
async function tryMachine(machine: Machine): Promise<void> {
  console.log(`\n=== ${machine.name}`);
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-machines-"));
  const earlier = savedResults().find(({ machine: name }) => name === machine.name);
  const cells: Record<string, Record<string, Cell>> = chosesSome ? { ...earlier?.cells } : {};
  const wanted = partsOf(machine).filter(isChosen);
  let versions = earlier?.versions;
  const tryPart = async (part: Part, env: Environment) => {
    const tried = await run(part, machine, env, folder);
    cells[part.title] = values.row.length > 0 ? { ...cells[part.title], ...tried } : tried;
    const date = new Date().toISOString().slice(0, 10);
    saveResult({ machine: machine.name, date, commit: commit(), versions: versions!, cells });
  };
  try {
    const onHost = wanted.filter(({ on }) => on === "host");
    if (onHost.length > 0 || versions === undefined) {
      await withHost(machine, folder, async (env, found) => {
        versions = found;
        for (const part of onHost) await tryPart(part, env);
      });
    }
    const env = machine.kind === "tools" ? { LINUXNET_DEBIAN: machine.suite } : { LINUXNET_MACHINE: machine.suite };
    const names = { LINUXNET_INTERFACE_NAMES: machine.kind === "systemd" ? "systemd" : "eth0" };
    for (const part of wanted.filter(({ on }) => on === "lab")) await tryPart(part, { ...env, ...names });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commit(): string {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: repository, encoding: "utf8" }).trim();
}

type Environment = Readonly<Record<string, string>>;

/**
 * Runs something with the environment that tests need to have their hosts on the machine, and with the versions of its
 * tools.
 */
async function withHost<T>(
  { suite, kind }: Machine,
  folder: string,
  body: (env: Environment, versions: Result["versions"]) => Promise<T>,
): Promise<T> {
  const ask = "uname -r; ip -V; iptables --version; nft --version";
  if (kind === "tools") {
    const root = await ensureDebianRoot(suite);
    const { stdout } = await runProgram(["chroot", root, "sh", "-c", ask]);
    return body({ LINUXNET_DEBIAN: suite }, versionsIn(stdout));
  }
  const machine = await VirtualMachine.boot({ suite, folder: path.join(folder, "machine"), interfaceNames: kind });
  try {
    const { stdout } = await machine.exec(["sh", "-c", ask]);
    return await body({ LINUXNET_MACHINE_FOLDER: path.join(folder, "machine") }, versionsIn(stdout));
  } finally {
    await machine.stop();
  }
}

function versionsIn(said: string): Result["versions"] {
  const [kernel = "", ip = "", iptables = "", nft = ""] = said.split("\n");
  const version = (text: string) => /\d+(?:\.\d+)+/.exec(text)?.[0] ?? text;
  return { kernel: version(kernel), iproute2: version(ip), iptables: version(iptables), nft: version(nft) };
}

async function run(part: Part, machine: Machine, env: Environment, folder: string): Promise<Record<string, Cell>> {
  const report = path.join(folder, "report.json");
  rmSync(report, { force: true });
  const files = part.files.map((file) => `test/${file}`);
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
  // The root file systems have no Docker.
  const left = machine.kind === "tools" ? ["--exclude", "test/engine/examples/real-containers.test.ts"] : [];
  const started = Date.now();
  const { stdout, stderr } = await runProgram(
    ["vitest", "run", "--config", "vitest.machines.config.ts", ...reporters, ...left, ...files],
    {
      cwd: repository,
      env: { ...env, LINUXNET_MATRIX: machine.name, LINUXNET_ROWS: values.row.join("\n") },
      reject: false,
      timeout: 7200,
    },
  );
  let cells: Record<string, Cell>;
  try {
    cells = cellsOf(part, JSON.parse(readFileSync(report, "utf8")) as Parameters<typeof cellsOf>[1]);
  } catch (error) {
    cells = { "all of it": { passed: 0, failed: [`vitest gave no report: ${String(error)}\n${stdout.slice(-2000)}`] } };
  }
  const all = Object.values(cells);
  const count = (of: (cell: Cell) => number) => all.reduce((sum, cell) => sum + of(cell), 0);
  const minutes = ((Date.now() - started) / 60_000).toFixed(1);
  const outcome = `${count(({ passed }) => passed)} passed, ${count(({ failed }) => failed.length)} failed`;
  console.log(`${part.title}: ${outcome} (${minutes} min)`);
  if (all.some(({ failed }) => failed.length > 0)) {
    const log = path.join(os.tmpdir(), `linuxnet-${machine.name}-failures.log`);
    writeFileSync(log, `${stdout}\n${stderr}\n`, { flag: "a" });
    console.log(`  what failed: ${log}`);
  }
  return cells;
}

function machineNamed(name: string): Machine {
  return (
    machines.find((machine) => machine.name === name) ??
    fail(`There is no machine "${name}"; there are ${machines.map(({ name }) => name).join(", ")}.`)
  );
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
