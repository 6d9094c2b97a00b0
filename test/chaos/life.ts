import type { Network } from "../engine/network.ts";
import { first, second } from "./network.ts";
import type { Extent, Phase, Point } from "./point.ts";

/** The network that each phase leads to. */
export const target: Readonly<Record<Phase, Network>> = { up: first, update: second, destroy: {} };

/** What an undisturbed life of the network looks like. */
export interface Reference {
  readonly extents: Readonly<Record<Phase, Extent>>;
  /** A dump of the host after each phase. */
  readonly dumps: Readonly<Record<Phase, string>>;
}

/** A stack on its own host, taken from nothing through all phases, with or without faults. */
export interface Life {
  /** Runs an undisturbed life. */
  measure(): Promise<Reference>;
  /** Runs one phase, with its fault and the recovery if there is a point. Resolves with what is wrong afterwards. */
  phase(phase: Phase, point: Point | undefined, reference: Reference): Promise<string[]>;
  /** Ends everything, and removes the host and the state. */
  stop(): Promise<void>;
}

/** Milliseconds within which everything that was started on a host must have ended. */
export const scriptsEnd = 10_000;
