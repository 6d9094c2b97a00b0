import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

const versions = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")) as { version: string; devDependencies: Record<string, string> };

/** The environment of the tests' programs: the newer Node first on the PATH. */
export const environment: NodeJS.ProcessEnv = { ...process.env, PATH: `${path.join(repository, "node_modules/.bin")}:${process.env.PATH}` };

/** Runs a program in a folder and gives its output; throws with all of it where it fails. */
export function run(folder: string, program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { cwd: folder, env: environment, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${[program, ...args].join(" ")} failed in ${folder}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** The package as it would be published, packed once for all tests: what users install, not the source tree. */
export function packedPackage(): string {
  return path.join(repository, "node_modules/.cache/linuxnet-pack", `pulumi-linuxnet-${versions.version}.tgz`);
}

/** Packs the package; part of the global set-up. */
export function pack(): void {
  const folder = path.dirname(packedPackage());
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  run(repository, "npm", "run", "build");
  run(repository, "npm", "pack", "--ignore-scripts", "--pack-destination", folder);
}

/** A new folder of a user's, with the packed package installed by npm. */
export function makeConsumer(packageJson: object = {}, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-consumer-"));
  const dependencies = { "@pulumi/pulumi": versions.devDependencies["@pulumi/pulumi"], "pulumi-linuxnet": `file:${packedPackage()}` };
  writeFiles(folder, { "package.json": JSON.stringify({ name: "consumer", private: true, dependencies, ...packageJson }), ...files });
  run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
  return folder;
}

/** Writes files, with their folders. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}
