import * as pulumi from "@pulumi/pulumi";
import { traceTheProgramOnly } from "./call-stacks.js";
import { refusePlainSecrets, withSecrets } from "./host-secrets.js";

/**
 * What Pulumi stores with each resource, to find the provider again for refresh and delete: this line, as it is, for
 * ever. It names the installed package, so that nothing of the provider is kept in the state.
 */
export const providerLine = 'exports.handler = () => require("pulumi-linuxnet/provider")';

/** The resources that have names on their hosts, by the outputs that are passed on as `namespace`, `device` and the like. */
const namedBy = new WeakMap<object, pulumi.Resource>();

/** What our resources are called in Pulumi. */
const pulumiNames = new WeakMap<object, string>();
/** The resources that stand for something which outlives them, with the output that says for which one. */
const identityOutputs = new WeakMap<object, string>();
/** The interfaces that a resource depends on, directly or through other resources. */
const interfaceDependencies = new WeakMap<object, readonly (LinuxnetResource & Interface)[]>();
/** Our resources in a component, by the component, at any depth. */
const membersOf = new WeakMap<object, Set<LinuxnetResource>>();

/** Values by the names of their properties. */
type Properties = Readonly<Record<string, unknown>>;

/** What a class tells of its resource, from the provider's catalogue. */
export interface ResourceDescription {
  /** The class's name, and the last part of the Pulumi type `pulumi-nodejs:dynamic/linuxnet:KIND`. */
  readonly kind: string;
  /** All inputs and outputs. */
  readonly properties: readonly string[];
  /** What those are that are left out. Nobody records them: each value of a state is written again with every resource. */
  readonly defaults?: Properties;
  /** The same for the parts of properties that are objects. */
  readonly partDefaults?: Readonly<Record<string, Properties>>;
  /** Paths of inputs that may name a resource with which this one goes. */
  readonly deletedWith: readonly string[];
  /** Arguments of which one has to be given for it to stand on the interfaces that are named; left out, it always does. */
  readonly standsOn?: readonly string[];
  /** Properties that programs give by another name. */
  readonly argumentNames?: Readonly<Record<string, string>>;
  /** Where the argument `when` is given, it stands for something that others made and that outlives it; the output `identity` says which one. */
  readonly outlivesResource?: { readonly when: string; readonly identity: string };
}

/** The base of all resources. */
export abstract class LinuxnetResource extends pulumi.CustomResource {
  /** @internal */
  protected constructor(
    description: ResourceDescription,
    name: string,
    args: object,
    options: pulumi.CustomResourceOptions = {},
  ) {
    const { kind, properties, defaults = {}, standsOn, argumentNames = {} } = description;
    const propertyOf = Object.fromEntries(Object.entries(argumentNames).map(([property, name]) => [name, property]));
    refusePlainSecrets();
    const given = Object.fromEntries(
      Object.entries(args)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [propertyOf[key] ?? key, value as unknown]),
    );
    if ("host" in given) given.host = withSecrets(given.host);
    const stands = standsOn?.some((property) => property in given) ?? true;
    const named = resourcesIn([args, options.dependsOn]);
    const interfaces = interfaceDependenciesOf(named);
    const lives = [
      ...(stands ? interfaces.map(lifeOf) : []),
      ...named.filter((resource) => identityOutputs.has(resource)).map(identityOf),
    ];
    const others = properties.filter((property) => !(property in defaults));
    const inputs = {
      ...Object.fromEntries(others.map((property) => [property, undefined])),
      ...given,
      kind,
      // A dynamic provider is not told the URN: from this it makes the mark that things on the host get.
      owner: {
        ...organization(),
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        name,
      },
      // An interface that is replaced, or goes down, takes the routes and settings of others along, also of those that
      // depend on it through a third: a route behind a pair goes with the bridge that the pair is plugged into. What
      // was in a container's network is not in the one that it has after a restart.
      standsOn: lives.length > 0 ? pulumi.all(lives).apply((lives) => lives.join(", ")) : undefined,
      __provider: providerLine,
    };
    const deletedWith =
      options.deletedWith ??
      description.deletedWith
        .map((path) => resourceNamedAt(args, path))
        .find((resource) => resource !== undefined && !identityOutputs.has(resource));
    const traceAll = traceTheProgramOnly();
    try {
      super(
        `pulumi-nodejs:dynamic/linuxnet:${kind}`,
        name,
        inputs,
        deletedWith ? { ...options, deletedWith } : options,
      );
    } catch (error) {
      traceAll();
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
    traceAll();
    pulumiNames.set(this, name);
    interfaceDependencies.set(this, interfaces);
    joinComponents(this, options.parent);
    const { name: ownName } = this as { name?: unknown };
    if (typeof ownName === "object" && ownName !== null) namedBy.set(ownName, this);
    if (description.outlivesResource && description.outlivesResource.when in given)
      identityOutputs.set(this, description.outlivesResource.identity);
    fillIn(this, description);
  }
}

