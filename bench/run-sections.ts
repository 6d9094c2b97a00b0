import { writeFileSync } from "node:fs";
import os from "node:os";
import { descendants, kill } from "../test/processes.ts";
import { stopRunningLab } from "./bench-lab.ts";
import { type SectionReport, print } from "./report.ts";
import type { Progress } from "./settings.ts";

/** The sections of a bench, by name. */
export type Sections<Settings> = Readonly<Record<string, (settings: Settings & Progress) => Promise<SectionReport>>>;

/** Runs the sections in `only` one after the other, prints their reports, and writes the numbers to the file `json`. */
export async function runSections<Settings extends { readonly runs: number }>(
  title: string,
  sections: Sections<Settings>,
  only: readonly string[],
  settings: Settings,
  json: string,
): Promise<void> {
  // An interrupted bench leaves nothing running. All descendants are killed, because the engine's plugins survive if
  // only the engine is killed.
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
      // A failed section does not keep the others from running.
      process.exitCode = 1;
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      found[name] = { title: `${name} FAILED`, rows: [], notes: [message] };
    }
    console.log(print(found[name]));
    // Written after each section, so that its numbers are kept if a later section is interrupted.
    writeFileSync(json, JSON.stringify({ at: new Date(), machine, settings, sections: found }, undefined, 2));
  }
  console.log(`The numbers: ${json}`);
}
