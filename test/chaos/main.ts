/**
 * npm run test:chaos -- --points N --seed S: kills whatever it can while networks are created and destroyed, and counts
 * failures.
 */
import { rmSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { pack } from "../engine/pack.ts";
import { runCampaign, summary } from "./campaign.ts";
import { installPackage } from "./packed-package.ts";

interface Options {
  readonly points: number;
  readonly engine?: number;
  readonly seed: string;
  readonly only?: string;
  readonly jobs: number;
}

function number(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It has to be a number.");
  return Number(text);
}

const program = new Command("test:chaos")
  .description("Kills engine, provider, sshd, connections and scripts while networks come and go.")
  .option("--points <number>", "how many faults", number, 50)
  .option("--engine <number>", "how many of them with the whole engine (default: 15 of 100)", number)
  .option("--seed <text>", "another text, other faults", "1")
  .option("--only <point>", "one fault of this seed, such as small/17 or engine/3")
  .option("--jobs <number>", "how many hosts at once", number, 2)
  .parse();
const { points, seed, only, jobs, engine = Math.ceil(points * 0.15) } = program.opts<Options>();
if (engine > points) program.error("--engine can't be more than --points.");

// An interrupted campaign leaves nothing behind.
const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort(new Error(signal)));

const packed = pack();
const installed = installPackage(packed);
try {
  const report = (text: string) => console.log(`FAILED ${text}`);
  const { signal } = interruption;
  let told = 0;
  const progress = (done: number) => {
    if (done - told < 50) return;
    told = done;
    console.error(`${done} of ${points}`);
  };
  const result = await runCampaign({ seed, points, engine, only, jobs, installed, signal, report, progress });
  console.log(summary(result, seed));
  process.exitCode = result.failed === 0 ? 0 : 1;
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  console.error("Interrupted: nothing of it runs any more.");
  process.exitCode = 130;
} finally {
  rmSync(path.dirname(packed), { recursive: true });
  rmSync(installed, { recursive: true });
}
