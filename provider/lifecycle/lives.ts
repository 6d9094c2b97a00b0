import { randomBytes } from "node:crypto";

/**
 * One life of a resource: from its create to its delete. A replacement begins another life of the same resource, under the same
 * mark and often in the same place, so that the mark alone does not tell the two apart.
 */
export interface Life<Properties> {
  /** What tells it from the resource's others; undefined for one of a state that has none. */
  readonly number: string | undefined;
  /** The resource's id on its host. */
  readonly identity: string;
  /** What the program says of it. */
  readonly news: Properties;
  /** What Pulumi has, or is about to have, in its state for it. */
  readonly recorded: Properties;
}

/** Short, since each value of a state is written again with every resource: it has to differ from those of few others. */
export const newLife = (): string => randomBytes(3).toString("base64url");

/** A life with the machine that it is lived on, as a state has it: `aB3x.1f2e3d4c`. */
export const lifeOn = (life: string, machineId: string | undefined): string =>
  [life.split(".")[0], machineId ?? machineOf(life)].filter(Boolean).join(".");

/** The machine that a recorded life is lived on, as far as that was known. */
export const machineOf = (life: string | undefined): string | undefined => life?.split(".")[1];

/**
 * The lives that a run's resources have now, by their marks. Pulumi's engine deletes an old life before the new one is created,
 * after that in the same run, or in a later run where the first one was killed: none of these may take the new life away.
 */
export class Lives<Properties> {
  private readonly current = new Map<string, Life<Properties>>();

  /** This is the life that the resource has from now on. */
  set(mark: string, life: Life<Properties>): void {
    this.current.set(mark, life);
  }

  /** The life that the resource has now, as far as this run has seen. */
  of(mark: string): Life<Properties> | undefined {
    return this.current.get(mark);
  }

  /** The life that the resource has now, where that is another one than the one with this number, which is deleted. */
  successorOf(mark: string, number: string | undefined): Life<Properties> | undefined {
    const life = this.current.get(mark);
    return life?.number === number ? undefined : life;
  }
}
