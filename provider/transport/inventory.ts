import { readFileSync } from "node:fs";
import type { HostConnection, SshConnection } from "./connection.js";
import { errorCode, expandHome } from "./ssh-keys.js";
import { type SshConfigQuestion, type SshSettings, parseHop, readSshConfig } from "./ssh-config.js";
import { TransportError } from "./transport.js";

/** How a host is reached, as written in an inventory or in a resource's `host`. */
export interface HostEntry {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly privateKeyPath?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly passphrasePath?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordPath?: string | undefined;
  readonly knownHostsPath?: string | undefined;
  readonly hostKeys?: readonly string[] | undefined;
  readonly strictHostKeyChecking?: "yes" | "accept-new" | "no" | undefined;
  readonly sshConfig?: boolean | string | undefined;
  readonly sudo?: boolean | undefined;
  readonly sudoPassword?: string | undefined;
  readonly sudoPasswordPath?: string | undefined;
  readonly jump?: string | undefined;
  readonly local?: boolean | undefined;
  readonly connectTimeout?: number | undefined;
  readonly connectionAttempts?: number | undefined;
  readonly serverAliveInterval?: number | undefined;
}

/** How hosts are reached, by name. */
export type Inventory = Readonly<Record<string, HostEntry>>;

/** The settings from OpenSSH's configuration. Each question is asked once, since a run has many resources. */
const settingsByQuestion = new Map<string, SshSettings>();

/** The contents of files with secrets, by path; read once, for the same reason. */
const secretLines = new Map<string, string>();

/**
 * The entry with defaults, and with its jump hosts from the inventory. Throws a TransportError ("configuration") if a
 * jump host is missing or the jump hosts form a circle.
 */
export function connectionTo(
  name: string,
  entry: HostEntry,
  inventory: Inventory,
  through: readonly string[] = [],
): HostConnection {
  const { jump } = entry;
  const sudoPassword = secretOf(name, entry, "sudoPassword");
  const { sudo = sudoPassword !== undefined } = entry;
  const sudoOptions = { sudo, ...given({ sudoPassword }) };
  if (entry.local) return { kind: "local", name, ...sudoOptions };
  const jumpChain = [...through, name];
  const configured = settingsOf(name, entry);
  const address = configured?.address ?? entry.address;
  if (address === undefined) throw misconfigured(name, "it has no address");
  const { privateKeyPath, privateKey, hostKeys, knownHostsPath } = entry;
  const passphrase = secretOf(name, entry, "passphrase");
  const password = secretOf(name, entry, "password");
  const { strictHostKeyChecking, connectTimeout, connectionAttempts, serverAliveInterval } = entry;
  return {
    kind: "ssh",
    name,
    address,
    user: entry.user ?? configured?.user ?? "root",
    port: entry.port ?? configured?.port ?? 22,
    ...sudoOptions,
    ...given({ privateKeyPath, privateKey, passphrase, password }),
    ...given({ identityFiles: configured?.identityFiles, agent: configured?.agent }),
    ...given({ knownHostsPath, hostKeys, strictHostKeyChecking }),
    ...given({ knownHostsFiles: configured?.knownHostsFiles }),
    ...given({ connectTimeout, connectionAttempts, serverAliveInterval }),
    ...(jump === undefined
      ? proxyJump(name, configured, entry, jumpChain)
      : { jump: jumpHost(name, jump, inventory, jumpChain) }),
  };
}

/** The given secret, or the contents of the given file. */
function secretOf(
  name: string,
  entry: HostEntry,
  field: "passphrase" | "password" | "sudoPassword",
): string | undefined {
  const path = entry[`${field}Path`];
  if (path === undefined) return entry[field];
  try {
    const line = secretLines.get(path) ?? readFileSync(expandHome(path), "utf8").replace(/\r?\n$/, "");
    if (/^[^\0\r\n]+$/.test(line)) {
      secretLines.set(path, line);
      return line;
    }
  } catch (error) {
    throw misconfigured(name, `its ${field}Path ${path} cannot be read (${errorCode(error)})`);
  }
  throw misconfigured(name, `its ${field}Path ${path} has to be a file of one line`);
}

