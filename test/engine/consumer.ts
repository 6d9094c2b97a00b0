import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
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

/** A new folder of a user's, with the packed package installed by npm. */
export function makeConsumer(packageJson: object = {}, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-consumer-"));
  writeFiles(folder, {
    "package.json": JSON.stringify({ name: "consumer", private: true, dependencies: dependencies(), ...packageJson }),
    ...files,
  });
  run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
  return folder;
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
