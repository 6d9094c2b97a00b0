import type { Network } from "../engine/network.ts";

/** Resources that are missing from the state, unexpected or listed twice, and pending operations. */
export function compareState(recorded: readonly string[], network: Network): string[] {
  const wanted = Object.keys(network).sort().join(" ");
  const found = [...recorded].sort().join(" ");
  return wanted === found ? [] : [`the state has: ${found}`, `       and not: ${wanted}`];
}

/** The lines in which two dumps of a host differ. */
export function compareDumps(wanted: string, found: string): string[] {
  if (wanted === found) return [];
  const before = numbered(wanted);
  const after = numbered(found);
  const different = [
    ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ];
  // Two dumps may differ in the order of lines alone: a section is sorted by texts that contain more than is compared
  // here.
  return different.length === 0 ? [] : ["the host is not as after an undisturbed run:", ...different];
}

/** Each line with its section, numbered so that repeated lines are kept apart. */
function numbered(dump: string): Set<string> {
  const lines = new Set<string>();
  let section = "";
  for (const line of dump.split("\n").flatMap(fields)) {
    if (line.startsWith("=== ")) section = line.slice(4);
    const named = `${section} | ${line}`;
    let count = 1;
    while (lines.has(`${named} (${count})`)) count++;
    lines.add(`${named} (${count})`);
  }
  return lines;
}

/** Splits a JSON object into a line for each of its properties, so that a difference can be seen. */
function fields(line: string): string[] {
  if (!line.startsWith("{")) return [line];
  const properties = JSON.parse(line) as Record<string, unknown>;
  const name = JSON.stringify(properties.ifname ?? properties.dst ?? "");
  return Object.entries(properties).map(([key, value]) => `${name} ${key}: ${JSON.stringify(value)}`);
}
