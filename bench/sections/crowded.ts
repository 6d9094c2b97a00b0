import type { Lab } from "../../examples/lab/lab.ts";
import { withLab } from "../bench-lab.ts";
import { type Crowd, addCrowd, removeCrowd } from "../crowd.ts";
import { BenchStack } from "../engine-stack.ts";
import { alternated } from "../measure.ts";
import { type SectionReport, compare } from "../report.ts";
import { type Settings, resourceCount } from "../settings.ts";

const containers = 17;
const steps = ["up", "refresh", "doctor", "orphans", "destroy"] as const;

/** The seconds of each step, one entry per run. */
type Times = Record<(typeof steps)[number], number[]>;

/** Compares the same stack on an empty host and on a host with many foreign objects. */
export async function crowded(settings: Settings): Promise<SectionReport> {
  const { runs, foreign, progress } = settings;
  const crowd: Crowd = { namespaces: foreign, rules: 10 * foreign, interfaces: 2.5 * foreign, routes: 2.5 * foreign };
  const noTimes = (): Times => ({ up: [], refresh: [], doctor: [], orphans: [], destroy: [] });
  const times = { empty: noTimes(), crowded: noTimes() };
  await withLab(1, async (lab) => {
    for (let run = 0; run < runs; run++)
      for (const side of alternated(["empty", "crowded"] as const, run)) {
        progress(`crowded: ${side}, run ${run + 1} of ${runs}`);
        if (side === "crowded") await addCrowd(lab, "host1", crowd);
        await measure(lab, times[side]);
        if (side === "crowded") await removeCrowd(lab, "host1");
      }
  });
  return {
    title: `Crowded: ${resourceCount(containers)} resources on a host with many others`,
    rows: steps.map((step) =>
      compare(
        step,
        { of: "many others", unit: "s", samples: times.crowded[step] },
        { of: "none", unit: "s", samples: times.empty[step] },
        1.5,
      ),
    ),
    notes: [
      `Others: ${crowd.namespaces} network namespaces, ${crowd.rules} rules of iptables, ${crowd.interfaces} interfaces and ${crowd.routes} routes that no stack made. doctor and orphans: the commands of \`npx linuxnet\`, with what they ask Pulumi.`,
    ],
  };
}

async function measure(lab: Lab, times: Times): Promise<void> {
  const stack = new BenchStack(lab, "linuxnet");
  try {
    await stack.init(["host1"], containers);
    for (const step of steps)
      times[step].push(
        step === "doctor" || step === "orphans" ? await stack.timeCommand(step) : await stack.time(step),
      );
  } finally {
    stack.remove();
  }
}
