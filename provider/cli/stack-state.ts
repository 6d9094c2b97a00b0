import { z } from "zod";
import { type HostArgs, hostArgs } from "../schema/host.js";

/** One of linuxnet's resources in a stack's state. */
export interface StateResource {
  readonly kind: string;
  readonly mark: string;
  /**
   * A name in the inventory, or connection details; undefined if the state does not contain them in plain text, as with
   * a secret.
   */
  readonly host: string | HostArgs | undefined;
  readonly properties: Readonly<Record<string, unknown>>;
}

const properties = z.record(z.string(), z.unknown());
const resource = z.looseObject({ type: z.string(), inputs: properties.optional(), outputs: properties.optional() });
/** The output of `pulumi stack export`, as far as it is read here. */
const exported = z.looseObject({
  deployment: z
    .looseObject({
      resources: z.array(resource).optional(),
      pending_operations: z.array(z.looseObject({ resource })).nullish(),
    })
    .nullish(),
});

const ourType = /^pulumi-nodejs:dynamic\/linuxnet:(\w+)$/;

/**
 * The resources in the output of `pulumi stack export`. Pending creates and deletes count too, and so do both a
 * resource's outputs and its inputs: a run that died may have got as far as either.
 */
export function parseState(json: unknown): StateResource[] {
  const { deployment } = exported.parse(json);
  const resources = [
    ...(deployment?.resources ?? []),
    ...(deployment?.pending_operations ?? []).map((operation) => operation.resource),
  ];
  return resources.flatMap(({ type, inputs, outputs }) => {
    const kind = ourType.exec(type)?.[1];
    if (kind === undefined) return [];
    return [outputs, inputs].flatMap((properties): StateResource[] => {
      if (typeof properties?.mark !== "string") return [];
      const { mark, host, ...rest } = properties;
      const inline = hostArgs.safeParse(host);
      return [
        {
          kind,
          mark,
          host: typeof host === "string" ? host : inline.success ? inline.data : undefined,
          properties: rest,
        },
      ];
    });
  });
}
