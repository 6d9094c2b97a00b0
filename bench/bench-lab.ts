import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Lab, startLab, stopLab } from "../examples/lab/lab.ts";
import { secondsOf } from "./measure.ts";
import { makeScratch, removeScratch } from "./scratch.ts";

/**
 * How many packets wait for a processor, in all namespaces together (Documentation/admin-guide/sysctl/net.rst). Each interface that comes up says so to
 * all ports of its bridge, for IPv6: with some hundred of them more are waiting than the kernel's 1,000, and among those
 * that it drops then are the engine's own on loopback. Real hosts and the machine with the engine have a queue each.
 */
const backlogFile = "/proc/sys/net/core/netdev_max_backlog";
const backlog = 100_000;

let running: { readonly folder: string; readonly backlog: string } | undefined;

/** A lab with so many hosts (host1, host2 …) for as long as the body runs. */
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

/** Stops the lab that runs, where one does: for a bench that is interrupted. */
export async function stopRunningLab(): Promise<void> {
  if (running === undefined) return;
  await stopLab(running.folder);
  writeFileSync(backlogFile, running.backlog);
}

/** OpenSSH's client from where the operator sits, one connection a call. */
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

/** Seconds that a script takes which goes to the host's shell over one connection. */
export function timeScript(lab: Lab, host: string, script: string): Promise<number> {
  return secondsOf(() => lab.operator(sshCommand(lab, host, "sh", "-s"), { input: script, timeout: 1800 }));
}

/** All that any side of the bench makes on a host. */
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

/** Takes away all that any side made, past what it would do itself. */
export async function emptyHosts(lab: Lab): Promise<void> {
  await Promise.all(lab.hosts.map((host) => lab.exec(host, ["sh", "-c", emptying], { timeout: 600 })));
}

/** What the plain script and the provider have to agree in: no marks, no Ethernet addresses. */
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

/** The part of a host's kernel state that the containers are made of, as text. */
export async function essenceOf(lab: Lab, host: string): Promise<string> {
  return (await lab.exec(host, ["sh", "-c", essence], { timeout: 300 })).stdout;
}
