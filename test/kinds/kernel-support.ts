import { casesOf } from "./index.js";

/** What `ip` prints on a kernel that lacks a kind of interface. */
export const unknownDeviceType = "Error: Unknown device type.";

/** Shell line that prints nothing if the kernel has a kind, and else what `ip` prints; only for kinds that it may lack. */
export const supportProbe = (kind: string): string =>
  `unshare --net sh -c '${casesOf(kind).kernelMayLack!.probe}' 2>&1 || :`;

/** The line that doctor prints for a host whose kernel lacks a kind. */
export const lackingNote = (level: "warning" | "problem", hostName: string, kind: string): string =>
  `${level}: ${hostName}: ${kind} cannot be created there: ${unknownDeviceType} ${casesOf(kind).kernelMayLack!.advice}`;
