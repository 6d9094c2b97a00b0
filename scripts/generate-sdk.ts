/**
 * Writes the SDK's classes (sdk/*.ts), the reference (docs/resources.md) and the README's table of resources from the
 * provider's catalogue, so that a resource is described in one place. `npm run generate` runs it after compiling the
 * provider. With --check, it changes nothing and fails if a file is not up to date.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { z } from "zod";

interface Definition {
  kind: string;
  description: string;
  schema: z.ZodObject;
  outputs: Record<string, { type: string; description: string; default?: unknown }>;
  replaceOn: string[];
  unmanaged?: string[];
  deletedWith: string[];
  standsOn?: string[];
  argumentNames?: Record<string, string>;
  outlivesResource?: object;
  defaults?: (raw: object, owner: object, host: string) => object;
}

/** The default values in a schema, and those in the schemas of its parts. */
interface Defaults {
  values: Record<string, unknown>;
  parts: Record<string, Defaults>;
}

/** The parts of JSON Schema that the properties use. */
interface Schema {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
}

const root = join(import.meta.dirname, "..");
const require = createRequire(import.meta.url);
const { catalogue } = require("../dist/provider/resources/catalogue.js") as { catalogue: Definition[] };
const { defaultsOf } = require("../dist/provider/lifecycle/defaults.js") as {
  defaultsOf: (schema: z.ZodObject) => Defaults;
};
const { hostArgs, hostSecrets } = require("../dist/provider/schema/host.js") as {
  hostArgs: z.ZodType;
  hostSecrets: string[];
};

const schemaOf = (type: z.ZodType): Schema => z.toJSONSchema(type, { io: "input", unrepresentable: "any" }) as Schema;
const fileName = (kind: string) => kind.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
const comment = (text: string) => `/** ${text.replaceAll("*/", "*\\/")} */\n`;
const isObject = (schema: Schema) => schema.type === "object" && schema.properties !== undefined;

/** The TypeScript type of a value. `wrap` is applied to array elements and map values, for example to make inputs. */
function typeOf(schema: Schema, interfaceName: string, wrap: (type: string) => string): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return [...new Set(schema.anyOf.map((part) => typeOf(part, interfaceName, wrap)))].join(" | ");
  if (schema.type === "array") return `${wrap(typeOf(schema.items ?? {}, interfaceName, wrap))}[]`;
  if (isObject(schema)) return interfaceName;
  if (schema.type === "object")
    return `Record<string, ${wrap(typeOf(schema.additionalProperties as Schema, interfaceName, wrap))}>`;
  const names = [schema.type ?? "unknown"].flat().map((type) => (type === "integer" ? "number" : type));
  return [...new Set(names)].join(" | ");
}

/** Whether the provider's check fills in a value if the property is omitted. */
function hasDefault(object: z.ZodObject | z.ZodOptional<z.ZodObject>, key: string): boolean {
  const { shape } = object instanceof z.ZodOptional ? object.unwrap() : object;
  return (shape[key] as z.ZodType | undefined)?.safeParse(undefined).data !== undefined;
}

const input = (type: string) => `pulumi.Input<${type}>`;
const plain = (type: string) => (type.includes("|") ? `(${type})` : type);

function interfaceOf(
  name: string,
  doc: string,
  schema: Schema,
  optional: (key: string) => boolean,
  wrap: (type: string) => string,
  nested: (key: string) => string,
  named = (key: string) => key,
): string {
  const lines = Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const type =
      key === "host"
        ? wrap === input
          ? "pulumi.Input<string> | pulumi.Input<HostArgs>"
          : "string | HostArgs"
        : wrap(typeOf(property, nested(key), wrap));
    return `${comment(property.description ?? "")}${named(key)}${optional(key) ? "?" : ""}: ${type};\n`;
  });
  return `${comment(doc)}export interface ${name} {\n${lines.join("\n")}}\n`;
}

/** The default values that the generated class declares for omitted properties. */
function leftOut({ schema, outputs }: Definition) {
  const { values, parts } = defaultsOf(schema);
  const constant = Object.entries(outputs).filter(([, output]) => output.default !== undefined);
  const ofParts = Object.entries(parts).map(([key, { values }]) => [key, values] as const);
  const defaults = { ...values, ...Object.fromEntries(constant.map(([key, output]) => [key, output.default])) };
  return {
    ...(Object.keys(defaults).length > 0 && { defaults }),
    ...(ofParts.length > 0 && { partDefaults: Object.fromEntries(ofParts) }),
  };
}

