/** npm run bench:nat: measures what published ports cost, when they are created and for the traffic through them. */
import os from "node:os";
import path from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { count, someOf } from "../command-line.ts";
import { type Sections, runSections } from "../run-sections.ts";
import type { Progress } from "../settings.ts";
import { backendNames } from "./backends.ts";
import { dataPlane } from "./data-plane.ts";
import { making } from "./making.ts";
import type { NatSettings } from "./nat-settings.ts";
import { throughput } from "./throughput.ts";

type Asked = Omit<NatSettings, keyof Progress>;

const sections: Sections<Asked> = { making, "data-plane": dataPlane, throughput };

interface Options extends Asked {
  readonly only: readonly string[];
  readonly json: string;
}

function sizes(text: string): number[] {
  const numbers = [...new Set(text.split(",").map(count))].sort((a, b) => a - b);
  if (numbers.length < 2) throw new InvalidArgumentError("It takes two numbers at least, to see what grows.");
  return numbers;
}

const { only, json, ...settings } = new Command("bench:nat")
  .description("Measures what published ports cost with each firewall, in a lab of its own.")
  .addOption(
    new Option("--only <sections>", `some of ${Object.keys(sections).join(",")}`)
      .argParser(someOf(Object.keys(sections)))
      .default(Object.keys(sections), "all"),
  )
  .addOption(
    new Option("--backends <names>", `some of ${backendNames.join(",")}`)
      .argParser(someOf(backendNames))
      .default(backendNames, "all"),
  )
  .option("--runs <number>", "how often each thing is measured", count, 5)
  .option(
    "--sizes <numbers>",
    "how many forwards there are; of them, making takes the two largest and throughput the least and the largest",
    sizes,
    [1, 100, 1000, 10_000],
  )
  .option("--json <file>", "where the numbers go", path.join(os.tmpdir(), `linuxnet-bench-nat-${process.pid}.json`))
  .option("--long", "also what takes many minutes: deleting the largest number of forwards", false)
  .parse()
  .opts<Options>();

await runSections("linuxnet bench:nat", sections, only, settings, json);
