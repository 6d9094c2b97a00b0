import { normalizeSysctlValue } from "../schema/text.js";
import { type Command, type Fact, type Found, fact, inNamespace } from "./command.js";

/**
 * The file in /proc/sys for a key in the notation of sysctl(8): dots are replaced in a dotted key; a key with slashes
 * is used unchanged.
 */
export function sysctlPath(key: string): string {
  return `/proc/sys/${key.includes("/") ? key : key.replaceAll(".", "/")}`;
}

/** The setting of a key, in whichever notation. The kernel has two files for one of its settings. */
export function settingOf(key: string): string {
  const setting = sysctlPath(key).slice("/proc/sys/".length);
  return setting === "net/ipv4/conf/all/forwarding" ? "net/ipv4/ip_forward" : setting;
}

/** What a resource that manages a setting claims, and what depends on the setting relies on. */
export const settingClaim = (key: string) => `the setting ${settingOf(key)}`;

/** A sysctl's value; missing if the kernel has no such key. */
export function sysctl(namespace: string | undefined, key: string): Fact<Found<string>> {
  return fact(inNamespace(namespace, ["cat", sysctlPath(key)]), normalizeSysctlValue);
}

/** A host's note about one of its settings, which cannot carry a mark itself. */
export interface SysctlNote {
  /** The value before the first stack changed it. */
  readonly found: string;
  /** The marks of the resources that want a value, with that value. */
  readonly holders: Readonly<Record<string, string>>;
}

/** The folder of the notes: a tmpfs, so that they disappear with the settings at a reboot. */
export const notesFolder = "/run/linuxnet/sysctl";

/** The file with the note about a key. */
export const notePath = (key: string) =>
  `${notesFolder}/${encodeURIComponent(sysctlPath(key).slice("/proc/sys/".length))}`;

/** The key, with slashes, of a note's file name. */
export const keyOfNote = (file: string) => decodeURIComponent(file);

/** Parses a note; undefined for a text that is none. */
export function parseNote(text: string): SysctlNote | undefined {
  return text === "" ? undefined : (JSON.parse(text) as SysctlNote);
}

/** The note about one of the host's own settings. That there is none is an answer, too, which a guard can check. */
export function sysctlNote(key: string): Fact<Found<SysctlNote>> {
  return fact({ argv: ["sh", "-c", '[ ! -e "$1" ] || cat "$1"', "sh", notePath(key)] }, parseNote);
}

/** Writes a note atomically, or removes it if undefined. */
export function setSysctlNote(key: string, note: SysctlNote | undefined): Command {
  return note === undefined
    ? { argv: ["sh", "-c", 'rm "$1" && { rmdir "${1%/*}" "${1%/*/*}" 2>/dev/null || :; }', "sh", notePath(key)] }
    : {
        argv: [
          "sh",
          "-c",
          'mkdir -p "${1%/*}" && printf "%s\\n" "$2" >"$1.new" && mv "$1.new" "$1"',
          "sh",
          notePath(key),
          JSON.stringify(note),
        ],
      };
}

/** Writes a sysctl. */
export function setSysctl(namespace: string | undefined, key: string, value: string): Command {
  // The value is passed as an argument instead of being part of the script. Small systems lack procps' sysctl.
  return inNamespace(namespace, ["sh", "-c", 'printf "%s\\n" "$2" >"$1"', "sh", sysctlPath(key), value]);
}
