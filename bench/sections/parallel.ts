import { compareDumps } from "../../test/chaos/comparison.ts";
import type { Lab } from "../../examples/lab/lab.ts";
import { emptyHosts, withLab } from "../bench-lab.ts";
import { BenchStack } from "../engine-stack.ts";
import { alternated } from "../measure.ts";
import { type SectionReport, compare, requirementRow } from "../report.ts";
import { type Settings, resourceCount } from "../settings.ts";

const containers = 20;
const widths = ["1", "256"] as const;

/** Compares creating one resource at a time with creating all at once. */
export async function parallel(settings: Settings): Promise<SectionReport> {
  const seconds: Record<(typeof widths)[number], number[]> = { 1: [], 256: [] };
  const dumps = new Map<string, string>();
  await withLab(1, async (lab) => {
    for (let run = 0; run < settings.runs; run++)
      for (const width of alternated(widths, run)) {
        settings.progress(`parallel: ${width}, run ${run + 1} of ${settings.runs}`);
        const stack = new BenchStack(lab, "linuxnet");
        try {
          await stack.init(["host1"], containers);
          seconds[width].push(await stack.time("up", "--parallel", width));
          if (!dumps.has(width)) dumps.set(width, await dump(lab));
        } finally {
          stack.remove();
          await emptyHosts(lab);
        }
      }
  });
  const differences = compareDumps(dumps.get("1")!, dumps.get("256")!);
  return {
    title: `Parallel: ${resourceCount(containers)} resources on one host`,
    rows: [
      compare(
        "up",
        { of: "--parallel 256", unit: "s", samples: seconds["256"] },
        { of: "--parallel 1", unit: "s", samples: seconds["1"] },
      ),
      requirementRow("both leave the same kernel state", "0", differences.length === 0, {
        of: "differing lines",
        unit: "",
        samples: [Math.max(0, differences.length - 1)],
      }),
    ],
    notes: [
      "Of the whole network state of host and namespaces; but for what is numbered in the order of its making: ports of the bridge, rules within a chain.",
      ...differences.slice(1, 21).map((line) => line.slice(0, 200)),
    ],
  };
}

/** The host's state without what depends on the order of creation: numbers of bridge ports, the order in chains. */
async function dump(lab: Lab): Promise<string> {
  const sections = (await lab.dump("host1")).split(/^(?==== )/m);
  return sections
    .map((section) => {
      if (/^=== .*: (?:iptables|nftables)/.test(section)) return inAnyOrder(section);
      return section.replace(/"(?:designated_port":\d+|(?:id|no)":"0x[0-9a-f]+"),/g, "");
    })
    .join("");
}

function inAnyOrder(section: string): string {
  const [title, ...lines] = section.split("\n");
  return [title, ...lines.sort()].join("\n");
}
