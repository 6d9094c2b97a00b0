import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inject } from "vitest";
import { run, versions } from "./pack.ts";

/** The dependencies in a user's package.json: the packed package, not the source tree. */
export function dependencies(): Record<string, string> {
  return {
    "@pulumi/pulumi": versions.devDependencies["@pulumi/pulumi"]!,
    "pulumi-linuxnet": `file:${inject("packedPackage")}`,
  };
}

/** A new user's folder, with the packed package and TypeScript installed by npm. */
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

/** Runs npm install, for the packages in package.json or for additional ones. */
export const npmInstall = (folder: string, ...packages: readonly string[]) =>
  run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", ...packages);

/** What npm installs for the plain package.json. The first test of a run that needs it installs it for all of them. */
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
    /** The path of the packed package. */
    packedPackage: string;
  }
}

/** Writes files, and creates their folders. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}
