import { closest, distance } from "fastest-levenshtein";

/** The end of a sentence about a name that is not a property: with the name that was probably meant, or with all names. */
export function unknownProperty(name: string, of: string, known: readonly string[]): string {
  const nearest = closest(name, known);
  const isNear = distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(1, Math.floor(nearest.length / 3));
  return `is not a property of ${of}; ${isNear ? `did you mean ${nearest}?` : `it has ${known.join(", ")}`}`;
}
