import { ensureDebianRoot } from "../machines/debian-root.mjs";
import { ensureMachineImage } from "../machines/machine-image.mjs";
import { installDebianPackages, isThere } from "./debian-packages.mjs";

/** The Debians whose tools `npm test` runs resources with, and the one that it boots. */
const TOOLS = ["bullseye", "trixie", "sid"];
const BOOTED = "bookworm";

/** Builds what `npm test` needs of other Debians, once a machine: no test waits for it then. */
export async function ensureTestMachines() {
  if (!isThere("qemu-system-x86_64")) await installDebianPackages(["qemu-system-x86"]);
  for (const suite of TOOLS) await ensureDebianRoot(suite);
  await ensureMachineImage(BOOTED);
}
