import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folders = new Set<string>();

// Also runs if the bench is interrupted.
process.on("exit", () => folders.forEach(removeScratch));

/** Creates a temporary folder. It is removed when the process exits, if not before. */
export function makeScratch(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `linuxnet-bench-${name}-`));
  folders.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}
