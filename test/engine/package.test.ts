import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { catalogue } from "../../provider/resources/catalogue.js";
import { makeConsumer, writeFiles } from "./consumer.ts";
import { repository, run, versions } from "./pack.ts";

let folder: string;
beforeAll(() => {
  // makeConsumer's npm runs no install scripts: everything here has to work without them.
  folder = makeConsumer({ devDependencies: { "@types/node": versions.devDependencies["@types/node"] } });
});
afterAll(() => rmSync(folder, { recursive: true }));

const classes = [...catalogue.map(({ kind }) => kind), "ContainerNetwork", "Overlay"].sort();

test("the package holds what was compiled from the sources, and nothing that was not", () => {
  const sources = ["sdk", "provider"].flatMap((top) =>
    readdirSync(path.join(repository, top), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => `dist/${top}/${file.slice(0, -".ts".length)}`),
  );
  const pages = readdirSync(path.join(repository, "docs")).map((file) => `docs/${file}`);
  const compiled = sources.flatMap((file) => [`${file}.js`, `${file}.d.ts`]);
  const packed = run(folder, "tar", "-tzf", inject("packedPackage")).trim().split("\n");
  expect(packed.map((file) => file.replace(/^package\//, "")).sort()).toEqual(
    ["CHANGELOG.md", "LICENSE", "README.md", "package.json", ...pages, ...compiled].sort(),
  );
});

describe("what a program loads", () => {
  /** The files that a statement loads, except for those that Pulumi loads in any program. */
  const loaded = (statement: string): string[] => {
    const script = `
      require("@pulumi/pulumi");
      const before = new Set(Object.keys(require.cache));
      (async () => {
        ${statement};
        console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))));
      })();`;
    const files = JSON.parse(run(folder, "node", "--eval", script)) as string[];
    return files.map((file) => path.relative(path.join(folder, "node_modules"), file));
  };

  test.for(["require('pulumi-linuxnet')", "await import('pulumi-linuxnet')"])(
    "%s loads the SDK, the one library that reads addresses, and no more",
    (load) => {
      const files = loaded(load);
      expect(files).toContain("pulumi-linuxnet/dist/sdk/veth.js");
      expect(files.filter((file) => !file.startsWith("pulumi-linuxnet/dist/sdk/"))).toEqual([
        "ipaddr.js/lib/ipaddr.js",
      ]);
    },
  );

  test("the provider loads the libraries that the SDK does not, and has what Pulumi's plugin calls", () => {
    const files = loaded("require('pulumi-linuxnet/provider')");
    expect(files).toContain("pulumi-linuxnet/dist/provider/dynamic.js");
    expect(files.some((file) => file.startsWith("zod/"))).toBe(true);
    const names = run(folder, "node", "--print", 'Object.keys(require("pulumi-linuxnet/provider")).sort().join()');
    expect(names.trim()).toBe("check,configure,create,delete,diff,read,update");
  });

  test("all classes are named exports, to require and to import", () => {
    writeFileSync(
      path.join(folder, "names.mjs"),
      `import { ${classes.join()} } from "pulumi-linuxnet";
      console.log([${classes.join()}].map((value) => value.name).join());`,
    );
    expect(run(folder, "node", "names.mjs").trim()).toBe(classes.join());
    const required = run(folder, "node", "--print", 'Object.keys(require("pulumi-linuxnet")).sort().join()');
    expect(required.trim()).toBe(classes.join());
  });
});

describe("types", () => {
  const program = `
    import * as pulumi from "@pulumi/pulumi";
    import { type HostArgs, Namespace, Veth, type VethArgs } from "pulumi-linuxnet";
    const host: HostArgs = { address: "192.0.2.1", user: "ops", sudo: true };
    const box = new Namespace("box", { host }, { protect: true });
    const args: VethArgs = { host: "host1", namespace: box.name, peer: { name: "port", addresses: ["fd00::1/64"] } };
    export const mac: pulumi.Output<string> = new Veth("eth", args).mac;
    // @ts-expect-error: the other end is needed.
    new Veth("eth", { host });
    // @ts-expect-error: a number is no list of addresses.
    new Veth("eth", { host, addresses: 1, peer: { name: "port" } });
    // @ts-expect-error: no such property.
    export const none = box.none;
  `;
  test.for([
    ["node16", "node16", ["typed.mts", "typed.cts"]],
    ["nodenext", "nodenext", ["typed.mts", "typed.cts"]],
    ["bundler", "esnext", ["typed.ts"]],
    ["node10", "commonjs", ["typed.ts"]],
  ] as const)("resolve under moduleResolution %s, module %s, in %s", ([moduleResolution, module, files]) => {
    writeFiles(folder, Object.fromEntries(files.map((file) => [file, program])));
    const options = ["--noEmit", "--strict", "--target", "es2022", "--types", "node"];
    run(folder, "tsc", ...options, "--moduleResolution", moduleResolution, "--module", module, ...files);
  });

  test("all that is declared is described", () => {
    const sdk = path.join(folder, "node_modules/pulumi-linuxnet/dist/sdk");
    const undescribed: string[] = [];
    let described = 0;
    const names = readdirSync(sdk, { recursive: true, encoding: "utf8" });
    for (const file of names.filter((name) => name.endsWith(".d.ts"))) {
      const source = ts.createSourceFile(
        file,
        readFileSync(path.join(sdk, file), "utf8"),
        ts.ScriptTarget.Latest,
        true,
      );
      const visit = (node: ts.Node, outer: string): void => {
        if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
        // The compiler declares this for all `#private` members.
        if (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name)) return;
        const name = `${outer} ${node.getText().split("\n")[0]}`;
        const internal = ts.getJSDocTags(node).some(({ tagName }) => tagName.text === "internal");
        if (ts.getJSDocCommentsAndTags(node).length === 0) undescribed.push(name);
        else described += 1;
        if (!internal && (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node))) {
          node.members.forEach((member) => visit(member, `${outer} ${node.name!.text}`));
        }
      };
      source.statements.forEach((statement) => visit(statement, file));
    }
    expect(undescribed).toEqual([]);
    expect(described).toBeGreaterThan(100);
  });
});

test("the lockfile names no server, and holds every package to its content", () => {
  interface Locked {
    readonly integrity?: string;
    readonly link?: boolean;
    /**
     * Packages for other processors and systems are not available everywhere: npm lists them without a hash of their
     * content.
     */
    readonly optional?: boolean;
  }
  const lockfile = readFileSync(path.join(repository, "package-lock.json"), "utf8");
  expect(lockfile.match(/"resolved": "[^"]*:[^"]*"/g)).toBeNull();
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, Locked> };
  const installed = Object.entries(packages).filter(([name, { link }]) => name.includes("node_modules/") && !link);
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter(([, { integrity, optional }]) => !integrity && !optional).map(([name]) => name)).toEqual([]);
});
