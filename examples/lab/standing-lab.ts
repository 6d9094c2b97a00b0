import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Lab, type LabHost, openLab, startLab, stopLab } from "./lab.ts";
import { removeStack, selectStack, settingsFile } from "./lab-stack.ts";

/** The repository's folder. */
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** The lab's folder, for keys, known hosts, logs and the states of its stacks. */
export const labFolder = path.join(repository, ".lab");

const stateFolder = path.join(labFolder, "state");

const hosts: readonly LabHost[] = [
  { name: "host1", address: "10.0.12.15/22", address6: "fd00:12::15/64" },
  { name: "host2", address: "10.0.12.11/22", address6: "fd00:12::11/64" },
  { name: "host3", address: "10.0.12.13/22", address6: "fd00:12::13/64" },
];

/** The folders of the examples: those in `examples/` that have a Pulumi.yaml. */
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
 * Starts the lab's hosts and connects this machine to their wire. They run until they are stopped.
 * @param debian The Debian suite whose tools the hosts have. Default: `LINUXNET_DEBIAN`, or this machine's tools.
 */
export async function startStandingLab(debian?: string): Promise<Lab> {
  // A leftover state describes hosts that no longer exist, for example because the machine was rebooted.
  if (existsSync(stateFolder)) await removeLabStacks();
  const lab = await startLab({ folder: labFolder, hosts, attach: true, survives: true, debian });
  await Promise.all(lab.hosts.map(async (host) => writeFileSync(dumpFile(host), await lab.dump(host))));
  return lab;
}

/** The dump (`lab.dump`) of a host before any stack was on it. After a destroy, the host must have the same state. */
export function dumpAtStart(host: string): string {
  return readFileSync(dumpFile(host), "utf8");
}

function dumpFile(host: string): string {
  return path.join(labFolder, `${host}-at-start.txt`);
}

/**
 * Selects the repository's Pulumi stack `lab`, creates it if it is missing, and sets the lab's hosts as its inventory.
 */
export async function selectLabStack(lab: Lab): Promise<void> {
  await selectStack(repository, lab.inventory());
}

/** Stops the hosts and removes the stacks, because what their states describe no longer exists. */
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
