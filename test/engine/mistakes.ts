/** The most likely mistakes, made for real. docs/troubleshooting.md shows what the user reads for each of them. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../../examples/lab/lab.ts";
import { type Network, output } from "./network.ts";

export const host = "host1";
const address = "10.0.12.15";

const lan = { kind: "Bridge", args: { host } };

/** Mistakes in the inventory, each in its own inventory. */
export const inventoryMistakes: Readonly<Record<string, object>> = {
  "inventory-field": { [host]: { address, identityFile: "~/.ssh/lab" } },
  "no-address": { [host]: { user: "root" } },
  "plain-secret": { [host]: { address, user: "ops", password: "hunter2" } },
  "no-jump": { [host]: { address, jump: "gate" } },
};

/** Mistakes in a program. They are found before any host is contacted. */
export const programMistakes: Readonly<Record<string, Network>> = {
  "unknown-host": { lan: { kind: "Bridge", args: { host: "hots1" } } },
  "unknown-property": { lan: { kind: "Bridge", args: { host, adresses: ["10.77.0.1/24"] } } },
  "network-address": { lan: { kind: "Bridge", args: { host, addresses: ["10.77.0.0/24"] } } },
  "no-prefix": { lan: { kind: "Bridge", args: { host, addresses: ["10.77.0.1"] } } },
  "long-name": { lan: { kind: "Bridge", args: { host, name: "frontend-network" } } },
  "no-port": {
    http: { kind: "PortForward", args: { host, protocol: "tcp", listenPort: 80800, targetAddress: "10.77.0.2" } },
  },
  twice: { lan, also: { kind: "Bridge", args: { host, name: "lan" }, options: { dependsOn: ["lan"] } } },
};

/**
 * Connections that don't lead to host1, as changes to the right one. `keys` is a folder for the files of the mistakes.
 */
export function connectionMistakes(keys: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const file = (name: string) => path.join(keys, name);
  return {
    "refused-port": { port: 2222, connectionAttempts: 1 },
    "no-answer": { port: 2223, connectTimeout: 1, connectionAttempts: 1 },
    "unknown-key": { knownHostsPath: file("known_hosts") },
    "changed-key": { knownHostsPath: file("known_hosts_of_old") },
    "refused-key": { privateKeyPath: file("id_other") },
    "no-key-file": { privateKeyPath: file("id_lab") },
    "needs-passphrase": { privateKeyPath: file("id_locked") },
    "not-root": { user: "ops" },
    "no-sudo": { user: "ops", sudo: true },
  };
}

/** Creates the files that `connectionMistakes` names, and on host1 a user ops who may log in and do nothing else. */
export async function prepareConnectionMistakes(lab: Lab, keys: string): Promise<void> {
  const { privateKeyPath, knownHostsPath } = lab.inventory()[host]!;
  mkdirSync(keys, { recursive: true });
  const file = (name: string) => path.join(keys, name);
  for (const name of ["id_other", "other_host"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file(name)]);
  copyFileSync(privateKeyPath, file("id_locked"));
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "a passphrase", "-f", file("id_locked")]);
  writeFileSync(file("known_hosts"), "");
  const [names] = readFileSync(knownHostsPath, "utf8").split(" ");
  writeFileSync(file("known_hosts_of_old"), `${names} ${readFileSync(file("other_host.pub"), "utf8")}`);
  // The host's own copies of these files: its mounts do not affect this machine.
  const add = (name: string, line: string) =>
    `cp -p /etc/${name} /run/etc-${name} && echo '${line}' >>/run/etc-${name} && mount --bind /run/etc-${name} /etc/${name}`;
  const lines = [
    add("passwd", "ops:x:2001:2001::/:/bin/sh"),
    add("group", "ops:x:2001:"),
    add("shadow", "ops:*:19000:0:99999:7:::"),
    "chmod 755 /run/lab && chmod 644 /run/lab/authorized_keys",
    "iptables -A INPUT -p tcp --dport 2223 -j DROP",
  ];
  await lab.exec(host, ["sh", "-c", lines.join(" && ")]);
}

/** Creates on host1 what `hostMistakes` conflicts with. */
export const conflicts = [
  "ip link add docker0 type bridge && ip route add blackhole 10.9.0.0/16",
  "mkdir -p /etc/netns/box && echo 10.77.0.9 db >/etc/netns/box/hosts",
].join(" && ");
export const removeConflicts = "ip link delete docker0; ip route delete blackhole 10.9.0.0/16; rm -r /etc/netns";

/** Mistakes that show up only on the host, each under the name of its resource. */
export const hostMistakes: Network = {
  "held-name": { kind: "Bridge", args: { host, name: "docker0" } },
  "held-file": { kind: "Namespace", args: { host, name: "box", hosts: { db: "10.77.0.3" } } },
  "held-route": { kind: "Route", args: { host, destination: "10.9.0.0/16", type: "blackhole" } },
  "no-namespace": { kind: "Route", args: { host, namespace: "web", destination: "10.8.0.0/16", type: "blackhole" } },
  "no-bridge": { kind: "Veth", args: { host, name: "eth7", peer: { name: "port7", bridge: "lan0" } } },
  "no-gateway": { kind: "Route", args: { host, destination: "10.6.0.0/16", via: "10.77.0.1" } },
};

/** A network that needs a firewall on the host. */
export const wayOut: Network = {
  lan: { kind: "Bridge", args: { host, addresses: ["10.77.0.1/24"] } },
  "way-out": { kind: "MasqueradeRule", args: { host, source: "10.77.0.0/24", exceptOutInterface: output("lan.name") } },
};
