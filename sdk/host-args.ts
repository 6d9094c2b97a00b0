// Written by npm run generate from provider/schema/host.ts; change that file instead.
import type * as pulumi from "@pulumi/pulumi";

/** How a host is reached. None of it is ever a reason to change or replace a resource. */
export interface HostArgs {
  /** What the host is called in ids and messages; the same name means the same host. Default: its inventory name, or its address. */
  name?: pulumi.Input<string>;

  /** Host name or IP address of the SSH server; with `sshConfig`, a host of OpenSSH's configuration (default there: the inventory name). */
  address?: pulumi.Input<string>;

  /** User to log in as. Default `"root"`. */
  user?: pulumi.Input<string>;

  /** Port of the SSH server. Default 22. */
  port?: pulumi.Input<number>;

  /** File with the private key, on the machine that runs Pulumi. Default: the SSH agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa; where a `password` is given, no key. */
  privateKeyPath?: pulumi.Input<string>;

  /** The private key itself, as text; instead of `privateKeyPath`. A secret. */
  privateKey?: pulumi.Input<string>;

  /** Passphrase of the private key. A secret. */
  passphrase?: pulumi.Input<string>;

  /** File with the passphrase of the private key as its one line, on the machine that runs Pulumi: no configuration, state or log has it. */
  passphrasePath?: pulumi.Input<string>;

  /** Password of the user, for the methods password and keyboard-interactive. A secret. */
  password?: pulumi.Input<string>;

  /** File with the password of the user as its one line, on the machine that runs Pulumi: no configuration, state or log has it. */
  passwordPath?: pulumi.Input<string>;

  /** File with the host keys that are trusted. Default: ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts. */
  knownHostsPath?: pulumi.Input<string>;

  /** The host's own public keys (`ssh-ed25519 AAAA…`) or their fingerprints (`SHA256:…`): these are trusted, and no file is read. */
  hostKeys?: pulumi.Input<pulumi.Input<string>[]>;

  /** As in ssh_config(5). `"yes"`, the default: a key that is not known is refused. `"accept-new"`: one that is not known yet is added to known_hosts, a changed one refused. `"no"`: every key is accepted, with a warning each time. */
  strictHostKeyChecking?: pulumi.Input<"yes" | "accept-new" | "no">;

  /** Reach the host as OpenSSH's client would: what `ssh -G` says of HostName, Port, User, IdentityFile, ProxyJump and UserKnownHostsFile counts where nothing is said here. A path: another file than ~/.ssh/config. Default false. */
  sshConfig?: pulumi.Input<boolean | string>;

  /** Run everything by sudo; for a user other than root. Default: whether a password for it is given. */
  sudo?: pulumi.Input<boolean>;

  /** What sudo asks for, given to it on its standard input. A secret. Default: sudo has to work without one. */
  sudoPassword?: pulumi.Input<string>;

  /** File with what sudo asks for as its one line, on the machine that runs Pulumi: no configuration, state or log has it. */
  sudoPasswordPath?: pulumi.Input<string>;

  /** Inventory name of the host that the connection goes through. */
  jump?: pulumi.Input<string>;

  /** The machine that runs Pulumi itself, without SSH. Default false. */
  local?: pulumi.Input<boolean>;

  /** Seconds until a connection attempt counts as failed. Default 10. */
  connectTimeout?: pulumi.Input<number>;

  /** How often connecting is tried, with pauses of up to 6 s between, before authentication only. Default: 4 times, within 15 s. */
  connectionAttempts?: pulumi.Input<number>;

  /** Seconds between two signs of life that the server is asked for; after three missed ones the connection counts as dead. Default 5. */
  serverAliveInterval?: pulumi.Input<number>;

  /** What MasqueradeRule and PortForward are made with. `"iptables"`: the program of that name, in whichever backend it has. `"nftables"`: a table of their own, `inet linuxnet`. `"auto"`, the default: iptables where the host has it, else nftables; and what is made already stays where it is. */
  firewall?: pulumi.Input<"auto" | "iptables" | "nftables">;

  /** Which machine it has to be, as errors show it: for a machine that has taken the place of the one that the stack was made on. Default: the one that it was made on. */
  machineId?: pulumi.Input<string>;

  /** Let deletes succeed without doing anything while the host can't be reached: for a host that is gone for good. Default false. */
  deleteUnreachable?: pulumi.Input<boolean>;
}

/** The secrets among these. */
export const hostSecrets: ReadonlySet<string> = new Set(["privateKey", "passphrase", "password", "sudoPassword"]);
