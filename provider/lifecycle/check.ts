import type { z } from "zod";
import type { AnyResource } from "./define-resource.js";
import type { Owner } from "./ownership.js";

/** A property that was refused. */
export interface Failure {
  /** Property path: `peer.addresses[0]`. */
  readonly property: string;
  readonly reason: string;
}

/** Checked inputs, canonical and with defaults; or why not. */
export interface Checked {
  readonly inputs: Record<string, unknown>;
  readonly failures: readonly Failure[];
}

type Raw = Readonly<Record<string, unknown>>;
/** Tells whether a value will be known only when the stack is made. */
export type IsUnknown = (value: unknown) => boolean;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** Whether a value, or anything inside it, is unknown. */
export function holdsUnknown(value: unknown, isUnknown: IsUnknown): boolean {
  return isUnknown(value) || (isObject(value) && Object.values(value).some((part) => holdsUnknown(part, isUnknown)));
}

/** Reads a resource's inputs, property by property; unknown values pass. Nothing reaches a host. */
export function check(definition: AnyResource, given: Raw, owner: Owner, isUnknown: IsUnknown = () => false): Checked {
  const raw = withoutEmpty(given);
  const filled: Raw = { ...raw, ...definition.defaults?.(raw, owner, lastingHostName(raw.host, owner, isUnknown)) };
  const shape = definition.schema.shape as Record<string, z.ZodType>;
  const failures: Failure[] = [];
  const inputs: Record<string, unknown> = {};

  for (const key of Object.keys(filled).filter((key) => !(key in shape))) {
    failures.push({
      property: key,
      reason: `${key} is no property of ${definition.kind}; it has ${Object.keys(shape).join(", ")}`,
    });
  }
  for (const [key, schema] of Object.entries(shape)) {
    const result = schema.safeParse(filled[key]);
    if (result.success) {
      if (result.data !== undefined) inputs[key] = result.data;
      continue;
    }
    const issues = flatten(result.error.issues).filter(({ path }) => !isAtUnknown(filled[key], path, isUnknown));
    failures.push(
      ...issues.map(({ path, message }) =>
        failure([key, ...path], message, raw[key] === undefined ? filled[key] : undefined),
      ),
    );
    if (issues.length === 0) inputs[key] = filled[key];
  }

  if (failures.length === 0 && !holdsUnknown(inputs, isUnknown)) {
    const problems = definition.checkTogether?.(inputs) ?? [];
    failures.push(...problems.map(({ property, message }) => ({ property, reason: `${property} ${message}` })));
  }
  return { inputs, failures };
}

/** What tells hosts apart whatever their addresses, which may change; where a host has no name, the resource's is all there is. */
function lastingHostName(host: unknown, owner: Owner, isUnknown: IsUnknown): string {
  const name = isObject(host) ? (host as Raw).name : host;
  return typeof name === "string" && !isUnknown(name) ? name : `the host of ${owner.name}`;
}

/** An optional property given as undefined or null is one that was left out. */
function withoutEmpty(value: Raw): Raw {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined && part !== null)
      .map(([key, part]) => [key, isObject(part) && !Array.isArray(part) ? withoutEmpty(part as Raw) : part]),
  );
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Of a union, the alternative that the value comes nearest to: the one whose complaint is not about the type as a whole. */
function flatten(issues: readonly z.core.$ZodIssue[]): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    if (issue.code === "invalid_union" && issue.message === "Invalid input") {
      const nearest =
        issue.errors.find((branch) => branch.some(({ code, path }) => code !== "invalid_type" || path.length > 0)) ??
        issue.errors[0] ??
        [];
      return flatten(nearest).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
    }
    if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path: issue.path, message }));
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: "is no property there" }));
    return [{ path: issue.path, message: issue.message }];
  });
}

function isAtUnknown(value: unknown, path: readonly PropertyKey[], isUnknown: IsUnknown): boolean {
  let part = value;
  for (const key of path) {
    if (isUnknown(part)) return true;
    part = isObject(part) ? (part as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return holdsUnknown(part, isUnknown);
}

function failure(path: readonly PropertyKey[], message: string, fromDefault: unknown): Failure {
  const property = path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index > 0 ? `.${String(key)}` : String(key)))
    .join("");
  const reason = message.replace(
    /^Invalid input: expected (\w+), received (\w+)$/,
    (_, expected: string, received: string) =>
      received === "undefined" ? "is missing" : `has to be of type ${expected}, not ${received}`,
  );
  // The user wrote no such value: it is the resource's name in Pulumi.
  return {
    property,
    reason: `${property}: ${reason}${typeof fromDefault === "string" ? ` (${JSON.stringify(fromDefault)} is the resource's name; set ${property} to another)` : ""}`,
  };
}
