// @ts-check
import { readdirSync } from "node:fs";
import path from "node:path";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** A regular expression for the modules of one of the provider's folders. */
const inFolder = (folder, names = "[\\w-]+") => `${folder.replaceAll(".", "\\.")}/${names}\\.js`;

/** The layers: what each may import, and what would be lost if it imported more. */
export const layers = [
  {
    files: ["sdk/**/*.ts"],
    allowed: ["@pulumi/pulumi", inFolder("."), inFolder("./components")],
    reason:
      "The SDK may import @pulumi/pulumi only: it is loaded into every stack's process, which must never load the provider, zod, ssh2 or execa.",
  },
  {
    files: ["sdk/components/**/*.ts"],
    allowed: ["@pulumi/pulumi", inFolder("."), inFolder("..")],
    reason:
      "A component may import @pulumi/pulumi and the SDK only: it is loaded into every stack's process, and makes nothing but the ordinary resources.",
  },
  {
    files: ["sdk/subnet.ts"],
    allowed: ["ipaddr\\.js"],
    reason:
      "subnet.ts may import ipaddr.js only: it is the one file of the SDK that reads addresses, with the library by which the provider reads them, small enough for every stack's process.",
  },
  {
    files: ["provider/schema/**/*.ts"],
    allowed: ["zod", "ipaddr\\.js", "fastest-levenshtein", inFolder(".")],
    reason:
      "schema/ may import zod, ipaddr.js and fastest-levenshtein only: it says what words are valid, and every layer that reads them can use it.",
  },
  {
    files: ["provider/commands/**/*.ts"],
    allowed: [inFolder("."), inFolder("../schema")],
    onlyTypes: [inFolder("../transport", "transport")],
    reason:
      "commands/ may import schema/ and the types of transport/transport only: argument lists and parsers run nothing, so that recorded replies are enough to test them.",
  },
  {
    files: ["provider/resources/**/*.ts"],
    allowed: [
      "zod",
      "node:util",
      inFolder("../schema"),
      inFolder("../commands"),
      inFolder("../traces"),
      inFolder("../lifecycle", "(?:define-resource|ownership|trace)"),
    ],
    reason:
      "A resource may import zod, schema/, commands/, traces/ and the contracts of lifecycle/ only: it plans and runs nothing, knows neither Pulumi nor SSH, and stands alone.",
  },
  {
    files: ["provider/traces/**/*.ts"],
    allowed: [
      "zod",
      "node:util",
      inFolder("."),
      inFolder("../schema"),
      inFolder("../commands"),
      inFolder("../lifecycle", "(?:ownership|trace)"),
    ],
    reason:
      "traces/ may import zod, schema/, commands/, lifecycle/trace and lifecycle/ownership only: it knows what a stack's objects look like on a host, and not which resources there are.",
  },
  {
    files: ["provider/resources/catalogue.ts"],
    allowed: [inFolder("."), inFolder("../lifecycle", "define-resource")],
    reason: "The catalogue may import the resources only: a new one is a file and a line there.",
  },
  {
    files: ["provider/lifecycle/**/*.ts"],
    allowed: [
      "zod",
      "node:(?:crypto|util)",
      inFolder("."),
      inFolder("../schema"),
      inFolder("../commands"),
      inFolder("../transport", "(?:transport|quoting)"),
    ],
    reason:
      "lifecycle/ may import schema/, commands/, transport/transport and transport/quoting only: one flow for every resource, whatever it is, however its host is reached, and whoever asks.",
  },
  {
    files: ["provider/transport/**/*.ts"],
    allowed: ["node:.+", "ssh2", "execa", inFolder(".")],
    reason:
      "transport/ may import ssh2, execa and Node's own modules only: it moves argument lists and replies, and never knows what they mean.",
  },
  {
    files: ["provider/cli/**/*.ts"],
    allowed: [
      "node:(?:fs|module|path|readline/promises)",
      "commander",
      "cli-table3",
      "zod",
      inFolder("."),
      inFolder("../lifecycle"),
      inFolder("../resources", "catalogue"),
      inFolder("../schema"),
      inFolder("../transport", "(?:connection|inventory|pool|quoting|transport)"),
      inFolder("..", "stack-id"),
    ],
    reason:
      "cli/ may import commander, cli-table3, lifecycle/, the catalogue, schema/ and the way to a host only: it reads what was typed and prints what was found; what is looked for and done on a host is the lifecycle's.",
  },
  {
    files: ["provider/dynamic.ts"],
    allowed: [inFolder("./core"), inFolder("./lifecycle", "(?:errors|unknown)")],
    onlyTypes: [
      "@pulumi/pulumi",
      inFolder("./lifecycle", "(?:check|reconcile)"),
      inFolder("./transport", "pool"),
      inFolder(".", "stack-id"),
    ],
    reason:
      "dynamic.ts is a door: it turns Pulumi's calls into the core's and back, and decides nothing, so that another door can be as thin.",
  },
  {
    files: ["provider/core/**/*.ts"],
    allowed: [
      "node:util",
      inFolder("."),
      inFolder("../lifecycle"),
      inFolder("../resources", "catalogue"),
      inFolder("../schema"),
      inFolder("../transport", "(?:inventory|transport)"),
    ],
    onlyTypes: [inFolder("..", "stack-id"), inFolder("../transport", "pool")],
    reason:
      "core/ may import lifecycle/, the catalogue, schema/ and the inventory only: it is a run of any resources, whichever door calls it and however connections are made.",
  },
  {
    files: ["provider/index.ts"],
    allowed: ["node:net", inFolder(".", "(?:dynamic|stack-id)"), inFolder("./transport", "pool")],
    reason:
      "index.ts is the name that every recorded state knows: it hands on dynamic.ts with its hosts and what tells its stack from others, and nothing else.",
  },
];

