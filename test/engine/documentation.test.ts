import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { type CodeBlock, codeBlocks, readPage, readYaml } from "../documentation.ts";
import { dependencies, makeConsumer } from "./consumer.ts";
import { expectShown } from "./shown-output.ts";
import { Stack } from "./stack.ts";

const host = "host1";
const documentedAddress = "192.0.2.10";

let folder: string;
let lab: Lab;
let stack: Stack;
let before: string;

/** The pages that show the first stack, in reading order. */
const pages = ["README.md", "docs/hosts.md", "docs/operations.md"];

/** The code blocks of these pages. The labels show which of them make up the first stack. */
const blocks = pages.flatMap((page) => codeBlocks(readPage(page)));
const labelled = (label: string): CodeBlock[] => blocks.filter((block) => block.label === `first stack: ${label}`);

function textOf(label: string): string {
  const [block, ...others] = labelled(label);
  if (!block || others.length > 0) throw new Error(`${pages.join(", ")} should have one block "first stack: ${label}"`);
  return block.text;
}

/**
 * The commands of a block that begin with `pulumi`, as argument lists, with the lab's address instead of the documented
 * one.
 */
const pulumiCommands = (label: string): string[][] =>
  textOf(label)
    .split("\n")
    .filter((line) => line.startsWith("pulumi "))
    .map((line) => line.replace(documentedAddress, lab.inventory()[host]!.address).split(" ").slice(1));

beforeAll(async () => {
  const { dependencies: shown, ...manifest } = JSON.parse(textOf("package.json")) as { dependencies: object };
  expect(Object.keys(shown).sort()).toEqual(Object.keys(dependencies()).sort());
  const files = ["tsconfig.json", "Pulumi.yaml", "index.ts"];
  folder = makeConsumer(manifest, Object.fromEntries(files.map((file) => [file, textOf(file)])));
  mkdirSync(path.join(folder, ".state"));
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  before = await lab.dump(host);
  stack = new Stack(lab, folder, "dev");
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

// One after another, in reading order.
describe.sequential("the README's first stack", () => {
  test("its commands make the inventory that it shows", async () => {
    for (const command of pulumiCommands("set up")) await stack.succeed(...command);
    const shown = readYaml(textOf("Pulumi.dev.yaml").replace(documentedAddress, lab.inventory()[host]!.address));
    expect(readYaml(readFileSync(path.join(folder, "Pulumi.dev.yaml"), "utf8")).config).toEqual(shown.config);

    // A reader's key and known_hosts are in ~/.ssh; the lab's are not.
    await stack.setInventory(lab.inventory());
  });

  test("up makes it, and a second up changes nothing", async () => {
    expect((await stack.preview()).changes).toEqual({ create: 6 });
    expect(await lab.dump(host)).toBe(before);
    expect((await stack.up()).changes).toEqual({ create: 6 });
    expect((await stack.up()).changes).toEqual({ same: 6 });
  });

  test("the host shows what the pages show", async () => {
    await expectShown(lab, labelled("on the host"), host);
  });

  test("its commands find drift without touching it, and repair it", async () => {
    const healthy = await lab.dump(host);
    const [look] = pulumiCommands("look for drift");
    await stack.succeed(...look!);

    await lab.exec(host, ["ip", "-n", "web", "address", "add", "10.77.0.99/24", "dev", "eth0"]);
    const damaged = await lab.dump(host);
    const { exitCode, output } = await stack.pulumi(...look!, "--diff");
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/10\.77\.0\.99/);
    expect(await lab.dump(host)).toBe(damaged);

    const [repair] = pulumiCommands("repair");
    const { changes } = await stack.succeed(...repair!, "--yes", "--skip-preview");
    expect(changes.update).toBe(1);
    expect(await lab.dump(host)).toBe(healthy);
  });

  test("destroy leaves nothing behind", async () => {
    expect((await stack.destroy()).changes).toEqual({ delete: 6 });
    expect(await lab.dump(host)).toBe(before);
  });
});
