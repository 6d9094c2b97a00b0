import { randomBytes } from "node:crypto";

/**
 * One life of a resource, from its create to its delete. A replacement begins another life of the same resource with
 * the same mark, often in the same place, so the mark alone does not distinguish the two.
 */
export interface Life<Properties> {
  /** Tells it from the resource's other lives; undefined if a state has none. */
  readonly number: string | undefined;
  /** The resource's id on its host. */
  readonly identity: string;
  /** Its properties in the program. */
  readonly news: Properties;
  /** What Pulumi has recorded for it or is about to record. */
  readonly recorded: Properties;
}

/**
 * Short, since Pulumi writes every value of a state again with each resource, and it only has to differ from a few
 * others.
 */
export const newLife = (): string => randomBytes(3).toString("base64url");

/** A life with its machine, as a state records it: `aB3x.1f2e3d4c`. */
export const lifeOn = (life: string, machineId: string | undefined): string =>
  [life.split(".")[0], machineId ?? machineOf(life)].filter(Boolean).join(".");

/** The machine of a recorded life, if it was known. */
export const machineOf = (life: string | undefined): string | undefined => life?.split(".")[1];

/**
 * The current lives of a run's resources, by their marks. Pulumi's engine deletes an old life before the new one is
 * created, after that in the same run, or in a later run if the first one was killed. None of these deletes may remove
 * the new life.
 */
export class Lives<Properties> {
  private readonly current = new Map<string, Life<Properties>>();

  /** Sets the resource's current life. */
  set(mark: string, life: Life<Properties>): void {
    this.current.set(mark, life);
  }

  /** The life with this number is being deleted. */
  end(mark: string, number: string | undefined): void {
    if (this.current.get(mark)?.number === number) this.current.delete(mark);
  }

  /** The resource's current life, as far as this run knows. */
  of(mark: string): Life<Properties> | undefined {
    return this.current.get(mark);
  }

  /** The resource's current life if it is not the one with this number, which is being deleted. */
  successorOf(mark: string, number: string | undefined): Life<Properties> | undefined {
    const life = this.current.get(mark);
    return life?.number === number ? undefined : life;
  }
}
