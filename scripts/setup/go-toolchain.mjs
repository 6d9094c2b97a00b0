import { chmodSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { installDebianPackages } from "./debian-packages.mjs";
import { run, SetupError, step } from "./step.mjs";

/** The least that Pulumi's modules ask for, and what is fetched where the machine has none or an older one. */
const LEAST_GO = [1, 25, 11];

/**
 * Checksums of the fetched toolchain, as in a go.sum. For an architecture without a line here, the go command's
 * own look into the public checksum database is what vouches for it.
 */
const TOOLCHAIN_SUMS = { amd64: "h1:AUChz5pzC7L9cEGXaGD6Z0N5m2H2JDiTZywfitOXskU=" };

/**
 * A go command that can build the Pulumi CLI.
 * @returns {Promise<string>} its path
 */
export async function findGo() {
  const { ok, stdout } = await run("go", ["env", "GOVERSION"], {
    cwd: os.tmpdir(),
    env: { ...process.env, GOTOOLCHAIN: "local" },
  });
  if (ok && isEnough(stdout)) return "go";
  // Debian's Go is too old to build the CLI, but not to fetch, as a Go module, the one that can.
  if (!ok) await installDebianPackages(["golang-go"]);
  return step(`Go ${LEAST_GO.join(".")}, to build the Pulumi CLI`, fetchToolchain);
}

/** @param {string} version e.g. "go1.26.8" */
function isEnough(version) {
  const found = /^go(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version.trim())
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (!found) return false;
  const differing = LEAST_GO.findIndex((part, index) => part !== found[index]);
  return differing === -1 || found[differing] > LEAST_GO[differing];
}

async function fetchToolchain() {
  const architecture = { x64: "amd64", arm64: "arm64" }[process.arch];
  if (!architecture)
    throw new SetupError(`No Go is known for ${process.arch}: install Go ${LEAST_GO.join(".")} and run this again.`);
  const module = `golang.org/toolchain@v0.0.1-go${LEAST_GO.join(".")}.linux-${architecture}`;
  const { ok, stdout, tail } = await run("go", ["mod", "download", "-json", module], {
    cwd: os.tmpdir(),
    env: { ...process.env, GOFLAGS: "", GOWORK: "off", GO111MODULE: "on" },
  });
  if (!ok) {
    throw new SetupError(
      `Go ${LEAST_GO.join(".")} could not be fetched as a module; install it yourself and run this again.\n${tail}`,
    );
  }
  const { Dir: folder, Sum: sum } = JSON.parse(stdout);
  if (TOOLCHAIN_SUMS[architecture] && sum !== TOOLCHAIN_SUMS[architecture]) {
    throw new SetupError(
      `The fetched ${module} is not the known one (${sum}); install Go yourself and run this again.`,
    );
  }
  // Modules hold no file modes. The go command sets the same ones when it fetches a toolchain for itself.
  for (const programs of ["bin", `pkg/tool/linux_${architecture}`]) {
    for (const program of readdirSync(path.join(folder, programs)))
      chmodSync(path.join(folder, programs, program), 0o755);
  }
  return path.join(folder, "bin/go");
}
