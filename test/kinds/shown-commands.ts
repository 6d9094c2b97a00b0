import { deleteFlowsScript } from "../../provider/commands/conntrack.js";
import { addLinkScript } from "../../provider/commands/link-in-namespace.js";
import { writeFileScript, removeFileScript } from "../../provider/commands/netns-files.js";
import { portHoldersScript } from "../../provider/commands/port-holders.js";
import { displayCommand } from "../../provider/transport/quoting.js";

/** The command that creates an interface in a namespace from the host's own, as messages show it. */
export const addInside = (name: string, words: string) =>
  `${displayCommand(["sh", "-c", addLinkScript, "sh", name, "add"])} ${words}`;

/** The command that writes a setting, as messages show it. */
export const write = (file: string, value: number, namespace?: string) =>
  `${namespace ? `ip netns exec ${namespace} ` : ""}sh -c 'printf "%s\\n" "$2" >"$1"' sh /proc/sys/${file} ${value}`;

/** The command that records on the host a setting's original value and its holders. */
export const takeNote = (file: string, found: number) =>
  `sh -c 'mkdir -p "\${1%/*}" && printf "%s\\n" "$2" >"$1.new" && mv "$1.new" "$1"' sh /run/linuxnet/sysctl/${encodeURIComponent(file)} '{"found":"${found}","holders":{"MARK":"1"}}'`;
/** The command that removes such a note. */
export const dropNote = (file: string) =>
  `sh -c 'rm "$1" && { rmdir "\${1%/*}" "\${1%/*/*}" 2>/dev/null || :; }' sh /run/linuxnet/sysctl/${encodeURIComponent(file)}`;

/**
 * The command that writes a file under /etc/netns, as messages show it, followed by the file's lines. `over` says what
 * the file may replace.
 */
export const putFile = (file: string, lines: readonly string[], over = "own", mode = "644") => [
  displayCommand(["sh", "-c", writeFileScript, "sh", "con1", file, "GROUP", mode, over, "MARK"]),
  ...lines,
];
/** The command that removes such a file. */
export const takeFile = (file: string) =>
  displayCommand(["sh", "-c", removeFileScript, "sh", "con1", file, "GROUP", "MARK"]);

/**
 * The command that checks whether a port is free, as messages show it: protocol, ports, address, interface, loopback.
 */
export const free = (taken: string, ranges = "-", namespace?: string) =>
  displayCommand([
    ...(namespace === undefined ? [] : ["ip", "netns", "exec", namespace]),
    ...["sh", "-c", portHoldersScript, "sh", "iptables", "4", "linuxnet:shop/dev/", ranges, taken],
  ]);

/** The command that deletes UDP flows from the kernel's connection tracking, as messages show it. */
export const forget = (first: number, last: number, address = "-") =>
  displayCommand(["sh", "-c", deleteFlowsScript, "sh", "ipv4", String(first), String(last), address]);

/** An iptables-restore transaction, as messages show it; the tables' lines have MARK in place of the comment. */
export const restore = (tables: Readonly<Record<string, readonly string[]>>, program = "iptables-restore") => [
  `${program} --noflush -w 10`,
  ...Object.entries(tables).flatMap(([table, lines]) => [`*${table}`, ...lines, "COMMIT"]),
];
/** Lines that add rules. */
export const adds = (rules: readonly string[]) => rules.map((rule) => `-A ${rule}`);
/** Lines that delete rules. */
export const deletes = (rules: readonly string[]) => rules.map((rule) => `-D ${rule}`);
