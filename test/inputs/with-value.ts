/** Returns a copy of the inputs with a value set at a path. */
export function withValue(inputs: object, path: string, value: unknown): Record<string, unknown> {
  const copy = structuredClone(inputs) as Record<string, unknown>;
  if (path.startsWith("sysctls.")) return { ...copy, sysctls: { [path.slice("sysctls.".length)]: value } };
  const [key = "", part] = path.split(".");
  if (part !== undefined) return { ...copy, [key]: withValue(copy[key] ?? {}, part, value) };
  return path.endsWith("[]") ? { ...copy, [path.slice(0, -2)]: [value] } : { ...copy, [path]: value };
}
