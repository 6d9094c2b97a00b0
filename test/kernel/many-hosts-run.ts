/**
 * One run of the compiled provider in a process of its own: it creates a bridge on each host of an inventory, all at
 * once, and deletes them again. Node runs this file directly, inside a test host whose loopback addresses are the
 * hosts.
 */
import { performance } from "node:perf_hooks";
import { DynamicProvider } from "../../dist/provider/dynamic.js";
import { createPool } from "../../dist/provider/transport/pool.js";

/** The output of a run. */
export interface RunReport {
  /** Seconds from the first call until the last host is done. */
  readonly seconds: number;
  readonly hosts: readonly HostReport[];
}

/** The result for one host. */
export interface HostReport {
  readonly host: string;
  readonly seconds: number;
  readonly error?: string;
}

const inventory = process.argv[2]!;
const names = Object.keys(JSON.parse(inventory) as object);
const pool = createPool();
const provider = new DynamicProvider(pool);
provider.configure({ config: { get: (key) => (key === "linuxnet:hosts" ? inventory : undefined) } });
const begin = performance.now();
const since = () => (performance.now() - begin) / 1000;
const made: { id: string; outs: unknown }[] = [];

async function makeOn(host: string): Promise<HostReport> {
  try {
    const owner = { project: "shop", stack: "dev", name: `br-${host}` };
    const { inputs, failures } = await provider.check(undefined, { kind: "Bridge", owner, host });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    made.push(await provider.create(inputs as never));
    return { host, seconds: since() };
  } catch (error) {
    return { host, seconds: since(), error: error instanceof Error ? error.message : String(error) };
  }
}

const hosts = await Promise.all(names.map(makeOn));
const report: RunReport = { seconds: since(), hosts };
await Promise.all(made.map(({ id, outs }) => provider.delete(id, outs as never)));
await pool.close();
console.log(JSON.stringify(report));
