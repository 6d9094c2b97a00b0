/** Values as the user gave them, before they are parsed. */
export type Given = Readonly<Record<string, unknown>>;

/** Whether it is an object with properties, not a list. */
export function isGiven(value: unknown): value is Given {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Treats an optional property given as undefined or null as left out. */
export function withoutEmpty(value: Given): Given {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined && part !== null)
      .map(([key, part]) => [key, isGiven(part) ? withoutEmpty(part) : part]),
  );
}
