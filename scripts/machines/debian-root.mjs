// @ts-check

import { installDebianPackages, isThere } from "../setup/debian-packages.mjs";
import { step } from "../setup/step.mjs";
import { ensureCached } from "./cache.mjs";
import { runContained, runInRoot } from "./contained.mjs";
import { debianMirror } from "./mirror.mjs";
import { recipeDigest, suiteNamed } from "./suites.mjs";

/** The packages that a lab host and the tests on it need. */
const PACKAGES = [
  "bash",
  "busybox-static",
  "ca-certificates",
  "conntrack",
  "curl",
  "iproute2",
  "iptables",
  "iputils-ping",
  "kmod",
  "netbase",
  "nftables",
  "openssh-server",
  "procps",
  "sudo",
];

/**
 * Runs in the root after the installation. SSH host keys and the machine ID are created per host, so the root has none.
 */
const CLEAN_UP = `
  apt-get clean
  rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
  : >/etc/machine-id`;

const RECIPE = { variant: "minbase", packages: PACKAGES, cleanUp: CLEAN_UP };

/**
 * The name of a suite's root in the cache. It changes with the recipe.
 * @param {import("./suites.mjs").Suite} suite
 */
export function debianRootName(suite) {
  return `root-${suite}-${recipeDigest(RECIPE)}`;
}

/**
 * Builds a root file system with the suite's own tools, unless it is in the cache. All clones of the repository on this
 * machine share it and may use it at the same time, so callers must not change it.
 * @param {string} suite bullseye, bookworm, trixie or sid
 * @returns {Promise<string>} the path of the root
 */
export async function ensureDebianRoot(suite) {
  const known = suiteNamed(suite);
  return ensureCached(debianRootName(known), async (folder) => {
    if (!isThere("debootstrap")) await installDebianPackages(["debootstrap"]);
    await step(`Debian ${known}, a root file system: a minute or two, once a machine`, async () => {
      const options = [`--variant=${RECIPE.variant}`, `--include=${PACKAGES.join(",")}`];
      await runContained(`Debian ${known}`, ["debootstrap", ...options, known, folder, debianMirror()]);
      await runInRoot(`Debian ${known}`, folder, CLEAN_UP);
      // With an empty resolv.conf, name lookups fail at once. With an unreachable server, each waits for seconds.
      await runContained(`Debian ${known}`, ["sh", "-c", ': >"$1/etc/resolv.conf"', "empty", folder]);
    });
  });
}
