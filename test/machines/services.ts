/** Services that see to networks, as Debian installs them. */

/** What is done to a service, and what it takes of a stack. */
export interface Reload {
  /** For the shell, as root. */
  readonly does: string;
  /** The resources that a refresh then finds gone or changed. */
  readonly takes: readonly string[];
}

/** A service beside which a stack lives. */
export interface Service {
  readonly name: string;
  /** For the shell: starts it, with what its user would set, so that SSH and forwarding are let through as the page says. */
  readonly start: string;
  /** Stops it, and leaves the machine as it was. */
  readonly stop: string;
  /** Prints what is the service's own, beside what is in the kernel. */
  readonly others?: () => string;
  readonly reloads: readonly Reload[];
  /** What `pulumi up` has to say of it; left out: nothing. */
  readonly warns?: RegExp;
}

const waitFor = (condition: string) =>
  `for attempt in $(seq 100); do ${condition} && break; sleep 0.3; done; ${condition}`;

export const services: readonly Service[] = [
  {
    name: "systemd-networkd",
    start: "true",
    stop: "true",
    others: () => "networkctl list --no-pager --no-legend lo eth0 | sed 's/  */ /g'",
    warns: /systemd-networkd .*ManageForeignRoutes=no/,
    reloads: [
      { does: "networkctl reload; sleep 2", takes: [] },
      {
        does: `systemctl restart systemd-networkd; ${waitFor("networkctl status eth0 | grep -q configured")}; sleep 2`,
        takes: ["far"],
      },
    ],
  },
  {
    name: "NetworkManager",
    start: `systemctl start NetworkManager; ${waitFor("nmcli -t general status >/dev/null")}; sleep 3`,
    stop: "systemctl stop NetworkManager",
    others: () =>
      "nmcli -t -f DEVICE,STATE device | grep -E '^(lo|eth0):'; nmcli -t -f NAME,TYPE connection | grep -vE 'red|pink' || :",
    reloads: [
      { does: "nmcli general reload; sleep 2", takes: [] },
      {
        does: `systemctl restart NetworkManager; ${waitFor("nmcli -t general status >/dev/null")}; sleep 3`,
        takes: [],
      },
    ],
  },
  {
    name: "firewalld",
    start: `systemctl start firewalld; ${waitFor("firewall-cmd --state 2>/dev/null")}`,
    stop: "systemctl stop firewalld",
    others: () => "firewall-cmd --list-all-zones",
    reloads: [
      { does: "firewall-cmd --reload", takes: [] },
      { does: `systemctl restart firewalld; ${waitFor("firewall-cmd --state 2>/dev/null")}`, takes: [] },
    ],
  },
  {
    name: "ufw",
    start: "ufw allow 22/tcp; ufw --force enable",
    stop: "ufw --force reset; ufw --force disable",
    others: () => "ufw status verbose",
    reloads: [
      { does: "ufw reload", takes: [] },
      { does: "ufw disable; ufw --force enable", takes: [] },
    ],
  },
  {
    name: "Docker",
    start: `systemctl start docker; ${waitFor("docker version >/dev/null 2>&1")}`,
    stop: "systemctl stop docker docker.socket",
    others: () => "docker network ls --format '{{.Name}} {{.Driver}}'",
    reloads: [{ does: `systemctl restart docker; ${waitFor("docker version >/dev/null 2>&1")}`, takes: [] }],
  },
];
