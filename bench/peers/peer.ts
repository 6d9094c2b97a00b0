import os from "node:os";
import path from "node:path";
import type { Lab } from "../../examples/lab/lab.ts";

/** Another way to create the same containers. */
export interface Peer {
  readonly name: string;
  /** The number of containers that it creates: fewer for slow peers. */
  readonly containers: number;
  /** Installs the programs that it needs, if they are missing. */
  readonly install: () => Promise<void>;
  /** Creates the containers on an empty host and returns the seconds that this took. */
  readonly create: (lab: Lab, host: string) => Promise<number>;
}

/** The folder for the programs that peers need. All clones of the repository on this machine share it. */
export const cacheFolder = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache"), "linuxnet-bench");
