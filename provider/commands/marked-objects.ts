/** Facts about everything that may carry a mark, whoever created it: the questions of a survey. */
import type { Family } from "../schema/address.js";
import { type Fact, type Found, fact, inNamespace, ip } from "./command.js";
import { type TableRoute, parseTableRoutes } from "./route.js";
import { type SysctlNote, keyOfNote, notesFolder, parseNote } from "./sysctl.js";

/** Identifies the running kernel and the network namespace of a host: two hosts with the same value are one machine. */
export function machineIdentity(): Fact<Found<string>> {
  const script = "cat /proc/sys/kernel/random/boot_id && readlink /proc/self/ns/net";
  return fact({ argv: ["sh", "-c", script] }, (stdout) => stdout.replace("\n", " "));
}

/** Identifies the network namespace behind a name in /run/netns: two names may refer to the same one. */
export function namespaceIdentity(namespace: string | undefined): Fact<Found<string>> {
  return fact(inNamespace(namespace, ["readlink", "/proc/self/ns/net"]), (stdout) => stdout);
}

/** Whether a process runs in a named namespace, which then continues to exist without its name. */
export function processesIn(namespace: string): Fact<Found<boolean>> {
  return fact(ip(undefined, "netns", "pids", namespace), (stdout) => stdout !== "");
}

/** The names in /run/netns, whatever they refer to. `ip netns list` would ask the kernel about each. */
export function namespaceNames(): Fact<Found<string[]>> {
  return fact({ argv: ["sh", "-c", "ls -A /run/netns 2>/dev/null || [ ! -e /run/netns ]"] }, (stdout) =>
    stdout.split("\n").filter(Boolean),
  );
}

/** The routes of one family with this protocol number, in all tables of a namespace. */
export function routesOfProtocol(
  namespace: string | undefined,
  family: Family,
  protocol: number,
): Fact<Found<TableRoute[]>> {
  const filter = ["table", "all", "proto", protocol];
  const command = ip(namespace, `-${family}`, "-N", "-d", "-j", "route", "show", ...filter);
  // iproute2 does not print the field that it filters by.
  return fact(command, (stdout) => parseTableRoutes(stdout, family).map((route) => ({ ...route, protocol })));
}

/** A warning if a resource is missing and a similar object with the stack's protocol number exists elsewhere. */
export const leftElsewhere = (what: string, namespace: string | undefined) =>
  `${what}${namespace === undefined ? "" : ` in ${namespace}`} has this stack's protocol number. If it is no other resource's, it was moved there by hand: \`npx linuxnet orphans\` lists it, and --remove removes it`;

/** The host's notes about its settings, by their keys with slashes. */
export function everySysctlNote(): Fact<Found<ReadonlyMap<string, SysctlNote>>> {
  // A name that ends in .new is a note that is being written.
  const script = [
    'cd "$1" 2>/dev/null || exit 0',
    'for f in *; do case $f in *.new) ;; *) [ ! -f "$f" ] || printf "%s\\t%s\\n" "$f" "$(cat "$f")" ;; esac; done',
  ].join("; ");
  return fact({ argv: ["sh", "-c", script, "sh", notesFolder] }, (stdout) => {
    const lines = stdout.split("\n").filter((line) => line.includes("\t"));
    const notes = lines.map((line) => {
      const [file = "", text = ""] = line.split("\t");
      return [keyOfNote(file), parseNote(text)] as const;
    });
    return new Map(notes.filter((entry): entry is [string, SysctlNote] => entry[1] !== undefined));
  });
}
