/** Where the tests' hosts are: on this machine, on it with the tools of another Debian, or on a virtual one. */
import { fileURLToPath } from "node:url";
import type { Place } from "../../examples/lab/namespaces.ts";
import { runProgram } from "../../examples/lab/run-program.ts";
import { VirtualMachine } from "../../examples/lab/virtual-machine.ts";
import { ensureDebianRoot } from "../../scripts/machines/debian-root.mjs";

/** This repository. */
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** A machine that tests can start hosts on. */
export interface TestMachine extends Place {
  /** The root file system of its hosts, that of another Debian; left out, the machine's own. */
  readonly root?: string;
}

const here: TestMachine = {
  exec: (argv, options) => runProgram(argv, options),
  command: (argv) => argv,
};

/** This machine's kernel with the tools of another Debian: bullseye, bookworm, trixie, sid. */
export async function withToolsOf(debian: string): Promise<TestMachine> {
  return { ...here, root: await ensureDebianRoot(debian) };
}

/**
 * The machine that the tests are for: this one, unless `LINUXNET_DEBIAN` names the Debian whose tools its hosts have, or
 * `LINUXNET_MACHINE_FOLDER` the folder of a virtual machine that runs.
 */
export async function testMachine(): Promise<TestMachine> {
  const { LINUXNET_DEBIAN: debian, LINUXNET_MACHINE_FOLDER: folder } = process.env;
  if (folder) {
    const machine = VirtualMachine.open(folder);
    if (!machine) throw new Error(`no virtual machine runs in ${folder}`);
    return machine;
  }
  return debian ? withToolsOf(debian) : here;
}
