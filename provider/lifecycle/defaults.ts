/** Values that a schema fills in by itself and that therefore need not be recorded. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

type Inputs = Readonly<Record<string, unknown>>;

/** The values that a schema fills in, and those of the schemas of its parts. */
interface Defaults {
  readonly values: Inputs;
  readonly parts: Readonly<Record<string, Defaults>>;
}

const known = new WeakMap<z.ZodObject, Defaults>();

/** The values that a schema fills in. */
export function defaultsOf(schema: z.ZodObject): Defaults {
  const found = known.get(schema) ?? findDefaults(schema);
  known.set(schema, found);
  return found;
}

function findDefaults(schema: z.ZodObject): Defaults {
  const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
  const properties = Object.entries(shape);
  const values = properties.flatMap(([key, property]): [string, unknown][] => {
    const { data } = property.safeParse(undefined);
    return data === undefined ? [] : [[key, data]];
  });
  const parts = properties.flatMap(([key, property]): [string, Defaults][] =>
    property instanceof z.ZodObject ? [[key, defaultsOf(property)]] : [],
  );
  return { values: Object.fromEntries(values), parts: Object.fromEntries(parts) };
}

const isRecord = (value: unknown): value is Inputs => typeof value === "object" && value !== null;

/**
 * Properties without the values that the schema fills in, except for those that were given explicitly. Pulumi writes
 * every value of a state again with each resource of the stack, so fewer recorded values make each write smaller.
 */
export function withoutDefaults(schema: z.ZodObject, properties: Inputs, given: Inputs): Inputs {
  return strip(defaultsOf(schema), properties, given);
}

function strip({ values, parts }: Defaults, properties: Inputs, given: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]): [string, unknown][] => {
      const own = given[key] ?? undefined;
      if (own === undefined && key in values && isDeepStrictEqual(value, values[key])) return [];
      const part = parts[key];
      return [[key, part && isRecord(value) ? strip(part, value, isRecord(own) ? own : {}) : value]];
    }),
  );
}

/** Inputs with the values that the schema fills in. */
export function withDefaults(schema: z.ZodObject, inputs: Inputs): Inputs {
  return fill(defaultsOf(schema), inputs);
}

function fill({ values, parts }: Defaults, inputs: Inputs): Inputs {
  const filled = Object.entries({ ...values, ...inputs }).map(([key, value]): [string, unknown] => {
    const part = parts[key];
    return [key, part && isRecord(value) ? fill(part, value) : value];
  });
  return Object.fromEntries(filled);
}
