/**
 * Pulumi's engine in miniature, for tests that need it a thousand times. It calls the same methods of the real provider
 * as the real engine, in the same order, and keeps the state in the same way. It leaves out parallel steps, secrets,
 * aliases, components and all output. Tests with the real engine are in test/engine.
 */
import type { DynamicProvider } from "../provider/dynamic.js";
import type { AnyResource } from "../provider/lifecycle/define-resource.js";

/** One resource of a program. A value `{ output: "NAME.property" }` is another resource's output. */
export interface Item {
  readonly kind: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options?: { readonly dependsOn?: readonly string[] };
}
/** Resources by name, each after those that it needs. */
export type Program = Readonly<Record<string, Item>>;

type Properties = Record<string, unknown>;

/** A resource as the state has it. */
export interface Recorded {
  readonly name: string;
  readonly kind: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Top-level inputs that contain outputs, each with the name of the resource that the output belongs to. */
  readonly named: readonly (readonly [property: string, other: string])[];
  /** Names of the resources that it needs. */
  readonly needs: readonly string[];
  /** The resource whose deletion also removes this one, without a separate delete. */
  readonly deletedWith?: string | undefined;
  /** Set after a create or update that failed half-way: the next `up` finishes it. */
  readonly unfinished?: boolean;
  /** Set for a replaced resource, which is deleted at the end of the update. */
  readonly condemned?: boolean;
}

/** What is kept between runs. */
export interface State {
  load(): readonly Recorded[];
  save(resources: readonly Recorded[]): void;
}

/** A state in memory. */
export function memory(): State {
  let kept = "[]";
  return {
    load: () => JSON.parse(kept) as Recorded[],
    save: (resources) => {
      kept = JSON.stringify(resources);
    },
  };
}

/** The number of resources by operation. */
export type Changes = Readonly<Record<string, number>>;

/** The provider, and what the SDK's classes know about its resources. */
export interface Provided {
  readonly provider: DynamicProvider;
  readonly catalogue: readonly Pick<AnyResource, "kind" | "argumentNames" | "deletedWith" | "standsOn">[];
}

/** A stack driven by the miniature engine. A new `run` is a new process of the provider. */
export class SmallEngine {
  private resources: Recorded[] = [];
  private readonly counts: Record<string, number> = {};

  private constructor(
    private readonly provided: Provided,
    private readonly state: State,
    private readonly stack: string,
  ) {
    this.resources = [...state.load()];
  }

  private get provider(): DynamicProvider {
    return this.provided.provider;
  }

  /** Runs an update to this program. Throws the first error, after recording what was done until then. */
  static async up(provided: Provided, state: State, program: Program, stack = "dev"): Promise<Changes> {
    const engine = new SmallEngine(provided, state, stack);
    const entries = Object.entries(program);
    for (const [name, item] of entries) await engine.step(name, item);
    const gone = engine.resources.filter(({ name, condemned }) => condemned || !(name in program));
    for (const resource of gone.reverse()) await engine.remove(resource, gone);
    return engine.counts;
  }

  /** Reads all hosts into the state. */
  static async refresh(provided: Provided, state: State, stack = "dev"): Promise<Changes> {
    const engine = new SmallEngine(provided, state, stack);
    for (const resource of [...engine.resources]) {
      const { id, props } = await engine.provider.read(resource.id, resource.outputs as never);
      if (id === undefined || props === undefined) {
        engine.record(resource, undefined);
        engine.count("delete");
      } else {
        const same = JSON.stringify(sorted(props)) === JSON.stringify(sorted(resource.outputs));
        engine.count(same ? "same" : "update");
        engine.record(resource, { ...resource, outputs: props });
      }
    }
    return engine.counts;
  }

  /** Deletes all resources. */
  static destroy(provided: Provided, state: State, stack = "dev"): Promise<Changes> {
    return SmallEngine.up(provided, state, {}, stack);
  }

  private async step(name: string, item: Item): Promise<void> {
    const { inputs, named, needs, deletedWith } = await this.inputsOf(name, item);
    const old = this.resources.find((resource) => resource.name === name && !resource.condemned);
    const place = { name, kind: item.kind, inputs, named, needs, deletedWith };
    if (!old || old.kind !== item.kind) {
      if (old) this.record(old, { ...old, condemned: true });
      await this.make(place, inputs);
      this.count("create");
      return;
    }
    const { changes, replaces, deleteBeforeReplace } = await this.provider.diff(
      old.id,
      old.outputs as never,
      inputs as never,
    );
    if (replaces.length === 0) {
      if (!changes && !old.unfinished) {
        this.record(old, { ...old, ...place });
        this.count("same");
        return;
      }
      const outs = await this.attempt(old, place, () =>
        this.provider.update(old.id, old.outputs as never, inputs as never),
      );
      this.record(old, { ...place, id: old.id, outputs: outs.outs });
      this.count("update");
      return;
    }
    if (deleteBeforeReplace) {
      // What can't exist without it is deleted first, and recreated in its turn.
      const dependents = await this.replacedWith(old);
      for (const resource of [...dependents].reverse()) await this.remove(resource, [old, ...dependents]);
      await this.remove(old, [old]);
    } else this.record(old, { ...old, condemned: true });
    await this.make(place, inputs);
    this.count("replace");
  }

