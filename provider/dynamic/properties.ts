/** Pulumi's properties of a resource, as its engine hands them over and records them; and from them to a task, and back. */
import { isDeepStrictEqual } from "node:util";
import { withDefaults, withoutDefaults } from "../lifecycle/defaults.js";
import type { AnyResource, Context } from "../lifecycle/define-resource.js";
import { type Owner, type StackName, groupOf, markOf, parseMark, protocolOf } from "../lifecycle/ownership.js";
import type { State } from "../lifecycle/reconcile.js";
import { catalogue } from "../resources/catalogue.js";
import { type FirewallChoice, type HostArgs, hostName } from "../schema/host.js";

/** What the SDK sends: a resource's properties, which kind it is, whose it is, and Pulumi's own `__provider`. */
export type Given = Record<string, unknown> & { kind: string; owner: Owner & { readonly organization?: string } };
/**
 * What is stored, in inputs and in outputs. The mark says both kind and owner; `numberedAs` belongs to the owner. `standsOn` says which interfaces the
 * resource was made on: one that was made anew has taken along what others had on it, such as routes. `bootId`, in
 * outputs only, says in which boot of the host it was made or changed last; of each kind, a run's first on a host has it,
 * since the engine writes each value of a state again with every resource. `life`, in outputs only, tells a life of the
 * resource from its others.
 */
export type Properties = Record<string, unknown> & {
  mark: string;
  numberedAs?: string;
  host: string | HostArgs;
  adopt?: boolean;
  allowLockout?: boolean;
  standsOn?: unknown;
  bootId?: string;
  life?: string;
};

/** The text that Pulumi puts in the place of a value that is not known yet. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const isUnknown = (value: unknown) => value === unknownValue;

/** A resource by its kind and name, whatever its stack is called. */
export function keyOf(mark: string): string {
  const { definition, owner } = resourceOfMark(mark);
  return `${definition.kind} ${owner.name}`;
}

export function definitionOf(kind: string): AnyResource {
  const definition = catalogue.find((definition) => definition.kind === kind);
  if (!definition)
    throw new Error(
      `this version of pulumi-linuxnet has no resource ${kind}; install the one that the stack was made with, or a newer one`,
    );
  return definition;
}

export function resourceOfMark(mark: string): { definition: AnyResource; owner: Owner } {
  const { kind, owner } = parseMark(mark) ?? { kind: mark, owner: { project: "", stack: "", name: "" } };
  return { definition: definitionOf(kind), owner };
}

/** A resource's own properties, with the defaults that are not recorded. */
export function propertiesOf({
  mark,
  numberedAs: _numberedAs,
  adopt: _adopt,
  allowLockout: _allowLockout,
  standsOn: _standsOn,
  bootId: _bootId,
  life: _life,
  __provider,
  ...properties
}: Properties): State {
  return withDefaults(resourceOfMark(mark).definition.schema, properties);
}

export function contextOf(
  { mark, host, adopt, numberedAs }: Properties,
  olds: Properties | undefined,
  firewall: FirewallChoice = "auto",
  stacks: readonly StackName[] = [],
): Context {
  const { definition, owner: marked } = resourceOfMark(mark);
  const owner = { ...marked, ...(numberedAs !== undefined && { numberedAs }) };
  // Of a forced replacement, the engine does not say what it replaces.
  const earlier = olds ? [olds.mark] : stacks.map((stack) => markOf(definition.kind, { ...stack, name: owner.name }));
  return {
    owner,
    hostName: hostName(host),
    mark,
    marks: [...new Set([mark, ...earlier])],
    stacks,
    group: groupOf(owner),
    protocol: protocolOf(owner),
    firewall,
    adopt: adopt === true,
    recorded: olds && propertiesOf(olds),
  };
}

/** What the outputs that need not be recorded are, of a resource with these properties. */
function impliedBy(properties: Properties, state: State): State {
  const { definition } = resourceOfMark(properties.mark);
  const derived = definition.derive?.(state, contextOf(properties, undefined)) ?? {};
  return Object.fromEntries(Object.entries(derived).filter(([key]) => definition.outputs[key]?.implied));
}

/** A recorded state, whole. */
export function withImplied(properties: Properties): State {
  const state = propertiesOf(properties);
  return { ...impliedBy(properties, state), ...state };
}

/** A state with what Pulumi needs beside it; left out are absent properties, implied ones, and defaults that were not given. */
export function withPulumi(properties: Properties, state: State): State {
  const { mark, numberedAs, host, adopt, allowLockout, standsOn, __provider } = properties;
  const implied = impliedBy(properties, state);
  const own = withoutDefaults(resourceOfMark(mark).definition.schema, state, properties);
  const kept = Object.entries({ ...own, adopt, allowLockout, standsOn, __provider }).filter(
    ([key, value]) => value !== undefined && !(key in implied && isDeepStrictEqual(value, implied[key])),
  );
  return {
    mark,
    ...(numberedAs !== undefined && { numberedAs }),
    host,
    ...(JSON.parse(JSON.stringify(Object.fromEntries(kept))) as State),
  };
}
