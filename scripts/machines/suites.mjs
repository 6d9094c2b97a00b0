// @ts-check
// Plain JavaScript that imports only Node's own modules, like scripts/setup: it can run before node_modules exists.

import { createHash } from "node:crypto";
import { SetupError } from "../setup/step.mjs";

/** The Debian releases that roots and machines can be built for, oldest first: 11, 12, 13 and unstable. */
export const SUITES = /** @type {const} */ (["bullseye", "bookworm", "trixie", "sid"]);

/** @typedef {(typeof SUITES)[number]} Suite */

/**
 * @param {string} name
 * @returns {name is Suite}
 */
export function isSuite(name) {
  return SUITES.some((suite) => suite === name);
}

/**
 * Checks that a name is one of the suites.
 * @param {string} name
 * @returns {Suite}
 */
export function suiteNamed(name) {
  if (isSuite(name)) return name;
  throw new SetupError(`There is no suite "${name}"; known are ${SUITES.join(", ")}.`);
}

/**
 * A short digest of a recipe, for the name of what is built from it: a changed recipe gets a new name and a new build.
 * @param {unknown} recipe any value that JSON can represent
 */
export function recipeDigest(recipe) {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 10);
}
