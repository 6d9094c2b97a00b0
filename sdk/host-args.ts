// Written by npm run generate from provider/schema/host.ts; change that file instead.
import type * as pulumi from "@pulumi/pulumi";

/** How a host is reached. None of it is ever a reason to change or replace a resource. */
export interface HostArgs {
  /** What the host is called in ids and messages; the same name means the same host. Default: its inventory name, or its address. */
  name?: pulumi.Input<string>;

  /** Host name or IP address of the SSH server. */
  address?: pulumi.Input<string>;

  /** User to log in as. Default `"root"`. */
  user?: pulumi.Input<string>;

  /** Port of the SSH server. Default 22. */
  port?: pulumi.Input<number>;

  /** File with the private key, on the machine that runs Pulumi. Default: the SSH agent, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa. */
  privateKeyPath?: pulumi.Input<string>;

  /** File with the host keys that are trusted. Default: ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts. */
  knownHostsPath?: pulumi.Input<string>;

  /** Run everything by `sudo -n`; for a user other than root. Default false. */
  sudo?: pulumi.Input<boolean>;

  /** Inventory name of the host that the connection goes through. */
  jump?: pulumi.Input<string>;

  /** The machine that runs Pulumi itself, without SSH. Default false. */
  local?: pulumi.Input<boolean>;

  /** Seconds until a connection attempt counts as failed. Default 10. */
  connectTimeout?: pulumi.Input<number>;

  /** Let deletes succeed without doing anything while the host can't be reached: for a host that is gone for good. Default false. */
  deleteUnreachable?: pulumi.Input<boolean>;
}
