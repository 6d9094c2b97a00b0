import { styleText } from "node:util";

/** A check saw something else than it wanted, or a step could not be done. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}

/** What the demo tells while it goes: a line for each step, with what was seen and the time it took. */
export class Report {
  passed = 0;
  failed = 0;
  /** Set by Ctrl-C: no further step begins. */
  stopped = false;
  private readonly started = performance.now();

  /** A line that names what follows. */
  heading(text: string): void {
    console.log(`\n${styleText("bold", text)}`);
  }

  /** Lets no further step begin. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * Does one step and says how it went. A failure is told and counted, and goes on to the caller.
   * @param work Gives what was seen, for the end of the line.
   */
  async step(label: string, work: () => Promise<string>): Promise<void> {
    if (this.stopped) throw new DemoFailure("interrupted");
    const started = performance.now();
    const live = process.stdout.isTTY;
    if (live) process.stdout.write(`  … ${label}`);
    try {
      const seen = await work();
      this.passed += 1;
      this.line("green", "✓", label, seen, started);
    } catch (error) {
      this.failed += 1;
      this.line("red", "✗", label, "", started);
      const message = error instanceof Error ? error.message : String(error);
      console.log(styleText("red", message.trim().replace(/^/gm, "      ")));
      throw error;
    }
  }

  /** Does one check: its failure is told and counted, and the next check follows. */
  async check(label: string, work: () => Promise<string>): Promise<void> {
    await this.step(label, work).catch((error: unknown) => {
      if (this.stopped) throw error;
    });
  }

  /** Seconds since the beginning. */
  seconds(): string {
    return `${((performance.now() - this.started) / 1000).toFixed(1)} s`;
  }

  private line(colour: "green" | "red", mark: string, label: string, seen: string, started: number): void {
    const time = duration(performance.now() - started).padStart(8);
    const start = process.stdout.isTTY ? "\r" : "";
    console.log(
      `${start}  ${styleText(colour, mark)} ${label.padEnd(50)} ${styleText("dim", time)}  ${seen}`.trimEnd(),
    );
  }
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
