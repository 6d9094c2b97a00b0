// @ts-check

import { existsSync, readFileSync } from "node:fs";
import { SetupError } from "../setup/step.mjs";

/** Where apt has the archive's address, in either of its formats. */
const SOURCES = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];

/** The Debian archive that this machine's apt is set up with. */
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
 * The first archive in a file of apt's sources, other than that of security updates.
 * @param {string} text in deb822 format ("URIs: …") or with one source a line ("deb [options] URI suite …")
 * @returns {string | undefined}
 */
export function mirrorIn(text) {
  const addresses = text.split("\n").flatMap((line) => {
    const found = /^URIs:(.*)$/i.exec(line)?.[1] ?? /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1] ?? "";
    return found.split(/\s+/).filter(Boolean);
  });
  return addresses.find((address) => !/security/.test(address));
}
