/** Which stack something belongs to: this does not depend on its names alone, and stays so when the names change. */
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { catalogue } from "../../provider/resources/catalogue.js";
import { commonKinds, networkOf } from "../kinds/whole-network.js";
import { makeConsumer } from "./consumer.ts";
import { type Item, changed, programFromData, setNetwork, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

const host = "host1";

/** Also with a file that has a mark. */
const network = changed(networkOf(commonKinds(), host), { box: { hostname: "red" } });
const size = Object.keys(network).length;

let folders: string[];
let lab: Lab;
let stack: Stack;
let before: string;

beforeAll(async () => {
  folders = [makeConsumer(), makeConsumer()];
  lab = await startLab({ folder: path.join(folders[0]!, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  await lab.dump(host);
  before = await lab.dump(host);
  stack = await new Stack(lab, folders[0]!).program(programFromData()).init();
  expect((await upTo(stack, network)).changes).toEqual({ create: size });
});
afterAll(async () => {
  await lab.stop();
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const notes = async () =>
  (await lab.exec(host, ["sh", "-c", "cat /run/linuxnet/sysctl/* 2>/dev/null || :"])).stdout.trim();
/** Sorted: iptables rules that get another mark, or are taken over, come after those of other resources. */
const whole = async () => `${await lab.dump(host)}\n${await notes()}`.split("\n").sort().join("\n");
/** The host without marks: what no rename may change. */
const withoutMarks = async () =>
  (await whole()).replaceAll(/linuxnet:[\w./@-]+/g, "MARK").replaceAll(/LINUXNET-[0-9A-F]{12}/g, "CHAIN");
const marks = async () => [...new Set((await whole()).match(/linuxnet:[\w./@-]+/g))].sort();
/** Whether a kind creates something that has room for a mark. Routes and policy rules have only the stack's number. */
const hasMark = ({ kind }: Item) =>
  catalogue.find((definition) => definition.kind === kind)!.traces.some(({ sort }) => !sort.isNumbered);
const marked = Object.entries(network).filter(([, item]) => hasMark(item));
const ifindexes = async () =>
  Object.fromEntries(Object.entries(await stack.resources()).map(([name, { outputs }]) => [name, outputs.ifindex]));

/**
 * Runs an `up`, and records what the kernel reports in the meantime: changes to addresses, routes and rules, on the
 * host and in the container.
 */
async function watched(): Promise<{ readonly told: string; readonly changes: object; readonly output: string }> {
  const file = path.join(folders[0]!, "monitor");
  const script = `for inside in "" "-n red"; do stdbuf -oL ip $inside -ts monitor address route rule >>"$1" 2>&1 & echo $!; done`;
  const pids = (await lab.exec(host, ["sh", "-c", script, "sh", file])).stdout.trim().split("\n");
  const outcome = await upTo(stack, network);
  await lab.exec(host, ["kill", ...pids], { reject: false });
  return { told: readFileSync(file, "utf8"), ...outcome };
}

/** Checks that each mark begins like this, and has the stack's id. */
async function expectMarks(start: string): Promise<void> {
  const found = await marks();
  const ids = new Set(found.map((mark) => /@([0-9a-f]{10})\//.exec(mark)?.[1]));
  expect([...ids]).toEqual([expect.any(String)]);
  expect(found.map((mark) => mark.replace(/@[0-9a-f]{10}/, ""))).toEqual(
    marked.map(([name, { kind }]) => `${start}/${kind}/${name}`).sort(),
  );
}

/**
 * For a stack that was renamed or moved: checks that the next up changes only marks, and that a refresh after it finds
 * nothing.
 */
async function expectSame(start: string): Promise<void> {
  const there = await withoutMarks();
  const numbers = await ifindexes();
  const { told, changes, output } = await watched();
  expect(changes, output).toEqual({ update: size });
  expect(told).toBe("");
  expect(await withoutMarks()).toBe(there);
  expect(await ifindexes()).toEqual(numbers);
  await expectMarks(start);
  expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
}

describe.sequential("a stack under other names, and elsewhere", { timeout: 300_000 }, () => {
  test("its marks have its id", () => expectMarks("linuxnet:shop/test"));

  test("a state that was lost: said by one line, and taken over", async () => {
    const there = await whole();
    await stack.succeed("stack", "rm", "--force", "--yes", "--preserve-config", "--stack", stack.name);
    await stack.init();
    const { output, changes } = await upTo(stack, network);
    expect(changes).toEqual({ create: size });
    expect(output.match(/\d+ resources? carr(?:y|ies) this stack's mark there, but not in its state/g)).toEqual(
      // Once in the progress display, and once among the diagnostics at its end.
      Array(2).fill(`${marked.length} resources carry this stack's mark there, but not in its state`),
    );
    expect(await whole()).toBe(there);
  });

  test("equal names in another backend: another stack, to which nothing of this one's belongs", async () => {
    const there = await whole();
    const other = await new Stack(lab, folders[1]!).program(programFromData()).init();
    await setNetwork(other, network);
    const { exitCode, output } = await other.pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      other.name,
      "--continue-on-error",
    );
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(
      /Bridge "lan" on host1: name "red0" is held by a bridge interface with the alias "linuxnet:shop\/test@[0-9a-f]{10}\/Bridge\/lan"/,
    );
    expect(output).toContain("That is the mark of another stack shop/test, in another organization or backend.");
    const program = path.join(folders[1]!, "node_modules/.bin/linuxnet");
    const found = await other.shell([program, "orphans", "--stack", other.name]);
    expect(found.stdout + found.stderr).toMatch(/No orphans of shop\/test@[0-9a-f]{10} on host1/);
    await other.destroy();
    expect(await whole()).toBe(there);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("pulumi stack rename", async () => {
    await stack.succeed("stack", "rename", "renamed", "--stack", stack.name);
    stack = new Stack(lab, folders[0]!, "renamed");
    await expectSame("linuxnet:shop/renamed");
  });

  test("a forced replacement of what is called otherwise than when it was begun", async () => {
    const { lan, far } = await stack.resources();
    await stack.up("--refresh", "--replace", lan!.urn, "--replace", far!.urn);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
  });

  test("another project name", async () => {
    stack.program(programFromData(), "index.js", "store");
    await stack.succeed("stack", "rename", "organization/store/renamed", "--stack", "organization/shop/renamed");
    await stack.setInventory(lab.inventory());
    await expectSame("linuxnet:store/renamed");
  });

  test("pulumi state move", async () => {
    const urns = Object.values(await stack.resources()).map(({ urn }) => urn);
    const target = await new Stack(lab, folders[0]!, "target").init();
    await stack.succeed("state", "move", "--yes", "--source", stack.name, "--dest", target.name, ...urns);
    stack = target;
    await expectSame("linuxnet:store/target");
  });

  test("pulumi stack export, and import in another backend", async () => {
    const there = await whole();
    await stack.succeed("stack", "export", "--stack", stack.name, "--file", "exported.json");
    const other = new Stack(lab, folders[1]!, stack.name).program(programFromData(), "index.js", "store");
    await other.init();
    await other.succeed("stack", "import", "--stack", stack.name, "--file", path.join(folders[0]!, "exported.json"));
    await stack.succeed("stack", "rm", "--force", "--yes", "--stack", stack.name);
    stack = other;
    expect((await upTo(stack, network)).changes).toEqual({ same: size });
    expect(await whole()).toBe(there);
  });
});

test("destroyed, the host is as it was", async () => {
  await stack.destroy();
  expect(await lab.dump(host)).toBe(before);
  expect(await notes()).toBe("");
});
