import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { run } from "../../provider/cli/program.js";
import { parseState } from "../../provider/cli/stack-state.js";
import { PulumiStack } from "../../provider/cli/pulumi-stack.js";
import { exported, listener, makeProject } from "./cli-stack.js";

async function cli(...args: string[]) {
  const terminal = listener();
  return { exitCode: await run(args, terminal), ...terminal };
}

describe("arguments", () => {
  test("--help and --version are answered on standard output", async () => {
    expect(await cli("--help")).toMatchObject({
      exitCode: 0,
      said: "",
      printed: expect.stringMatching(/orphans/) as string,
    });
    expect(await cli("orphans", "--help")).toMatchObject({
      exitCode: 0,
      printed: expect.stringMatching(/Exit codes: 0/) as string,
    });
    expect((await cli("--version")).printed).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    [["orhpans"], /unknown command 'orhpans'[^]*Did you mean orphans/],
    [["orphans", "--remvoe"], /unknown option '--remvoe'[^]*Did you mean --remove/],
    [["orphans", "--stack"], /argument missing/],
    [[], /Usage: linuxnet/],
  ])("%j is a mistake, with exit code 2", async (args, message) => {
    const { exitCode, printed, said } = await cli(...args);
    expect([exitCode, printed]).toEqual([2, ""]);
    expect(said).toMatch(message);
  });
});

describe("where there is nothing to look at", () => {
  const asked = async (failure: string, ...args: string[]) =>
    await cli("orphans", "--cwd", makeProject({ failure, stacks: ["dev", "prod"] }), ...args);

  test.each([
    [
      "error: no Pulumi.yaml project file found (searching upwards from /x).",
      /^linuxnet: there is no Pulumi\.yaml in .*--cwd\n$/,
    ],
    [
      "error: no stack selected; please use `pulumi stack select`",
      /^linuxnet: no stack is selected: give one by --stack \(there is dev, prod\)\n$/,
    ],
    [
      "error: no stack named 'dve' found",
      /^linuxnet: there is no stack dve: correct --stack \(there is dev, prod\)\n$/,
    ],
    ["error: incorrect passphrase", /^linuxnet: `pulumi stack --show-name` failed: incorrect passphrase\n$/],
  ])("%s", async (failure, message) => {
    const { exitCode, said, printed } = await asked(failure);
    expect([exitCode, printed]).toEqual([2, ""]);
    expect(said).toMatch(message);
  });

  test("no folder, no CLI, no such host, no host at all", async () => {
    expect((await cli("orphans", "--cwd", "/nonexistent")).said).toMatch(/no folder \/nonexistent: correct --cwd/);
    const project = makeProject({ hosts: { one: { address: "192.0.2.1" } } });
    expect((await cli("orphans", "--cwd", project, "oen")).said).toMatch(/oen: no such host .* have one\n$/);
    expect((await cli("orphans", "--cwd", makeProject({}))).said).toMatch(
      /no host to look at: linuxnet:hosts .* is empty/,
    );
    expect((await cli("orphans", "--cwd", makeProject({ hosts: { one: { adress: "a" } } }))).said).toMatch(
      /linuxnet:hosts\.one/,
    );
    vi.stubEnv("PATH", "/nonexistent");
    expect(await cli("orphans", "--cwd", project)).toMatchObject({
      exitCode: 2,
      said: expect.stringMatching(/install the Pulumi CLI/) as string,
    });
  });
});

describe("the stack", () => {
  test.each([
    [undefined, { project: "shop", stack: "dev" }],
    ["prod", { project: "shop", stack: "prod" }],
    ["acme/prod", { project: "shop", stack: "prod" }],
    ["acme/other/prod", { project: "other", stack: "prod" }],
  ])("%s", async (given, name) => {
    expect((await PulumiStack.open(makeProject({}), given)).name).toEqual(name);
  });

  test("its project's name stands in Pulumi.yaml or Pulumi.json, also above the folder", async () => {
    const folder = makeProject({});
    writeFileSync(path.join(folder, "Pulumi.yaml"), 'runtime: nodejs\ndescription: |\n  x\nname: "web.shop"\n');
    expect((await PulumiStack.open(path.join(folder, "bin"), undefined)).name.project).toBe("web.shop");
    writeFileSync(path.join(folder, "Pulumi.yaml"), '{"runtime": "nodejs",\n "name": "json"}\n');
    expect((await PulumiStack.open(folder, undefined)).name.project).toBe("json");
    writeFileSync(path.join(folder, "Pulumi.yaml"), "runtime: nodejs\n");
    await expect(PulumiStack.open(folder, undefined)).rejects.toThrow(/does not say the project's name/);
  });

  test("a secret inventory is asked for by its name", async () => {
    const folder = makeProject({});
    writeFileSync(path.join(folder, "config"), JSON.stringify({ "linuxnet:hosts": { secret: true } }));
    writeFileSync(path.join(folder, "config-get-linuxnet:hosts"), JSON.stringify({ one: { local: true } }));
    expect(await (await PulumiStack.open(folder, undefined)).inventory()).toMatchObject({
      hosts: { one: { local: true } },
    });
  });
});

describe("the state", () => {
  const lan = exported("Bridge", "lan", "one", { name: "lan" }) as { inputs: object; outputs: object };

  test("has a resource's outputs and inputs, those of pending operations too, and no other providers'", () => {
    const state = {
      version: 3,
      deployment: {
        resources: [
          { ...lan, inputs: { ...lan.inputs, name: "new" } },
          { type: "pulumi:pulumi:Stack", urn: "u" },
        ],
        pending_operations: [{ resource: exported("Veth", "eth", { local: true }, {}), type: "creating" }],
      },
    };
    expect(parseState(state).map(({ kind, host, properties }) => [kind, host, properties])).toEqual([
      ["Bridge", "one", { name: "lan" }],
      ["Bridge", "one", { name: "new" }],
      ["Veth", { local: true }, {}],
      ["Veth", { local: true }, {}],
    ]);
  });

  test("that is empty has none, and one of another shape is an error", () => {
    expect(parseState({ version: 3, deployment: { manifest: {}, metadata: {} } })).toEqual([]);
    expect(() => parseState({ deployment: { resources: [{}] } })).toThrow(/type/);
  });
});
