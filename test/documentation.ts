import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
const root = fileURLToPath(new URL("..", import.meta.url));

/** A fenced code block in a Markdown page. */
export interface CodeBlock {
  /** The page and line, for messages. */
  readonly place: string;
  /** `ts`, `yaml`, `sh` … */
  readonly language: string;
  /** The HTML comment above it, which says how the tests use the block. */
  readonly label: string | undefined;
  readonly text: string;
}

/** A page of the documentation. */
export interface Page {
  /** Its path in the repository. */
  readonly file: string;
  readonly text: string;
}

/** All pages: README, CONTRIBUTING, CHANGELOG, docs/, the overview of the examples and each example's page. */
export function readPages(): Page[] {
  const docs = readdirSync(path.join(root, "docs")).filter((name) => name.endsWith(".md"));
  const files = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "examples/README.md",
    ...docs.map((name) => `docs/${name}`),
  ];
  return [...files.map(readPage), ...readExamplePages()];
}

/** The pages of the examples, one for each. */
export function readExamplePages(): Page[] {
  const folders = readdirSync(path.join(root, "examples"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const files = folders
    .map(({ name }) => `examples/${name}/README.md`)
    .filter((file) => existsSync(path.join(root, file)));
  return files.map(readPage);
}

/** The page with this path in the repository. */
export function readPage(file: string): Page {
  return { file, text: readFileSync(path.join(root, file), "utf8") };
}

/** The code blocks of a page, in order. */
export function codeBlocks({ file, text }: Page): CodeBlock[] {
  const fences = text.matchAll(/(?:^<!-- (?<label>.+) -->\n\n?)?^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gm);
  return [...fences].map(({ index, groups }) => ({
    place: `${file}:${text.slice(0, index).split("\n").length}`,
    language: groups!.language!,
    label: groups!.label,
    text: groups!.text!,
  }));
}

/** The text of a page's block with this label, such as `after a crash` in docs/operations.md. */
export function labelledBlock(file: string, label: string): string {
  const [block, ...others] = codeBlocks(readPage(file)).filter((each) => each.label === label);
  if (!block || others.length > 0) throw new Error(`${file} should have one block "${label}"`);
  return block.text;
}

/** The page without its code blocks. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, "");
}

/** The anchors of a page's headings. */
export function anchorsOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** The targets of a page's links: `docs/resources.md`, `#hosts`, `https://…`. */
export function linksOf(page: Page): string[] {
  const inline = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)];
  const references = [...proseOf(page).matchAll(/^\[[^\]]+\]: (\S+)$/gm)];
  return [...inline, ...references].map(([, target]) => target!);
}

/** The npm scripts that a page tells its readers to run. */
export function npmScriptsOf({ text }: Page): string[] {
  const run = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
  return [...new Set([...run, ...(/\bnpm test\b/.test(text) ? ["test"] : [])])];
}

/** The content of a YAML text, as Pulumi's own parser reads it. */
export function readYaml(text: string): { readonly config?: Readonly<Record<string, unknown>> } {
  const pulumi = createRequire(import.meta.url).resolve("@pulumi/pulumi");
  const reader = createRequire(pulumi)("js-yaml") as { load(text: string): object };
  return reader.load(text);
}

/** A command of a `console` block, and its output. */
export interface ShownCommand {
  /** The host in its prompt, as in `host1$ ip route`; undefined if the prompt is `$` alone. */
  readonly host: string | undefined;
  readonly line: string;
  readonly output: string;
}

/** The commands of a `console` block, each after its prompt. */
export function shownCommands({ text }: CodeBlock): ShownCommand[] {
  return [...text.matchAll(/^(?<host>\w*)\$ (?<line>.*)\n(?<output>(?:(?!\w*\$ ).*\n)*)/gm)].map(({ groups }) => ({
    host: groups!.host || undefined,
    line: groups!.line!,
    output: groups!.output!.trimEnd(),
  }));
}
