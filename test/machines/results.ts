/** The results of the cases on each machine, and their table in docs/machines.md. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format } from "prettier";
import { type Machine, type Part, machines, parts, partsOf } from "./cases.ts";

/** The result of a row on a machine. */
export interface Cell {
  readonly passed: number;
  /** The titles of the tests that failed or did not run. */
  readonly failed: readonly string[];
}

/** Everything that is known about a machine. */
export interface Result {
  readonly machine: string;
  /** `2026-11-30` */
  readonly date: string;
  /** The commit that was tested. */
  readonly commit: string;
  /** As the tools print them: `6.1.0`. */
  readonly versions: Readonly<Record<"kernel" | "iproute2" | "iptables" | "nft", string>>;
  /** By the titles of parts and rows. */
  readonly cells: Readonly<Record<string, Readonly<Record<string, Cell>>>>;
}

/* The parts of vitest's JSON report that are used here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** The rows of a part, from vitest's report. A file that could not be run counts as a failure in its own row. */
export function cellsOf(part: Part, report: Report): Record<string, Cell> {
  const cells: Record<string, { passed: number; failed: string[] }> = {};
  const cell = (row: string) => (cells[row] ??= { passed: 0, failed: [] });
  for (const { name, status, message, assertionResults } of report.testResults) {
    if (assertionResults.length === 0 && status !== "passed") cell(part.row([], name)).failed.push(message);
    for (const { ancestorTitles, title, status } of assertionResults) {
      const row = cell(part.row([...ancestorTitles, title], name));
      if (status === "passed") row.passed++;
      else row.failed.push([...ancestorTitles, title].join(" > "));
    }
  }
  return cells;
}

/* Results are saved next to this file, one file per machine, because a run may cover only one of them. */

const folder = path.join(import.meta.dirname, "results");

export function saveResult(result: Result): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${result.machine}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

export function savedResults(): Result[] {
  if (!existsSync(folder)) return [];
  const results = readdirSync(folder).map(
    (file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Result,
  );
  return machines.flatMap(({ name }) => results.filter(({ machine }) => machine === name));
}

/* The table. */

const textOf = (cell: Cell | undefined, applies: boolean) => {
  if (!applies) return "";
  if (cell === undefined) return "not run";
  return cell.failed.length === 0
    ? `${cell.passed}`
    : `**${cell.failed.length} of ${cell.passed + cell.failed.length} failed**`;
};

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

const headingOf = ({ suite, kind }: Machine) =>
  ({ tools: `${suite}, tools`, eth0: suite, systemd: `${suite}, systemd's names` })[kind];

/** A line for each row and a column for each machine, with the versions of its tools. */
export function tableOf(results: readonly Result[]): string {
  const columns = results.map((result) => ({ result, machine: machines.find(({ name }) => name === result.machine)! }));
  const rows = parts.flatMap((part) => {
    const { title } = part;
    const names = [...new Set(results.flatMap(({ cells }) => Object.keys(cells[title] ?? {})))];
    const cell = (row: string, { result, machine }: (typeof columns)[number]) =>
      textOf(result.cells[title]?.[row], partsOf(machine).includes(part));
    return [
      line([`**${title}**`, ...columns.map(() => "")]),
      ...names.map((row) => line([row, ...columns.map((column) => cell(row, column))])),
    ];
  });
  const version = (name: keyof Result["versions"]) => line([name, ...results.map(({ versions }) => versions[name])]);
  return [
    line(["", ...columns.map(({ machine }) => headingOf(machine))]),
    line(["---", ...columns.map(() => "---")]),
    ...(["kernel", "iproute2", "iptables", "nft"] as const).map(version),
    line(["tried on", ...results.map(({ date }) => date)]),
    ...rows,
  ].join("\n");
}

/** Each test that failed, by machine. */
export function failuresIn(results: readonly Result[]): string[] {
  return results.flatMap(({ machine, cells }) =>
    Object.values(cells).flatMap((rows) =>
      Object.entries(rows).flatMap(([row, { failed }]) => failed.map((title) => `${machine}: ${row}: ${title}`)),
    ),
  );
}

export const begin = "<!-- matrix: written by npm run test:machines -- --write -->";
export const end = "<!-- matrix: end -->";

/** The page, with the table of these results between its two marker lines. */
export function intoPage(page: string, results: readonly Result[]): Promise<string> {
  const [first = "", rest = ""] = page.split(begin);
  const [, last = ""] = rest.split(end);
  return format(`${first}${begin}\n\n${tableOf(results)}\n\n${end}${last}`, { parser: "markdown", printWidth: 120 });
}
