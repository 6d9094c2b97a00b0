import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inject } from "vitest";
import { run, versions } from "./pack.ts";

/** What a user's package.json has: the packed package, not the source tree. */
export function dependencies(): Record<string, string> {
  return {
    "@pulumi/pulumi": versions.devDependencies["@pulumi/pulumi"]!,
    "pulumi-linuxnet": `file:${inject("packedPackage")}`,
  };
}

/** A new folder of a user's, with the packed package installed by npm, and TypeScript. */
export function makeConsumer(packageJson: object = {}, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-consumer-"));
  writeFiles(folder, { "package.json": JSON.stringify({ ...manifest(), ...packageJson }), ...files });
  if (Object.keys(packageJson).length === 0) run(folder, "cp", "-al", installedOnce(), "node_modules");
  else npmInstall(folder);
  return folder;
}

const manifest = () => ({
  name: "consumer",
  private: true,
  dependencies: dependencies(),
  devDependencies: { typescript: versions.devDependencies.typescript },
});

/** npm install, of what package.json says or of packages beside. */
export const npmInstall = (folder: string, ...packages: readonly string[]) =>
  run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", ...packages);

/** What npm makes of the plain package.json, made by the first of a run's tests that asks, for all of them. */
function installedOnce(): string {
  const folder = path.join(path.dirname(inject("packedPackage")), "installed");
  const done = path.join(folder, "done");
  if (mkdirSync(folder, { recursive: true }) !== undefined) {
    writeFiles(folder, { "package.json": JSON.stringify(manifest()) });
    npmInstall(folder);
    writeFileSync(done, "");
  }
  const until = Date.now() + 120_000;
  while (!existsSync(done)) {
    if (Date.now() > until) throw new Error(`nobody has installed the package in ${folder}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  return path.join(folder, "node_modules");
}

declare module "vitest" {
  interface ProvidedContext {
    /** The packed package's file. */
    packedPackage: string;
  }
}

/** Writes files, with their folders. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}
