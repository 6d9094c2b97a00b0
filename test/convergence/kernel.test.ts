import fc from "fast-check";
import { test } from "vitest";
import { cases } from "./cases.js";
import { KernelHost } from "./kernel-host.js";
import { story, tell } from "./converges.js";

/** How many stories; the whole number is run by `npm run test:convergence`. */
const runs = Number(process.env.LINUXNET_STORIES ?? 12);
const seed = process.env.LINUXNET_SEED === undefined ? undefined : Number(process.env.LINUXNET_SEED);

test(`${runs} random stories on a real kernel`, async () => {
  await fc.assert(
    fc.asyncProperty(story, async (each) => {
      const host = await KernelHost.start();
      try {
        await tell(host, each);
      } finally {
        await host.stop();
      }
    }),
    {
      examples: [...cases],
      numRuns: runs,
      ...(seed === undefined ? {} : { seed }),
      endOnFailure: process.env.LINUXNET_SHRINK === undefined,
    },
  );
}, 3_600_000);
