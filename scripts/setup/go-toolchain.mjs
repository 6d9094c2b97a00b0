import { chmodSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { installDebianPackages } from "./debian-packages.mjs";
import { run, SetupError, step } from "./step.mjs";

/** The lowest Go version that Pulumi's modules accept. It is fetched if the machine has no Go or an older one. */
const LEAST_GO = [1, 25, 11];

/**
 * Checksums of the fetched toolchain, as in a go.sum. For an architecture that is not listed, only the go command
 * itself checks the toolchain, against the public checksum database.
 */
const TOOLCHAIN_SUMS = { amd64: "h1:AUChz5pzC7L9cEGXaGD6Z0N5m2H2JDiTZywfitOXskU=" };

/**
 * Finds a go command that can build the Pulumi CLI, or fetches one.
 * @returns {Promise<string>} its path, or "go" if the one on the PATH is new enough
 */
export async function findGo() {
  const { ok, stdout } = await run("go", ["env", "GOVERSION"], {
    cwd: os.tmpdir(),
    env: { ...process.env, GOTOOLCHAIN: "local" },
  });
  if (ok && isEnough(stdout)) return "go";
  // Debian's Go is too old to build the CLI, but it can fetch a newer toolchain as a Go module.
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
  // Go modules contain no file modes. The go command sets the same modes when it fetches a toolchain itself.
  for (const programs of ["bin", `pkg/tool/linux_${architecture}`]) {
    for (const program of readdirSync(path.join(folder, programs)))
      chmodSync(path.join(folder, programs, program), 0o755);
  }
  return path.join(folder, "bin/go");
}
