/**
 * The compiled provider without the engine, in a separate process so that its memory can be measured. It executes the
 * orders of its parent process, one after the other. Arguments: INVENTORY HOST; see startScript.
 */
import { readdirSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { DynamicProvider } from "../dist/provider/dynamic.js";
import { connectionTo, findHost, type Inventory } from "../dist/provider/transport/inventory.js";
import { createPool } from "../dist/provider/transport/pool.js";
import type { Item } from "./graph.ts";

/** What the process is to do. */
export type Order =
  /** Runs `true` on the host. */
  | { readonly action: "ping" }
  | { readonly action: "create"; readonly items: readonly Item[]; readonly atOnce?: number }
  /** Reads all created resources. */
  | { readonly action: "read"; readonly atOnce?: number }
  /** Deletes all created resources. */
  | { readonly action: "delete" }
  /** Closes the connection to the host. */
  | { readonly action: "close" };

/** The outcome of an order, and the memory of the process after it. */
export interface Answer {
  readonly seconds: number;
  readonly memory: Memory;
  readonly error?: string;
}

/** Memory in megabytes, and the number of open file descriptors. */
export interface Memory {
  readonly resident: number;
  readonly peak: number;
  /** After a garbage collection. */
  readonly heap: number;
  readonly descriptors: number;
}

type Properties = Parameters<DynamicProvider["create"]>[0];

const [inventory, host] = process.argv.slice(1) as [string, string];
const pool = createPool();
const provider = new DynamicProvider(pool, (line) => console.error(line));
provider.configure({ config: { get: (key) => (key === "linuxnet:hosts" ? inventory : undefined) } });
let made: { readonly item: Item; readonly id: string; readonly outs: Properties }[] = [];

function obey(order: Order): Promise<unknown> {
  switch (order.action) {
    case "ping":
      return ping();
    case "create":
      return create(order.items, inTurn(order.atOnce));
    case "read": {
      const turn = inTurn(order.atOnce);
      return Promise.all(made.map(({ id, outs }) => turn(() => read(id, outs))));
    }
    case "delete":
      return remove();
    case "close":
      return pool.close();
  }
}

async function ping(): Promise<void> {
  const hosts = JSON.parse(inventory) as Inventory;
  await pool.transport(connectionTo(host, findHost(host, hosts), hosts)).run({ commands: [{ argv: ["true"] }] });
}

type Turn = (body: () => Promise<void>) => Promise<void>;

/** Limits how many bodies run at once, as the engine does. Without a number there is no limit. */
function inTurn(atOnce = Infinity): Turn {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (body) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      await body();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

/** Creates each resource as soon as the resources that it needs exist. */
async function create(items: readonly Item[], turn: Turn): Promise<void> {
  const started = new Map<string, Promise<void>>();
  for (const item of items) {
    const needed = Promise.all(item.needs.map((name) => started.get(name)!));
    const created = needed.then(() => turn(() => createOne(item)));
    started.set(item.name, created);
  }
  await Promise.all(started.values());
}

async function createOne(item: Item): Promise<void> {
  const { kind, name, args } = item;
  const owner = { project: "bench", stack: "alone", name };
  const { inputs, failures } = await provider.check(undefined, { ...args, kind, owner });
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  const { id, outs } = await provider.create(inputs as Properties);
  made.push({ item, id, outs: outs as Properties });
}

async function read(id: string, outs: Properties): Promise<void> {
  const found = await provider.read(id, outs);
  if (found.id === undefined) throw new Error(`${id} is gone`);
}

/** Deletes each resource as soon as all resources that need it are deleted. */
async function remove(): Promise<void> {
  const gone: Promise<void>[] = [];
  const dependents = new Map<string, Promise<void>[]>();
  for (const { item, id, outs } of inOrder(made).reverse()) {
    const before = Promise.all(dependents.get(item.name) ?? []);
    const deleted = before.then(() => (item.deletedWith === undefined ? provider.delete(id, outs) : undefined));
    gone.push(deleted);
    for (const name of item.needs) {
      if (!dependents.has(name)) dependents.set(name, []);
      dependents.get(name)!.push(deleted);
    }
  }
  await Promise.all(gone);
  made = [];
}

/** Sorts resources so that each comes after those that it needs. `made` is in the order in which the creates ended. */
function inOrder<T extends { readonly item: Item }>(resources: readonly T[]): T[] {
  const depth = (name: string): number => {
    const needs = byName.get(name)?.needs ?? [];
    return needs.length === 0 ? 0 : 1 + Math.max(...needs.map(depth));
  };
  const byName = new Map(resources.map(({ item }) => [item.name, item]));
  return resources.toSorted((a, b) => depth(a.item.name) - depth(b.item.name));
}

function memory(): Memory {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    resident: rss / 1e6,
    peak: (process.resourceUsage().maxRSS * 1024) / 1e6,
    heap: heapUsed / 1e6,
    descriptors: readdirSync("/proc/self/fd").length,
  };
}

async function answer(order: Order): Promise<Answer> {
  const start = performance.now();
  const error = await obey(order).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const seconds = (performance.now() - start) / 1000;
  return { seconds, memory: memory(), ...(error === undefined ? {} : { error }) };
}

process.on("message", (order: Order) => void answer(order).then((result) => process.send!(result)));
process.on("disconnect", () => process.exit());
