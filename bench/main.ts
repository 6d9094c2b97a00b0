/** npm run bench: measures the provider beside what it has to be compared with, in a lab of its own. */
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { descendants, kill } from "../test/chaos/processes.ts";
import { stopRunningLab } from "./bench-lab.ts";
import { type SectionReport, print } from "./report.ts";
import { engine } from "./sections/engine.ts";
import { hosts } from "./sections/hosts.ts";
import { latency } from "./sections/latency.ts";
import { memory } from "./sections/memory.ts";
import { peers } from "./sections/peers.ts";
import { parallel } from "./sections/parallel.ts";
import { provider } from "./sections/provider.ts";
import { startup } from "./sections/startup.ts";
import type { Settings } from "./settings.ts";

const sections: Readonly<Record<string, (settings: Settings) => Promise<SectionReport>>> = {
  engine,
  provider,
  latency,
  hosts,
  memory,
  startup,
  parallel,
  peers,
};

interface Options {
  readonly only: readonly string[];
  readonly runs: number;
  readonly containers: number;
  readonly json: string;
  readonly long: boolean;
}

function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It has to be a number, at least 1.");
  return Number(text);
}

function names(text: string): string[] {
  const chosen = text.split(",");
  const unknown = chosen.find((name) => !(name in sections));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no ${unknown}; there are ${Object.keys(sections).join(", ")}.`);
  return chosen;
}

const options = new Command("bench")
  .description("Measures linuxnet beside what it has to be compared with, in a lab of its own.")
  .addOption(
    new Option("--only <sections>", `some of ${Object.keys(sections).join(",")}`)
      .argParser(names)
      .default(Object.keys(sections), "all"),
  )
  .option("--runs <number>", "how often each thing is measured", count, 3)
  .option("--containers <number>", "containers on one host (engine, provider, latency, peers)", count, 100)
  .option("--json <file>", "where the numbers go", path.join(os.tmpdir(), `linuxnet-bench-${process.pid}.json`))
  .option(
    "--long",
    "also what takes many minutes: hosts with 50 of them, provider at 1,000 containers (and its 1,000 forwards in each run), memory over 100 cycles instead of 20 and with the engine",
    false,
  )
  .parse()
  .opts<Options>();

const { only, json, ...settings } = options;
// Nothing of it stays where somebody is tired of waiting; the engine's plugins would, where only the engine is killed.
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    for (const { pid } of descendants(process.pid)) kill(pid);
    void stopRunningLab().finally(() => process.exit(130));
  });

const found: Record<string, SectionReport> = {};
const machine = {
  processors: os.availableParallelism(),
  kernel: os.release(),
  node: process.version,
};
console.log(`# linuxnet bench\n`);
console.log(
  `${new Date().toISOString().slice(0, 16)} UTC, ${machine.processors} processors, Linux ${machine.kernel}, Node ${machine.node}; ${settings.runs === 1 ? "one run" : `medians of ${settings.runs} runs (least–most)`}.\n`,
);
for (const name of only) {
  const progress = (text: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
  try {
    found[name] = await sections[name]!({ ...settings, progress });
  } catch (error) {
    // The other sections are worth having.
    process.exitCode = 1;
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    found[name] = { title: `${name} FAILED`, rows: [], notes: [message] };
  }
  console.log(print(found[name]));
  // After each section: what has been measured is not lost with the next one.
  writeFileSync(json, JSON.stringify({ at: new Date(), machine, settings, sections: found }, undefined, 2));
}
console.log(`The numbers: ${json}`);
