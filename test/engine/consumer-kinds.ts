import { dependencies } from "./consumer.ts";
import { versions } from "./pack.ts";

/** A kind of project that a stack is written in. */
export interface ConsumerKind {
  readonly title: string;
  readonly installer: "npm" | "pnpm";
  /** Where Pulumi.yaml is, in the folder that the packages are installed for. Default: there. */
  readonly project?: string;
  /** What the user writes; objects become JSON. */
  readonly files: Readonly<Record<string, string | object>>;
}

const resources = (type = "") => `
const host${type} = "host1";
new Sysctl("forward", { host, key: "net.ipv4.ip_forward", value: "1" });
const con1 = new Namespace("con1", { host });
const veth1 = new Veth("veth1", { host, namespace: con1.name, addresses: ["172.17.0.101/24"], peer: { name: "veth1-br" } });
`;
const commonJs = `const { Namespace, Sysctl, Veth } = require("pulumi-linuxnet");${resources()}exports.mac = veth1.mac;\n`;
const esm = `import { Namespace, Sysctl, Veth } from "pulumi-linuxnet";${resources()}export const mac = veth1.mac;\n`;
const typeScript = `import * as pulumi from "@pulumi/pulumi";
import { Namespace, Sysctl, Veth } from "pulumi-linuxnet";${resources(": string")}export const mac: pulumi.Output<string> = veth1.mac;\n`;

const { typescript, "@types/node": nodeTypes } = versions.devDependencies as {
  typescript: string;
  "@types/node": string;
};
const manifest = (more: object = {}) => ({ name: "shop", private: true, dependencies: dependencies(), ...more });
const pulumiYaml = (lines = "") => `name: shop\nruntime: nodejs\n${lines}`;
/** What makes pnpm's node_modules as strict as it can be: packages find only what they depend on themselves. */
const strictPnpm = "hoist: false\n";

export const consumerKinds: readonly ConsumerKind[] = [
  {
    title: "npm, CommonJS",
    installer: "npm",
    files: { "package.json": manifest(), "Pulumi.yaml": pulumiYaml(), "index.js": commonJs },
  },
  {
    title: "npm, ECMAScript modules",
    installer: "npm",
    files: { "package.json": manifest({ type: "module" }), "Pulumi.yaml": pulumiYaml(), "index.js": esm },
  },
  {
    title: "npm, TypeScript to CommonJS, by the ts-node that is part of Pulumi",
    installer: "npm",
    files: {
      "package.json": manifest({ main: "index.ts", devDependencies: { typescript, "@types/node": nodeTypes } }),
      "tsconfig.json": { compilerOptions: { strict: true, target: "es2022", module: "nodenext" }, files: ["index.ts"] },
      "Pulumi.yaml": pulumiYaml(),
      "index.ts": typeScript,
    },
  },
  {
    title: "npm, TypeScript to ECMAScript modules, by ts-node 10",
    installer: "npm",
    files: {
      "package.json": manifest({
        type: "module",
        main: "index.ts",
        devDependencies: { typescript, "@types/node": nodeTypes, "ts-node": "^10.9.2" },
      }),
      "tsconfig.json": { compilerOptions: { strict: true, target: "es2022", module: "nodenext" }, files: ["index.ts"] },
      "Pulumi.yaml": pulumiYaml(),
      "index.ts": typeScript,
    },
  },
  {
    title: "npm, the program in a folder below package.json",
    installer: "npm",
    files: { "package.json": manifest(), "Pulumi.yaml": pulumiYaml("main: network/\n"), "network/index.js": commonJs },
  },
  {
    title: "npm, the program and its package.json in a folder below Pulumi.yaml",
    installer: "npm",
    project: "..",
    files: { "package.json": manifest(), "../Pulumi.yaml": pulumiYaml("main: network/\n"), "index.js": commonJs },
  },
  {
    title: "npm workspaces, the package hoisted",
    installer: "npm",
    project: "stacks/network",
    files: {
      "package.json": { name: "top", private: true, workspaces: ["stacks/*"] },
      "stacks/network/package.json": manifest({ type: "module" }),
      "stacks/network/Pulumi.yaml": pulumiYaml(),
      "stacks/network/index.js": esm,
    },
  },
  {
    title: "pnpm, nothing hoisted",
    installer: "pnpm",
    files: {
      "package.json": manifest({ type: "module" }),
      "pnpm-workspace.yaml": strictPnpm,
      "Pulumi.yaml": pulumiYaml(),
      "index.js": esm,
    },
  },
  {
    title: "pnpm workspace, nothing hoisted",
    installer: "pnpm",
    project: "stacks/network",
    files: {
      "package.json": { name: "top", private: true },
      "pnpm-workspace.yaml": `${strictPnpm}packages: ["stacks/*"]\n`,
      "stacks/network/package.json": manifest(),
      "stacks/network/Pulumi.yaml": pulumiYaml(),
      "stacks/network/index.js": commonJs,
    },
  },
];