function jumpHost(name: string, jump: string, inventory: Inventory, jumpChain: readonly string[]): SshConnection {
  if (jumpChain.includes(jump))
    throw misconfigured(name, `its jump hosts lead in a circle: ${[...jumpChain, jump].join(" → ")}`);
  const entry = findHost(jump, inventory);
  const connection = connectionTo(jump, entry, inventory, jumpChain);
  if (connection.kind === "local")
    throw misconfigured(name, `its jump host ${jump} is the local machine; leave out jump`);
  return connection;
}

/** The settings of the host in OpenSSH's configuration, if requested. */
function settingsOf(name: string, { address = name, user, port, sshConfig }: HostEntry): SshSettings | undefined {
  if (sshConfig === undefined || sshConfig === false) return undefined;
  const question: SshConfigQuestion = { host: address, file: sshConfig === true ? undefined : sshConfig, user, port };
  const key = JSON.stringify(question);
  try {
    const found = settingsByQuestion.get(key) ?? readSshConfig(question);
    settingsByQuestion.set(key, found);
    return found;
  } catch (error) {
    throw misconfigured(name, (error as Error).message);
  }
}

/**
 * The hops from OpenSSH's configuration: the last one is the host's jump host and is reached through those before it.
 */
function proxyJump(
  name: string,
  configured: SshSettings | undefined,
  entry: HostEntry,
  jumpChain: readonly string[],
): { jump?: SshConnection } {
  if (configured?.proxyCommand)
    throw misconfigured(name, "OpenSSH's configuration has a ProxyCommand for it; only ProxyJump is supported");
  const hops = configured?.proxyJump;
  if (hops === undefined) return {};
  const hop = parseHop(hops.at(-1)!);
  if (hop === undefined) throw misconfigured(name, `the ProxyJump ${hops.join()} makes no sense`);
  if (jumpChain.includes(hop.host))
    throw misconfigured(name, `its jump hosts lead in a circle: ${[...jumpChain, hop.host].join(" → ")}`);
  const { host: address, user, port } = hop;
  const hopOwnSettings = settingsOf(address, { address, user, port, sshConfig: entry.sshConfig })!;
  const { identityFiles, agent, knownHostsFiles } = hopOwnSettings;
  const { connectTimeout, connectionAttempts, serverAliveInterval } = entry;
  // Preceding hops replace the hop's own ProxyJump.
  const earlierHops = hops.slice(0, -1);
  const hopSettings = earlierHops.length > 0 ? { ...hopOwnSettings, proxyJump: earlierHops } : hopOwnSettings;
  return {
    jump: {
      kind: "ssh",
      name: address,
      address: hopOwnSettings.address,
      user: hopOwnSettings.user,
      port: hopOwnSettings.port,
      sudo: false,
      ...given({ identityFiles, agent, knownHostsFiles, connectTimeout, connectionAttempts, serverAliveInterval }),
      ...proxyJump(address, hopSettings, entry, [...jumpChain, address]),
    },
  };
}

/** The inventory's entry with this name. Throws a TransportError ("configuration") if there is none. */
export function findHost<Entry extends HostEntry>(name: string, inventory: Readonly<Record<string, Entry>>): Entry {
  const entry = Object.hasOwn(inventory, name) ? inventory[name] : undefined;
  if (entry) return entry;
  const names = Object.keys(inventory);
  throw misconfigured(
    name,
    `it is not in the inventory (the stack configuration linuxnet:hosts ${names.length === 0 ? "is empty" : `has ${names.join(", ")}`})`,
  );
}

type Given<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The values without those that are undefined. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

function misconfigured(name: string, why: string): TransportError {
  return new TransportError("configuration", "not-started", name, `the host ${name} can't be reached: ${why}`);
}
