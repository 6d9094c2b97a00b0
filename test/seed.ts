/**
 * Which random stories are told: those of LINUXNET_SEED, a number, or `random` for others each time. Where it is not set, the
 * same ones each time, so that a change is told what it broke, and not what nobody had found before.
 */
const { LINUXNET_SEED: given = "1" } = process.env;

/** Parameters for fast-check; without a seed it chooses one. */
export const seeding = given === "random" ? {} : { seed: Number(given) };
