import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hostArgs } from "../../provider/schema/host.js";
import { readInventory } from "../../provider/schema/inventory.js";
import { connectionTo } from "../../provider/transport/inventory.js";
import {
  type CodeBlock,
  type Page,
  anchorsOf,
  codeBlocks,
  linksOf,
  npmScriptsOf,
  readPages,
  readYaml,
} from "../documentation.js";
import { typeCheck } from "./type-check.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = readPages();
const pageAt = (path: string) => pages.find(({ file }) => file === path)!;
const blocks = pages.flatMap(codeBlocks);
const inLanguage = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));

describe("programs", () => {
  /** The path of a program: the one in its label, or one for a user's program. */
  function pathOf({ language, label, text }: CodeBlock, index: number): string {
    if (label?.startsWith("file: ")) return label.slice("file: ".length);
    const suffix = language === "ts" ? "ts" : text.includes("require(") ? "cjs" : "mjs";
    return `documentation/${index}.${suffix}`;
  }

  test("each one compiles against the package's types", () => {
    const programs = inLanguage("ts", "js");
    expect(programs.length).toBeGreaterThan(4);
    const files = programs.map((block, index) => [pathOf(block, index), block] as const);
    const complaints = typeCheck(Object.fromEntries(files.map(([file, { text }]) => [file, text])));
    const places = files.map(([file, { place }]) => `${file} is ${place}`);
    expect(complaints, places.join("\n")).toEqual([]);
  }, 120_000);

  test("a wrong one would be found, in TypeScript and in JavaScript", () => {
    const wrong = 'import { Bridge } from "pulumi-linuxnet";\nnew Bridge("lan", { host: "a", adresses: [] });\n';
    expect(typeCheck({ "documentation/a.mjs": wrong, "documentation/b.ts": wrong })).toEqual([
      expect.stringMatching(/^documentation\/a\.mjs:2 .*'adresses' does not exist/),
      expect.stringMatching(/^documentation\/b\.ts:2 .*'adresses' does not exist/),
    ]);
  }, 120_000);
});

describe("links and scripts", () => {
  const scripts = (
    JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: Record<string, string> }
  ).scripts;

  function broken(page: Page): string[] {
    return linksOf(page).filter((link) => {
      if (/^https?:\/\//.test(link)) return false;
      const [target, anchor] = link.split("#");
      const file = target === "" ? page.file : path.join(path.dirname(page.file), target!);
      if (!existsSync(path.join(root, file))) return true;
      const linked = file === page.file ? page : pages.find((candidate) => candidate.file === file);
      return anchor !== undefined && (!linked || !anchorsOf(linked).includes(anchor));
    });
  }

  test.each(pages.map((page) => [page.file, page] as const))(
    "%s links to files and headings that are there",
    (_, page) => {
      expect(broken(page)).toEqual([]);
    },
  );

  test("a link to what is not there would be found", () => {
    const links = ["[a](docs/resources.md#veth)", "[b](docs/nothing.md)", "[c](#nothing)", "[d](#one)"];
    expect(broken({ file: "README.md", text: `# One\n${links.join(" ")}` })).toEqual(["docs/nothing.md", "#nothing"]);
  });

  test.each(pages.map((page) => [page.file, page] as const))("%s names npm scripts that are there", (_, page) => {
    expect(npmScriptsOf(page).filter((name) => !(name in scripts))).toEqual([]);
  });

  test("the scripts that a page names are found", () => {
    expect(npmScriptsOf({ file: "", text: "`npm run demo:down`, then npm test" })).toEqual(["demo:down", "test"]);
  });
});

describe("inventories", () => {
  const entries = inLanguage("yaml").flatMap((block) => {
    const { "linuxnet:hosts": hosts, "linuxnet:defaults": defaults } = readYaml(block.text).config ?? {};
    return hosts === undefined ? [] : [{ ...block, hosts, defaults }];
  });

  test("there are some", () => expect(entries.length).toBeGreaterThan(1));

  test.each(entries)("$place is one that the provider takes", ({ hosts, defaults }) => {
    const { hosts: parsed, problems } = readInventory({ hosts, defaults });
    expect(problems).toEqual([]);
    for (const [name, entry] of Object.entries(parsed)) expect(connectionTo(name, entry, parsed).name).toBe(name);
  });

  test("docs/hosts.md names every field of a host, and no other", () => {
    const table = /\| field .*\n\|[ -|]*\n((?:\|.*\n)+)/.exec(pageAt("docs/hosts.md").text)?.[1] ?? "";
    const fields = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field!);
    expect(fields.sort()).toEqual(Object.keys(hostArgs.shape).sort());
  });
});

describe("the tables of properties", () => {
  test("the README has a row for each resource", () => {
    const table =
      /<!-- resources: written by npm run generate -->([\s\S]*?)<!-- resources: end -->/.exec(
        pageAt("README.md").text,
      )?.[1] ?? "";
    const reference = pageAt("docs/resources.md");
    const kinds = anchorsOf(reference).filter((anchor) => anchor !== "resources");
    expect([...table.matchAll(/docs\/resources\.md#(\w+)/g)].map(([, anchor]) => anchor)).toEqual(kinds);
  });
});
