/**
 * The seed of the random tests: LINUXNET_SEED is a number, or `random` for other cases in each run. The default is a
 * fixed seed, so that a failure points to the change under test and not to an older bug that nobody had found.
 */
const { LINUXNET_SEED: given = "1" } = process.env;

/** Parameters for fast-check; without a seed, it chooses one. */
export const seeding = given === "random" ? {} : { seed: Number(given) };
