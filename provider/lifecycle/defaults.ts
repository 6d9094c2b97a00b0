/** Values that a schema fills in by itself: they need not be recorded. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

type Inputs = Readonly<Record<string, unknown>>;

/** What a schema fills in, and what the schemas of its parts do. */
interface Defaults {
  readonly values: Inputs;
  readonly parts: Readonly<Record<string, Defaults>>;
}

const known = new WeakMap<z.ZodObject, Defaults>();

function defaultsOf(schema: z.ZodObject): Defaults {
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

/** Inputs without what the schema fills in: each value of a state is written again with every resource of its stack. */
export function withoutDefaults(schema: z.ZodObject, inputs: Inputs): Inputs {
  return strip(defaultsOf(schema), inputs);
}

function strip({ values, parts }: Defaults, inputs: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([key, value]): [string, unknown][] => {
      if (key in values && isDeepStrictEqual(value, values[key])) return [];
      const part = parts[key];
      return [[key, part && isRecord(value) ? strip(part, value) : value]];
    }),
  );
}

/** Inputs with what the schema fills in. */
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
