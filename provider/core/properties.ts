/** Converts between a resource's properties as a state records them, and the properties and context of a task. */
import { isDeepStrictEqual } from "node:util";
import { withDefaults, withoutDefaults } from "../lifecycle/defaults.js";
import type { AnyResource, Context } from "../lifecycle/define-resource.js";
import { type Owner, type StackName, groupOf, markOf, parseMark, protocolOf } from "../lifecycle/ownership.js";
import type { State } from "../lifecycle/reconcile.js";
import { catalogue } from "../resources/catalogue.js";
import { type FirewallChoice, type HostArgs, hostName } from "../schema/host.js";

/** What a program asks for: a resource's properties, its kind and its owner. */
export type Given = Record<string, unknown> & { kind: string; owner: Owner & { readonly organization?: string } };

/**
 * What is stored in inputs and outputs. The mark contains kind and owner; `numberedAs` belongs to the owner. `standsOn`
 * identifies the interfaces that the resource was created on: an interface that was recreated has lost what others had
 * on it, such as routes. `bootId`, in outputs only, identifies the boot of the host in which the resource was created
 * or last changed. In each run only the first resource of each kind on a host has it, since the engine writes every
 * value of a state again with each resource. `life`, in outputs only, tells a life of the resource from its others.
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

/** A key from a resource's kind and name, independent of its stack's name. */
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

/** A resource's own properties, including defaults that are not recorded. */
export function propertiesOf({
  mark,
  numberedAs: _numberedAs,
  adopt: _adopt,
  allowLockout: _allowLockout,
  standsOn: _standsOn,
  bootId: _bootId,
  life: _life,
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
  // For a forced replacement, the engine does not say what it replaces.
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

/** The implied outputs of a resource with these properties, which need not be recorded. */
function impliedBy(properties: Properties, state: State): State {
  const { definition } = resourceOfMark(properties.mark);
  const derived = definition.derive?.(state, contextOf(properties, undefined)) ?? {};
  return Object.fromEntries(Object.entries(derived).filter(([key]) => definition.outputs[key]?.implied));
}

/** A recorded state, completed with its implied outputs. */
export function withImplied(properties: Properties): State {
  const state = propertiesOf(properties);
  return { ...impliedBy(properties, state), ...state };
}

/**
 * A state as it is recorded: with what tells whose it is, and without absent properties, implied ones, and defaults that
 * were not given explicitly.
 */
export function asRecorded(properties: Properties, state: State): State {
  const { mark, numberedAs, host, adopt, allowLockout, standsOn } = properties;
  const implied = impliedBy(properties, state);
  const own = withoutDefaults(resourceOfMark(mark).definition.schema, state, properties);
  const kept = Object.entries({ ...own, adopt, allowLockout, standsOn }).filter(
    ([key, value]) => value !== undefined && !(key in implied && isDeepStrictEqual(value, implied[key])),
  );
  return {
    mark,
    ...(numberedAs !== undefined && { numberedAs }),
    host,
    ...(JSON.parse(JSON.stringify(Object.fromEntries(kept))) as State),
  };
}
