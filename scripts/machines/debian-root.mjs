// @ts-check

import { installDebianPackages, isThere } from "../setup/debian-packages.mjs";
import { step } from "../setup/step.mjs";
import { ensureCached } from "./cache.mjs";
import { runContained, runInRoot } from "./contained.mjs";
import { debianMirror } from "./mirror.mjs";
import { recipeDigest, suiteNamed } from "./suites.mjs";

/** What a host of the lab runs, and what the tests run in one. */
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
 * Name look-ups are refused at once without a server in resolv.conf; with one that can't be reached, each waits for seconds.
 * Keys and identities are made for each host.
 */
const CLEAN_UP = `
  apt-get clean
  rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*
  : >/etc/machine-id`;

const RECIPE = { variant: "minbase", packages: PACKAGES, cleanUp: CLEAN_UP };

/**
 * The name in the cache of a suite's root: it changes with the recipe.
 * @param {import("./suites.mjs").Suite} suite
 */
export function debianRootName(suite) {
  return `root-${suite}-${recipeDigest(RECIPE)}`;
}

/**
 * A root file system with that Debian's own tools, built once for all clones of this machine. Whoever runs something in it
 * keeps it as it is: others use it at the same time.
 * @param {string} suite bullseye, bookworm, trixie or sid
 * @returns {Promise<string>} its path
 */
export async function ensureDebianRoot(suite) {
  const known = suiteNamed(suite);
  return ensureCached(debianRootName(known), async (folder) => {
    if (!isThere("debootstrap")) await installDebianPackages(["debootstrap"]);
    await step(`Debian ${known}, a root file system: a minute or two, once a machine`, async () => {
      const options = [`--variant=${RECIPE.variant}`, `--include=${PACKAGES.join(",")}`];
      await runContained(`Debian ${known}`, ["debootstrap", ...options, known, folder, debianMirror()]);
      await runInRoot(`Debian ${known}`, folder, CLEAN_UP);
      await runContained(`Debian ${known}`, ["sh", "-c", ': >"$1/etc/resolv.conf"', "empty", folder]);
    });
  });
}
