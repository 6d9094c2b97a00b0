import type { Lab } from "../../examples/lab/lab.ts";
import { compareDumps } from "../../test/chaos/comparison.ts";
import { emptyHosts, withLab } from "../bench-lab.ts";
import { forwardGraph } from "../graph.ts";
import { alternated } from "../measure.ts";
import { ProviderProcess } from "../provider-process.ts";
import { type Figure, type Row, type SectionReport, compare, requirementRow, figureRow } from "../report.ts";
import { engineParallel } from "../settings.ts";
import { type BackendName, backends, forwardsOn, inventoryFor, useBackend } from "./backends.ts";
import { type Seconds, feed } from "./feed.ts";
import { type NatSettings, manyForwards } from "./nat-settings.ts";

/** Seconds with one number of forwards, one entry per run. */
interface Times {
  readonly forwards: number;
  readonly create: Seconds[];
  /** Like `create`, but with as many creates at once as the engine runs by default. */
  readonly createByFew: Seconds[];
  readonly remove: number[];
  readonly oneGo: Seconds[];
}

/** One backend, on its own host. */
interface Side {
  readonly backend: BackendName;
  readonly host: string;
  readonly small: Times;
  readonly large: Times;
  differing: number;
}

/** Compares the provider without the engine with a program that loads all forwards from one file. */
export async function making({ runs, sizes, backends: names, long, progress }: NatSettings): Promise<SectionReport> {
  const [fewer, more] = sizes.slice(-2) as [number, number];
  const sides = names.map((backend, index) => newSide(backend, `host${index + 1}`, fewer, more));
  await withLab(sides.length, async (lab) => {
    for (const { host, backend } of sides) await useBackend(lab, host, backend);
    for (let run = 0; run < runs; run++)
      for (const side of alternated(sides, run)) {
        progress(`making: ${side.backend}, run ${run + 1} of ${runs}`);
        for (const step of alternated(stepsOf(lab, side, long && run === 0), run)) {
          await step();
          await emptyHosts(lab);
        }
      }
    for (const side of sides) side.differing = await difference(lab, side);
  });
  return {
    title: "Making forwards: the provider, without the engine",
    rows: sides.flatMap((side) => rowsOf(side)),
    notes: [
      "linuxnet: connecting by SSH, then check and create of all forwards, all asked for at once. iptables-restore, nft -f: connecting by OpenSSH, then the file with all of them goes to the program's standard input.",
      "Connected: the same from when there is a shell on the host.",
      `${engineParallel} at once: what the engine has in work on this machine unless --parallel says otherwise; each has to be there before the next one is asked for.`,
      `Deleting ${manyForwards(more)}: ${long ? "in the first run only" : "--long"}.`,
    ],
  };
}

const noTimes = (forwards: number): Times => ({ forwards, create: [], createByFew: [], remove: [], oneGo: [] });

const newSide = (backend: BackendName, host: string, fewer: number, more: number): Side => ({
  backend,
  host,
  small: noTimes(fewer),
  large: noTimes(more),
  differing: 0,
});

/** The steps of one run. A step may leave its forwards on the host; the caller removes them. */
function stepsOf(lab: Lab, side: Side, long: boolean): (() => Promise<void>)[] {
  const { small, large } = side;
  return [
    () => byProvider(lab, side, small, true),
    () => byFile(lab, side, small),
    () => byProvider(lab, side, large, long),
    () => byFile(lab, side, large),
    () => byProvider(lab, side, small, false, engineParallel),
  ];
}

function byProvider(lab: Lab, side: Side, times: Times, removed: boolean, atOnce?: number): Promise<void> {
  const { host } = side;
  return withProvider(lab, side, async (provider) => {
    const items = forwardGraph(host, times.forwards);
    const connect = await provider.order({ action: "ping" });
    const create = await provider.order({ action: "create", items, ...(atOnce !== undefined && { atOnce }) });
    (atOnce === undefined ? times.create : times.createByFew).push({ connect: connect.seconds, work: create.seconds });
    if (removed) times.remove.push((await provider.order({ action: "delete" })).seconds);
  });
}

const withProvider = <T>(lab: Lab, { host, backend }: Side, body: (provider: ProviderProcess) => Promise<T>) =>
  ProviderProcess.with(lab, host, body, inventoryFor(lab, backend));

/** Loads all forwards from one file and records the time. */
async function byFile(lab: Lab, side: Side, { forwards, oneGo }: Times): Promise<void> {
  const { command, file } = backends[side.backend].oneGo;
  oneGo.push(await feed(lab, side.host, command, file(forwards)));
}

/** The number of rules and elements that only one of the two sides creates. */
async function difference(lab: Lab, side: Side): Promise<number> {
  await withProvider(lab, side, (provider) =>
    provider.order({ action: "create", items: forwardGraph(side.host, side.small.forwards) }),
  );
  const made = await forwardsOn(lab, side.host);
  if (made === "") throw new Error(`${side.backend}: the forwards are not where they are looked for`);
  await emptyHosts(lab);
  await byFile(lab, side, { ...side.small, oneGo: [] });
  return Math.max(0, compareDumps(made, await forwardsOn(lab, side.host)).length - 1);
}

const whole = ({ connect, work }: Seconds) => connect + work;
const connected = ({ work }: Seconds) => work;
const inSeconds = (of: string, samples: readonly number[]): Figure => ({ of, unit: "s", samples });
const each = ({ forwards }: Times, samples: readonly number[]): Figure => ({
  of: `at ${forwards}`,
  unit: "ms",
  samples: samples.map((seconds) => (seconds * 1000) / forwards),
});

function rowsOf({ backend, small, large, differing }: Side): Row[] {
  const program = backends[backend].oneGo.name;
  const create = ({ forwards, create, oneGo }: Times, most?: number) => {
    const what = `${backend}: create ${manyForwards(forwards)}`;
    const both = (of: typeof whole) =>
      [inSeconds("linuxnet", create.map(of)), inSeconds(program, oneGo.map(of))] as const;
    return [compare(what, ...both(whole), most), compare(`${what}, connected`, ...both(connected))];
  };
  const growth = (what: string, of: "create" | "oneGo", most?: number) =>
    compare(what, each(large, large[of].map(connected)), each(small, small[of].map(connected)), most);
  return [
    ...create(small, 3),
    ...create(large),
    growth(`${backend}: create, a forward, connected`, "create", 1.3),
    growth(`${backend}: create, a forward, connected, by ${program}`, "oneGo"),
    compare(
      `${backend}: create ${manyForwards(small.forwards)}, connected, ${engineParallel} at once`,
      inSeconds("linuxnet", small.createByFew.map(connected)),
      inSeconds(program, small.oneGo.map(connected)),
    ),
    figureRow(`${backend}: delete ${manyForwards(small.forwards)}`, inSeconds("linuxnet", small.remove)),
    ...(large.remove.length === 0
      ? []
      : [
          figureRow(`${backend}: delete ${manyForwards(large.forwards)}`, inSeconds("linuxnet", large.remove)),
          compare(`${backend}: delete, a forward`, each(large, large.remove), each(small, small.remove)),
        ]),
    requirementRow(`${backend}: both leave the same rules and elements`, "0", differing === 0, {
      of: "differing",
      unit: "",
      samples: [differing],
    }),
  ];
}
