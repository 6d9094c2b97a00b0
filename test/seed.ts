/**
 * Which random stories are told: those of LINUXNET_SEED, a number, or `random` for others each time. Where it is not set, the
 * same ones each time, so that a change is told what it broke, and not what nobody had found before.
 */
const { LINUXNET_SEED: given = "1" } = process.env;

/** For fast-check; undefined lets it choose. */
export const seed = given === "random" ? undefined : Number(given);
