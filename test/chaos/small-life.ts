import { ChaosHost } from "./chaos-host.ts";
import { compareDumps, compareState } from "./comparison.ts";
import { Fault } from "./fault.ts";
import { type Life, type Reference, scriptsEnd, target } from "./life.ts";
import { type Extent, type Phase, type Point, phases } from "./point.ts";
import { type End, SmallEngineStack } from "./small-engine-stack.ts";

/** A life with the small engine. */
export class SmallLife implements Life {
  private constructor(
    private readonly host: ChaosHost,
    private readonly stack: SmallEngineStack,
  ) {}

  /** `installed`: a user's folder with the package installed. */
  static async start(installed: string): Promise<Life> {
    const host = await ChaosHost.start();
    return new SmallLife(host, new SmallEngineStack(host, installed));
  }

  async measure(): Promise<Reference> {
    const { host, stack } = this;
    const empty = await host.dump();
    const extents: Partial<Record<Phase, Extent>> = {};
    const dumps: Partial<Record<Phase, string>> = {};
    for (const phase of phases) {
      host.door.watch();
      const end = await stack.run("up", target[phase]);
      if (end.kind !== "done") throw new Error(`the undisturbed ${phase} went wrong: ${say(end)}`);
      extents[phase] = { batches: end.batches, bytes: host.door.passed };
      await host.calm(scriptsEnd);
      dumps[phase] = await host.dump();
    }
    const left = compareDumps(empty, dumps.destroy!);
    if (left.length > 0) throw new Error(`the undisturbed destroy leaves something behind\n${left.join("\n")}`);
    return { extents: extents as Record<Phase, Extent>, dumps: dumps as Record<Phase, string> };
  }

  async phase(phase: Phase, point: Point | undefined, reference: Reference): Promise<string[]> {
    const { host, stack } = this;
    const network = target[phase];
    if (point) {
      const wrong = await this.struck(point);
      if (wrong.length > 0) return wrong;
    }
    const busy = await host.calm(scriptsEnd);
    const wrong = busy > 0 ? [`${busy} processes still run on the host`] : [];
    const up = await stack.run("up", network);
    if (point ? !onlySame(up) : up.kind !== "done") wrong.push(`the up after it: ${say(up)}`);
    const refresh = await stack.run("refresh", network);
    if (!onlySame(refresh)) wrong.push(`the refresh: ${say(refresh)}`);
    await host.calm(scriptsEnd);
    const dump = await host.dump();
    return [...wrong, ...compareState(stack.recorded(), network), ...compareDumps(reference.dumps[phase], dump)];
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await this.host.stop();
  }

  /** Runs the phase with its fault, and then the recovery, which is one more run. */
  private async struck(point: Point): Promise<string[]> {
    const { host, stack } = this;
    const network = target[point.phase];
    const fault = new Fault(host, point, (victim) => {
      if (victim === "provider") stack.kill();
    });
    try {
      const end = await stack.run("up", network, fault.stop, () => {
        fault.strike();
        stack.go();
      });
      if (!fault.struck) return ["the place of the fault never came"];
      if (end.kind === "failed" && end.name !== "ResourceError") return [`the run broke: ${end.message}`];
      // Without waiting: a script that lingers still runs.
      const recovery = await stack.run("up", network);
      return recovery.kind === "done" ? [] : [`the struck run: ${say(end)}`, `the recovery: ${say(recovery)}`];
    } finally {
      await fault.over();
    }
  }
}

const say = (end: End) =>
  end.kind === "done" ? JSON.stringify(end.changes) : end.kind === "failed" ? end.message : "killed";
const onlySame = (end: End) => end.kind === "done" && Object.keys(end.changes).every((fate) => fate === "same");