  /** The recorded resources that need this one and would have to be replaced if its outputs were unknown. */
  private async replacedWith(old: Recorded): Promise<Recorded[]> {
    const found: Recorded[] = [];
    const gone = new Set([old.name]);
    for (const resource of this.resources) {
      if (resource.condemned || !resource.needs.some((name) => gone.has(name))) continue;
      const unknown = resource.named
        .filter(([, other]) => gone.has(other))
        .map(([property]) => [property, unknownValue]);
      const inputs = { ...resource.inputs, ...(Object.fromEntries(unknown) as Properties) };
      const { replaces } = await this.provider.diff(resource.id, resource.outputs as never, inputs as never);
      if (replaces.length === 0) continue;
      found.push(resource);
      gone.add(resource.name);
    }
    return found;
  }

  private async make(place: Omit<Recorded, "id" | "outputs">, inputs: Properties): Promise<void> {
    const made = await this.attempt(undefined, place, () => this.provider.create(inputs as never));
    this.record(undefined, { ...place, id: made.id, outputs: made.outs });
  }

  /** Records the partial state that an error reports. */
  private async attempt<T>(
    old: Recorded | undefined,
    place: Omit<Recorded, "id" | "outputs">,
    body: () => Promise<T>,
  ): Promise<T> {
    try {
      return await body();
    } catch (error) {
      const partial = error as { id?: string; properties?: Properties; reasons?: string[] };
      if (partial.reasons && partial.id !== undefined && partial.properties)
        this.record(old, { ...place, id: partial.id, outputs: partial.properties, unfinished: true });
      throw error;
    }
  }

  private async remove(resource: Recorded, going: readonly Recorded[]): Promise<void> {
    const kept = resource.deletedWith === undefined || !going.some(({ name }) => name === resource.deletedWith);
    if (kept) await this.provider.delete(resource.id, resource.outputs as never);
    this.record(resource, undefined);
    this.count("delete");
  }

  private async inputsOf(name: string, item: Item) {
    const named: [string, string][] = [];
    const needs = new Set(item.options?.dependsOn ?? []);
    const resolve = (value: unknown, path: string): unknown => {
      if (Array.isArray(value)) return value.map((part, index) => resolve(part, `${path}.${index}`));
      if (typeof value !== "object" || value === null) return value;
      const { output } = value as { output?: unknown };
      if (typeof output === "string") {
        const [other, property] = output.split(".") as [string, string];
        needs.add(other);
        named.push([path, other]);
        return this.recorded(other).outputs[property];
      }
      return Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, resolve(part, path === "" ? key : `${path}.${key}`)]),
      );
    };
    const {
      argumentNames = {},
      deletedWith: deletedWithPaths,
      standsOn: standing,
    } = this.provided.catalogue.find(({ kind }) => kind === item.kind)!;
    const properties = Object.fromEntries(Object.entries(argumentNames).map(([property, name]) => [name, property]));
    const args = Object.fromEntries(
      Object.entries(resolve(item.args, "") as Properties).map(([key, value]) => [properties[key] ?? key, value]),
    );
    const stands = standing?.some((property) => property in args) ?? true;
    const interfaces = stands
      ? [...this.withTheirNeeds(needs)].filter((other) => "ifindex" in this.recorded(other).outputs)
      : [];
    const standsOn = interfaces.map((other) => {
      const { ifindex, up, peer } = this.recorded(other).outputs as {
        ifindex: number;
        up?: boolean;
        peer?: { up?: boolean };
      };
      // If omitted, the default applies.
      return [ifindex, ...[up, ...(peer ? [peer.up] : [])].map((up) => (up !== false ? "up" : "down"))].join(" ");
    });
    const deletedWith = deletedWithPaths
      .map((path) => named.find(([at]) => at === path)?.[1])
      .find((other) => other !== undefined);
    const { inputs, failures } = await this.provider.check(undefined, {
      ...args,
      kind: item.kind,
      owner: { project: "shop", stack: this.stack, name },
      ...(standsOn.length > 0 && { standsOn: standsOn.join(", ") }),
    });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return {
      inputs: inputs as Properties,
      named: named.map(([path, other]) => [path.split(".")[0]!, other] as const),
      needs: [...needs],
      deletedWith,
    };
  }

  /** These resources and all that they need, directly or indirectly. */
  private withTheirNeeds(names: Iterable<string>, found = new Set<string>()): Set<string> {
    for (const name of names) {
      if (found.has(name)) continue;
      found.add(name);
      this.withTheirNeeds(this.recorded(name).needs, found);
    }
    return found;
  }

  private recorded(name: string): Recorded {
    const found = this.resources.find((resource) => resource.name === name && !resource.condemned);
    if (!found) throw new Error(`${name} is named before it is made`);
    return found;
  }

  /** Replaces one entry with another, or appends it. The engine likewise writes its checkpoint after each step. */
  private record(old: Recorded | undefined, now: Recorded | undefined): void {
    const index = old ? this.resources.indexOf(old) : -1;
    if (index === -1) this.resources = now ? [...this.resources, now] : this.resources;
    else this.resources = this.resources.toSpliced(index, 1, ...(now ? [now] : []));
    this.state.save(this.resources);
  }

  private count(fate: string): void {
    this.counts[fate] = (this.counts[fate] ?? 0) + 1;
  }
}

/** The text with which the real engine's plugin represents an unknown value. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const sorted = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, part]) => [key, sorted(part)]),
      )
    : value;
