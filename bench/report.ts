import { type Samples, median } from "./measure.ts";
import { markdownTable } from "./table.ts";

export type Unit = "s" | "ms" | "µs" | "/s" | "MB" | "KB" | "Gbit/s" | "round trips" | "";

/** Measurements of one side. */
export interface Figure {
  readonly of: string;
  readonly unit: Unit;
  readonly samples: Samples;
}

/** An aim, and whether the measurements meet it. */
export interface Target {
  readonly text: string;
  readonly met: boolean;
}

/** One row of the table. */
export interface Row {
  readonly what: string;
  readonly measured: Figure;
  readonly against?: Figure;
  /** `median` is the ratio of the medians or the median of the ratios; `samples` are the ratios of the single runs. */
  readonly ratio?: { readonly median: number; readonly samples: Samples };
  readonly aim?: Target;
}

/** The results of a section of the bench. */
export interface SectionReport {
  readonly title: string;
  readonly rows: readonly Row[];
  /** How the figures were measured, if the table does not show it. */
  readonly notes: readonly string[];
}

/**
 * Compares a figure with another one of the same runs, by the ratio of their medians.
 * @param most The upper limit of the ratio, if there is an aim.
 */
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
 * Compares figures that vary over time, by the median of the ratios of the single runs. The two samples of a run are
 * taken shortly after each other.
 * @param least The lower limit of the ratio, if there is an aim.
 */
export function compareInPairs(what: string, measured: Figure, against: Figure, least?: number): Row {
  const { samples } = compare(what, measured, against).ratio!;
  const ratio = { median: median(samples), samples };
  const aim = least === undefined ? {} : { aim: { text: `≥ ${least}×`, met: ratio.median >= least } };
  return { what, measured, against, ratio, ...aim };
}

/**
 * A figure without a comparison.
 * @param most The upper limit of the median, if there is an aim.
 */
export function figureRow(what: string, measured: Figure, most?: number): Row {
  const aim = most === undefined ? {} : { aim: { text: `≤ ${most}`, met: median(measured.samples) <= most } };
  return { what, measured, ...aim };
}

/** A requirement (`text`), whether it is met, and the figure that shows it. */
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

/** About three significant digits; integers in full. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number.isInteger(value) ? String(value) : value.toFixed(digits);
}
