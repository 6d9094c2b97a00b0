/** How a host is reached: a HostArgs or inventory entry that the schema has read, with its name. */
export type HostConnection = LocalConnection | SshConnection;

/** The machine that Pulumi itself runs on. */
export interface LocalConnection {
  readonly kind: "local";
  /** The host as the user calls it: its inventory name, or its address. */
  readonly name: string;
  /** Run everything by `sudo -n`. */
  readonly sudo: boolean;
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
  /** Run everything by `sudo -n`. */
  readonly sudo: boolean;
  /** A private key's file on this machine; `~/` is the home folder. Left out: the agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa. */
  readonly privateKeyPath?: string;
  /** A private key itself (PEM or OpenSSH text); goes before privateKeyPath. A secret: never in a message. */
  readonly privateKey?: string;
  /** The passphrase of the private key. A secret. */
  readonly passphrase?: string;
  /** Left out: ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts. */
  readonly knownHostsPath?: string;
  /** The host that the connection goes through (and which may have one itself). */
  readonly jump?: SshConnection;
  /** Seconds until a connection attempt counts as failed; default 10. */
  readonly connectTimeout?: number;
}