// What an import rule does not see: import() of anything but the two large libraries that are loaded late.
const hiddenImport = {
  selector: "ImportExpression:not([source.value=/^(ssh2|execa)$/])",
  message: "import() escapes the layers' rules: import at the top of the file.",
};
// The program's parts are loaded when they are called for: its help needs none of them.
const hiddenImportOfCli = {
  selector: "ImportExpression:not([source.value=/^(execa|\\.\\/[\\w-]+\\.js)$/])",
  message: "import() escapes the layers' rules: import at the top of the file, or a file of this folder.",
};
const pulumiShape = [
  {
    selector: 'Identifier[name="__provider"]',
    message: "Only dynamic.ts and sdk/ know Pulumi's shape: a second front door is to share the rest.",
  },
  {
    selector: 'Literal[value="04da6b54-80e4-46f7-96ec-b56ff0331ba9"]',
    message:
      "Only dynamic.ts knows how Pulumi marks unknown values; for all others they are the symbol of lifecycle/unknown.ts.",
  },
];
// By the names of their files: port-forward.ts defines PortForward.
const kinds = readdirSync(path.join(import.meta.dirname, "provider/resources"))
  .map((file) => path.parse(file).name)
  .filter((name) => name !== "catalogue")
  .map((name) => name.replaceAll(/(?:^|-)(.)/g, (_, letter) => letter.toUpperCase()));
const kindByName = {
  selector: `Literal[value=/^(${kinds.join("|")})$/]`,
  message:
    "Only a resource's own file names its kind: what all others know of it is in its definition, so that a new kind is one file.",
};
const leftInTests = {
  selector: "MemberExpression[property.name=/^(only|skip)$/]",
  message: "A test that is alone or left out hides the others' failures, or its own.",
};

const layerRules = layers.map(({ files, allowed, onlyTypes = [], reason }) => ({
  files,
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex: `^(?!(?:${[...allowed, ...onlyTypes].join("|")})$)`, message: reason },
          ...onlyTypes.map((name) => ({
            regex: `^${name}$`,
            allowTypeImports: true,
            message: `Its types only. ${reason}`,
          })),
        ],
      },
    ],
  },
}));

export default defineConfig(
  globalIgnores(["dist", "coverage", ".lab", ".machines", "**/node_modules", "**/sdks"]),
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ["tsconfig.json", "tsconfig.tools.json", "tsconfig.test.json", "examples/tsconfig.json"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // With noUncheckedIndexedAccess it is how a bound that is known to hold is said.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  // In a command's argument "undefined" would be a name like any other.
  {
    files: ["provider/**/*.ts", "sdk/**/*.ts"],
    rules: {
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        {
          allowNumber: true,
          allowAny: false,
          allowBoolean: false,
          allowNever: false,
          allowNullish: false,
          allowRegExp: false,
        },
      ],
    },
  },
  // Written by scripts/generate-sdk.ts: "default" | string tells the reader more than string.
  { files: ["sdk/**/*.ts"], rules: { "@typescript-eslint/no-redundant-type-constituents": "off" } },
  { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.recommended] },
  {
    files: ["test/engine/programs/**/*.js", "bench/**/*.js"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["provider/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", hiddenImport, ...pulumiShape, kindByName] },
  },
  {
    files: ["provider/resources/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", hiddenImport, ...pulumiShape] },
  },
  {
    files: ["provider/cli/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", hiddenImportOfCli, ...pulumiShape, kindByName] },
  },
  {
    files: ["provider/dynamic.ts"],
    rules: { "no-restricted-syntax": ["error", hiddenImport, kindByName] },
  },
  { files: ["sdk/**/*.ts"], rules: { "no-restricted-syntax": ["error", hiddenImport] } },
  { files: ["test/**/*.ts"], rules: { "no-restricted-syntax": ["error", leftInTests] } },
  ...layerRules,
);
