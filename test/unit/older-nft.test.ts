import { describe, expect, test } from "vitest";
import {
  ruleAsElement,
  newerVersionCheck,
  olderVersionFilter,
  elementAsRule,
} from "../../provider/commands/older-nft.js";
import { element, makeTable } from "../../provider/commands/nftables.js";
import { execFileSync } from "node:child_process";

const { stdin = "" } = makeTable({ argv: ["sh"] });
const lines = stdin.trimEnd().split("\n");
const filtered = execFileSync("sh", ["-c", olderVersionFilter], { input: stdin, encoding: "utf8" }).split("\n");
const older = filtered.filter((line) => line !== "");
const newer = lines.filter((line) => !line.startsWith("#")).map((line) => line.replace(/ # since .*/, ""));

test("what nft is asked to tell its version is what the table has, and what the older ones do without", () => {
  for (const line of newerVersionCheck.split("; add ").map((text) => text.replace(/^(?!add )/, "add "))) {
    const isIn = (all: readonly string[]) => all.some((one) => one === line || one === `${line} comment "linuxnet"`);
    expect([line, isIn(newer), isIn(older)]).toEqual([line, true, / table | chain /.test(line)]);
  }
});

test("the older ones get nothing that they refuse, and as many rules", () => {
  const rules = (all: readonly string[]) => all.filter((line) => line.endsWith('comment "linuxnet"')).length;
  expect(rules(older)).toBe(rules(newer));
  expect(older.filter((line) => /^add map .*type \S+ \. \S+ \. .* : \S+ \. /.test(line))).toEqual([]);
  expect(older.filter((line) => / map @/.test(line) && !/ dnat ip6? addr \. port to /.test(line))).toEqual([]);
  expect(older.filter((line) => line.includes("#"))).toEqual([]);
  expect(filtered).toHaveLength(stdin.split("\n").length);
});

describe("an element that is a rule there", () => {
  test.each([
    [
      "forwards_at4",
      ["192.0.2.1", "tcp", 80],
      "10.1.0.2 . 8080",
      "ip daddr 192.0.2.1 tcp dport 80 dnat ip to 10.1.0.2:8080",
    ],
    ["forwards_in6", ['"eth0"', "udp", 53], "fd00::2 . 53", 'iifname "eth0" udp dport 53 dnat ip6 to [fd00::2]:53'],
    [
      "forwards_in_at6",
      ['"eth0"', "fd00::1", "sctp", 9],
      "fd00::2 . 90",
      'iifname "eth0" ip6 daddr fd00::1 sctp dport 9 dnat ip6 to [fd00::2]:90',
    ],
  ])("of %s", (table, key, target, words) => {
    const made = element(table, key, target, "linuxnet:a/b/PortForward/c");
    expect(elementAsRule(made)).toBe(words);
    expect(ruleAsElement({ ...made, match: "", target: words })).toEqual(made);
  });

  test("is one of these maps, and no rule that says anything else", () => {
    expect(elementAsRule(element("forwards4", ["tcp", 80], "10.1.0.2 . 80", ""))).toBeUndefined();
    for (const [table, target] of [
      ["forwards_at4", "tcp dport 80 dnat ip to 10.1.0.2:8080"],
      ["forwards_at4", "ip daddr 192.0.2.1 tcp dport 80 counter packets 0 bytes 0 dnat ip to 10.1.0.2:8080"],
      ["inbound_rules4", "ip daddr 192.0.2.1 tcp dport 80 dnat ip to 10.1.0.2:8080"],
    ] as const) {
      const rule = { table, match: "", mark: "", target };
      expect(ruleAsElement(rule)).toBe(rule);
    }
  });
});
