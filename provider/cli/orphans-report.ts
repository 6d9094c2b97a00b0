import type { Orphan } from "../lifecycle/orphans.js";
import { tableOf } from "./table.js";

/** An orphan on its host, with the outcome of its removal. */
export interface Finding {
  readonly host: string;
  readonly orphan: Orphan;
  readonly removed: boolean;
  /** Why it still exists, if there is a reason. */
  readonly problem: string | undefined;
}

/** One line for each finding, in columns. */
export function findingLines(findings: readonly Finding[]): string {
  const rows = findings.map(({ host, orphan, removed, problem }) => {
    const notes = [
      ...(orphan.elsewhere ? ["the state has it in another place"] : []),
      ...(removed ? ["removed"] : []),
      ...(problem === undefined ? [] : [`not removed: ${problem}`]),
      ...(problem === undefined && orphan.keepReason !== undefined ? [orphan.keepReason] : []),
    ];
    const note = notes.length > 0 ? ` (${notes.join("; ")})` : "";
    return [host, orphan.kind, orphan.name ?? "-", `${placesOf(orphan)}${note}`];
  });
  return tableOf(rows);
}

/** The findings as data. */
export function findingsJson(findings: readonly Finding[]): string {
  const values = findings.map(({ host, orphan, removed, problem }) => ({
    host,
    kind: orphan.kind,
    name: orphan.name ?? null,
    mark: orphan.mark ?? null,
    what: placesOf(orphan),
    elsewhere: orphan.elsewhere,
    removable: orphan.keepReason === undefined,
    removed,
    problem: problem ?? orphan.keepReason ?? null,
  }));
  return `${JSON.stringify(values, null, 2)}\n`;
}

/** What the orphan is and where it is: `interfaces veth1 in box, veth1-br`. */
export function placesOf({ parts }: Orphan): string {
  const lists = Map.groupBy(parts, ({ noun }) => noun);
  const alone = (lists.get(undefined) ?? []).map(({ description }) => description);
  const listed = [...lists].flatMap(([noun, list]) =>
    noun === undefined
      ? []
      : [`${noun}${list.length > 1 ? "s" : ""} ${list.map(({ description }) => description).join(", ")}`],
  );
  return [...listed, ...alone].join("; ");
}
