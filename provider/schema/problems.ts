import type { z } from "zod";
import { shown } from "./text.js";

/** A problem with one part of a value. */
export interface Problem {
  /** The path: property names and list indexes. */
  readonly path: readonly PropertyKey[];
  /** The end of a sentence. It quotes no value that could be a secret. */
  readonly message: string;
}

/**
 * All problems, part by part. For a union, those of the alternative that the value comes closest to are reported: the one
 * whose problem is not the type as a whole.
 */
export function problemsIn(issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    if (issue.code === "invalid_union" && issue.message === "Invalid input") {
      const nearest =
        issue.errors.find((branch) => branch.some(({ code, path }) => code !== "invalid_type" || path.length > 0)) ??
        issue.errors[0] ??
        [];
      return problemsIn(nearest).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
    }
    if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path: issue.path, message }));
    if (issue.code === "unrecognized_keys") {
      const message = issue.message.startsWith("Unrecognized key") ? "is not a property there" : issue.message;
      return issue.keys.map((key) => ({ path: [...issue.path, key], message }));
    }
    return [{ path: issue.path, message: worded(issue.message) }];
  });
}

/** A path as users write it: `peer.addresses[0]`. Names with unusual characters are quoted in brackets. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      const name = String(key);
      if (/[^\x20-\x7e]/.test(name)) return `[${shown(name)}]`;
      return index > 0 ? `.${name}` : name;
    })
    .join("");
}

function worded(message: string): string {
  return message.replace(/^Invalid input: expected (\w+), received (\w+)$/, (_, expected: string, received: string) =>
    received === "undefined" ? "is missing" : `has to be of type ${expected}, not ${received}`,
  );
}
