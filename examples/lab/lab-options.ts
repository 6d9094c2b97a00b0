/** One host of a lab. */
export interface LabHost {
  /** Its host name: small letters, digits and `-`, at most 12. */
  readonly name: string;
  /** IPv4 address with prefix length, e.g. `10.0.12.15/22`. */
  readonly address: string;
  /** IPv6 address with prefix length, e.g. `fd00:12::15/64`. */
  readonly address6?: string;
  /** Lines for its sshd_config, before the lab's own; the first line about a setting counts. */
  readonly sshdConfig?: readonly string[];
  /** The root file system that it has instead of this machine's: that of another Debian, with its tools. */
  readonly root?: string;
  /** It is a virtual machine of this Debian, e.g. `bookworm`, with its own kernel and systemd. */
  readonly machine?: string;
  /** How a virtual machine's interface is called: `eth0`, or by systemd (`enp0s2`). Default `eth0`. */
  readonly interfaceNames?: "eth0" | "systemd";
}

/** What a lab is made of. */
export interface LabOptions {
  /** Keys, server settings and logs go here, and out of here when the lab stops. One folder, one lab. */
  readonly folder: string;
  readonly hosts: readonly LabHost[];
  /** The operator's address on the wire, and the hosts' default route. Default `10.0.12.1/22`. */
  readonly gateway?: string;
  /** The same for IPv6. Default `fd00:12::1/64`. */
  readonly gateway6?: string;
  /**
   * Put this machine itself on the wire, as the operator, by a link `linuxnet-lab`. Without it, the operator is a
   * network namespace of the lab's own, and many labs with the same addresses run side by side. Default false.
   */
  readonly attach?: boolean;
  /** Whether the lab outlives this process; otherwise it ends with it, however that ends. Default false. */
  readonly survives?: boolean;
  /** The Debian whose tools the hosts have, e.g. `trixie`. Default: `LINUXNET_DEBIAN`, or this machine's own tools. */
  readonly debian?: string | undefined;
  /** The Debian that the hosts are virtual machines of. Default: `LINUXNET_MACHINE`, or none. */
  readonly machine?: string | undefined;
}

/** An entry of the inventory, as the stack configuration `linuxnet:hosts` has it. */
export interface InventoryEntry {
  readonly address: string;
  readonly user: string;
  readonly port: number;
  readonly privateKeyPath: string;
  readonly knownHostsPath: string;
}
