import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Lab, startLab, stopLab } from "../examples/lab/lab.ts";
import { secondsOf } from "./measure.ts";
import { makeScratch, removeScratch } from "./scratch.ts";

/**
 * The limit on the packets that wait for a processor (Documentation/admin-guide/sysctl/net.rst). All network namespaces
 * share the queue. Each interface that comes up sends IPv6 packets to all ports of its bridge. With a few hundred
 * ports, more packets wait than the kernel's default limit of 1,000, and the kernel also drops the engine's packets on
 * loopback. Outside the lab, each host and the engine's machine have their own queues.
 */
const backlogFile = "/proc/sys/net/core/netdev_max_backlog";
const backlog = 100_000;

let running: { readonly folder: string; readonly backlog: string } | undefined;

/** Runs the body with a lab of this many hosts (host1, host2 …) and stops the lab afterwards. */
export async function withLab<T>(hosts: number, body: (lab: Lab) => Promise<T>): Promise<T> {
  const folder = makeScratch("lab");
  running = { folder: path.join(folder, "lab"), backlog: readFileSync(backlogFile, "utf8") };
  writeFileSync(backlogFile, String(backlog));
  try {
    const lab = await startLab({
      folder: running.folder,
      hosts: Array.from({ length: hosts }, (_, index) => ({
        name: `host${index + 1}`,
        address: `10.0.12.${15 + index}/22`,
      })),
    });
    try {
      return await body(lab);
    } finally {
      await lab.stop();
    }
  } finally {
    writeFileSync(backlogFile, running.backlog);
    running = undefined;
    removeScratch(folder);
  }
}

/** Stops the running lab, if there is one. For a bench that is interrupted. */
export async function stopRunningLab(): Promise<void> {
  if (running === undefined) return;
  await stopLab(running.folder);
  writeFileSync(backlogFile, running.backlog);
}

/** The argument list of OpenSSH's client for the operator. Each call opens its own connection. */
export function sshCommand(lab: Lab, host: string, ...command: readonly string[]): string[] {
  const { address, user, port, privateKeyPath, knownHostsPath } = lab.inventory()[host]!;
  const options = [`UserKnownHostsFile=${knownHostsPath}`, "BatchMode=yes", "ControlMaster=no", "IdentitiesOnly=yes"];
  return [
    ...["ssh", "-F", "/dev/null", "-i", privateKeyPath, "-p", String(port)],
    ...options.flatMap((option) => ["-o", option]),
    `${user}@${address}`,
    ...command,
  ];
}

/** The seconds that a script takes in the host's shell, over one SSH connection, including connecting. */
export function timeScript(lab: Lab, host: string, script: string): Promise<number> {
  return secondsOf(() => lab.operator(sshCommand(lab, host, "sh", "-s"), { input: script, timeout: 1800 }));
}

/** Deletes everything that any side of the bench creates on a host. */
const emptying = `
  ls /run/netns 2>/dev/null | sed 's/^/netns del /' | ip -batch -
  # Their links go a moment later, with the kernel's own work that a measurement would feel.
  while [ -n "$(ip -o link show master br0 2>/dev/null)" ]; do sleep 0.1; done
  ip link del br0 2>/dev/null
  for table in nat mangle filter raw; do iptables -w -t $table -F; iptables -w -t $table -X; done
  nft delete table inet linuxnet 2>/dev/null
  echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
  echo 0 >/proc/sys/net/ipv4/ip_forward
  sleep 0.3`;

/** Deletes everything that any side created on the lab's hosts, without using that side's own delete. */
export async function emptyHosts(lab: Lab): Promise<void> {
  await Promise.all(lab.hosts.map((host) => lab.exec(host, ["sh", "-c", emptying], { timeout: 600 })));
}

/** Prints the state in which the plain script and the provider must agree, without marks and MAC addresses. */
const essence = `
  cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding
  ip -o -4 addr show dev br0 | awk '{print $2, $4}'
  ip -o link show up master br0 | awk '{print $2}' | sed 's/@.*//' | sort
  for namespace in $(ls /run/netns | sort); do
    echo "$namespace"
    ip -n "$namespace" -o link show up | awk '{print $2}' | sed 's/@.*//'
    ip -n "$namespace" -o -4 addr show | awk '{print $2, $4}'
    ip -n "$namespace" route show default | sed 's/ proto [^ ]*//; s/ *$//'
  done
  iptables-save | grep '^-A' | sed 's/ -m comment --comment "[^"]*"//' | sort`;

/** The containers' part of a host's kernel state, as text: addresses, interfaces, routes and iptables rules. */
export async function essenceOf(lab: Lab, host: string): Promise<string> {
  return (await lab.exec(host, ["sh", "-c", essence], { timeout: 300 })).stdout;
}
