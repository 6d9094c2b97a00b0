import { writeFileSync } from "node:fs";
import os from "node:os";
import { descendants, kill } from "../test/processes.ts";
import { stopRunningLab } from "./bench-lab.ts";
import { type SectionReport, print } from "./report.ts";
import type { Progress } from "./settings.ts";

/** What can be measured, by its name. */
export type Sections<Settings> = Readonly<Record<string, (settings: Settings & Progress) => Promise<SectionReport>>>;

/** Measures one section after the other, and prints what each has found; the numbers go into the file too. */
export async function runSections<Settings extends { readonly runs: number }>(
  title: string,
  sections: Sections<Settings>,
  only: readonly string[],
  settings: Settings,
  json: string,
): Promise<void> {
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
  console.log(`# ${title}\n`);
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
}
