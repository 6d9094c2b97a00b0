// Written by npm run generate from provider/schema/host.ts; change that file instead.
import type * as pulumi from "@pulumi/pulumi";

/** How a host is reached. Changing these properties neither updates nor replaces a resource. */
export interface HostArgs {
  /** The host's name in ids and messages; the same name means the same host. Default: its inventory name, or its address. */
  name?: pulumi.Input<string>;

  /** Host name or IP address of the SSH server. With `sshConfig`: a host in OpenSSH's configuration, by default the inventory name. */
  address?: pulumi.Input<string>;

  /** User to log in as. Default `"root"`. */
  user?: pulumi.Input<string>;

  /** Port of the SSH server. Default 22. */
  port?: pulumi.Input<number>;

  /** File with the private key, on the machine that runs Pulumi. Default: the SSH agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa; none if a `password` is set. */
  privateKeyPath?: pulumi.Input<string>;

  /** The private key itself, as text, instead of `privateKeyPath`. A secret. */
  privateKey?: pulumi.Input<string>;

  /** Passphrase of the private key. A secret. */
  passphrase?: pulumi.Input<string>;

  /** File whose single line is the passphrase of the private key, on the machine that runs Pulumi. The secret appears in no configuration, state or log. */
  passphrasePath?: pulumi.Input<string>;

  /** The user's password, for the SSH methods `password` and `keyboard-interactive`. A secret. */
  password?: pulumi.Input<string>;

  /** File whose single line is the password of the user, on the machine that runs Pulumi. The secret appears in no configuration, state or log. */
  passwordPath?: pulumi.Input<string>;

  /** File with the trusted host keys. Default: ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts. */
  knownHostsPath?: pulumi.Input<string>;

  /** The host's public keys (`ssh-ed25519 AAAA…`) or their fingerprints (`SHA256:…`). Only these are trusted, and no file is read. */
  hostKeys?: pulumi.Input<pulumi.Input<string>[]>;

  /** As in ssh_config(5). `"yes"`, the default: unknown keys are refused. `"accept-new"`: a key that is not known yet is added to known_hosts, and a changed key is refused. `"no"`: every key is accepted, with a warning each time. */
  strictHostKeyChecking?: pulumi.Input<"yes" | "accept-new" | "no">;

  /** Reach the host as OpenSSH's client would: `ssh -G` provides HostName, Port, User, IdentityFile, ProxyJump and UserKnownHostsFile if they are not set here. A path: a file to use instead of ~/.ssh/config. Default false. */
  sshConfig?: pulumi.Input<boolean | string>;

  /** Run all commands through sudo, for a user other than root. Default: true if a sudo password is set, else false. */
  sudo?: pulumi.Input<boolean>;

  /** The password that sudo asks for, passed on its standard input. A secret. Default: none; sudo must work without a password. */
  sudoPassword?: pulumi.Input<string>;

  /** File whose single line is the password that sudo asks for, on the machine that runs Pulumi. The secret appears in no configuration, state or log. */
  sudoPasswordPath?: pulumi.Input<string>;

  /** Inventory name of the host to connect through. */
  jump?: pulumi.Input<string>;

  /** The host is the machine that runs Pulumi; SSH is not used. Default false. */
  local?: pulumi.Input<boolean>;

  /** Seconds after which a connection attempt fails. Default 10. */
  connectTimeout?: pulumi.Input<number>;

  /** Maximum number of connection attempts, with pauses of up to 6 s in between. Only failures before authentication are retried. Default: 4 attempts within 15 s. */
  connectionAttempts?: pulumi.Input<number>;

  /** Seconds between keepalive requests to the server. A connection that misses three is considered dead. Default 5. */
  serverAliveInterval?: pulumi.Input<number>;

  /** What creates the rules of MasqueradeRule and PortForward. `"iptables"`: the program of that name, with whichever backend it uses. `"nftables"`: a separate table, `inet linuxnet`. `"auto"`, the default: iptables if the host has it, else nftables; existing rules stay where they are. */
  firewall?: pulumi.Input<"auto" | "iptables" | "nftables">;

  /** The machine that the host must be, as shown in error messages. For a machine that replaces the one the stack was created on. Default: the recorded machine. */
  machineId?: pulumi.Input<string>;

  /** Deletes succeed without doing anything while the host is unreachable. For a host that is gone for good. Default false. */
  deleteUnreachable?: pulumi.Input<boolean>;
}

/** The properties of HostArgs that are secrets. */
export const hostSecrets: ReadonlySet<string> = new Set(["privateKey", "passphrase", "password", "sudoPassword"]);
