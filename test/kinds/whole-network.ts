/** One network that contains each kind of resource, assembled from the kinds' cases. */
import { type Item, type Network, output } from "../engine/network.js";
import { allCases } from "./index.js";
import type { KindCases, NetworkPart } from "./kind-cases.js";

/** For `args` of a part: another resource's output. */
export { output };

type Named = readonly [name: string, part: NetworkPart & { readonly kind: string }];

const partsOf = (kinds: readonly KindCases[]): Named[] =>
  kinds.flatMap(({ kind, inNetwork }) =>
    Object.entries(inNetwork).map(([name, part]): Named => [name, { kind, ...part }]),
  );

/** The kinds that every kernel has. */
export const commonKinds = (): readonly KindCases[] => allCases().filter(({ kernelMayLack }) => !kernelMayLack);

/** The resources of these kinds on one host, each after those that it needs. */
export function networkOf(kinds: readonly KindCases[], host: string, given: Network = {}): Network {
  const made: Record<string, Item> = { ...given };
  let waiting = partsOf(kinds);
  while (waiting.length > 0) {
    const ready = waiting.filter(([, part]) => needsOf(part).every((name) => name in made));
    if (ready.length === 0) throw new Error(`these need what there is not: ${waiting.map(([name]) => name).join()}`);
    for (const [name, { kind, args, dependsOn }] of ready) {
      if (name in made) throw new Error(`two resources are called ${name}`);
      made[name] = { kind, args: { host, ...args }, ...(dependsOn && { options: { dependsOn } }) };
    }
    waiting = waiting.filter((one) => !ready.includes(one));
  }
  return Object.fromEntries(Object.entries(made).filter(([name]) => !(name in given)));
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
