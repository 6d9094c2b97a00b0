/** One host of a lab. */
export interface LabHost {
  /** The host name: lower-case letters, digits and `-`, at most 12 characters. */
  readonly name: string;
  /** IPv4 address with prefix length, e.g. `10.0.12.15/22`. */
  readonly address: string;
  /** IPv6 address with prefix length, e.g. `fd00:12::15/64`. */
  readonly address6?: string;
  /**
   * Lines for the host's sshd_config. They come before the lab's own, and sshd uses the first line for each setting.
   */
  readonly sshdConfig?: readonly string[];
  /** The path of a root file system with another Debian suite and its tools. Default: this machine's root. */
  readonly root?: string;
  /** Makes the host a virtual machine with this Debian suite, e.g. `bookworm`, with its own kernel and systemd. */
  readonly machine?: string;
  /** How a virtual machine's interface is named: `eth0`, or by systemd (`enp0s2`). Default `eth0`. */
  readonly interfaceNames?: "eth0" | "systemd";
}

/** How a lab is started. */
export interface LabOptions {
  /**
   * The folder for keys, server settings and logs. They are removed when the lab stops. Each lab needs its own folder.
   */
  readonly folder: string;
  readonly hosts: readonly LabHost[];
  /** The operator's address on the wire, which is also the hosts' default gateway. Default `10.0.12.1/22`. */
  readonly gateway?: string;
  /** The same for IPv6. Default `fd00:12::1/64`. */
  readonly gateway6?: string;
  /**
   * Whether to connect this machine to the wire as the operator, with a link `linuxnet-lab`. Otherwise, the operator is
   * in a network namespace of the lab, and many labs with the same addresses can run side by side. Default false.
   */
  readonly attach?: boolean;
  /**
   * Whether the lab outlives this process. Otherwise it ends with this process, even if that is killed. Default false.
   */
  readonly survives?: boolean;
  /**
   * The Debian suite whose tools the hosts have, e.g. `trixie`. Default: `LINUXNET_DEBIAN`, or this machine's tools.
   */
  readonly debian?: string | undefined;
  /** Makes the hosts virtual machines with this Debian suite. Default: `LINUXNET_MACHINE`, or no virtual machines. */
  readonly machine?: string | undefined;
}

/** An entry of the inventory, the stack configuration `linuxnet:hosts`. */
export interface InventoryEntry {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  readonly privateKeyPath: string;
  readonly knownHostsPath: string;
}
