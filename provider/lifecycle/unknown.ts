/** Stands for a value that a preview does not know yet. Each door converts its own representation to it and back. */
export const unknown: unique symbol = Symbol("a value that is not known yet");

export const isUnknown = (value: unknown): boolean => value === unknown;

/** Whether a value, or anything inside it, is unknown. */
export function holdsUnknown(value: unknown): boolean {
  return isUnknown(value) || (typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown));
}
