import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { programFromData } from "../engine/network.ts";
import { run, versions } from "../engine/pack.ts";

/** A user's folder with the packed package installed, and the program that creates a network from data. */
export function installPackage(packedPackage: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), "linuxnet-chaos-package-"));
  const dependencies = {
    "@pulumi/pulumi": versions.devDependencies["@pulumi/pulumi"],
    "pulumi-linuxnet": `file:${packedPackage}`,
  };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "chaos", private: true, dependencies }));
  writeFileSync(path.join(folder, "index.js"), programFromData());
  run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
  return folder;
}
