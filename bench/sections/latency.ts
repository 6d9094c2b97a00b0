import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Lab } from "../../examples/lab/lab.ts";
import { emptyHosts, withLab } from "../bench-lab.ts";
import { BenchStack } from "../engine-stack.ts";
import { containerGraph } from "../graph.ts";
import type { ProxyCount, ProxyOrder } from "../latency-proxy.ts";
import { secondsOf } from "../measure.ts";
import { ProviderProcess, ask, startScript } from "../provider-process.ts";
import { type Figure, type Row, type SectionReport, figureRow } from "../report.ts";
import { makeScratch, removeScratch } from "../scratch.ts";
import { type Settings, resourceCount } from "../settings.ts";

const delays = [0, 100, 300];
/** The depth of the dependency graph: namespace, veth, route. */
const depth = 3;

/** The cost of one step through the proxy. */
interface Step {
  readonly seconds: number;
  readonly roundTrips: number;
  readonly connections: number;
}

/** Measures the provider and the engine with a distant host. */
export async function latency(settings: Settings): Promise<SectionReport> {
  const steps = new Steps();
  await withLab(1, async (lab) => {
    await withProxy(lab, async (inventory, count) => {
      /** Runs one step with this many milliseconds added to each round trip. */
      const through = async (delay: number, body: () => Promise<unknown>): Promise<Step> => {
        await count(delay);
        const seconds = await secondsOf(body);
        const { roundTrips, connections } = await count(0);
        return { seconds, roundTrips, connections };
      };
      for (let run = 0; run < settings.runs; run++)
        for (const delay of delays) {
          settings.progress(`latency: ${delay} ms, provider alone, run ${run + 1} of ${settings.runs}`);
          const alone = (body: (provider: ProviderProcess) => Promise<void>) =>
            ProviderProcess.with(lab, "host1", body, inventory);
          await alone(async (provider) => {
            steps.add("first", delay, await through(delay, () => provider.order({ action: "ping" })));
            steps.add("next", delay, await through(delay, () => provider.order({ action: "ping" })));
          });
          await alone(async (provider) => {
            const order = { action: "create", items: containerGraph("host1", settings.containers) } as const;
            steps.add("create", delay, await through(delay, () => provider.order(order)));
          });
          await emptyHosts(lab);
        }
      const stack = new BenchStack(lab, "linuxnet", { inventory });
      try {
        await stack.init(["host1"], settings.containers);
        settings.progress("latency: up");
        await stack.time("up");
        for (let run = 0; run < settings.runs; run++)
          for (const delay of delays) {
            settings.progress(`latency: ${delay} ms, refresh, run ${run + 1} of ${settings.runs}`);
            steps.add("refresh", delay, await through(delay, () => stack.time("refresh")));
          }
      } finally {
        stack.remove();
        await emptyHosts(lab);
      }
    });
  });
  const resources = resourceCount(settings.containers);
  return {
    title: `Latency: ${resources} resources on one host, through a proxy that adds to each round trip`,
    rows: delays.slice(1).flatMap((delay) => [
      figureRow(`handshake at ${delay} ms`, {
        of: "handshake",
        unit: "round trips",
        samples: steps.handshakes(delay),
      }),
      ...steps.rows(`create without engine at ${delay} ms`, "create", delay, depth),
      ...steps.rows(`pulumi refresh at ${delay} ms`, "refresh", delay, 10),
    ]),
    notes: [
      "Round trips: the longest chain of bytes of which each may answer the one before, on one connection. The handshake (a first command's round trips without those of a second one) is taken off the others'; TCP's own is not among them.",
      `create: the graph is ${depth} resources deep (namespace, veth, route), and each may cost one round trip.`,
    ],
  };
}

type Name = "first" | "next" | "create" | "refresh";

/** All steps, by name and delay. */
class Steps {
  private readonly all = new Map<string, Step[]>();

  add(name: Name, delay: number, step: Step): void {
    this.all.set(`${name} ${delay}`, [...this.of(name, delay), step]);
  }

  private of(name: Name, delay: number): Step[] {
    return this.all.get(`${name} ${delay}`) ?? [];
  }

  /** The round trips of the handshake in each run: those of a first command minus those of a second one. */
  handshakes(delay: number): number[] {
    const next = this.of("next", delay);
    return this.of("first", delay).map(({ roundTrips }, run) => roundTrips - next[run]!.roundTrips);
  }

  /** The round trips beyond the handshake, with their upper limit, and the time, compared with that without delay. */
  rows(what: string, name: "create" | "refresh", delay: number, most: number): Row[] {
    const measured = this.of(name, delay);
    const handshakes = this.handshakes(delay);
    const trips = measured.map(({ roundTrips }, run) => roundTrips - handshakes[run]!);
    const seconds = (delay: number): Figure => ({
      of: `at ${delay} ms`,
      unit: "s",
      samples: this.of(name, delay).map(({ seconds }) => seconds),
    });
    const connections = Math.max(...measured.map(({ connections }) => connections));
    return [
      figureRow(
        connections > 1 ? `${what} (${connections} connections)` : what,
        { of: "beyond the handshake", unit: "round trips", samples: trips },
        most,
      ),
      { what: `${what}, time`, measured: seconds(delay), against: seconds(0) },
    ];
  }
}

/**
 * Runs the body with a proxy in front of the first host. The body gets an inventory whose connection uses the proxy,
 * and a function that sets the delay and returns the counts since its last call.
 */
async function withProxy(
  lab: Lab,
  body: (inventory: object, count: (milliseconds: number) => Promise<ProxyCount>) => Promise<void>,
): Promise<void> {
  const [host, entry] = Object.entries(lab.inventory())[0]!;
  const folder = makeScratch("proxy");
  const child = startScript(lab, "latency-proxy.ts", entry.address, String(entry.port));
  try {
    const count = (milliseconds: number) => ask<ProxyCount>(child, { milliseconds } satisfies ProxyOrder);
    const { port } = await count(0);
    // The host's key under the proxy's address.
    const key = readFileSync(entry.knownHostsPath, "utf8")
      .split("\n")
      .flatMap((line) => {
        const [names = "", ...key] = line.split(" ");
        return names.split(",").includes(entry.address) ? [`[127.0.0.1]:${port} ${key.join(" ")}\n`] : [];
      });
    const knownHostsPath = path.join(folder, "known_hosts");
    writeFileSync(knownHostsPath, key.join(""));
    await body({ [host]: { ...entry, address: "127.0.0.1", port, knownHostsPath } }, count);
  } finally {
    child.kill("SIGKILL");
    removeScratch(folder);
  }
}
