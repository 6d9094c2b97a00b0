import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { PartialError, ResourceError } from "../../provider/lifecycle/errors.js";
import { allCases, livesOf } from "../kinds/index.js";
import type { Inputs } from "../kinds/kind-cases.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { type Fault, FaultyTransport } from "./faulty-transport.js";
import { TestHost } from "./test-host.js";
import { traces } from "./traces.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());

/** The change of a resource from one state to the next; a create if there is no previous state. */
interface Stage {
  readonly kind: string;
  readonly around: string;
  readonly title: string;
  readonly from?: Inputs;
  readonly to: Inputs;
}

const stages = livesOf(allCases().filter(({ kernelMayLack }) => !kernelMayLack)).flatMap(
  ({ kind, title = "", around = "true", made, changes }): Stage[] =>
    changes.reduce<Stage[]>(
      (stages, { to }, index) => [
        ...stages,
        { kind, around, title: `${kind} ${title}: change ${index + 1}`, from: stages.at(-1)!.to, to },
      ],
      [{ kind, around, title: `${kind} ${title}: creation`, to: made }],
    ),
);

/** One resource, as the previous stage left it, on a host that can be made to fail. */
class Attempt {
  readonly transport = new FaultyTransport(host.transport);
  readonly resource: TestResource;
  constructor(readonly stage: Stage) {
    this.resource = new TestResource(this, stage.kind, "life");
  }

  async start(fault?: Fault): Promise<this> {
    const { from } = this.stage;
    if (from) await this.resource.up(from);
    this.transport.fault = fault;
    return this;
  }

  up() {
    return this.resource.up(this.stage.to);
  }

  /** The error of an up that must fail; the resource's state is then what Pulumi records. */
  async failure(): Promise<ResourceError> {
    const error: unknown = await this.up().catch((error: unknown) => error);
    if (!(error instanceof ResourceError)) throw error;
    if (error instanceof PartialError) this.resource.state = { host: "kernel", ...error.state };
    this.transport.mend();
    return error;
  }
}

describe.each(stages)("$title", (stage) => {
  let before: string[];
  let whole: string[];
  let steps: number;

  /** Whether the host may differ from its state before the first test. */
  let dirty = true;

  // The reference: the same stage without any fault.
  beforeEach(async () => {
    if (!dirty) {
      dirty = true;
      return;
    }
    host.sh(`${clearHost}; ${stage.around}`);
    before = traces(host);
    const attempt = await new Attempt(stage).start();
    await attempt.up();
    steps = attempt.transport.steps;
    whole = traces(host);
    await attempt.resource.down();
    expect(traces(host)).toEqual(before);
    expect(steps).toBeGreaterThan(0);
  });

  /** One up completes it, and a down removes everything. Whatever these leave, the next comparison shows. */
  async function finish({ resource }: Attempt, title: string) {
    await resource.up(stage.to);
    expect(resource.changes(stage.to), title).toEqual([]);
    expect(traces(host), title).toEqual(whole);
    await resource.down();
  }

  test("each step fails: it is undone or recorded as it is, and the next up finishes it", async () => {
    for (const forever of [false, true]) {
      for (let step = 1; step <= steps; step++) {
        const title = `step ${step} of ${steps} fails${forever ? ", and all later ones" : ""}`;
        const attempt = await new Attempt(stage).start({ failAt: step, forever });
        const error = await attempt.failure();
        expect(error.message, title).toContain(`${stage.kind} "life" on kernel: `);
        expect(error.message, title).toContain(`step ${step} of ${steps}: `);
        if (error instanceof PartialError) {
          const recorded = attempt.resource.state;
          await attempt.resource.refresh();
          expect(attempt.resource.state, title).toEqual(recorded);
        } else {
          expect(stage.from, `${title}: a failed change is recorded`).toBeUndefined();
          expect(traces(host), title).toEqual(before);
        }
        await finish(attempt, title);
      }
    }
    expect(traces(host)).toEqual(before);
    dirty = false;
  });

  test("each step fails, and what there is is taken away", async () => {
    for (let step = 1; step <= steps; step++) {
      const attempt = await new Attempt(stage).start({ failAt: step, forever: true });
      const error = await attempt.failure();
      if (error instanceof PartialError) await attempt.resource.down();
      expect(traces(host), `step ${step} of ${steps}`).toEqual(before);
    }
    dirty = false;
  });

  test("the connection breaks after each step: it is looked at, and finished", async () => {
    for (let step = 0; step <= steps; step++) {
      const attempt = await new Attempt(stage).start({ lostAfter: step });
      await finish(attempt, `lost after step ${step} of ${steps}`);
    }
    expect(traces(host)).toEqual(before);
    dirty = false;
  });
});
