import type { Lab } from "../../examples/lab/lab.ts";
import { emptyHosts, withLab } from "../bench-lab.ts";
import { BenchStack, type Side, withoutCheckpoints } from "../engine-stack.ts";
import { containerGraph } from "../graph.ts";
import { peakOfPlugin } from "../plugin-process.ts";
import type { Answer, Memory } from "../provider-alone.ts";
import { ProviderProcess } from "../provider-process.ts";
import { type Figure, type Row, type SectionReport, requirementRow, figureRow } from "../report.ts";
import { type Settings, engineParallel, resourceCount } from "../settings.ts";

const large = 1000;
const perCycle = 10;

/** Measures the memory of the provider's process with many resources and after many cycles of create and delete. */
export async function memory(settings: Settings): Promise<SectionReport> {
  const cycles = settings.long ? 100 : 20;
  const failures: string[] = [];
  const rows = await withLab(1, async (lab) => {
    settings.progress(`memory: ${large} containers`);
    const rows: Row[] = [];
    for (const limit of [{ atOnce: engineParallel }, {}]) {
      rows.push(
        ...(await ProviderProcess.with(lab, "host1", async (provider) => {
          await provider.order({ action: "create", items: containerGraph("host1", large), ...limit });
          return full(await provider.order({ action: "read", ...limit }), limit.atOnce);
        })),
      );
      await emptyHosts(lab);
    }
    settings.progress(`memory: ${cycles} cycles`);
    rows.push(...(await ProviderProcess.with(lab, "host1", (provider) => lives(provider, cycles))));
    if (settings.long) {
      settings.progress(`memory: ${large} containers with the engine`);
      try {
        const [own, empty] = [await withEngine(lab, "linuxnet"), await withEngine(lab, "floor")];
        const title = `the engine's plugin process at most, in pulumi up of ${resourceCount(large)} resources`;
        rows.push(figureRow(title, own, 200), figureRow("the same with a provider that does nothing", empty));
      } catch (error) {
        failures.push(`**Failed** with the engine: ${(error as Error).message.trim().slice(-300)}`);
      }
    }
    return rows;
  });
  return {
    title: "Memory of the provider's process",
    rows,
    notes: [
      `Megabytes of 10⁶ bytes. Without the engine, the process also holds what the engine would hold for it: inputs and outputs of ${resourceCount(large)} resources. Heap: after garbage was collected.`,
      ...(settings.long ? [] : ["100 cycles, and the plugin process of the engine: --long."]),
      ...failures,
    ],
  };
}

/**
 * The rows with many resources. Only the measurement with the engine's default parallelism has an aim. Without a limit
 * (`atOnce` undefined), the figure is the worst case.
 */
function full({ memory }: Answer, atOnce?: number): Row[] {
  const figure = (of: string, value: number) => ({ of, unit: "MB" as const, samples: [value] });
  const how = `${resourceCount(large)} resources, ${atOnce === undefined ? "all" : atOnce} at once`;
  return [
    figureRow(`${how}: resident at most`, figure("peak RSS", memory.peak), atOnce && 200),
    figureRow(`${how}: heap`, figure("heap", memory.heap)),
  ];
}

/** The peak memory of the plugin process that the engine starts: a provider with @pulumi/pulumi and gRPC. */
async function withEngine(lab: Lab, side: Side): Promise<Figure> {
  const stack = new BenchStack(lab, side, { env: withoutCheckpoints });
  try {
    await stack.init(["host1"], large);
    return { of: "peak RSS", unit: "MB", samples: [await peakOfPlugin(() => stack.time("up"))] };
  } finally {
    stack.remove();
    await emptyHosts(lab);
  }
}

/** Creates and deletes containers repeatedly, and compares the memory at the end with that after 10 cycles. */
async function lives(provider: ProviderProcess, cycles: number): Promise<Row[]> {
  const fresh = (await provider.order({ action: "close" })).memory;
  const after: Memory[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    await provider.order({ action: "create", items: containerGraph("host1", perCycle) });
    after.push((await provider.order({ action: "delete" })).memory);
  }
  const early = after[9]!.heap;
  const late = after.at(-1)!.heap;
  const { descriptors } = (await provider.order({ action: "close" })).memory;
  return [
    requirementRow(
      `heap after ${cycles} cycles of ${perCycle} containers, beside that after 10`,
      "±10 %",
      Math.abs(late / early - 1) <= 0.1,
      {
        of: `${early.toFixed(2)} → ${late.toFixed(2)} MB`,
        unit: "",
        samples: [late / early],
      },
    ),
    requirementRow("file descriptors left behind", "0", descriptors === fresh.descriptors, {
      of: `${fresh.descriptors} → ${descriptors}`,
      unit: "",
      samples: [descriptors - fresh.descriptors],
    }),
  ];
}
