import { createHash } from "node:crypto";
import type { Direction } from "./ssh-door.ts";

/** The three runs of a stack's life that a fault can strike. */
export const phases = ["up", "update", "destroy"] as const;
export type Phase = (typeof phases)[number];

/** What is killed. */
export type Victim =
  /** Pulumi itself. With the small engine, Pulumi and the provider are one process. */
  | "engine"
  /** The process that runs the provider. */
  | "provider"
  /** Both at once. */
  | "engine and provider"
  /** The network connection, which is cut. */
  | "connection"
  /** The sshd of the session. What it started keeps running. */
  | "sshd"
  /** The shell that runs the script, and everything that it started. */
  | "script"
  /** Both at once. */
  | "connection and script";

/** When it is killed: at a byte of the SSH stream, or before, during or after a batch of commands. */
export type Place =
  | { readonly kind: "byte"; readonly direction: Direction; readonly bytes: number; readonly pause: number }
  /**
   * `command` -1: before the batch is sent; 0 or more: after that many commands; -2: after its reply, before the reply
   * is recorded.
   */
  | { readonly kind: "command"; readonly batch: number; readonly command: number; readonly lingers: number };

/** One fault. Everything about it follows from the seed and its index. */
export interface Point {
  readonly seed: string;
  readonly index: number;
  /** Whether the real engine runs, instead of the small one. */
  readonly engine: boolean;
  readonly phase: Phase;
  readonly victim: Victim;
  readonly place: Place;
}

/** What an undisturbed run sends: the number of commands in each batch, and the number of bytes. */
export interface Extent {
  readonly batches: readonly number[];
  readonly bytes: Readonly<Record<Direction, number>>;
}

/**
 * The part of a run's bytes that every run has. Handshakes and numbers differ by a few bytes. With the real engine,
 * timing decides which resources are ready at the same time and so share a batch: such runs differ by several percent.
 */
const partOfEveryRun = (engine: boolean) => (engine ? 0.85 : 0.96);

/** The point with this index. */
export function choosePoint(
  seed: string,
  index: number,
  engine: boolean,
  extents: Readonly<Record<Phase, Extent>>,
): Point {
  const phase = phases[index % phases.length]!;
  const { bytes, batches } = extents[phase];
  const draw = drawing(`${seed}/${seriesOf(engine)}/${index}`);
  const remote = ["connection", "sshd", "script", "connection and script"] as const;
  if (engine || draw() < 0.4) {
    const local = engine
      ? (["engine", "engine", "engine", "provider", "engine and provider"] as const)
      : (["provider", "provider"] as const);
    const victim = pick<Victim>([...local, ...remote], draw());
    const direction = pick(["up", "down"] as const, draw());
    const count = Math.floor(draw() * bytes[direction] * partOfEveryRun(engine)) + 1;
    const place = { kind: "byte", direction, bytes: count, pause: Math.floor(draw() * 40) } as const;
    return { seed, index, engine, phase, victim, place };
  }
  const batch = Math.floor(draw() * batches.length);
  const command = Math.floor(draw() * (batches[batch]! + 3)) - 2;
  // Before the first batch there is no connection yet.
  const victim = batch === 0 && command === -1 ? "provider" : pick<Victim>(["provider", "provider", ...remote], draw());
  // A script that outlives its connection or its provider may still run when the next run has begun.
  const lingers = draw() < 0.3 && command >= 0 && !victim.includes("script") ? Math.floor(draw() * 1500) : 0;
  return { seed, index, engine, phase, victim, place: { kind: "command", batch, command, lingers } };
}

/** A point in words, for reports. */
export function describePoint({ seed, index, engine, phase, victim, place }: Point): string {
  const where =
    place.kind === "byte"
      ? `at byte ${place.bytes} ${place.direction === "up" ? "to" : "from"} the host and ${place.pause} ms`
      : place.command === -1
        ? `before batch ${place.batch}`
        : place.command === -2
          ? `after batch ${place.batch}`
          : `after ${place.command} commands of batch ${place.batch}${place.lingers > 0 ? `, whose script waits ${place.lingers} ms` : ""}`;
  return `${seriesOf(engine)}/${index} of seed ${seed}, ${phase}: ${victim} killed ${where}`;
}

/** Points with the real engine and points without it are numbered separately. */
export const seriesOf = (engine: boolean) => (engine ? "engine" : "small");

const pick = <T>(choices: readonly T[], drawn: number): T => choices[Math.floor(drawn * choices.length)]!;

/** Numbers from 0 to 1, derived from a text: SHA-256 in counter mode. */
function drawing(text: string): () => number {
  let count = 0;
  return () => createHash("sha256").update(`${text}/${count++}`).digest().readUInt32BE(0) / 2 ** 32;
}
