import type { z } from "zod";
import { type Given, withoutEmpty } from "../schema/given.js";
import { pathText, problemsIn } from "../schema/problems.js";
import { shown } from "../schema/text.js";
import type { AnyResource } from "./define-resource.js";
import type { Owner } from "./ownership.js";
import { unknownProperty } from "../schema/unknown-property.js";
import { holdsUnknown, isUnknown } from "./unknown.js";

/** A property that was refused. */
export interface Failure {
  /** Property path: `peer.addresses[0]`. */
  readonly property: string;
  readonly reason: string;
}

/** The checked inputs, canonical and with defaults, or the failures. */
export interface Checked {
  readonly inputs: Record<string, unknown>;
  readonly failures: readonly Failure[];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Checks a resource's inputs property by property. Unknown values pass. No host is contacted. */
export function check(definition: AnyResource, given: Given, owner: Owner): Checked {
  const raw = withoutEmpty(given);
  const filled: Given = { ...raw, ...definition.defaults?.(raw, owner, stableHostName(raw.host, owner)) };
  const shape = definition.schema.shape as Record<string, z.ZodType>;
  const failures: Failure[] = [];
  const inputs: Record<string, unknown> = {};

  for (const key of Object.keys(filled).filter((key) => !(key in shape))) {
    failures.push({
      property: key,
      reason: `${/^\w+$/.test(key) ? key : shown(key)} ${unknownProperty(key, definition.kind, Object.keys(shape))}`,
    });
  }
  for (const [key, schema] of Object.entries(shape)) {
    const result = schema.safeParse(filled[key]);
    if (result.success) {
      if (result.data !== undefined) inputs[key] = result.data;
      continue;
    }
    const issues = problemsIn(result.error.issues).filter(({ path }) => !isAtUnknown(filled[key], path));
    failures.push(
      ...issues.map(({ path, message }) =>
        failure([key, ...path], message, raw[key] === undefined ? filled[key] : undefined),
      ),
    );
    if (issues.length === 0) inputs[key] = filled[key];
  }

  if (failures.length === 0 && !holdsUnknown(inputs)) {
    const problems = definition.checkTogether?.(inputs) ?? [];
    failures.push(...problems.map(({ property, message }) => ({ property, reason: `${property} ${message}` })));
  }
  return { inputs, failures };
}

/**
 * A host name that stays the same when the host's address changes. For a host without a name, the resource's name has
 * to do.
 */
function stableHostName(host: unknown, owner: Owner): string {
  const name = isObject(host) ? (host as Given).name : host;
  return typeof name === "string" && !isUnknown(name) ? name : `the host of ${owner.name}`;
}

function isAtUnknown(value: unknown, path: readonly PropertyKey[]): boolean {
  let part = value;
  for (const key of path) {
    if (isUnknown(part)) return true;
    part = isObject(part) ? (part as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return holdsUnknown(part);
}

function failure(path: readonly PropertyKey[], message: string, fromDefault: unknown): Failure {
  const property = pathText(path);
  // The user did not write this value: it is the resource's name in Pulumi.
  return {
    property,
    reason: `${property}: ${message}${typeof fromDefault === "string" ? ` (${shown(fromDefault)} is the resource's name; set ${property} to another)` : ""}`,
  };
}
