import type { HostConnection, SshConnection } from "./connection.js";
import { TransportError } from "./transport.js";

/** How a host is reached, as it stands in an inventory or in a resource's `host`. */
export interface HostEntry {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly privateKeyPath?: string | undefined;
  readonly knownHostsPath?: string | undefined;
  readonly sudo?: boolean | undefined;
  readonly jump?: string | undefined;
  readonly local?: boolean | undefined;
  readonly connectTimeout?: number | undefined;
}

/** Host names to how they are reached. */
export type Inventory = Readonly<Record<string, HostEntry>>;

/** The entry with defaults, and with its jump hosts found in the inventory. Throws a TransportError ("configuration") where one is missing or a jump leads in a circle. */
export function connectionTo(
  name: string,
  entry: HostEntry,
  inventory: Inventory,
  through: readonly string[] = [],
): HostConnection {
  const { address, user = "root", port = 22, sudo = false, jump } = entry;
  if (entry.local) return { kind: "local", name, sudo };
  if (address === undefined) throw misconfigured(name, "it has no address");
  return {
    kind: "ssh",
    name,
    address,
    user,
    port,
    sudo,
    ...optional("privateKeyPath", entry.privateKeyPath),
    ...optional("knownHostsPath", entry.knownHostsPath),
    ...optional("connectTimeout", entry.connectTimeout),
    ...(jump === undefined ? {} : { jump: jumpHost(name, jump, inventory, [...through, name]) }),
  };
}

function jumpHost(name: string, jump: string, inventory: Inventory, through: readonly string[]): SshConnection {
  if (through.includes(jump))
    throw misconfigured(name, `its jump hosts lead in a circle: ${[...through, jump].join(" → ")}`);
  const entry = findHost(jump, inventory);
  const connection = connectionTo(jump, entry, inventory, through);
  if (connection.kind === "local")
    throw misconfigured(name, `its jump host ${jump} is the local machine; leave out jump`);
  return connection;
}

/** The inventory's entry of this name. Throws a TransportError ("configuration") where there is none. */
export function findHost(name: string, inventory: Inventory): HostEntry {
  const entry = Object.hasOwn(inventory, name) ? inventory[name] : undefined;
  if (entry) return entry;
  const names = Object.keys(inventory);
  throw misconfigured(
    name,
    `it is not in the inventory (the stack configuration linuxnet:hosts ${names.length === 0 ? "is empty" : `has ${names.join(", ")}`})`,
  );
}

const optional = <K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, T>);

function misconfigured(name: string, why: string): TransportError {
  return new TransportError("configuration", "not-started", name, `the host ${name} can't be reached: ${why}`);
}
