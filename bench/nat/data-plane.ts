import { once } from "node:events";
import { median, alternated } from "../measure.ts";
import { ask, scriptCommand, startCommand } from "../provider-process.ts";
import { type Figure, type Row, type SectionReport, compare } from "../report.ts";
import type { BackendName } from "./backends.ts";
import type { ConnectAnswer, ConnectOrder } from "./connection-client.ts";
import { type NatSettings, manyForwards, rounds } from "./nat-settings.ts";
import { isPinned, pinned } from "./pinned.ts";
import { type Serve, type NetworkPath, deleteConntrackEntries, withNetworkPaths } from "./network-paths.ts";

/** One sample per round: connections per second, and microseconds until a connection is established. */
interface Samples {
  readonly rate: number[];
  readonly median: number[];
  readonly p99: number[];
  /** The median in microseconds through the forward that was created first. */
  readonly first: number[];
}

const connections = 5000;
const seconds = 1;
const busy = 16;

/** Measures new connections through the forward that was created last, with increasing numbers of forwards. */
export async function dataPlane(settings: NatSettings): Promise<SectionReport> {
  const { sizes, backends, runs, progress } = settings;
  const samples = new Map<NetworkPath, Samples>();
  const rows = await withNetworkPaths(settings, sizes, serve, async (lab, ways) => {
    const client = startCommand(lab.operatorCommand(pinned(0, scriptCommand("nat/connection-client.ts"))));
    const connect = async (way: NetworkPath, order: Partial<ConnectOrder>) => {
      const { address, port } = way;
      const answer = await ask<ConnectAnswer>(client, { address, port, connections, seconds, atOnce: 1, ...order });
      if (answer.error !== undefined) throw new Error(`${way.what}: ${answer.error}`);
      await deleteConntrackEntries(lab, way);
      return answer;
    };
    try {
      for (const way of ways) {
        samples.set(way, { rate: [], median: [], p99: [], first: [] });
        await connect(way, { connections: 1000 });
      }
      for (let round = 0; round < rounds * runs; round++) {
        progress(`data-plane: round ${round + 1} of ${rounds * runs}`);
        for (const way of alternated(ways, round)) {
          const of = samples.get(way)!;
          of.rate.push((await connect(way, { atOnce: busy })).rate);
          const { median, p99 } = await connect(way, {});
          of.median.push(median);
          of.p99.push(p99);
          if (way.forwards === sizes.at(-1)) of.first.push((await connect(way, { port: way.firstPort })).median);
        }
      }
    } finally {
      client.kill("SIGKILL");
    }
    const [bare, ...others] = ways;
    return backends.flatMap((backend) => {
      const own = others.filter((way) => way.backend === backend);
      return rowsOf(backend, samples, bare, own);
    });
  });
  return {
    title: "Connections through forwards",
    rows,
    notes: [
      `From the operator over the host, which has so many forwards made by the provider, to a container on its bridge. Connections a second: TCP, ${busy} at once, each ended by a reset as soon as it is there; connect: one at a time. ${connections} of them or ${seconds} s, whichever is less, in ${rounds} rounds a run. Client and server are Node processes${isPinned ? ", on a processor each" : ""}.`,
      "The forward is the one that was made last. Bare route: the container's own address, over a host without any rule.",
      `In the spread at ${sizes[0]!}: the median is no worse than the worst round with that many.`,
    ],
  };
}

const serve: Serve = async (command) => {
  const server = startCommand(command(...pinned(1, scriptCommand("nat/connection-server.ts"))));
  await Promise.race([once(server, "message"), once(server, "exit")]);
};

/**
 * The rows of one backend. nftables has an aim: the median with the largest number of forwards is no worse than the
 * worst round with the smallest number.
 */
function rowsOf(
  backend: BackendName,
  samples: ReadonlyMap<NetworkPath, Samples>,
  bare: NetworkPath,
  ways: readonly NetworkPath[],
): Row[] {
  const figure = (way: NetworkPath, of: keyof Samples, name = nameOf(way)): Figure => ({
    of: name,
    unit: of === "rate" ? "/s" : "µs",
    samples: samples.get(way)![of],
  });
  const [one, ...more] = ways as [NetworkPath, ...NetworkPath[]];
  const last = ways.at(-1)!;
  const names = {
    rate: "connections a second",
    median: "connect, median",
    p99: "connect, 99th percentile",
  } as const;
  const rows = (Object.keys(names) as (keyof typeof names)[]).flatMap((of) => [
    compare(`${backend}: ${names[of]}`, figure(one, of), figure(bare, of)),
    ...more.map((way) => {
      const row = compare(`${backend}: ${names[of]}`, figure(way, of), figure(one, of));
      if (backend !== "nftables" || way !== last || of === "p99") return row;
      const [middle, spread] = [median(samples.get(way)![of]), samples.get(one)![of]];
      const met = of === "rate" ? middle >= Math.min(...spread) : middle <= Math.max(...spread);
      return { ...row, aim: { text: `in the spread at ${one.forwards}`, met } };
    }),
  ]);
  return [
    ...rows,
    compare(
      `${backend}: connect, median`,
      figure(last, "first", `the first of ${last.forwards}`),
      figure(last, "median", "the last"),
    ),
  ];
}

const nameOf = ({ backend, what, forwards }: NetworkPath) => (backend === undefined ? what : manyForwards(forwards));
