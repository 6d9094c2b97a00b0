import { styleText } from "node:util";

/** A check did not find what it expected, or a step failed. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}

/** The demo's output: a line for each step, with its result and duration. */
export class Report {
  passed = 0;
  failed = 0;
  /** Set by Ctrl-C: no further step starts. */
  stopped = false;
  private readonly started = performance.now();

  /** Prints a heading for the steps that follow. */
  heading(text: string): void {
    console.log(`\n${styleText("bold", text)}`);
  }

  /** Keeps further steps from starting. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * Runs one step and prints its outcome. An error is printed, counted and rethrown.
   * @param work Returns the result to print at the end of the line.
   * @throws DemoFailure after {@link stop}.
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

  /**
   * Runs one check. An error is printed and counted but not rethrown, so that the next check runs.
   * @throws DemoFailure after {@link stop}.
   */
  async check(label: string, work: () => Promise<string>): Promise<void> {
    await this.step(label, work).catch((error: unknown) => {
      if (this.stopped) throw error;
    });
  }

  /** The time since this report was created, e.g. "12.3 s". */
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
