import { describe, expect, test } from "vitest";
import { z } from "zod";
import { catalogue } from "../../provider/resources/catalogue.js";
import { casesOf } from "../kinds/index.js";

/** Properties of any resource that cannot be altered on a host, each with the reason. */
const unalterableOfAny: Readonly<Record<string, string>> = {
  host: "which host it is on is no part of any host",
  adopt: "says what an up may do, and stands nowhere on a host",
  allowLockout: "is no property of the host",
  namespace: "where it is looked for: elsewhere it is gone",
};

/** The schema inside `.optional()` and `.default()`. */
function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}

/** The paths of a schema's leaves: `mtu`, `peer.name`. */
function leaves(schema: z.ZodObject, prefix = ""): string[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, part]) => {
    const inner = unwrapped(part);
    return inner instanceof z.ZodObject ? leaves(inner, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}

describe.each(catalogue)("$kind", ({ kind, schema, outputs }) => {
  const paths = [...leaves(schema), ...Object.keys(outputs)];
  const { drifts, unalterable } = casesOf(kind);
  const damages = drifts.flatMap((drift) => drift.damages);
  const shown = damages.flatMap(({ shows }) => (shows === "gone" ? [] : shows));
  // Each key of a map is a path of its own.
  const isShown = (path: string) => shown.some((other) => other === path || other.startsWith(`${path}.`));
  const isUnalterable = (path: string) => path in unalterable || path in unalterableOfAny;

  test.each(paths)("%s is altered by hand, or there is a reason why it can't be", (path) => {
    expect([isShown(path), isUnalterable(path)].filter(Boolean), path).toHaveLength(1);
  });

  test("is deleted by hand, and with the namespace that it is in", () => {
    const gone = drifts.filter((drift) => drift.damages.some(({ shows }) => shows === "gone"));
    expect(gone).not.toEqual([]);
    if ("namespace" in schema.shape) expect(gone.map(({ wanted }) => "namespace" in wanted)).toContain(true);
  });

  test("no reason is left of a property that is no more", () => {
    expect(Object.keys(unalterable).filter((path) => !paths.includes(path))).toEqual([]);
  });
});