/** The engine always tells the organization; Pulumi's mocks, in a program's own tests, need not. */
function organization(): { readonly organization?: string } {
  try {
    return { organization: pulumi.getOrganization() };
  } catch {
    return {};
  }
}

/** What one of our resources is called in Pulumi; it may be given by its `name` output. */
export function pulumiNameOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? pulumiNames.get(namedBy.get(value) ?? value) : undefined;
}

/** Gives a resource the outputs that the engine does not have, as a whole or in parts; each is made when somebody asks for it. */
function fillIn(resource: pulumi.Resource, { defaults, partDefaults }: ResourceDescription): void {
  const outputs = resource as unknown as Record<string, pulumi.Output<unknown> | undefined>;
  for (const [property, value] of Object.entries({ ...partDefaults, ...defaults })) {
    const recorded = outputs[property];
    const make = () => (recorded ? recorded.apply((found) => filled(found, value)) : resource.urn.apply(() => value));
    let output: pulumi.Output<unknown> | undefined;
    Object.defineProperty(resource, property, { get: () => (output ??= make()), enumerable: true, configurable: true });
  }
}

/** A value with what was left out: the whole, or parts of it. */
function filled(found: unknown, value: unknown): unknown {
  if (!isProperties(value)) return found ?? value;
  return isProperties(found) ? { ...value, ...found } : found;
}

const isProperties = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A resource that is an interface, or a pair. */
interface Interface {
  readonly ifindex: pulumi.Output<number>;
  readonly up: pulumi.Output<boolean>;
  readonly peer?: pulumi.Output<{ readonly up?: boolean }>;
}

/** Our resources that a value names, at any depth. */
function resourcesIn(value: unknown, found = new Set<LinuxnetResource>()): LinuxnetResource[] {
  if (typeof value === "object" && value !== null) {
    const resource = namedBy.get(value) ?? value;
    if (resource instanceof LinuxnetResource) found.add(resource);
    else if (membersOf.has(value)) for (const member of membersOf.get(value)!) found.add(member);
    else if (!pulumi.Output.isInstance(value) && !pulumi.Resource.isInstance(value))
      for (const part of Object.values(value)) resourcesIn(part, found);
  }
  return [...found];
}

/** What a resource that depends on these stands on. */
function interfaceDependenciesOf(dependencies: readonly LinuxnetResource[]): (LinuxnetResource & Interface)[] {
  const further = dependencies.flatMap((resource) => interfaceDependencies.get(resource) ?? []);
  return [...new Set([...dependencies.filter(isInterface), ...further])];
}

/** Who depends on a component depends on all that is in it. */
function joinComponents(resource: LinuxnetResource, parent: pulumi.Resource | undefined): void {
  // Of all resources, Pulumi's too, this internal property alone says what they are in.
  type Child = pulumi.Resource & { readonly __parentResource?: pulumi.Resource };
  for (let component: Child | undefined = parent; component; component = component.__parentResource) {
    const members = membersOf.get(component) ?? new Set();
    membersOf.set(component, members.add(resource));
  }
}

const isInterface = (resource: object): resource is LinuxnetResource & Interface => "ifindex" in resource;

/** What changes when things that stood on the interface may have gone: which one it is, and whether its ends are up. */
function lifeOf({ ifindex, up, peer }: Interface): pulumi.Output<string> {
  return pulumi
    .all([ifindex, up, peer])
    .apply(([ifindex, up, peer]) =>
      [ifindex, ...[up, ...(peer ? [peer.up] : [])].map((up) => (up ? "up" : "down"))].join(" "),
    );
}

/** What changes when a resource stands for another thing than before. */
function identityOf(resource: LinuxnetResource): pulumi.Output<string> {
  const identity = identityOutputs.get(resource)!;
  const outputs = resource as unknown as Readonly<Record<string, pulumi.Output<unknown>>>;
  return outputs[identity]!.apply((value) => `${identity} ${String(value)}`);
}

/** The resource whose `name` output stands at the path in a resource's arguments. */
function resourceNamedAt(args: object, path: string): pulumi.Resource | undefined {
  let value: unknown = args;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === "object" && value !== null ? namedBy.get(value) : undefined;
}
