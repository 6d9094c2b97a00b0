import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const repository = path.resolve(import.meta.dirname, "../..");

const { scripts } = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** The TypeScript files that package.json has Node run directly. */
const programs = [
  ...new Set(
    Object.values(scripts).flatMap((script) =>
      [...script.matchAll(/ node (?:--\S+ )*(\S+\.ts)/g)].map(([, file]) => file!),
    ),
  ),
];

describe("what npm scripts run by Node alone", () => {
  test.each(programs)("every import of %s leads to a file: Node does not look for .ts behind .js", (program) => {
    const missing: string[] = [];
    const seen = new Set<string>();
    const look = (file: string) => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, "utf8");
      for (const [, from] of text.matchAll(/^(?:import|export) (?!type )(?:[^;]*? from )?"(\.[^"]+)"/gm)) {
        const target = path.resolve(path.dirname(file), from!);
        if (target.startsWith(path.join(repository, "dist"))) continue;
        if (!existsSync(target)) missing.push(`${path.relative(repository, file)}: ${from}`);
        else if (target.endsWith(".ts")) look(target);
      }
    };
    look(path.join(repository, program));
    expect(missing).toEqual([]);
  });
});
