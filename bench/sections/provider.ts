import type { Lab } from "../../examples/lab/lab.ts";
import { compareDumps } from "../../test/chaos/comparison.ts";
import { emptyHosts, essenceOf, timeScript, withLab } from "../bench-lab.ts";
import { containerGraph, forwardGraph } from "../graph.ts";
import { alternated } from "../measure.ts";
import { plainCreate, plainDelete, plainForwards } from "../plain-script.ts";
import { ProviderProcess } from "../provider-process.ts";
import { type Figure, type Row, type SectionReport, compare, requirementRow, figureRow } from "../report.ts";
import { type Settings, resourceCount } from "../settings.ts";

type Phase = "create" | "read" | "delete";

/** The seconds of each phase, one entry per run. */
type Times = Record<Phase, number[]>;

const forwards = 1000;
const large = 1000;

/** Compares the provider without the engine with a shell script over one SSH connection. */
export async function provider(settings: Settings): Promise<SectionReport> {
  const { containers, runs, long, progress } = settings;
  return await withLab(1, async (lab) => {
    progress(`provider: ${containers} containers`);
    const { alone, script, differing } = await containersBySide(lab, containers, runs);
    const rows: Row[] = [
      compare(`create ${containers} containers`, figure("linuxnet", alone.create), figure("script", script.create), 1),
      figureRow("read them", figure("linuxnet", alone.read)),
      compare("delete them", figure("linuxnet", alone.delete), figure("script", script.delete)),
      requirementRow("both leave the same kernel state", "0", differing === 0, {
        of: "differing lines",
        unit: "",
        samples: [differing],
      }),
    ];
    progress(`provider: ${forwards} forwards`);
    const ports = await forwardsBySide(lab, long ? runs : 1);
    rows.push(
      compare(
        `create ${forwards} forwards`,
        figure("linuxnet", ports.alone),
        figure("one iptables a rule", ports.script),
        0.2,
      ),
    );
    if (long) {
      progress(`provider: ${large} containers`);
      const times = await largeBySide(lab, containers, runs);
      for (const phase of ["create", "read", "delete"] as const)
        rows.push(
          compare(
            `${phase}, a resource`,
            perResource(large, times.large[phase]),
            perResource(containers, times.small[phase]),
            phase === "create" ? 1.3 : undefined,
          ),
        );
      rows.push(
        compare(
          "create, a resource, by the script",
          perResource(large, times.largeScript),
          perResource(containers, times.smallScript),
        ),
      );
    }
    return {
      title: "Provider alone, without the engine",
      rows,
      notes: [
        `create: connecting, check and create of ${resourceCount(containers)} resources, each as soon as what it needs is there. script: a POSIX shell script of plain ip and iptables -w calls, fed over one ssh connection, connecting included; the same five rules a forward, and no marks.`,
        ...(long ? [] : [`1,000 forwards: one run; ${large} containers: --long.`]),
      ],
    };
  });
}

const figure = (of: string, samples: readonly number[]): Figure => ({ of, unit: "s", samples });

const perResource = (containers: number, samples: readonly number[]): Figure => ({
  of: `at ${containers} containers`,
  unit: "ms",
  samples: samples.map((seconds) => (seconds * 1000) / resourceCount(containers)),
});

const noTimes = (): Times => ({ create: [], read: [], delete: [] });

async function containersBySide(lab: Lab, containers: number, runs: number) {
  const alone = noTimes();
  const script = noTimes();
  const states: string[] = [];
  const state = async () => {
    if (states.length < 2) states.push(await essenceOf(lab, "host1"));
  };
  const byProvider = () => lifeOf(lab, containers, alone, state);
  const byScript = async () => {
    script.create.push(await timeScript(lab, "host1", plainCreate(containers)));
    await state();
    script.delete.push(await timeScript(lab, "host1", plainDelete(containers)));
    await emptyHosts(lab);
  };
  for (let run = 0; run < runs; run++) for (const side of alternated([byProvider, byScript], run)) await side();
  return { alone, script, differing: Math.max(0, compareDumps(states[0]!, states[1]!).length - 1) };
}

/** Creates, reads and deletes the containers once, with a new process of the provider. */
async function lifeOf(
  lab: Lab,
  containers: number,
  times: Times,
  whileThere: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await ProviderProcess.with(lab, "host1", async (provider) => {
    const create = await provider.order({ action: "create", items: containerGraph("host1", containers) });
    times.create.push(create.seconds);
    await whileThere();
    times.read.push((await provider.order({ action: "read" })).seconds);
    times.delete.push((await provider.order({ action: "delete" })).seconds);
  });
  await emptyHosts(lab);
}

async function forwardsBySide(lab: Lab, runs: number) {
  const alone: number[] = [];
  const script: number[] = [];
  const byProvider = () =>
    ProviderProcess.with(lab, "host1", async (provider) => {
      alone.push((await provider.order({ action: "create", items: forwardGraph("host1", forwards) })).seconds);
    });
  const byScript = async () => {
    script.push(await timeScript(lab, "host1", plainForwards(forwards)));
  };
  for (let run = 0; run < runs; run++)
    for (const side of alternated([byProvider, byScript], run)) {
      await side();
      await emptyHosts(lab);
    }
  return { alone, script };
}

async function largeBySide(lab: Lab, containers: number, runs: number) {
  const small = noTimes();
  const big = noTimes();
  const smallScript: number[] = [];
  const largeScript: number[] = [];
  const byScript = async (containers: number, seconds: number[]) => {
    seconds.push(await timeScript(lab, "host1", plainCreate(containers)));
    await emptyHosts(lab);
  };
  const sides = [
    () => lifeOf(lab, containers, small),
    () => lifeOf(lab, large, big),
    () => byScript(containers, smallScript),
    () => byScript(large, largeScript),
  ];
  for (let run = 0; run < runs; run++) for (const side of alternated(sides, run)) await side();
  return { small, large: big, smallScript, largeScript };
}
