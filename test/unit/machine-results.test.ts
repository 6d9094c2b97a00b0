import { expect, test } from "vitest";
import { machines, parts, partsOf } from "../machines/cases.js";
import { type Result, begin, cellsOf, end, failuresIn, intoPage, tableOf } from "../machines/results.js";

const part = (beginning: string) => parts.find(({ title }) => title.startsWith(beginning))!;
const [lives, nat, examples] = [part("Each kind"), part("NAT"), part("Examples")];

const assertion = (status: string, title: string, ...ancestorTitles: string[]) => ({ ancestorTitles, title, status });
const report = (name: string, ...assertionResults: ReturnType<typeof assertion>[]) => ({
  testResults: [{ name, status: "passed", message: "", assertionResults }],
});

test("a row counts what passed, and names what did not, whether it failed or did not run", () => {
  const cells = cellsOf(
    lives,
    report(
      "lives.test.ts",
      assertion("passed", "is made", "'Veth' undefined"),
      assertion("failed", "is made", "'Veth' 'between two namespaces'"),
      assertion("skipped", "is made", "'Bridge' undefined"),
    ),
  );
  expect(cells).toEqual({
    Veth: { passed: 1, failed: ["'Veth' 'between two namespaces' > is made"] },
    Bridge: { passed: 0, failed: ["'Bridge' undefined > is made"] },
  });
});

test("rows of NAT are backends and families; those of examples their files", () => {
  expect(
    Object.keys(
      cellsOf(
        nat,
        report(
          "nat-matrix.test.ts",
          assertion("passed", "from outside", "iptables-nft", "IPv6"),
          assertion("passed", "a guard", "nftables"),
        ),
      ),
    ),
  ).toEqual(["iptables-nft, IPv6", "nftables, guards"]);
  expect(
    Object.keys(cellsOf(examples, report("/a/test/engine/examples/by-hand.test.ts", assertion("passed", "x")))),
  ).toEqual(["by-hand"]);
});

test("a file that could not be run has failed", () => {
  const testResults = [{ name: "/a/pair.test.ts", status: "failed", message: "no lab", assertionResults: [] }];
  expect(cellsOf(examples, { testResults })).toEqual({ pair: { passed: 0, failed: ["no lab"] } });
});

const result: Result = {
  machine: "trixie-tools",
  date: "2026-11-30",
  commit: "abc",
  versions: { kernel: "6.18.0", iproute2: "6.15.0", iptables: "1.8.11", nft: "1.1.3" },
  cells: {
    [lives.title]: { Veth: { passed: 2, failed: ["one"] }, Bridge: { passed: 3, failed: [] } },
  },
};

test("the table says of each cell what passed, what failed, what was not run, and nothing where it does not apply", () => {
  const other = { ...result, machine: "trixie", cells: {} };
  const lines = tableOf([result, other]).split("\n");
  expect(lines[0]).toBe("|  | trixie, tools | trixie |");
  expect(lines).toContain("| iproute2 | 6.15.0 | 6.15.0 |");
  expect(lines).toContain("| Veth | **1 of 3 failed** | not run |");
  expect(lines).toContain("| Bridge | 3 | not run |");
  expect(failuresIn([result, other])).toEqual(["trixie-tools: Veth: one"]);
});

test("the page keeps all but what is between its two lines", async () => {
  const page = await intoPage(`# Machines\n\n${begin}\n\nold\n\n${end}\n\nrest\n`, [result]);
  expect(page).toMatch(/^# Machines\n\n<!-- matrix: [^]*1 of 3 failed[^]*<!-- matrix: end -->\n\nrest\n$/);
  expect(page).not.toContain("old");
});

test("a service and a reboot are for virtual machines", () => {
  const partsOn = (name: string) =>
    partsOf(machines.find((machine) => machine.name === name)!).map(({ title }) => title);
  expect(partsOn("bullseye-tools")).not.toContain("Services that run there");
  expect(partsOn("bullseye")).toContain("Services that run there");
});
