import type { Lab } from "../../examples/lab/lab.ts";
import { withLab } from "../bench-lab.ts";
import { BenchStack } from "../engine-stack.ts";
import { sideBySide } from "../measure.ts";
import { type Figure, type SectionReport, requirementRow, figureRow } from "../report.ts";
import type { Settings } from "../settings.ts";

/** The number of fresh processes of each kind. */
const processes = 10;

const program = (packages: readonly string[]) => `
  const start = performance.now();
  let last = start;
  ${packages.map((name) => `last = performance.now(); require(${JSON.stringify(name)});`).join("\n")}
  const end = performance.now();
  console.log(JSON.stringify({ all: end - start, last: end - last, modules: Object.keys(require.cache) }));`;

/** The milliseconds to load all packages and to load the last one, and the loaded files. */
interface Loaded {
  readonly all: number;
  readonly last: number;
  readonly modules: readonly string[];
}

/** Measures what a program loads in addition to @pulumi/pulumi, and how long that takes. */
export async function startup(settings: Settings): Promise<SectionReport> {
  settings.progress("startup");
  return await withLab(1, async (lab) => {
    const stack = new BenchStack(lab, "linuxnet");
    try {
      const alone = ["@pulumi/pulumi"];
      const both = ["@pulumi/pulumi", "pulumi-linuxnet"];
      const loadBoth = () => load(lab, stack.folder, both);
      const before = new Set((await load(lab, stack.folder, alone)).modules);
      const added = (await loadBoth()).modules.filter((file) => !before.has(file));
      const last: number[] = [];
      const samples = await sideBySide(processes, {
        alone: async () => (await load(lab, stack.folder, alone)).all,
        both: async () => {
          const loaded = await loadBoth();
          last.push(loaded.last);
          return loaded.all;
        },
      });
      const figure = (of: string, samples: readonly number[]): Figure => ({ of, unit: "ms", samples });
      const provider = added.filter((file) =>
        /\/node_modules\/(?:ssh2|execa|zod|ipaddr\.js)\/|\/dist\/provider\//.test(file),
      );
      return {
        title: "Start-up: what importing the SDK adds",
        rows: [
          {
            what: "require in a fresh process",
            measured: figure("with pulumi-linuxnet", samples.both),
            against: figure("@pulumi/pulumi alone", samples.alone),
          },
          figureRow("of it, require of pulumi-linuxnet after @pulumi/pulumi", figure("pulumi-linuxnet", last), 50),
          requirementRow(
            "files of ssh2, execa, zod, ipaddr.js and the provider that it adds",
            "0",
            provider.length === 0,
            {
              of: "loaded",
              unit: "",
              samples: [provider.length],
            },
          ),
        ],
        notes: [
          `${processes} processes of each kind, one of each in turn.`,
          ...provider.map((file) => `Loaded: ${file}`),
        ],
      };
    } finally {
      stack.remove();
    }
  });
}

async function load(lab: Lab, folder: string, packages: readonly string[]): Promise<Loaded> {
  const { stdout } = await lab.operator([process.execPath, "-e", program(packages)], { cwd: folder });
  return JSON.parse(stdout) as Loaded;
}
