import os from "node:os";
import path from "node:path";
import type { Lab } from "../../examples/lab/lab.ts";

/** Another way to the same containers. */
export interface Peer {
  readonly name: string;
  /** How many of them it is asked for: the slow ones make fewer. */
  readonly containers: number;
  /** Fetches what it needs, where that is not there yet. */
  readonly install: () => Promise<void>;
  /** Seconds until they are there, on an empty host. */
  readonly create: (lab: Lab, host: string) => Promise<number>;
}

/** Programs that peers need are fetched once a machine, beside all clones. */
export const cacheFolder = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "linuxnet-bench");
