import { copyFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findGo } from "./go-toolchain.mjs";
import { run, SetupError, step } from "./step.mjs";

/**
 * The programs of a Pulumi CLI. Each has its own Go module in scripts/pulumi-cli, because the last version of the
 * language host that is published as a Go module needs other versions of shared packages than the engine.
 */
const PROGRAMS = [
  { folder: "engine", name: "pulumi", package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
  {
    folder: "language-nodejs",
    name: "pulumi-language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
];

/**
 * The folder of the Pulumi CLI: where the npm package `pulumi` and the Automation API look for it, so that `npx pulumi`
 * also finds it.
 * @param {string} root
 */
export function pulumiFolder(root) {
  const { version } = JSON.parse(readFileSync(path.join(root, "node_modules/pulumi/package.json"), "utf8"));
  return path.join(process.env.PULUMI_HOME || path.join(os.homedir(), ".pulumi"), "versions", version);
}

/**
 * Installs the Pulumi CLI in the version of the npm package `pulumi`, once for all clones of the repository on this
 * machine. It is downloaded with Pulumi's installer or, if its server cannot be reached, built from its Go modules.
 * @param {string} root
 */
export async function ensurePulumiCli(root) {
  const folder = pulumiFolder(root);
  if (existsSync(path.join(folder, "bin/pulumi-language-nodejs")) && (await answers(folder))) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  removeAbandoned(folder);
  // Created under a temporary name and renamed at the end, so that an interrupted run leaves nothing that looks like a
  // CLI.
  const partial = `${folder}.partial-${process.pid}`;
  try {
    if (!(await download(root, partial))) await build(root, partial);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function answers(folder) {
  const { ok, stdout } = await run(path.join(folder, "bin/pulumi"), ["version"], {
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    seconds: 20,
  });
  return ok && stdout.trim() === `v${path.basename(folder)}`;
}

/** @param {string} folder */
function removeAbandoned(folder) {
  for (const name of readdirSync(path.dirname(folder))) {
    const [, process] = name.split(`${path.basename(folder)}.partial-`);
    if (process && !existsSync(`/proc/${process}`))
      rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
  }
}

/**
 * Tries the installer of the npm package `pulumi`, in a separate process. It has a few seconds to reach its server.
 * @param {string} root
 * @param {string} target
 */
function download(root, target) {
  const version = path.basename(pulumiFolder(root));
  const install = `
    const { installCLI } = require("pulumi/lib/download");
    const fetchText = async (url) => (await fetch(url, { signal: AbortSignal.timeout(5000) })).text();
    installCLI(process.argv[1], process.argv[2], { fetchText }).catch(() => process.exit(1));`;
  return step(`Pulumi CLI ${version}, downloaded`, async () => {
    const { ok } = await run(process.execPath, ["-e", install, version, target], { cwd: root, seconds: 300 });
    if (ok && (await run(path.join(target, "bin/pulumi"), ["version"], { seconds: 20 })).ok) return true;
    rmSync(target, { recursive: true, force: true });
    return false;
  });
}

/**
 * @param {string} root
 * @param {string} target
 */
async function build(root, target) {
  const go = await findGo();
  const version = path.basename(pulumiFolder(root));
  mkdirSync(path.join(target, "bin"), { recursive: true });
  for (const program of PROGRAMS) {
    await step(`${program.name} ${version}, built from its Go modules: minutes, once a machine`, async () => {
      const flags = [
        "-mod=readonly",
        "-trimpath",
        "-buildvcs=false",
        `-ldflags=-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
      ];
      const { ok, tail } = await run(
        go,
        ["build", ...flags, "-o", path.join(target, "bin", program.name), program.package],
        {
          cwd: path.join(root, "scripts/pulumi-cli", program.folder),
          env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOTOOLCHAIN: "local", GOFLAGS: "" },
        },
      );
      if (!ok) {
        throw new SetupError(
          `The Pulumi CLI could be neither downloaded nor built; install Pulumi ${version} in ${pulumiFolder(root)} and run this again.\n${tail}`,
        );
      }
    });
  }
  // A release contains this script next to the programs. The npm package has the same one.
  const plugin = "pulumi-resource-pulumi-nodejs";
  copyFileSync(path.join(root, "node_modules/@pulumi/pulumi", plugin), path.join(target, "bin", plugin));
  chmodSync(path.join(target, "bin", plugin), 0o755);
}
