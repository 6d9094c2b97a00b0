import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Lab } from "../../examples/lab/lab.ts";
import { sideBySide } from "../measure.ts";
import { type Figure, type Row, type SectionReport, compareInPairs } from "../report.ts";
import type { NatSettings } from "./nat-settings.ts";
import { isPinned, pinned } from "./pinned.ts";
import { type Serve, type NetworkPath, withNetworkPaths } from "./network-paths.ts";

const seconds = 1;
/** Pairs of streams per run. Other load on the machine can make a single stream 25 % faster or slower. */
const pairs = 12;

/** Compares one TCP stream through a forward with one over a bare route. */
export async function throughput(settings: NatSettings): Promise<SectionReport> {
  const { sizes, runs, progress } = settings;
  const [fewest, most] = [sizes[0]!, sizes.at(-1)!];
  const rows = await withNetworkPaths(settings, [fewest, most], serve, async (lab, [bare, ...ways]) => {
    const found: Row[] = [];
    for (const way of ways) {
      progress(`throughput: ${way.what}`);
      const tracked = await trackedRoute(lab, way);
      // Warm-up, not counted: the first stream on a path meets cold tables.
      for (const each of [bare, tracked, way]) await gigabits(lab, each);
      const samples = await sideBySide(pairs * runs, {
        bare: () => gigabits(lab, bare),
        forward: () => gigabits(lab, way),
        tracked: () => gigabits(lab, tracked),
      });
      const figure = (of: string, which: keyof typeof samples): Figure => ({
        of,
        unit: "Gbit/s",
        samples: samples[which],
      });
      const measured = figure("forward", "forward");
      found.push(
        compareInPairs(way.what, measured, figure(bare.what, "bare"), way.forwards === fewest ? 0.95 : undefined),
        compareInPairs(way.what, measured, figure("route of the same host", "tracked")),
      );
    }
    return found;
  });
  return {
    title: "Throughput of a forward",
    rows,
    notes: [
      `iperf3, one TCP stream for ${seconds} s with zero copy, ${pairs} of each a run, in turn${isPinned ? "; client and server on a processor each" : ""}. The ratio is the median of those of two streams beside each other. The forward is the one that was made last. Bare route: a container's own address, over a host without any rule. Route of the same host: the container's own address over the host that has the forward, and so follows its connections.`,
    ],
  };
}

/** Adds a path to the container's own address, over the host that publishes its port. */
async function trackedRoute(lab: Lab, way: NetworkPath): Promise<NetworkPath> {
  const host = lab.inventory()[way.host]!.address;
  const address = host.replace(/^10\.0\./, "10.1.");
  await lab.exec(way.host, ["ip", "-n", "container", "address", "add", `${address}/32`, "dev", "eth0"]);
  await lab.exec(way.host, ["ip", "route", "add", `${address}/32`, "dev", "br0"]);
  await lab.operator(["ip", "route", "add", `${address}/32`, "via", host]);
  return { ...way, address, port: 80 };
}

async function gigabits(lab: Lab, { address, port }: NetworkPath): Promise<number> {
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
