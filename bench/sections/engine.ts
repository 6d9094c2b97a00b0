import type { Lab } from "../../examples/lab/lab.ts";
import { emptyHosts, withLab } from "../bench-lab.ts";
import { BenchStack, type Operation, type Side, besideScripts, operations } from "../engine-stack.ts";
import { alternated } from "../measure.ts";
import { plainCreate, plainDelete } from "../plain-script.ts";
import { type Figure, type SectionReport, compare } from "../report.ts";
import { type Settings, resourceCount } from "../settings.ts";

const sides: readonly Side[] = ["linuxnet", "floor"];

/** Compares the engine's operations with this provider and with one that does nothing. */
export async function engine(settings: Settings): Promise<SectionReport> {
  const { containers, runs } = settings;
  const seconds = new Map<string, number[]>();
  const bytes = new Map<Side, number[]>();
  await withLab(1, async (lab) => {
    await warmUp(lab);
    for (let run = 0; run < runs; run++) {
      settings.progress(`engine: run ${run + 1} of ${runs}`);
      const stacks = new Map<Side, BenchStack>();
      try {
        for (const side of sides) stacks.set(side, await new BenchStack(lab, side).init(["host1"], containers));
        for (const operation of operations)
          for (const side of alternated(sides, run)) {
            push(seconds, `${operation} ${side}`, await stacks.get(side)!.time(operation));
            if (operation === "up") push(bytes, side, stacks.get(side)!.stateBytes / 1000);
          }
        const floor = stacks.get("floor")!;
        push(seconds, "up both", await besideScripts(lab, floor, "up", ["host1"], plainCreate(containers)));
        push(seconds, "destroy both", await besideScripts(lab, floor, "destroy", ["host1"], plainDelete(containers)));
      } finally {
        for (const stack of stacks.values()) stack.remove();
        await emptyHosts(lab);
      }
    }
  });
  const figure = (operation: Operation, side: Side | "both"): Figure => ({
    of: side,
    unit: "s",
    samples: seconds.get(`${operation} ${side}`)!,
  });
  const size = (side: Side): Figure => ({ of: side, unit: "KB", samples: bytes.get(side)! });
  return {
    title: `Engine: ${resourceCount(containers)} resources on one host`,
    rows: [
      ...operations.map((operation) =>
        compare(operation, figure(operation, "linuxnet"), figure(operation, "floor"), 1.05),
      ),
      compare("up: with the host's work beside it", figure("up", "linuxnet"), figure("up", "both")),
      compare("destroy: with the host's work beside it", figure("destroy", "linuxnet"), figure("destroy", "both")),
      compare("state after up", size("linuxnet"), size("floor")),
    ],
    notes: [
      "floor: the same program and graph with a provider that answers yes to everything and does nothing (bench/floor).",
      "both: the floor while a plain shell script does on the host what the provider would do there; the longer of the two. The lab's hosts are on the same processors as the engine.",
    ],
  };
}

/** Runs each side once without measuring: the very first run also reads the programs from disk. */
async function warmUp(lab: Lab): Promise<void> {
  for (const side of sides) {
    const stack = new BenchStack(lab, side);
    try {
      await stack.init(["host1"], 1);
      await stack.time("preview");
    } finally {
      stack.remove();
    }
  }
}

function push<K>(samples: Map<K, number[]>, key: K, sample: number): void {
  samples.set(key, [...(samples.get(key) ?? []), sample]);
}
