import { type Samples, median } from "./measure.ts";
import { markdownTable } from "./table.ts";

export type Unit = "s" | "ms" | "µs" | "/s" | "MB" | "KB" | "Gbit/s" | "round trips" | "";

/** What was measured, and of what. */
export interface Figure {
  readonly of: string;
  readonly unit: Unit;
  readonly samples: Samples;
}

/** What the issue asks for, and whether it is so. */
export interface Target {
  readonly text: string;
  readonly met: boolean;
}

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: Figure;
  readonly against?: Figure;
  /** Of the medians, or in pairs; and of each run's pair. */
  readonly ratio?: { readonly median: number; readonly samples: Samples };
  readonly aim?: Target;
}

/** What a section of the bench found. */
export interface SectionReport {
  readonly title: string;
  readonly rows: readonly Row[];
  /** How it was measured, where the table does not show it. */
  readonly notes: readonly string[];
}

/** A figure beside another one of the same run; with an aim for their ratio where there is one. */
export function compare(what: string, measured: Figure, against: Figure, most?: number): Row {
  const ratio = {
    median: median(measured.samples) / median(against.samples),
    samples: measured.samples.flatMap((sample, run) => {
      const other = against.samples[run];
      return other === undefined ? [] : [sample / other];
    }),
  };
  const aim = most === undefined ? {} : { aim: { text: `≤ ${most}×`, met: ratio.median <= most } };
  return { what, measured, against, ratio, ...aim };
}

/**
 * The same for figures that change from one moment to the next: the median of the ratios of each run's pair, whatever the
 * runs between. With an aim that it has to reach, where there is one.
 */
export function compareInPairs(what: string, measured: Figure, against: Figure, least?: number): Row {
  const { samples } = compare(what, measured, against).ratio!;
  const ratio = { median: median(samples), samples };
  const aim = least === undefined ? {} : { aim: { text: `≥ ${least}×`, met: ratio.median >= least } };
  return { what, measured, against, ratio, ...aim };
}

/** A figure, with the most that it may be where there is an aim. */
export function figureRow(what: string, measured: Figure, most?: number): Row {
  const aim = most === undefined ? {} : { aim: { text: `≤ ${most}`, met: median(measured.samples) <= most } };
  return { what, measured, ...aim };
}

/** Something that has to be so, with the figure that shows it. */
export function requirementRow(what: string, text: string, met: boolean, measured: Figure): Row {
  return { what, measured, aim: { text, met } };
}

/** The section as Markdown. */
export function print({ title, rows, notes }: SectionReport): string {
  const lines = rows.map(({ what, measured, against, ratio, aim }) => [
    what,
    show(measured),
    against ? show(against) : "",
    ratio ? number(ratio.median) + spread(ratio.samples) : "",
    aim?.text ?? "",
    aim === undefined ? "" : aim.met ? "met" : "**NOT met**",
  ]);
  return [
    `## ${title}\n`,
    markdownTable(["", "measured", "beside", "ratio", "aim", ""], lines),
    ...notes.map((note) => `\n${note}`),
    "",
  ].join("\n");
}

function show({ of, unit, samples }: Figure): string {
  return `${of}: ${number(median(samples))}${unit === "" ? "" : ` ${unit}`}${spread(samples)}`;
}

const spread = (samples: Samples) =>
  samples.length < 2 ? "" : ` (${number(Math.min(...samples))}–${number(Math.max(...samples))})`;

/** Three digits that say something. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number.isInteger(value) ? String(value) : value.toFixed(digits);
}
