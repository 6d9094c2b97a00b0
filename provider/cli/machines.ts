import type { StackName } from "../lifecycle/ownership.js";
import { protocolOf } from "../lifecycle/ownership.js";
import type { Recorded } from "../lifecycle/recorded.js";
import { type Survey, explain, identifyMachine, survey } from "../lifecycle/survey.js";
import { type HostArgs, hostName, withHostDefaults } from "../schema/host.js";
import type { HostInventory } from "../schema/inventory.js";
import { connectionTo, findHost } from "../transport/inventory.js";
import type { Pool } from "../transport/pool.js";
import type { Transport } from "../transport/transport.js";
import { CommandError } from "./command-error.js";
import type { StateResource } from "./stack-state.js";

/** A machine that was looked at, by the name of a host that it is. */
export interface Machine {
  readonly host: string;
  readonly transport: Transport;
  readonly survey: Survey;
}

/** A host that could not be looked at, and why. */
export interface Unseen {
  readonly host: string;
  readonly problem: string;
}

/** What came of looking at hosts. */
export interface Sight {
  readonly machines: readonly Machine[];
  readonly unseen: readonly Unseen[];
  /** The state's resources with the machines that they are on. */
  locate(resources: readonly StateResource[]): Recorded[];
}

type Host = string | HostArgs;
/** Equal for equal ways to a host. */
const keyOf = (host: Host) => JSON.stringify(host);

/**
 * Looks at the wanted hosts, or at all that the inventory and the state have. The others are asked which machines they
 * are: the same machine under another name has what the state says of that name.
 */
export async function lookAtHosts(
  pool: Pool,
  stack: StackName,
  { hosts: inventory, defaults }: HostInventory,
  resources: readonly StateResource[],
  wanted: readonly string[],
): Promise<Sight> {
  const hosts = new Map<string, Host>();
  for (const host of [...Object.keys(inventory), ...resources.flatMap(({ host }) => host ?? [])])
    hosts.set(keyOf(host), host);
  checkWanted(wanted, [...hosts.values()].map(hostName));

  const unseen: Unseen[] = [];
  const seen = new Map<string, Machine>();
  const identities = new Map<string, string>();
  await Promise.all(
    [...hosts].map(async ([key, host]) => {
      const name = hostName(host);
      const isWanted = wanted.length === 0 || wanted.includes(name);
      try {
        const entry = typeof host === "string" ? findHost(host, inventory) : withHostDefaults(host, name, defaults);
        const transport = pool.transport(connectionTo(name, entry, inventory));
        if (!isWanted) {
          identities.set(key, await identifyMachine(transport));
          return;
        }
        const found = await survey(transport, protocolOf(stack));
        identities.set(key, found.machine);
        seen.set(key, { host: name, transport, survey: found });
      } catch (error) {
        if (isWanted) unseen.push({ host: name, problem: explain(error) });
      }
    }),
  );
  if (wanted.length === 0 && resources.some(({ host }) => host === undefined))
    unseen.push({
      host: "a host of the state",
      problem: "how to reach it stands there as a secret; put the host into linuxnet:hosts and name it in the program",
    });
  const machines = new Map<string, Machine>();
  // Of several names of a machine, the one that the inventory has first.
  for (const key of hosts.keys()) {
    const machine = seen.get(key);
    if (machine && !machines.has(machine.survey.machine)) machines.set(machine.survey.machine, machine);
  }
  return {
    machines: [...machines.values()].sort((a, b) => (a.host < b.host ? -1 : 1)),
    unseen: unseen.sort((a, b) => (a.host < b.host ? -1 : 1)),
    locate: (resources) =>
      resources.map(({ kind, mark, host, properties }) => ({
        kind,
        mark,
        properties,
        machine: host === undefined ? undefined : identities.get(keyOf(host)),
      })),
  };
}

function checkWanted(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.filter((name) => !known.includes(name));
  const names = known.length === 0 ? "no host at all" : [...new Set(known)].sort().join(", ");
  if (unknown.length > 0)
    throw new CommandError(
      `${unknown.join(" and ")}: no such host in the inventory (linuxnet:hosts) or the state, which have ${names}`,
    );
  if (known.length === 0)
    throw new CommandError("there is no host to look at: linuxnet:hosts of this stack's configuration is empty");
}
