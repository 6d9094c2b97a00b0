import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const folders = new Set<string>();

// Also where the bench is interrupted.
process.on("exit", () => folders.forEach(removeScratch));

/** A new folder that is gone when the process ends, at the latest. */
export function makeScratch(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `linuxnet-bench-${name}-`));
  folders.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}
