import { casesOf } from "./index.js";

/** What doctor says of a host whose kernel lacks a kind. */
export const lackingNote = (level: "warning" | "problem", hostName: string, kind: string): string =>
  `${level}: ${hostName}: ${kind} can't be made there: Error: Unknown device type. ${casesOf(kind).kernelMayLack!.advice}`;