function classFile(definition: Definition): string {
  const { kind, description, outputs, deletedWith, standsOn, argumentNames = {}, outlivesResource } = definition;
  const schema = schemaOf(definition.schema);
  const filled = Object.keys(definition.defaults?.({}, { project: "", stack: "", name: "" }, "") ?? {});
  const optionalIn = (part: Schema) => (key: string) => !part.required?.includes(key);
  const optional = (key: string) => optionalIn(schema)(key) || filled.includes(key);
  const shape = Object.fromEntries(
    Object.entries(definition.schema.shape).map(([key, part]) => [
      key,
      (part instanceof z.ZodOptional ? part.unwrap() : part) as z.ZodObject,
    ]),
  );
  const nested = Object.entries(schema.properties ?? {}).filter(([key, part]) => isObject(part) && key !== "host");
  const nestedName = (key: string) => `${kind}${key[0]?.toUpperCase()}${key.slice(1)}`;

  const fields = Object.entries(schema.properties ?? {}).map(([key, part]) => {
    const type = key === "host" ? "string | HostArgs" : typeOf(part, nestedName(key), plain);
    const known = !optionalIn(schema)(key) || filled.includes(key) || hasDefault(definition.schema, key);
    return `${comment(part.description ?? "")}declare readonly ${key}: pulumi.Output<${type}${known ? "" : " | undefined"}>;\n`;
  });
  fields.push(
    ...Object.entries(outputs).map(
      ([key, part]) => `${comment(part.description)}declare readonly ${key}: pulumi.Output<${part.type}>;\n`,
    ),
  );
  const properties = [...Object.keys(schema.properties ?? {}), ...Object.keys(outputs)];

  return [
    `// Written by npm run generate from provider/resources/${fileName(kind)}.ts; change that file instead.`,
    `import * as pulumi from "@pulumi/pulumi";`,
    `import type { HostArgs } from "./host-args.js";`,
    `import { LinuxnetResource } from "./linuxnet-resource.js";\n`,
    ...nested.flatMap(([key, part]) => [
      interfaceOf(
        `${nestedName(key)}Args`,
        part.description ?? "",
        part,
        optionalIn(part),
        input,
        (k) => `${nestedName(k)}Args`,
      ),
      interfaceOf(
        nestedName(key),
        part.description ?? "",
        part,
        (k) => !part.required?.includes(k) && !hasDefault(shape[key]!, k),
        plain,
        nestedName,
      ),
    ]),
    interfaceOf(
      `${kind}Args`,
      `The arguments of ${kind}.`,
      schema,
      optional,
      input,
      (key) => `${nestedName(key)}Args`,
      (key) => argumentNames[key] ?? key,
    ),
    `${comment(description)}export class ${kind} extends LinuxnetResource {\n${fields.join("\n")}
    /**
     * @param name The resource's name in Pulumi.
     * @param args The resource's properties.
     * @param options Pulumi's resource options.
     */
    constructor(name: string, args: ${kind}Args, options?: pulumi.CustomResourceOptions) {
      super(${JSON.stringify({ kind, properties, ...leftOut(definition), deletedWith, standsOn, argumentNames: definition.argumentNames, outlivesResource })}, name, args, options);
    }
  }`,
  ].join("\n");
}

