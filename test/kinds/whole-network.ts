/** One network that contains each kind of resource, assembled from the kinds' cases. */
import type { Item, Network } from "../engine/network.js";
import { allCases } from "./index.js";
import type { KindCases, NetworkPart } from "./kind-cases.js";

type Named = readonly [name: string, part: NetworkPart & { readonly kind: string }];

const partsOf = (kinds: readonly KindCases[]): Named[] =>
  kinds.flatMap(({ kind, inNetwork }) =>
    Object.entries(inNetwork).map(([name, part]): Named => [name, { kind, ...part }]),
  );

/** The kinds that every kernel has. */
export const commonKinds = (): readonly KindCases[] => allCases().filter(({ kernelMayLack }) => !kernelMayLack);

/** The resources of these kinds on one host, each after those that it needs. */
export function networkOf(kinds: readonly KindCases[], host: string, given: Network = {}): Network {
  const parts = partsOf(kinds).map(([name, part]) => ({ ...part, name, needs: needsOf(part) }));
  return Object.fromEntries(
    inOrder(parts, Object.keys(given)).map(({ name, kind, args, dependsOn }): [string, Item] => [
      name,
      { kind, args: { host, ...args }, ...(dependsOn && { options: { dependsOn } }) },
    ]),
  );
}

/** Resources in an order in which each comes after those that it needs; `given`: the names of those that exist already. */
export function inOrder<T extends { readonly name: string; readonly needs?: readonly string[] }>(
  resources: readonly T[],
  given: readonly string[] = [],
): T[] {
  const ordered: T[] = [];
  const names = new Set(given);
  let waiting = resources;
  while (waiting.length > 0) {
    const ready = waiting.filter(({ needs = [] }) => needs.every((name) => names.has(name)));
    if (ready.length === 0) throw new Error(`these need something missing: ${waiting.map(({ name }) => name).join()}`);
    for (const resource of ready) {
      if (names.has(resource.name)) throw new Error(`two resources are called ${resource.name}`);
      names.add(resource.name);
      ordered.push(resource);
    }
    waiting = waiting.filter((resource) => !ready.includes(resource));
  }
  return ordered;
}

/** The arguments for an update in place of each resource that has them (`changed`). */
export const changesOf = (kinds: readonly KindCases[]): Readonly<Record<string, Readonly<Record<string, unknown>>>> =>
  Object.fromEntries(partsOf(kinds).flatMap(([name, { changed }]) => (changed ? [[name, changed]] : [])));

/** The names of the resources that no other one needs. */
export function leavesOf(network: Network): string[] {
  const needed = new Set(
    Object.values(network).flatMap(({ args, options }) => needsOf({ args, dependsOn: options?.dependsOn as string[] })),
  );
  return Object.keys(network).filter((name) => !needed.has(name));
}

/** The names of the resources that a resource needs. */
function needsOf({ args, dependsOn = [] }: Pick<NetworkPart, "args" | "dependsOn">): string[] {
  const named: string[] = [];
  const visit = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    const { output } = value as { output?: unknown };
    if (typeof output === "string") named.push(output.split(".")[0]!);
    else Object.values(value).forEach(visit);
  };
  visit(args);
  return [...named, ...dependsOn];
}
