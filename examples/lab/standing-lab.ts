import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Lab, type LabHost, openLab, startLab, stopLab } from "./lab.ts";
import { removeStack, selectStack, settingsFile } from "./lab-stack.ts";

/** The repository's folder. */
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** What the lab keeps: keys, known hosts, logs, and the states of its stacks. */
export const labFolder = path.join(repository, ".lab");

const stateFolder = path.join(labFolder, "state");

const hosts: readonly LabHost[] = [
  { name: "host1", address: "10.0.12.15/22", address6: "fd00:12::15/64" },
  { name: "host2", address: "10.0.12.11/22", address6: "fd00:12::11/64" },
  { name: "host3", address: "10.0.12.13/22", address6: "fd00:12::13/64" },
];

/** The folders of the examples: those of `examples/` that have a Pulumi.yaml. */
export function exampleFolders(): string[] {
  const folder = path.join(repository, "examples");
  return readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((example) => existsSync(path.join(example, "Pulumi.yaml")));
}

/** The lab of `npm run lab`, the demo and the examples, if it runs. */
export function openStandingLab(): Lab | undefined {
  return openLab(labFolder);
}

/**
 * Starts the lab's hosts, with this machine on their wire. They live until they are stopped.
 * @param debian Whose tools they have. Default: `LINUXNET_DEBIAN`, or this machine's own.
 */
export async function startStandingLab(debian?: string): Promise<Lab> {
  // A state that is still there tells of hosts that died with the machine's last restart, and of nothing that is now.
  if (existsSync(stateFolder)) await removeLabStacks();
  const lab = await startLab({ folder: labFolder, hosts, attach: true, survives: true, debian });
  await Promise.all(lab.hosts.map(async (host) => writeFileSync(dumpFile(host), await lab.dump(host))));
  return lab;
}

/** The host's state from before any stack was on it, in the words of `lab.dump`: what a destroyed stack has to leave. */
export function dumpAtStart(host: string): string {
  return readFileSync(dumpFile(host), "utf8");
}

function dumpFile(host: string): string {
  return path.join(labFolder, `${host}-at-start.txt`);
}

/** Sees that the Pulumi stack `lab` is there, with the lab's hosts as its inventory. */
export async function selectLabStack(lab: Lab): Promise<void> {
  await selectStack(repository, lab.inventory());
}

/** Stops the hosts. The stacks go with them: what their states tell of is gone. */
export async function stopStandingLab(): Promise<void> {
  await stopLab(labFolder);
  await removeLabStacks();
}

async function removeLabStacks(): Promise<void> {
  await removeStack(repository);
  rmSync(stateFolder, { recursive: true, force: true });
  for (const folder of [repository, ...exampleFolders()]) rmSync(settingsFile(folder), { force: true });
  if (existsSync(labFolder)) rmSync(labFolder, { recursive: true });
}
