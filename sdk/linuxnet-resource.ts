import * as pulumi from "@pulumi/pulumi";
import { traceTheProgramOnly } from "./call-stacks.js";

/**
 * What Pulumi stores with each resource, to find the provider again for refresh and delete: this line, as it is, for
 * ever. It names the installed package, so that nothing of the provider is kept in the state.
 */
export const providerLine = 'exports.handler = () => require("pulumi-linuxnet/provider")';

/** The resources that have names on their hosts, by the outputs that are passed on as `namespace`, `device` and the like. */
const namedBy = new WeakMap<object, pulumi.Resource>();

/** What a class tells of its resource, from the provider's catalogue. */
export interface ResourceDescription {
  /** The class's name, and the last part of the Pulumi type `pulumi-nodejs:dynamic/linuxnet:KIND`. */
  readonly kind: string;
  /** All inputs and outputs. */
  readonly properties: readonly string[];
  /** Paths of inputs that may name a resource with which this one goes. */
  readonly diesWith: readonly string[];
  /** Arguments of which one has to be given for it to stand on the interfaces that are named; left out, it always does. */
  readonly standsOn?: readonly string[];
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
    const { kind, properties, diesWith, standsOn } = description;
    const stands = standsOn?.some((property) => (args as Record<string, unknown>)[property] !== undefined) ?? true;
    const interfaces = stands ? interfacesOf([args, options.dependsOn]) : [];
    const inputs = {
      ...Object.fromEntries(properties.map((property) => [property, undefined])),
      ...args,
      kind,
      // A dynamic provider is not told the URN: from this it makes the mark that things on the host get.
      owner: { project: pulumi.getProject(), stack: pulumi.getStack(), name },
      // An interface that is made anew, or goes down, takes the routes and settings of others along.
      standsOn: interfaces.length > 0 ? pulumi.all(interfaces.map(lifeOf)) : undefined,
      __provider: providerLine,
    };
    const deletedWith =
      options.deletedWith ??
      diesWith.map((path) => resourceNamedAt(args, path)).find((resource) => resource !== undefined);
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
    const own = (this as unknown as Record<string, unknown>).name;
    if (typeof own === "object" && own !== null) namedBy.set(own, this);
  }
}

/** A resource that is an interface, or a pair. */
interface Interface {
  readonly ifindex: pulumi.Output<number>;
  readonly up: pulumi.Output<boolean>;
  readonly peer?: pulumi.Output<{ readonly up?: boolean }>;
}

/** The interfaces among our resources that a value names, at any depth. */
function interfacesOf(value: unknown, found = new Set<unknown>()): Interface[] {
  if (typeof value === "object" && value !== null) {
    const resource = namedBy.get(value) ?? value;
    if (resource instanceof LinuxnetResource) found.add(resource);
    else if (!pulumi.Output.isInstance(value) && !pulumi.Resource.isInstance(value))
      for (const part of Object.values(value)) interfacesOf(part, found);
  }
  return [...found].filter((resource): resource is Interface => "ifindex" in (resource as object));
}

/** What changes when things that stood on the interface may have gone: which one it is, and whether its ends are up. */
function lifeOf({ ifindex, up, peer }: Interface): pulumi.Output<string> {
  return pulumi
    .all([ifindex, up, peer])
    .apply(([ifindex, up, peer]) =>
      [ifindex, ...[up, ...(peer ? [peer.up] : [])].map((up) => (up ? "up" : "down"))].join(" "),
    );
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
