import * as pulumi from "@pulumi/pulumi";

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
    const { kind, properties, diesWith } = description;
    const inputs = {
      ...Object.fromEntries(properties.map((property) => [property, undefined])),
      ...args,
      kind,
      // A dynamic provider is not told the URN: from this it makes the mark that things on the host get.
      owner: { project: pulumi.getProject(), stack: pulumi.getStack(), name },
      __provider: providerLine,
    };
    const deletedWith =
      options.deletedWith ??
      diesWith.map((path) => resourceNamedAt(args, path)).find((resource) => resource !== undefined);
    super(`pulumi-nodejs:dynamic/linuxnet:${kind}`, name, inputs, deletedWith ? { ...options, deletedWith } : options);
    const own = (this as unknown as Record<string, unknown>).name;
    if (typeof own === "object" && own !== null) namedBy.set(own, this);
  }
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
