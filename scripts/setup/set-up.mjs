import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./build.mjs";
import { ensureDebianPackages } from "./debian-packages.mjs";
import { ensureTestMachines } from "./test-machines.mjs";
import { ensureNodeModules } from "./node-modules.mjs";
import { ensurePulumiCli, pulumiFolder } from "./pulumi-cli.mjs";
import { SetupError } from "./step.mjs";

/** The repository's folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Installs what the lab, the demo and the tests need, if it is missing.
 * @param {{ build?: boolean, test?: boolean, bench?: boolean }} [options] build: also builds dist/; test, bench: also
 *   installs what only the tests or bench:nat use
 */
export async function setUp({ build = false, test = false, bench = false } = {}) {
  if (process.platform !== "linux")
    throw new SetupError("linuxnet's lab needs Linux: run this on a Linux machine or in a virtual one.");
  if (Number(process.versions.node.split(".")[0]) < 18) {
    throw new SetupError(
      `Node ${process.versions.node} is too old for the set-up: install Node 18 or newer and run this again.`,
    );
  }
  if (process.getuid?.() !== 0)
    throw new SetupError("Network namespaces need root: run this again as root (for example with sudo).");
  await ensureNodeModules(root);
  await ensureDebianPackages({ test, bench });
  await ensurePulumiCli(root);
  if (build) await ensureBuilt(root);
  if (test) await ensureTestMachines();
}

/**
 * The environment for programs that run after the set-up. On its PATH, this repository's Node and programs come first,
 * then the Pulumi CLI.
 */
export function environment() {
  const folders = [path.join(root, "node_modules/.bin"), path.join(pulumiFolder(root), "bin")];
  const rest = (process.env.PATH ?? "").split(":").filter((folder) => folder !== "" && !folders.includes(folder));
  // A root shell from `su` may lack the sbin folders, which contain ip, iptables and sshd.
  const sbin = ["/usr/sbin", "/sbin"].filter((folder) => !rest.includes(folder));
  return { ...process.env, PATH: [...folders, ...rest, ...sbin].join(":") };
}
