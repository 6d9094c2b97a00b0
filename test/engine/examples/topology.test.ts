import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeBlocks, readPage } from "../../documentation.ts";
import { readNetwork } from "../../../examples/topology/read-network.ts";
import { Example } from "../example.ts";

let example: Example;
let file: string;
let text: string;

const blocks = codeBlocks(readPage("examples/topology/README.md"));
const labelled = (label: string) => blocks.filter((block) => block.label === label).map((block) => block.text);

/** The text with the page's `diff` blocks applied. Unchanged lines show where the changed ones are. */
function patched(original: string, diffs: readonly string[]): string {
  return diffs.reduce((current, diff) => {
    const side = (sign: string) =>
      [...diff.matchAll(/^([ +-])(.*\n)/gm)]
        .filter(([, mark]) => mark === " " || mark === sign)
        .map(([, , line]) => line);
    const old = side("-").join("");
    if (current.split(old).length !== 2) throw new Error(`network.yaml should have this once:\n${old}`);
    return current.replace(old, side("+").join(""));
  }, original);
}

const upWith = (changed: string) => {
  writeFileSync(file, changed);
  return example.up();
};

beforeAll(async () => {
  example = await Example.start("topology");
  file = path.join(example.stack.folder, "network.yaml");
  text = readFileSync(file, "utf8");
});
afterAll(() => example.stop());

describe.sequential("a topology from data", () => {
  test("the stack is less than 60 lines", () => {
    expect(readFileSync(path.join(example.stack.folder, "index.ts"), "utf8").trimEnd().split("\n").length).toBeLessThan(
      60,
    );
  });

  test("the file's network is made, and carries what the page shows", async () => {
    expect(await example.up()).toEqual({ create: 12 });
    await example.expectShown();
    await example.expectSettled();
  });

  test("a node and a link more are two resources more, and a link less is one less", async () => {
    const more = patched(text, labelled("change"));
    expect(await upWith(more)).toEqual({ create: 2, same: 12 });
    expect(await example.sh("host2", "curl -s 10.20.1.2", "second")).toBe("web, asked by 10.20.2.3");

    const withoutLink = more
      .replace(/^ *- .*second:eth0.*\n/m, "")
      .replace("second: { host: host2, gateway: office }", "second: { host: host2 }");
    expect(await upWith(withoutLink)).toEqual({ delete: 1, same: 13 });
    expect(await example.sh("host2", "ip -brief link | cut -d ' ' -f 1", "second")).toBe("lo");
  });

  test("another order of the file's lines changes nothing", async () => {
    const [head, links] = text.split(/^(?=links:)/m);
    const [title, ...lines] = links!.trimEnd().split("\n");
    expect(await upWith(`${head}${[title, ...lines.toReversed()].join("\n")}\n`)).toEqual({ delete: 1, same: 12 });
  });

  test.each([
    [
      "an unknown field",
      "{ host: host1, gateway: shop }",
      "{ host: host1, gatewy: shop }",
      '12:8 nodes.web: Unrecognized key: "gatewy"',
    ],
    ["a name that is none", "  db:", "  d b:", "13:8 nodes.d b: has to be a name: "],
    [
      "an address without a length",
      "10.20.9.2/30",
      "10.20.9.2",
      "18:65 links.1.addresses.1: has to be an IPv4 address with a prefix length",
    ],
    ["an interface that is none", "[client:eth0", "[client", "19:19 links.2.endpoints.0: has to be a node's interface"],
    [
      "an unknown host",
      "{ host: host2, gateway: office }",
      "{ host: host3, gateway: office }",
      "14:19 nodes.client.host: there is no host host3",
    ],
    ["an unknown subnet", ", office]", ", offic]", "19:32 links.2.endpoints.1: there is no subnet offic"],
    ["an unknown node", "db:eth0]", "dp:eth0]", "18:29 links.1.endpoints.1: there is no node dp"],
    ["an interface with two links", "[web:eth1", "[web:eth0", "18:19 links.1.endpoints.0: web:eth0 has a link already"],
    [
      "a cable between hosts",
      "[client:eth0, office]",
      "[client:eth0, shop]",
      "19:18 links.2.endpoints: one end is on host2 and the other on host1",
    ],
    [
      "two addresses of one",
      "[10.20.2.2/24]",
      "[10.20.2.2/24, 10.20.2.3/24]",
      "19:52 links.2.addresses: a link to a subnet has one address",
    ],
    ["what is no YAML", "[client:eth0", "[client:eth0: [", "network.yaml: "],
  ])("%s is told with its place", (_, right, wrong, complaint) => {
    expect(text.split(right)).toHaveLength(2);
    writeFileSync(file, text.replace(right, wrong));
    expect(() => readNetwork(file)).toThrow(complaint);
  });

  test("the page's mistake ends the run with the words that the page has, and without a stack trace", async () => {
    writeFileSync(file, patched(text, labelled("mistake")));
    const { exitCode, output } = await example.stack.pulumi("preview", "--stack", example.stack.name);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(labelled("what is said of it")[0]!.trim());
    expect(output).not.toMatch(/\bat .*read-network/);
  });

  test("destroyed, nothing is left", async () => {
    writeFileSync(file, text);
    await example.lab.stopWebs("host1");
    await example.expectLeavesNothing();
  });
});
