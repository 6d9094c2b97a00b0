import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The repository's own version, and the versions that it is tested with. */
export const versions = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")) as {
  version: string;
  devDependencies: Record<string, string>;
};

/** The environment of the programs that tests run: the newer Node is first on the PATH. */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${path.join(repository, "node_modules/.bin")}:${process.env.PATH}`,
};

/** Runs a program in a folder and returns its standard output. Throws with the complete output if it fails. */
export function run(folder: string, program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, {
      cwd: folder,
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${[program, ...args].join(" ")} failed in ${folder}\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Builds and packs the package as it would be published, for all tests of a run. Returns the file's path. */
export function pack(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-pack-"));
  run(repository, "npm", "run", "build");
  run(repository, "npm", "pack", "--ignore-scripts", "--pack-destination", folder);
  return path.join(folder, `pulumi-linuxnet-${versions.version}.tgz`);
}
