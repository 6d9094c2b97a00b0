/** Where the tests' hosts run: on this machine, on it with the tools of another Debian, or on a virtual machine. */
import { fileURLToPath } from "node:url";
import { VirtualMachine } from "../../examples/lab/virtual-machine.ts";
import { ensureDebianRoot } from "../../scripts/machines/debian-root.mjs";

/** This repository's folder. */
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The root file system of another Debian on this machine's kernel, or this machine's own; or a virtual machine. */
export type TestMachine = { readonly root?: string } | VirtualMachine;

/** This machine's kernel with the tools of another Debian: bullseye, bookworm, trixie, sid. */
export async function withToolsOf(debian: string): Promise<TestMachine> {
  return { root: await ensureDebianRoot(debian) };
}

/**
 * The machine that the tests are for: this one, unless `LINUXNET_DEBIAN` names the Debian whose tools its hosts use, or
 * `LINUXNET_MACHINE_FOLDER` is the folder of a running virtual machine.
 */
export async function testMachine(): Promise<TestMachine> {
  const { LINUXNET_DEBIAN: debian, LINUXNET_MACHINE_FOLDER: folder } = process.env;
  if (folder) {
    const machine = VirtualMachine.open(folder);
    if (!machine) throw new Error(`no virtual machine runs in ${folder}`);
    return machine;
  }
  return debian ? withToolsOf(debian) : {};
}
