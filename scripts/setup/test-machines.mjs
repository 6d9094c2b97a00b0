import { ensureDebianRoot } from "../machines/debian-root.mjs";
import { ensureMachineImage } from "../machines/machine-image.mjs";
import { installDebianPackages, isThere } from "./debian-packages.mjs";

/** The suites whose tools `npm test` runs resources with, and the suite that it boots. */
const TOOLS = ["bullseye", "trixie", "sid"];
const BOOTED = "bookworm";

/** Builds the Debian roots and the machine image that `npm test` needs, so that no test has to wait for them. */
export async function ensureTestMachines() {
  if (!isThere("qemu-system-x86_64")) await installDebianPackages(["qemu-system-x86"]);
  for (const suite of TOOLS) await ensureDebianRoot(suite);
  await ensureMachineImage(BOOTED);
}
