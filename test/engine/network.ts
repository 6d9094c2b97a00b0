import { readFileSync } from "node:fs";
import path from "node:path";
import { repository } from "./pack.ts";
import type { Outcome, Stack } from "./stack.ts";

/** One resource of a network given as data. */
export interface Item {
  readonly kind: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Pulumi's options as JSON. `dependsOn` lists names. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Resources by their Pulumi names, each after the ones that it needs. */
export type Network = Readonly<Record<string, Item>>;

/** A reference to another resource's output, as a value. */
export const output = (path: string) => ({ output: path });

/** The program that creates a network from the configuration. */
export const programFromData = () => readFileSync(path.join(repository, "test/engine/programs/from-data.js"), "utf8");

/** The same network with some arguments of some resources changed. */
export function changed(
  network: Network,
  changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Network {
  return Object.fromEntries(
    Object.entries(network).map(([name, item]) => [
      name,
      changes[name] ? { ...item, args: { ...item.args, ...changes[name] } } : item,
    ]),
  );
}

/** Sets the network that the stack's program creates. */
export async function setNetwork(stack: Stack, network: Network): Promise<void> {
  await stack.succeed("config", "set", "--stack", stack.name, "network", JSON.stringify(network));
}

/** Runs an `up` to this network. */
export async function upTo(stack: Stack, network: Network, ...args: string[]): Promise<Outcome> {
  await setNetwork(stack, network);
  return await stack.up(...args);
}
