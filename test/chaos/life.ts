import type { Network } from "../engine/network.ts";
import { first, second } from "./network.ts";
import type { Extent, Phase, Point } from "./point.ts";

/** What each phase makes true. */
export const target: Readonly<Record<Phase, Network>> = { up: first, update: second, destroy: {} };

/** What an undisturbed life of the network looks like. */
export interface Reference {
  readonly extents: Readonly<Record<Phase, Extent>>;
  /** The host after each phase. */
  readonly dumps: Readonly<Record<Phase, string>>;
}

/** A stack on a host of its own, from nothing through all phases, with or without faults. */
export interface Life {
  /** An undisturbed life. */
  measure(): Promise<Reference>;
  /** One phase, with its fault and the recovery where there is a point. Resolves with what is wrong then. */
  phase(phase: Phase, point: Point | undefined, reference: Reference): Promise<string[]>;
  /** Ends everything, and takes host and state away. */
  stop(): Promise<void>;
}

/** Milliseconds within which what was started on a host has to have ended. */
export const scriptsEnd = 10_000;
