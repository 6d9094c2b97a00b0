import type { StackName } from "../lifecycle/ownership.js";
import type { Recorded } from "../lifecycle/recorded.js";
import { catalogue } from "../resources/catalogue.js";
import { type Survey, explain, identifyMachine, survey } from "../lifecycle/survey.js";
import type { HostInventory } from "../schema/inventory.js";
import type { Pool } from "../transport/pool.js";
import type { Transport } from "../transport/transport.js";
import { type SkippedHost, hiddenHosts, keyOf, stackHosts } from "./stack-hosts.js";
import type { StateResource } from "./stack-state.js";

/** A surveyed machine, with the name of a host that it is. */
export interface Machine {
  readonly host: string;
  readonly transport: Transport;
  readonly survey: Survey;
}

/** The result of surveying hosts. */
export interface HostsSurvey {
  readonly machines: readonly Machine[];
  readonly skipped: readonly SkippedHost[];
  /** The state's resources, with the machines that they are on. */
  locate(resources: readonly StateResource[]): Recorded[];
}

/**
 * Surveys the wanted hosts, or all hosts of the inventory and the state. The other hosts are only asked which machine
 * they are: a machine may have resources in the state under another host name.
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
        const found = await survey(transport, stack, catalogue);
        identities.set(key, found.machine);
        seen.set(key, { host: name, transport, survey: found });
      } catch (error) {
        if (host.wanted) unseen.push({ host: name, problem: explain(error) });
      }
    }),
  );
  const machines = new Map<string, Machine>();
  // If a machine has several names, the first one in the inventory is used.
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
