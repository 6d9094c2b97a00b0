/** How a host is reached: a HostArgs or inventory entry that the schema has read, with its name. */
export type HostConnection = LocalConnection | SshConnection;

/** How the host is reached, for people: `ops@192.0.2.10:22 through gate`. */
export function describeConnection(connection: HostConnection): string {
  if (connection.kind === "local") return "this machine";
  const { user, address, port, jump } = connection;
  const through = jump === undefined ? "" : ` through ${jump.name}`;
  return `${user}@${address.includes(":") ? `[${address}]` : address}:${port}${through}`;
}

/** The machine that Pulumi itself runs on. */
export interface LocalConnection {
  readonly kind: "local";
  /** The host as the user calls it: its inventory name, or its address. */
  readonly name: string;
  /** Run everything by sudo. */
  readonly sudo: boolean;
  /** What sudo asks for; left out: it has to work without. A secret. */
  readonly sudoPassword?: string;
}

/** A machine behind an SSH server. */
export interface SshConnection {
  readonly kind: "ssh";
  /** The host as the user calls it: its inventory name, or its address. */
  readonly name: string;
  /** Host name or IP address, without a port. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Run everything by sudo. */
  readonly sudo: boolean;
  /** What sudo asks for; left out: it has to work without. A secret. */
  readonly sudoPassword?: string;
  /** A private key's file on this machine; `~/` is the home folder. Left out, without a password: the agent, then the identity files. */
  readonly privateKeyPath?: string;
  /** A private key itself (PEM or OpenSSH text); goes before privateKeyPath. A secret: never in a message. */
  readonly privateKey?: string;
  /** The passphrase of the private key. A secret. */
  readonly passphrase?: string;
  /** For the methods password and keyboard-interactive. A secret. */
  readonly password?: string;
  /** Files that may hold a key, in their order. Default ~/.ssh/id_ed25519, id_ecdsa, id_rsa. */
  readonly identityFiles?: readonly string[];
  /** The agent's socket; default that of SSH_AUTH_SOCK. */
  readonly agent?: string;
  /** A known_hosts file, which has to be there. */
  readonly knownHostsPath?: string;
  /** Known_hosts files, as far as they are there. Default ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts. */
  readonly knownHostsFiles?: readonly string[];
  /** The keys that are trusted, as known_hosts has them (`TYPE BASE64`) or as fingerprints (`SHA256:…`); no file counts then. */
  readonly hostKeys?: readonly string[];
  /** What becomes of a key that is not known; default "yes": it is refused. */
  readonly strictHostKeyChecking?: "yes" | "accept-new" | "no";
  /** The host that the connection goes through (and which may have one itself). */
  readonly jump?: SshConnection;
  /** Seconds until a connection attempt counts as failed; default 10. */
  readonly connectTimeout?: number;
  /** How often connecting is tried; default 4 times, within 15 s. */
  readonly connectionAttempts?: number;
  /** Seconds between two signs of life; default 5. */
  readonly serverAliveInterval?: number;
}
