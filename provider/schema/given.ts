/** What somebody gave, before it is read. */
export type Given = Readonly<Record<string, unknown>>;

/** Whether it is an object with properties, and no list. */
export function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An optional property given as undefined or null is one that was left out. */
export function withoutEmpty(value: Given): Given {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined && part !== null)
      .map(([key, part]) => [key, isGiven(part) ? withoutEmpty(part) : part]),
  );
}
