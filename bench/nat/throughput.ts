import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Lab } from "../../examples/lab/lab.ts";
import { turned } from "../measure.ts";
import { type Figure, type SectionReport, compare, compareAtLeast } from "../report.ts";
import { type NatSettings, rounds } from "./nat-settings.ts";
import { isPinned, pinned } from "./pinned.ts";
import { type Serve, type Way, withWays } from "./ways.ts";

const seconds = 2;

/** One TCP stream through a forward, beside one over the bare route. */
export async function throughput(settings: NatSettings): Promise<SectionReport> {
  const { sizes, runs, progress } = settings;
  const [fewest, most] = [sizes[0]!, sizes.at(-1)!];
  const rates = new Map<Way, number[]>();
  await withWays(settings, [fewest, most], serve, async (lab, ways) => {
    for (const way of ways) rates.set(way, []);
    for (let round = 0; round < rounds * runs; round++) {
      progress(`throughput: round ${round + 1} of ${rounds * runs}`);
      for (const way of turned(ways, round)) rates.get(way)!.push(await gigabits(lab, way));
    }
  });
  const figure = (way: Way, of: string): Figure => ({ of, unit: "Gbit/s", samples: rates.get(way)! });
  const [bare, ...others] = [...rates.keys()] as [Way, ...Way[]];
  return {
    title: "Throughput of a forward",
    rows: others.map((way) => {
      const [measured, against] = [figure(way, "forward"), figure(bare, bare.what)];
      return way.forwards === fewest
        ? compareAtLeast(way.what, measured, against, 0.95)
        : compare(way.what, measured, against);
    }),
    notes: [
      `iperf3, one TCP stream for ${seconds} s with zero copy, in ${rounds} rounds a run${isPinned ? ", client and server on a processor each" : ""}. The forward is the one that was made last. Bare route: the container's own address, over a host without any rule.`,
    ],
  };
}

async function gigabits(lab: Lab, { address, port }: Way): Promise<number> {
  const stream = ["--time", String(seconds), "--zerocopy", "--json"];
  const client = ["iperf3", "--client", address, "--port", String(port), ...stream];
  const { stdout } = await lab.operator(pinned(0, client));
  const { end } = JSON.parse(stdout) as { end: { sum_received: { bits_per_second: number } } };
  return end.sum_received.bits_per_second / 1e9;
}

const serve: Serve = async (command) => {
  const [program, ...args] = command(...pinned(1, ["iperf3", "--server", "--port", "80", "--forceflush"]));
  const server = spawn(program!, args, { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.race([once(server.stdout, "data"), once(server, "exit")]);
  server.stdout.resume();
};
