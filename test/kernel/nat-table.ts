import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";

/** The page that contains the table, between these two lines. */
export const page = fileURLToPath(new URL("../../docs/nat.md", import.meta.url));
const begin = "<!-- matrix: written by LINUXNET_WRITE=1 npm test -- test/kernel/nat-matrix.test.ts -->";
const end = "<!-- matrix: end -->";

/** The result of each direction in each column. Cells without a recorded result have failed. */
export class NatTable {
  private readonly cells = new Map<string, string>();
  private readonly reasons: string[] = [];

  constructor(
    private readonly rows: readonly string[],
    private readonly columns: readonly string[],
  ) {}

  /** Reasons are listed below the table, each once. */
  record(row: string, column: string, result: string, reason?: string): void {
    if (reason !== undefined && !this.reasons.includes(reason)) this.reasons.push(reason);
    const note = reason === undefined ? "" : ` (${this.reasons.indexOf(reason) + 1})`;
    this.cells.set(`${row}|${column}`, `${result}${note}`);
  }

  private text(): string {
    const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const lines = [
      line(["", ...this.columns]),
      line(["", ...this.columns].map(() => "---")),
      ...this.rows.map((row) =>
        line([row, ...this.columns.map((column) => this.cells.get(`${row}|${column}`) ?? "**failed**")]),
      ),
    ];
    return [begin, lines.join("\n"), ...this.reasons.map((reason, index) => `(${index + 1}) ${reason}`), end].join(
      "\n\n",
    );
  }

  /** The page as it should be, formatted like `prettier` does. */
  async intoPage(): Promise<string> {
    const before = readFileSync(page, "utf8");
    const [from, to] = [before.indexOf(begin), before.indexOf(end)];
    if (from === -1 || to === -1) throw new Error(`${path.basename(page)} has no place for the table`);
    const text = `${before.slice(0, from)}${this.text()}${before.slice(to + end.length)}`;
    return format(text, { parser: "markdown", printWidth: 120 });
  }
}
