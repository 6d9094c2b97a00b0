import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readPage, readYaml } from "../documentation.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

const examples = readdirSync(path.join(root, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "lab")
  .map(({ name }) => name);

/** The rows of the table in examples/README.md: the example that each links to, and the test file. */
const table =
  /<!-- examples: a row for each -->([\s\S]*?)<!-- examples: end -->/.exec(readPage("examples/README.md").text)?.[1] ??
  "";
const rows = table
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2)
  .map((line) => ({
    example: /\]\(([\w-]+)\/README\.md\)/.exec(line)?.[1],
    testFile: /\]\(\.\.\/(test\/engine\/[\w/-]+\.test\.ts)\)/.exec(line)?.[1],
  }));

describe("the table of examples", () => {
  test("has a row for each example, and no other", () => {
    expect(examples.length).toBeGreaterThan(4);
    expect(rows.map(({ example }) => example).sort()).toEqual([...examples].sort());
  });

  test.each(rows)("$example is tried by the test of its row", ({ example, testFile }) => {
    expect(read(testFile ?? "")).toMatch(new RegExp(`Example\\.start\\("${example}"|examples/${example}/index\\.ts`));
  });
});

describe.each(examples)("examples/%s", (name) => {
  const file = (...parts: string[]) => path.join("examples", name, ...parts);

  test.each(["index.ts", "package.json", "Pulumi.yaml", "README.md"])("has %s", (part) => {
    expect(existsSync(path.join(root, file(part)))).toBe(true);
  });

  test("is a project of its own name, with what a copy of its folder needs", () => {
    expect(readYaml(read(file("Pulumi.yaml")))).toMatchObject({ name, runtime: "nodejs" });
    const manifest = JSON.parse(read(file("package.json"))) as Record<string, Record<string, string>>;
    expect(manifest).toMatchObject({ name, main: "index.ts" });
    expect(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })).toEqual(
      expect.arrayContaining(["@pulumi/pulumi", "pulumi-linuxnet", "@types/node", "typescript"]),
    );
  });

  test("has a page that says how to run it, and what there is to see", () => {
    const { text } = readPage(file("README.md"));
    expect(text).toContain(`npm run example -- ${name}\n`);
    expect(text).toContain(`npm run example:down -- ${name}\n`);
    expect(text).toMatch(/^```console\nhost\d\$ /m);
  });
});
