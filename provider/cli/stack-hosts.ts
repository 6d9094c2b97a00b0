import { type FirewallChoice, type HostArgs, hostName, withHostDefaults } from "../schema/host.js";
import type { HostInventory } from "../schema/inventory.js";
import type { HostConnection } from "../transport/connection.js";
import { connectionTo, findHost } from "../transport/inventory.js";
import { CommandError } from "./command-error.js";
import type { StateResource } from "./stack-state.js";

type Host = string | HostArgs;

/** A host of a stack, from its inventory or its state. */
export interface StackHost {
  /** A key that is equal for equal connection details. */
  readonly key: string;
  readonly name: string;
  /** Whether it was requested. */
  readonly wanted: boolean;
  /** The firewall that its rules are created with. */
  readonly firewall: FirewallChoice | undefined;
  /** How it is reached. Throws a TransportError if that is unknown. */
  connection(): HostConnection;
}

/** A host that could not be examined, and why. */
export interface SkippedHost {
  readonly host: string;
  readonly problem: string;
}

/** A key that is equal for equal connection details. */
export const keyOf = (host: Host): string => JSON.stringify(host);

/**
 * A stack's hosts, some of which are wanted, or all for an empty list. Throws a CommandError if a wanted host does not
 * exist or there are no hosts at all.
 */
export function stackHosts(
  { hosts: inventory, defaults }: HostInventory,
  resources: readonly StateResource[],
  wanted: readonly string[],
): StackHost[] {
  const hosts = new Map<string, Host>();
  for (const host of [...Object.keys(inventory), ...resources.flatMap(({ host }) => host ?? [])])
    hosts.set(keyOf(host), host);
  checkWanted(wanted, [...hosts.values()].map(hostName));
  return [...hosts].map(([key, host]) => {
    const name = hostName(host);
    const known = typeof host === "string" ? inventory[host] : withHostDefaults(host, name, defaults);
    return {
      key,
      name,
      wanted: wanted.length === 0 || wanted.includes(name),
      firewall: known?.firewall,
      connection: () => connectionTo(name, known ?? findHost(name, inventory), inventory),
    };
  });
}

/** Hosts that cannot be examined because the state contains their connection details only as secrets. */
export function hiddenHosts(resources: readonly StateResource[], wanted: readonly string[]): SkippedHost[] {
  if (wanted.length > 0 || resources.every(({ host }) => host !== undefined)) return [];
  const problem =
    "how to reach it stands there as a secret; put the host into linuxnet:hosts and name it in the program";
  return [{ host: "a host of the state", problem }];
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
