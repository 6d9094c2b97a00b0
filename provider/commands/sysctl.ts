import { normalizeSysctlValue } from "../schema/text.js";
import { type Command, type Fact, type Found, fact, inNamespace } from "./command.js";

/** The file in /proc/sys of a key in sysctl(8)'s notation: a dotted key has its dots replaced, one with slashes is taken as it is. */
export function sysctlPath(key: string): string {
  return `/proc/sys/${key.includes("/") ? key : key.replaceAll(".", "/")}`;
}

/** A sysctl's value; missing where the kernel has no such key. */
export function sysctl(namespace: string | undefined, key: string): Fact<Found<string>> {
  return fact(inNamespace(namespace, ["cat", sysctlPath(key)]), normalizeSysctlValue);
}

/** Writes a sysctl. */
export function setSysctl(namespace: string | undefined, key: string, value: string): Command {
  // The value goes as an argument, not into the script's text; procps' sysctl is missing on small systems.
  return inNamespace(namespace, ["sh", "-c", 'printf "%s\\n" "$2" >"$1"', "sh", sysctlPath(key), value]);
}
