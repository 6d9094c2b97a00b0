// @ts-check

import { existsSync, readFileSync } from "node:fs";
import { SetupError } from "../setup/step.mjs";

/** The files that apt reads the archive's address from, one per format (deb822 and one-line). */
const SOURCES = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];

/** The URL of the Debian archive that this machine's apt is configured with. */
export function debianMirror() {
  for (const file of SOURCES.filter((candidate) => existsSync(candidate))) {
    const mirror = mirrorIn(readFileSync(file, "utf8"));
    if (mirror) return mirror;
  }
  throw new SetupError(
    `No Debian archive is named in ${SOURCES.join(" or ")}: add the one that this machine can reach.`,
  );
}

/**
 * The first archive in an apt sources file that is not the security archive.
 * @param {string} text in deb822 format ("URIs: …") or with one source per line ("deb [options] URI suite …")
 * @returns {string | undefined}
 */
export function mirrorIn(text) {
  const addresses = text.split("\n").flatMap((line) => {
    const found = /^URIs:(.*)$/i.exec(line)?.[1] ?? /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1] ?? "";
    return found.split(/\s+/).filter(Boolean);
  });
  return addresses.find((address) => !/security/.test(address));
}
