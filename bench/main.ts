/** npm run bench: measures the provider and what it is compared with, in a separate lab. */
import os from "node:os";
import path from "node:path";
import { Command, Option } from "commander";
import { count, someOf } from "./command-line.ts";
import { type Sections, runSections } from "./run-sections.ts";
import { crowded } from "./sections/crowded.ts";
import { engine } from "./sections/engine.ts";
import { hosts } from "./sections/hosts.ts";
import { latency } from "./sections/latency.ts";
import { memory } from "./sections/memory.ts";
import { peers } from "./sections/peers.ts";
import { parallel } from "./sections/parallel.ts";
import { provider } from "./sections/provider.ts";
import { startup } from "./sections/startup.ts";
import type { Progress, Settings } from "./settings.ts";

const sections: Sections<Omit<Settings, keyof Progress>> = {
  engine,
  provider,
  latency,
  hosts,
  memory,
  startup,
  parallel,
  peers,
  crowded,
};

interface Options {
  readonly only: readonly string[];
  readonly runs: number;
  readonly containers: number;
  readonly foreign: number;
  readonly json: string;
  readonly long: boolean;
}

const { only, json, ...settings } = new Command("bench")
  .description("Measures linuxnet beside what it has to be compared with, in a lab of its own.")
  .addOption(
    new Option("--only <sections>", `some of ${Object.keys(sections).join(",")}`)
      .argParser(someOf(Object.keys(sections)))
      .default(Object.keys(sections), "all"),
  )
  .option("--runs <number>", "how often each thing is measured", count, 3)
  .option("--containers <number>", "containers on one host (engine, provider, latency, peers)", count, 100)
  .option(
    "--foreign <number>",
    "network namespaces of others on the host (crowded); 10 times as many rules",
    count,
    2000,
  )
  .option("--json <file>", "where the numbers go", path.join(os.tmpdir(), `linuxnet-bench-${process.pid}.json`))
  .option(
    "--long",
    "also what takes many minutes: hosts with 50 of them, provider at 1,000 containers (and its 1,000 forwards in each run), memory over 100 cycles instead of 20 and with the engine",
    false,
  )
  .parse()
  .opts<Options>();

await runSections("linuxnet bench", sections, only, settings, json);
