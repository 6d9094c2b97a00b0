/** Services that manage networks, as Debian installs them. */

/** What is done to a service, and what that removes from a stack. */
export interface Reload {
  /** A shell script, run as root. */
  readonly does: string;
  /** The resources that a refresh then finds missing or changed, on one Debian release or on all. */
  readonly takes: readonly string[] | ((debian: string) => readonly string[]);
}

/** A service that runs next to a stack. */
export interface Service {
  readonly name: string;
  /** A shell script that starts the service, with what its user has to set for SSH and for what `warns` names. */
  readonly start: string;
  /** A shell script that stops the service and leaves the machine as it was. */
  readonly stop: string;
  /** The firewall that the stack's rules are created with. Default: whichever the host has. */
  readonly firewall?: "nftables";
  /** A shell script that prints what belongs to the service, apart from what is in the kernel. */
  readonly others: string;
  /** What the service itself changes about the machine's own interface, as the dump of a host shows it. */
  readonly ownDoing?: RegExp;
  readonly reloads: readonly Reload[];
  /** What `pulumi up` has to say about it, on one Debian release or on all. */
  readonly warns?: RegExp | ((debian: string) => RegExp | undefined);
  /** A shell script that does what `pulumi up` advises. Until then, these paths are closed. */
  readonly advice?: { readonly does: string; readonly closed: readonly string[]; readonly warns: RegExp };
}

const waitFor = (condition: string) =>
  `for attempt in $(seq 200); do { ${condition}; } >/dev/null 2>&1 && break; sleep 0.3; done; ${condition} >/dev/null`;

const restartNetworkd = `systemctl restart systemd-networkd; ${waitFor("networkctl --no-legend | grep -qE 'ether +routable +configured'")}; sleep 2`;

/** firewalld before 2.0 removes iptables rules that it did not create. */
const flushesIptables = (debian: string) => ["bullseye", "bookworm"].includes(debian);

const firewalld: Service = {
  name: "firewalld",
  start: `systemctl start firewalld; ${waitFor("firewall-cmd --state")}`,
  stop: "firewall-cmd --permanent --zone=trusted --remove-interface=red0; systemctl stop firewalld",
  others: "firewall-cmd --permanent --list-all-zones | grep -v red0 | sed '/^trusted/s/ (active)//'",
  advice: {
    does: "firewall-cmd --permanent --zone=trusted --add-interface=red0 && firewall-cmd --reload",
    closed: ["a container → outside"],
    warns: /firewalld runs there\. It rejects .*--zone=trusted --add-interface=BRIDGE/,
  },
  warns: (debian) =>
    flushesIptables(debian)
      ? /firewalld runs there\. A reload removes iptables rules .*`firewall: "nftables"`/
      : undefined,
  reloads: ["firewall-cmd --reload", `systemctl restart firewalld; ${waitFor("firewall-cmd --state")}`].map((does) => ({
    does,
    takes: (debian) => (flushesIptables(debian) ? ["out", "web"] : []),
  })),
};

const { warns: _, ...firewalldWithNft } = firewalld;

export const services: readonly Service[] = [
  {
    name: "systemd-networkd",
    start: "true",
    stop: "true",
    others: "networkctl list --no-pager --no-legend lo eth0 | sed 's/  */ /g'",
    warns: /systemd-networkd .*ManageForeignRoutes=no/,
    reloads: [
      { does: "networkctl reload; sleep 2", takes: [] },
      // systemd 247 leaves routing policy rules alone.
      { does: restartNetworkd, takes: (debian) => (debian === "bullseye" ? ["way"] : ["policy", "way"]) },
    ],
  },
  {
    name: "systemd-networkd, told to let others' routes and rules be",
    start: `mkdir -p /etc/systemd/networkd.conf.d
      printf '[Network]\\nManageForeignRoutes=no\\nManageForeignRoutingPolicyRules=no\\n' >/etc/systemd/networkd.conf.d/linuxnet.conf
      mkdir -p /etc/systemd/network/05-wire.network.d
      printf '[Network]\\nKeepConfiguration=yes\\n' >/etc/systemd/network/05-wire.network.d/keep.conf
      ${restartNetworkd}`,
    stop: `rm -r /etc/systemd/networkd.conf.d /etc/systemd/network/05-wire.network.d; ${restartNetworkd}`,
    others: "networkctl list --no-pager --no-legend lo eth0 | sed 's/  */ /g'",
    reloads: [{ does: restartNetworkd, takes: [] }],
  },
  {
    name: "NetworkManager",
    // NetworkManager may take over the machine's own interface when it restarts, the first time or a later time. Then
    // it owns the interface's routes. That of Debian 11 may still do so at the restart in the test.
    start: `for time in 1 2 3 4; do
      systemctl restart NetworkManager; ${waitFor("nmcli -t general status")}; sleep 3
      nmcli -t -f DEVICE,STATE device | grep -qE '^e[a-z0-9]+:connected$' && [ $time -gt 1 ] && break
    done || :`,
    stop: "systemctl stop NetworkManager",
    others:
      "nmcli -t -f DEVICE,STATE device | grep -E '^(lo|e[a-z0-9]+):' | sed 's/ (externally)//'; nmcli -t -f NAME,TYPE connection | grep -vE 'red|pink' || :",
    ownDoing: /"noprefixroute":true,/g,
    reloads: [
      { does: "nmcli general reload; sleep 2", takes: [] },
      { does: `systemctl restart NetworkManager; ${waitFor("nmcli -t general status")}; sleep 3`, takes: [] },
    ],
  },
  firewalld,
  {
    ...firewalldWithNft,
    name: 'firewalld, with `firewall: "nftables"`',
    firewall: "nftables",
    reloads: firewalld.reloads.map(({ does }) => ({ does, takes: [] })),
  },
  {
    name: "ufw",
    start: "ufw allow 22/tcp; ufw --force enable",
    stop: "ufw --force disable; ufw --force reset",
    others: "ufw status numbered",
    reloads: [
      { does: "ufw reload", takes: [] },
      { does: "ufw disable; ufw --force enable", takes: [] },
    ],
  },
  {
    name: "ufw, with MANAGE_BUILTINS=yes",
    start: "sed -i s/^MANAGE_BUILTINS=.*/MANAGE_BUILTINS=yes/ /etc/default/ufw; ufw allow 22/tcp; ufw --force enable",
    stop: "ufw --force disable; ufw --force reset; sed -i s/^MANAGE_BUILTINS=.*/MANAGE_BUILTINS=no/ /etc/default/ufw",
    others: "ufw status numbered",
    warns: /ufw is enabled there with MANAGE_BUILTINS=yes\. A reload removes rules .*MANAGE_BUILTINS=no/,
    reloads: [{ does: "ufw reload", takes: ["out", "web"] }],
  },
  {
    name: "Docker",
    start: `systemctl start docker; ${waitFor("docker version")}`,
    stop: "systemctl stop docker docker.socket; iptables -P FORWARD ACCEPT; ip link delete docker0",
    others: "docker network ls --format '{{.Name}} {{.Driver}}'",
    reloads: [{ does: `systemctl restart docker; ${waitFor("docker version")}`, takes: [] }],
  },
];
