import { dependencies } from "./consumer.ts";
import { versions } from "./pack.ts";

/** A kind of project that a stack can be written in. */
export interface ConsumerKind {
  readonly title: string;
  readonly installer: "npm" | "pnpm";
  /** Where the installer runs, relative to the user's folder. Default: the folder itself. */
  readonly install?: string;
  /** Where Pulumi.yaml is, relative to the user's folder. Default: the folder itself. */
  readonly project?: string;
  /** The program's file, relative to the user's folder. */
  readonly program: string;
  /** The files that the user writes. Objects become JSON. */
  readonly files: Readonly<Record<string, string | object>>;
}

const imported = "Namespace, Sysctl, Veth";
const resources = (type = "") => `
const host${type} = "host1";
new Sysctl("forward", { host, key: "net.ipv4.ip_forward", value: "1" });
const con1 = new Namespace("con1", { host });
const veth1 = new Veth("veth1", {
  host,
  namespace: con1.name,
  addresses: ["172.17.0.101/24"],
  peer: { name: "veth1-br" },
});
`;
const commonJs = `const { ${imported} } = require("pulumi-linuxnet");${resources()}exports.mac = veth1.mac;\n`;
const esm = `import { ${imported} } from "pulumi-linuxnet";${resources()}export const mac = veth1.mac;\n`;
const typeScript = `import * as pulumi from "@pulumi/pulumi";
import { ${imported} } from "pulumi-linuxnet";${resources(": string")}
export const mac: pulumi.Output<string> = veth1.mac;
`;

const own = dependencies();
const { typescript, "@types/node": nodeTypes } = versions.devDependencies as Record<
  "typescript" | "@types/node",
  string
>;
const typeScriptTools = { typescript, "@types/node": nodeTypes };
const tsconfig = { compilerOptions: { strict: true, target: "es2022", module: "nodenext" }, files: ["index.ts"] };
const manifest = (more: object = {}) => ({ name: "shop", private: true, dependencies: own, ...more });
const pulumiYaml = (lines = "") => `name: shop\nruntime: nodejs\n${lines}`;
/** As strict as pnpm can be: a package finds only its own dependencies. */
const strictPnpm = "hoist: false\n";

/** A library of components that the program uses and that uses the package. */
const library = {
  "package.json": {
    name: "@shop/lan",
    version: "1.0.0",
    main: "lan.js",
    dependencies: { "pulumi-linuxnet": own["pulumi-linuxnet"] },
    peerDependencies: { "@pulumi/pulumi": "^3.216.0" },
  },
  "lan.js": `const { ${imported} } = require("pulumi-linuxnet");
exports.makeLan = () => {${resources()}return veth1;\n};
`,
};

export const consumerKinds: readonly ConsumerKind[] = [
  {
    title: "npm, CommonJS",
    installer: "npm",
    program: "index.js",
    files: { "package.json": manifest(), "Pulumi.yaml": pulumiYaml(), "index.js": commonJs },
  },
  {
    title: "npm, the program in a folder below package.json",
    installer: "npm",
    program: "network/index.js",
    files: { "package.json": manifest(), "Pulumi.yaml": pulumiYaml("main: network/\n"), "network/index.js": commonJs },
  },
  {
    title: "npm, ECMAScript modules, program and package.json in a folder below Pulumi.yaml",
    installer: "npm",
    install: "network",
    program: "network/index.js",
    files: {
      "network/package.json": manifest({ type: "module" }),
      "Pulumi.yaml": pulumiYaml("main: network/\n"),
      "network/index.js": esm,
    },
  },
  {
    title: "npm workspaces, the package hoisted",
    installer: "npm",
    project: "stacks/network",
    program: "stacks/network/index.js",
    files: {
      "package.json": { name: "top", private: true, workspaces: ["stacks/*"] },
      "stacks/network/package.json": manifest({ type: "module" }),
      "stacks/network/Pulumi.yaml": pulumiYaml(),
      "stacks/network/index.js": esm,
    },
  },
  {
    title: "npm, TypeScript to CommonJS, by the ts-node that is part of Pulumi",
    installer: "npm",
    program: "index.ts",
    files: {
      "package.json": manifest({ main: "index.ts", devDependencies: typeScriptTools }),
      "tsconfig.json": tsconfig,
      "Pulumi.yaml": pulumiYaml(),
      "index.ts": typeScript,
    },
  },
  {
    title: "npm, TypeScript to ECMAScript modules, by ts-node 10",
    installer: "npm",
    program: "index.ts",
    files: {
      "package.json": manifest({
        type: "module",
        main: "index.ts",
        devDependencies: { ...typeScriptTools, "ts-node": "^10.9.2" },
      }),
      "tsconfig.json": tsconfig,
      "Pulumi.yaml": pulumiYaml(),
      "index.ts": typeScript,
    },
  },
  {
    title: "pnpm, nothing hoisted",
    installer: "pnpm",
    program: "index.js",
    files: {
      "package.json": manifest({ type: "module" }),
      "pnpm-workspace.yaml": strictPnpm,
      "Pulumi.yaml": pulumiYaml(),
      "index.js": esm,
    },
  },
  {
    title: "pnpm workspace, nothing hoisted, by way of a library of components",
    installer: "pnpm",
    project: "stacks/network",
    program: "stacks/network/index.js",
    files: {
      "package.json": { name: "top", private: true },
      "pnpm-workspace.yaml": `${strictPnpm}packages: ["stacks/*", "lan"]\n`,
      "lan/package.json": library["package.json"],
      "lan/lan.js": library["lan.js"],
      // The program depends on the package too, not only the library: Pulumi's plugin looks for it from the program's
      // folder.
      "stacks/network/package.json": manifest({ dependencies: { ...own, "@shop/lan": "workspace:*" } }),
      "stacks/network/Pulumi.yaml": pulumiYaml(),
      "stacks/network/index.js": `exports.mac = require("@shop/lan").makeLan().mac;\n`,
    },
  },
];
