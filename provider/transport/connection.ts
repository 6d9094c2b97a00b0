/** How a host is reached: a HostArgs or inventory entry after validation, with its name. */
export type HostConnection = LocalConnection | SshConnection;

/** How the host is reached, for messages: `ops@192.0.2.10:22 through gate`. */
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
  /** Whether to run everything with sudo. */
  readonly sudo: boolean;
  /** The password for sudo. If left out, sudo must work without one. A secret. */
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
  /** Whether to run everything with sudo. */
  readonly sudo: boolean;
  /** The password for sudo. If left out, sudo must work without one. A secret. */
  readonly sudoPassword?: string;
  /**
   * The file of a private key on this machine; `~/` is the home folder. If it is left out and there is no password: the
   * agent, then the identity files.
   */
  readonly privateKeyPath?: string;
  /** The text of a private key (PEM or OpenSSH); takes precedence over privateKeyPath. A secret: never in a message. */
  readonly privateKey?: string;
  /** The passphrase of the private key. A secret. */
  readonly passphrase?: string;
  /** For the methods password and keyboard-interactive. A secret. */
  readonly password?: string;
  /** Files that may contain a key, in order. Default ~/.ssh/id_ed25519, id_ecdsa, id_rsa. */
  readonly identityFiles?: readonly string[];
  /** The agent's socket. Default: the one in SSH_AUTH_SOCK. */
  readonly agent?: string;
  /** A known_hosts file, which must exist. */
  readonly knownHostsPath?: string;
  /** Known_hosts files; missing ones are skipped. Default ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts. */
  readonly knownHostsFiles?: readonly string[];
  /** The trusted keys, as in known_hosts (`TYPE BASE64`) or as fingerprints (`SHA256:…`). If set, no file is used. */
  readonly hostKeys?: readonly string[];
  /** What to do with an unknown key. Default "yes": it is refused. */
  readonly strictHostKeyChecking?: "yes" | "accept-new" | "no";
  /** The jump host of the connection, which may have one itself. */
  readonly jump?: SshConnection;
  /** Seconds until a connection attempt counts as failed; default 10. */
  readonly connectTimeout?: number;
  /** The number of connection attempts; default 4, within 15 s. */
  readonly connectionAttempts?: number;
  /** Seconds between two keepalives; default 5. */
  readonly serverAliveInterval?: number;
}
