import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { run, SetupError, step } from "./step.mjs";

/** The lowest Node version that @pulumi/pulumi runs on. The development dependency `node` provides it. */
const LEAST_NODE = 22;

/**
 * Installs node_modules from the lockfile, and a Node that is new enough in node_modules/.bin.
 * @param {string} root
 */
export async function ensureNodeModules(root) {
  await installLocked(root);
  linkItself(root);
  if (await isNewEnough(root)) return;
  await step(`Node ${LEAST_NODE} or newer, in node_modules`, async () => {
    await installNode(root);
    if (!(await isNewEnough(root))) {
      throw new SetupError(
        `The npm package "node" brought no Node ${LEAST_NODE} or newer; install one on this machine and run this again.`,
      );
    }
  });
}

/** @param {string} root */
async function installLocked(root) {
  if (!isInstalled(root)) {
    await step("node modules", async () => {
      const { ok, missing, stderr } = await run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: root,
      });
      if (missing) throw new SetupError("npm is missing: install it (Debian: apt-get install npm) and run this again.");
      // npm prints the reason first and a page of usage after it.
      const reason = stderr
        .trim()
        .split("\n")
        .filter((line) => !/^npm error +at /.test(line))
        .slice(0, 8)
        .join("\n");
      if (!ok)
        throw new SetupError(`npm ci failed; see that the npm registry can be reached and run this again.\n${reason}`);
    });
  }
}

/**
 * Links this package into node_modules, because the examples import it by name, as users do. npm 9 installs a copy
 * instead of a link, and a copy does not change with the sources.
 * @param {string} root
 */
function linkItself(root) {
  const link = path.join(root, "node_modules/pulumi-linuxnet");
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  rmSync(link, { recursive: true, force: true });
  symlinkSync("..", link);
}

/**
 * Compares the lockfile with what npm recorded at its last install, entry by entry. Modification times are unreliable
 * after a checkout.
 * @param {string} root
 */
function isInstalled(root) {
  const installedPath = path.join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedPath)) return false;
  const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedPath, "utf8")).packages;
  return Object.entries(wanted).every(([folder, entry]) => {
    if (folder === "" || !folder.includes("node_modules/")) return true;
    const found = installed[folder];
    if (!found) return Boolean(entry.optional);
    // Only versions are compared: whether npm records a package's origin depends on its settings, and versions of npm
    // differ in how they record links.
    return entry.link || found.version === entry.version;
  });
}

/** @param {string} root */
async function isNewEnough(root) {
  const { ok, stdout } = await run(path.join(root, "node_modules/.bin/node"), ["--version"], { seconds: 20 });
  return ok && Number(/^v(\d+)\./.exec(stdout)?.[1]) >= LEAST_NODE;
}

/**
 * Does what the install script of the package `node` does. npm does not run it if scripts are disabled, and newer
 * versions of npm only run the install scripts that are allowed explicitly.
 * @param {string} root
 */
async function installNode(root) {
  const folder = path.join(root, "node_modules/node");
  const { ok, tail } = await run(process.execPath, ["installArchSpecificPackage.js"], { cwd: folder });
  if (!ok) {
    throw new SetupError(`The npm package "node" could not be set up; run "npm rebuild node" to see why.\n${tail}`);
  }
  const link = path.join(root, "node_modules/.bin/node");
  rmSync(link, { force: true });
  symlinkSync("../node/bin/node", link);
}
