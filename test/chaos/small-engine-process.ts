/**
 * The process that is killed. It runs the small engine with the packed provider, as the process that started it says.
 * node small-engine-process.ts FOLDER (a user's folder with the package installed)
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import type * as dynamic from "../../provider/dynamic.js";
import type * as kinds from "../../provider/resources/catalogue.js";
import type * as pools from "../../provider/transport/pool.js";
import type { Command, Transport } from "../../provider/transport/transport.js";
import { type Changes, type Program, type State, SmallEngine } from "../small-engine.ts";

/** One run of the engine. */
export interface Order {
  readonly action: "up" | "refresh";
  readonly program: Program;
  /** The value of `linuxnet:hosts`. */
  readonly hosts: string;
  /** The file that the state is kept in. */
  readonly state: string;
  /** Where the run has to stop for its fault: see Place. */
  readonly stop?: { readonly batch: number; readonly command: number; readonly folder: string };
}

/** A message to the process that started this one. */
export type Report =
  /** The run has reached the place of its fault, and waits. */
  | { readonly kind: "stopped" }
  | { readonly kind: "done"; readonly changes: Changes; readonly batches: readonly number[] }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

const folder = process.argv[2]!;
const load = createRequire(path.join(folder, "node_modules/pulumi-linuxnet/package.json"));
const { DynamicProvider } = load("./dist/provider/dynamic.js") as typeof dynamic;
const { catalogue } = load("./dist/provider/resources/catalogue.js") as typeof kinds;
const { createPool } = load("./dist/provider/transport/pool.js") as typeof pools;

const report = (report: Report) => process.send!(report);

/** A state in a file that is complete at any moment, as the engine's checkpoint is. */
const inFile = (file: string): State => ({
  load: () => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as ReturnType<State["load"]>) : []),
  save: (resources) => {
    writeFileSync(`${file}.new`, JSON.stringify(resources));
    renameSync(`${file}.new`, file);
  },
});

/** Waits in the script until it is told to continue. */
const wait = (folder: string): Command => ({
  argv: ["sh", "-c", ': >"$1/reached"; until [ -e "$1/go" ]; do sleep 0.02; done', "sh", folder],
  always: true,
});

/** The host, with a stop in one batch. Records how many commands each batch has. */
function stopping(inner: Transport, stop: Order["stop"], batches: number[]): Transport {
  const stopped = () =>
    new Promise<void>((resolve) => {
      process.once("message", () => resolve());
      report({ kind: "stopped" });
    });
  return {
    close: () => inner.close(),
    async run(batch) {
      const here = stop?.batch === batches.push(batch.commands.length) - 1 ? stop : undefined;
      if (!here) return await inner.run(batch);
      const { command, folder } = here;
      if (command >= 0) {
        const results = await inner.run({ ...batch, commands: batch.commands.toSpliced(command, 0, wait(folder)) });
        return results.toSpliced(command, 1);
      }
      if (command === -1) await stopped();
      const results = await inner.run(batch);
      if (command === -2) await stopped();
      return results;
    },
  };
}

async function run({ action, program, hosts, state, stop }: Order): Promise<Report> {
  const pool = createPool();
  const batches: number[] = [];
  const transports = new Map<Transport, Transport>();
  const provider = new DynamicProvider({
    transport(connection) {
      const inner = pool.transport(connection);
      if (!transports.has(inner)) transports.set(inner, stopping(inner, stop, batches));
      return transports.get(inner)!;
    },
  });
  provider.configure({ config: { get: (key) => (key === "linuxnet:hosts" ? hosts : undefined) } });
  try {
    const changes =
      action === "up"
        ? await SmallEngine.up({ provider, catalogue }, inFile(state), program)
        : await SmallEngine.refresh({ provider, catalogue }, inFile(state));
    return { kind: "done", changes, batches };
  } catch (error) {
    const { name, message, stack = message } = error as Error;
    return { kind: "failed", name, message: name === "ResourceError" ? message : stack };
  } finally {
    await pool.close();
  }
}

process.on("message", (message: Order | "go") => {
  if (message !== "go") void run(message).then(report);
});
process.on("disconnect", () => process.exit());
