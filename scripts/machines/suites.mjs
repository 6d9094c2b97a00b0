// @ts-check
// Plain JavaScript on Node's own modules, like scripts/setup: it can run before node_modules exists.

import { createHash } from "node:crypto";
import { SetupError } from "../setup/step.mjs";

/** The Debian releases that there are roots and machines of, oldest first: 11, 12, 13, and what becomes the next one. */
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
 * The suite of that name.
 * @param {string} name
 * @returns {Suite}
 */
export function suiteNamed(name) {
  if (isSuite(name)) return name;
  throw new SetupError(`There is no suite "${name}"; known are ${SUITES.join(", ")}.`);
}

/**
 * What a recipe's product is told apart by: another recipe, another digest, and so a new build.
 * @param {unknown} recipe anything that JSON can hold
 */
export function recipeDigest(recipe) {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 10);
}
