import { casesOf } from "./index.js";

/** The line that doctor prints for a host whose kernel lacks a kind. */
export const lackingNote = (level: "warning" | "problem", hostName: string, kind: string): string =>
  `${level}: ${hostName}: ${kind} cannot be created there: Error: Unknown device type. ${casesOf(kind).kernelMayLack!.advice}`;
