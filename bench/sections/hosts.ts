import type { Lab } from "../../examples/lab/lab.ts";
import { emptyHosts, withLab } from "../bench-lab.ts";
import { BenchStack, besideScripts, withoutCheckpoints } from "../engine-stack.ts";
import { median, alternated } from "../measure.ts";
import { type Figure, type Row, type SectionReport, compare, requirementRow } from "../report.ts";
import { plainCreate } from "../plain-script.ts";
import { type Settings, resourceCount } from "../settings.ts";

const perHost = 20;

const sides = ["linuxnet", "floor", "both"] as const;
type Seconds = Record<(typeof sides)[number], number[]>;

/** Measures the same containers on increasing numbers of hosts. */
export async function hosts(settings: Settings): Promise<SectionReport> {
  const counts = settings.long ? [1, 10, 50] : [1, 10];
  const all = new Map<number, Seconds>(counts.map((count) => [count, { linuxnet: [], floor: [], both: [] }]));
  const failures: string[] = [];
  await withLab(Math.max(...counts), async (lab) => {
    for (let run = 0; run < settings.runs; run++)
      for (const count of alternated(counts, run)) {
        settings.progress(`hosts: ${count}, run ${run + 1} of ${settings.runs}`);
        try {
          for (const side of alternated(sides, run)) all.get(count)![side].push(await timeUp(lab, side, count));
        } catch (error) {
          failures.push(`**Failed** with ${count} hosts: ${(error as Error).message.trim().slice(-300)}`);
        }
      }
  });
  const figure = (of: keyof Seconds, count: number): Figure => ({ of, unit: "s", samples: all.get(count)![of] });
  const measured = counts.filter((count) => Object.values(all.get(count)!).every(({ length }) => length > 0));
  const up = measured.flatMap((count) => {
    const title = `up, ${count} host${count === 1 ? "" : "s"} (${resourceCount(perHost, count)} resources)`;
    return [
      compare(title, figure("linuxnet", count), figure("floor", count)),
      compare(`${title}: with the hosts' work beside it`, figure("linuxnet", count), figure("both", count)),
    ];
  });
  return {
    title: `Hosts: ${perHost} containers on each`,
    rows: [...up, ...measured.slice(1).map((count) => flat(count, all.get(count)!, all.get(1)!))],
    notes: [
      `Both sides with ${Object.entries(withoutCheckpoints)
        .map(([name, value]) => `${name}=${value}`)
        .join(" ")}: the file backend's checkpoints grow with the square of the resources, whichever provider it is.`,
      "both: the floor while a plain shell script does on each host what the provider would do there; the longest of them. All hosts are on the engine's processors.",
      ...(settings.long ? [] : ["50 hosts: --long."]),
      ...failures,
    ],
  };
}

async function timeUp(lab: Lab, side: keyof Seconds, count: number): Promise<number> {
  const hosts = lab.hosts.slice(0, count);
  const stack = new BenchStack(lab, side === "linuxnet" ? "linuxnet" : "floor", { env: withoutCheckpoints });
  try {
    await stack.init(hosts, perHost);
    return await (side === "both" ? besideScripts(lab, stack, "up", hosts, plainCreate(perHost)) : stack.time("up"));
  } finally {
    stack.remove();
    await emptyHosts(lab);
  }
}

/** Whether the ratio of linuxnet to the floor grows with the number of hosts. */
function flat(count: number, many: Seconds, one: Seconds): Row {
  const ratio = ({ linuxnet, floor }: Seconds) => median(linuxnet) / median(floor);
  const growth = ratio(many) / ratio(one);
  return requirementRow(`linuxnet / floor at ${count} hosts, beside that at 1`, "≤ 1.3×", growth <= 1.3, {
    of: "growth",
    unit: "",
    samples: [growth],
  });
}
