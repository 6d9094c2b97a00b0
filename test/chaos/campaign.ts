import { EngineLife } from "./engine-life.ts";
import type { Life, Reference } from "./life.ts";
import { type Extent, type Point, choosePoint, describePoint, phases } from "./point.ts";
import { SmallLife } from "./small-life.ts";

/** Which faults to inject, and how many. */
export interface Plan {
  readonly seed: string;
  /** The total number of points. */
  readonly points: number;
  /** How many of them run with the real engine. */
  readonly engine: number;
  /** Runs only this point, such as `small/17`. */
  readonly only?: string | undefined;
  /** How many hosts are used in parallel. */
  readonly jobs: number;
  /** A user's folder with the package installed. */
  readonly installed: string;
  /** Ends the campaign early. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each failure, with a text of several lines. */
  readonly report: (text: string) => void;
  /** Called with the number of points that are done. */
  readonly progress?: (done: number) => void;
}

/** The outcome of a campaign. */
export interface Result {
  readonly points: number;
  readonly engine: number;
  readonly failed: number;
  /** Seconds. */
  readonly took: number;
}

/** The points of one life, at most one per phase. */
interface Cycle {
  readonly engine: boolean;
  readonly indexes: readonly number[];
}

/** Runs all points of a plan. */
export async function runCampaign(plan: Plan): Promise<Result> {
  const start = Date.now();
  const cycles = cyclesOf(plan);
  const references = new Map<boolean, Reference>();
  for (const engine of new Set(cycles.map(({ engine }) => engine))) {
    const life = await startLife(engine, plan);
    try {
      references.set(engine, await measure(life));
    } finally {
      await life.stop();
    }
    plan.signal?.throwIfAborted();
  }
  const count = (engine: boolean) =>
    cycles.filter((cycle) => cycle.engine === engine).reduce((sum, { indexes }) => sum + indexes.length, 0);
  const [small, whole] = [count(false), count(true)];
  let failed = 0;
  let done = 0;
  const workers = await Promise.allSettled(
    Array.from({ length: plan.jobs }, async () => {
      const worker = new Worker(plan, references);
      plan.signal?.addEventListener("abort", () => void worker.stop());
      try {
        for (let cycle = cycles.shift(); cycle; cycle = cycles.shift()) {
          const failure = await worker.run(cycle);
          plan.signal?.throwIfAborted();
          done += cycle.indexes.length - (failure?.rest.length ?? 0);
          plan.progress?.(done);
          if (!failure) continue;
          failed += 1;
          plan.report(failure.text);
          // The points that follow in the same life get a new life.
          if (failure.rest.length > 0) cycles.unshift({ ...cycle, indexes: failure.rest });
        }
      } finally {
        await worker.stop();
      }
    }),
  );
  for (const worker of workers) if (worker.status === "rejected") throw worker.reason;
  return { points: small + whole, engine: whole, failed, took: Math.round((Date.now() - start) / 1000) };
}

/** How many undisturbed lives are measured to find out where a fault can strike. */
const measurements = 3;

/**
 * Resources that wait for each other may ask once more, depending on timing. The reference is the shortest of several
 * lives, because every life sends at least that much.
 */
async function measure(life: Life): Promise<Reference> {
  let reference = await life.measure();
  for (let count = 1; count < measurements; count++) {
    const { extents } = await life.measure();
    const shorter = phases.map((phase) => [phase, shorterOf(reference.extents[phase], extents[phase])] as const);
    reference = { ...reference, extents: Object.fromEntries(shorter) as Reference["extents"] };
  }
  return reference;
}

const shorterOf = (a: Extent, b: Extent): Extent => ({
  batches: a.batches.length <= b.batches.length ? a.batches : b.batches,
  bytes: { up: Math.min(a.bytes.up, b.bytes.up), down: Math.min(a.bytes.down, b.bytes.down) },
});

/** The lives to run. Those with the real engine come first, because they take longest. */
function cyclesOf({ points, engine, only }: Plan): Cycle[] {
  if (only !== undefined) {
    const [, series, index] = /^(small|engine)\/(\d+)$/.exec(only) ?? [];
    if (index === undefined) throw new Error(`"${only}" is no point: write small/NUMBER or engine/NUMBER`);
    return [{ engine: series === "engine", indexes: [Number(index)] }];
  }
  const series = (engine: boolean, size: number): Cycle[] =>
    Array.from({ length: Math.ceil(size / phases.length) }, (_, cycle) => ({
      engine,
      indexes: phases.map((_, phase) => cycle * phases.length + phase).filter((index) => index < size),
    }));
  return [...series(true, engine), ...series(false, points - engine)];
}

const startLife = (engine: boolean, { installed }: Plan) => (engine ? EngineLife : SmallLife).start(installed);

/**
 * Runs lives one after another on one host, and starts a new host when a failure leaves the old one in an unknown
 * state.
 */
class Worker {
  private life: Life | undefined;
  private engine: boolean | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly references: ReadonlyMap<boolean, Reference>,
  ) {}

  /** Runs one life, up to the first point that fails. Resolves with that failure and the points not yet run. */
  async run({ engine, indexes }: Cycle): Promise<{ text: string; rest: readonly number[] } | undefined> {
    if (this.engine !== engine) await this.stop();
    this.engine = engine;
    this.life ??= await startLife(engine, this.plan);
    const reference = this.references.get(engine)!;
    const points = indexes.map((index) => choosePoint(this.plan.seed, index, engine, reference.extents));
    for (const phase of phases) {
      const point = points.find((point) => point.phase === phase);
      const wrong = await this.life.phase(phase, point, reference).catch((error: unknown) => [trace(error)]);
      if (wrong.length === 0) continue;
      await this.stop();
      const done = points.filter((point) => phases.indexOf(point.phase) <= phases.indexOf(phase));
      return { text: failure(point ?? points[0]!, phase, wrong), rest: indexes.slice(Math.max(1, done.length)) };
    }
    return undefined;
  }

  async stop(): Promise<void> {
    const { life } = this;
    this.life = undefined;
    await life?.stop();
  }
}

function failure(point: Point, phase: string, wrong: readonly string[]): string {
  const where = point.phase === phase ? [] : [`in the undisturbed ${phase}:`];
  return [describePoint(point), ...where, ...wrong].join("\n").replaceAll("\n", "\n    ");
}

const trace = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** The last line of a campaign's output. */
export function summary({ points, engine, failed, took }: Result, seed: string): string {
  return `chaos: ${points} points (${engine} with the engine), ${points - failed} passed, ${failed} failed, seed ${seed}, ${took} s`;
}
