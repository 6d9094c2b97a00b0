import { timeScript } from "../bench-lab.ts";
import { plainCreate } from "../plain-script.ts";
import type { Peer } from "./peer.ts";

/** The plain script over one SSH connection. */
export function plainScript(containers: number): Peer {
  return {
    name: "plain script over one ssh connection",
    containers,
    install: () => Promise.resolve(),
    create: (lab, host) => timeScript(lab, host, plainCreate(containers)),
  };
}
