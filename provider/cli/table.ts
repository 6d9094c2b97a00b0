import Table from "cli-table3";
import { escapeForDisplay } from "../transport/quoting.js";

const borders = ["top", "bottom", "left", "right"].flatMap((side) => [
  side,
  `${side}-mid`,
  `${side}-left`,
  `${side}-right`,
]);
const noLines = Object.fromEntries([...borders, "mid", "mid-mid"].map((place) => [place, ""]));

/** Rows in aligned columns without borders, one line each. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: { ...noLines, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, border: [], head: [] },
  });
  table.push(...rows.map((row) => row.map(escapeForDisplay)));
  return rows.length === 0 ? "" : table.toString().replaceAll(/ +$/gm, "") + "\n";
}