function reference(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const sections = catalogue.map((definition) => {
    const schema = schemaOf(definition.schema);
    const replaced = ["host", "namespace", ...definition.replaceOn];
    const rows = (part: Schema, prefix: string): string[] =>
      Object.entries(part.properties ?? {}).flatMap(([key, property]) => {
        const path = prefix + key;
        const required = part.required?.includes(key) ? "" : "?";
        const argument = definition.argumentNames?.[path];
        const named = argument === undefined ? `\`${path}\`` : `\`${argument}\`, as an output \`${path}\``;
        const type =
          key === "host"
            ? "string \\| HostArgs"
            : isObject(property)
              ? "object"
              : cell(typeOf(property, "object", plain));
        const change = isReplaced(replaced, path) ? "replaces" : isObject(property) ? "see its parts" : "in place";
        return [
          `| ${named}${required} | ${type} | ${change} | ${cell(property.description ?? "")} |`,
          ...(isObject(property) && key !== "host" ? rows(property, `${path}.`) : []),
        ];
      });
    const outputs = Object.entries(definition.outputs).map(
      ([key, { type, description }]) => `| \`${key}\` | ${cell(type)} | output | ${cell(description)} |`,
    );
    return [
      `## ${definition.kind}\n`,
      `${definition.description}\n`,
      "| property | type | a change | meaning |",
      "| --- | --- | --- | --- |",
      ...rows(schema, ""),
      ...outputs,
      "",
    ].join("\n");
  });
  return [
    "<!-- Written by `npm run generate` from provider/resources; change those files instead. -->\n",
    "# Resources\n",
    "A `?` marks optional properties. The column *a change* says what happens when a property changes: `in place` updates the object on the host, `replaces` creates a new one.",
    "Connection details in an inline `host` never cause a change.\n",
    ...sections,
  ].join("\n");
}

/** One row per resource: the first sentence of its description. */
function overview(): string {
  const rows = catalogue.map(({ kind, description }) => {
    const sentence = /^.*?\.(?= |$)/.exec(description)?.[0].slice(0, -1) ?? description;
    return `| [${kind}](docs/resources.md#${kind.toLowerCase()}) | ${sentence} |`;
  });
  return ["| resource | what it is |", "| --- | --- |", ...rows].join("\n");
}

/** Whether a property is in the list or is a part of a property in the list. */
const isReplaced = (replaced: string[], path: string) =>
  replaced.some((property) => path === property || path.startsWith(`${property}.`));

/** The README with its generated table of resources. The rest of the README is written by hand. */
function readme(): string {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const between = /(<!-- resources: written by npm run generate -->)[\s\S]*?(<!-- resources: end -->)/;
  if (!between.test(text)) throw new Error("README.md has lost the comments around its table of resources");
  return text.replace(between, (_, begin: string, end: string) => `${begin}\n\n${overview()}\n\n${end}`);
}

const hostFile = [
  "// Written by npm run generate from provider/schema/host.ts; change that file instead.",
  `import type * as pulumi from "@pulumi/pulumi";\n`,
  interfaceOf(
    "HostArgs",
    "How a host is reached. Changing these properties neither updates nor replaces a resource.",
    schemaOf(hostArgs),
    () => true,
    input,
    () => "",
  ),
  comment("The properties of HostArgs that are secrets.") +
    `export const hostSecrets: ReadonlySet<string> = new Set(${JSON.stringify(hostSecrets)});`,
].join("\n");

/** The components, which are written by hand. Each file in their folder is one, and all its exports are re-exported. */
const components = readdirSync(join(root, "sdk/components"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -".ts".length))
  .sort();

const files: Record<string, string> = {
  "sdk/host-args.ts": hostFile,
  ...Object.fromEntries(catalogue.map((definition) => [`sdk/${fileName(definition.kind)}.ts`, classFile(definition)])),
  "sdk/index.ts": [
    "// Written by npm run generate from provider/resources/catalogue.ts and the files in sdk/components; change those instead.",
    `export type { HostArgs } from "./host-args.js";`,
    ...catalogue.map(({ kind }) => `export * from "./${fileName(kind)}.js";`),
    ...components.map((name) => `export * from "./components/${name}.js";`),
  ].join("\n"),
  "docs/resources.md": reference(),
  "README.md": readme(),
};

let stale = 0;
mkdirSync(join(root, "docs"), { recursive: true });
for (const [file, text] of Object.entries(files)) {
  const path = join(root, file);
  const formatted = await format(text, { ...(await resolveConfig(path)), filepath: path });
  const there = (() => {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return undefined;
    }
  })();
  if (there === formatted) continue;
  stale++;
  if (process.argv.includes("--check")) console.error(`${file} is not up to date: run npm run generate and commit it`);
  else writeFileSync(path, formatted);
}
if (process.argv.includes("--check") && stale > 0) process.exitCode = 1;
