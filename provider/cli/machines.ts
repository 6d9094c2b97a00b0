import type { StackName } from "../lifecycle/ownership.js";
import type { Recorded } from "../lifecycle/recorded.js";
import { type Survey, explain, identifyMachine, survey } from "../lifecycle/survey.js";
import type { HostInventory } from "../schema/inventory.js";
import type { Pool } from "../transport/pool.js";
import type { Transport } from "../transport/transport.js";
import { type SkippedHost, hiddenHosts, keyOf, stackHosts } from "./stack-hosts.js";
import type { StateResource } from "./stack-state.js";

/** A machine that was looked at, by the name of a host that it is. */
export interface Machine {
  readonly host: string;
  readonly transport: Transport;
  readonly survey: Survey;
}

/** What came of looking at hosts. */
export interface HostsSurvey {
  readonly machines: readonly Machine[];
  readonly skipped: readonly SkippedHost[];
  /** The state's resources with the machines that they are on. */
  locate(resources: readonly StateResource[]): Recorded[];
}

/**
 * Looks at the wanted hosts, or at all that the inventory and the state have. The others are asked which machines they
 * are: the same machine under another name has what the state says of that name.
 */
export async function surveyHosts(
  pool: Pool,
  stack: StackName,
  inventory: HostInventory,
  resources: readonly StateResource[],
  wanted: readonly string[],
): Promise<HostsSurvey> {
  const hosts = stackHosts(inventory, resources, wanted);
  const unseen: SkippedHost[] = hiddenHosts(resources, wanted);
  const seen = new Map<string, Machine>();
  const identities = new Map<string, string>();
  await Promise.all(
    hosts.map(async (host) => {
      const { key, name } = host;
      try {
        const transport = pool.transport(host.connection());
        if (!host.wanted) {
          identities.set(key, await identifyMachine(transport));
          return;
        }
        const found = await survey(transport, stack);
        identities.set(key, found.machine);
        seen.set(key, { host: name, transport, survey: found });
      } catch (error) {
        if (host.wanted) unseen.push({ host: name, problem: explain(error) });
      }
    }),
  );
  const machines = new Map<string, Machine>();
  // Of several names of a machine, the one that the inventory has first.
  for (const { key } of hosts) {
    const machine = seen.get(key);
    if (machine && !machines.has(machine.survey.machine)) machines.set(machine.survey.machine, machine);
  }
  return {
    machines: [...machines.values()].sort((a, b) => (a.host < b.host ? -1 : 1)),
    skipped: unseen.sort((a, b) => (a.host < b.host ? -1 : 1)),
    locate: (resources) =>
      resources.map(({ kind, mark, host, properties }) => ({
        kind,
        mark,
        properties,
        machine: host === undefined ? undefined : identities.get(keyOf(host)),
      })),
  };
}
