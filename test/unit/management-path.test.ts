import { expect, test } from "vitest";
import { parsePolicyRules } from "../../provider/commands/policy-rule.js";
import { parseTableRoutes } from "../../provider/commands/route.js";
import {
  concernsManagementPath,
  isNextHop,
  managementPathConflict,
  replyRoute,
  routingWith,
} from "../../provider/commands/management-path.js";

const managementPath = { client: "203.0.113.7", server: "10.0.0.5", device: "eth0", addresses: ["10.0.0.5/24"] };

const rule = (priority: number, more: object) => ({ priority, src: "all", protocol: "2", ...more });
const kernel = [rule(0, { table: "255" }), rule(32766, { table: "254" }), rule(32767, { table: "253" })];
const route = (dst: string, more: object) => ({ type: "1", dst, protocol: "3", scope: "0", ...more });
const main = [route("default", { gateway: "10.0.0.1", dev: "eth0" }), route("10.0.0.0/24", { dev: "eth0" })];

/** As `ip -N -d -j rule show` and `ip -N -d -j route show table all` print them. */
const routing = (rules: { priority: number }[] = [], routes: object[] = []) => ({
  rules: parsePolicyRules(JSON.stringify([...kernel, ...rules].sort((a, b) => a.priority - b.priority)), 4),
  routes: parseTableRoutes(JSON.stringify([...main, ...routes]), 4),
});

test.each<[what: string, rules: { priority: number }[], routes: object[], expected: string]>([
  ["the default route", [], [], "dev eth0 via 10.0.0.1"],
  ["a route that is more specific", [], [route("203.0.113.0/24", { dev: "wg0" })], "dev wg0 via "],
  ["one with a lower metric", [], [route("default", { dev: "wg0", metric: -1 })], "dev wg0 via "],
  [
    "a rule that comes first",
    [rule(10, { table: "77" })],
    [route("default", { type: "7", table: "77" })],
    "unreachable",
  ],
  ["a table that has nothing", [rule(10, { table: "77" })], [], "dev eth0 via 10.0.0.1"],
  [
    "a route that throws",
    [rule(10, { table: "77" })],
    [route("default", { type: "9", table: "77" })],
    "dev eth0 via 10.0.0.1",
  ],
  [
    "a table without its default route",
    [rule(10, { table: "254", suppress_prefixlen: 0 }), rule(11, { action: "6" })],
    [],
    "blackhole",
  ],
  [
    "a rule for others' addresses",
    [rule(10, { src: "10.9.0.0", srclen: 16, action: "6" })],
    [],
    "dev eth0 via 10.0.0.1",
  ],
  ["a rule for all but others", [rule(10, { not: null, src: "10.9.0.0", srclen: 16, action: "6" })], [], "blackhole"],
  ["a rule for marked packets", [rule(10, { fwmark: "0x1", action: "6" })], [], "dev eth0 via 10.0.0.1"],
  ["a rule for all but marked ones", [rule(10, { not: null, fwmark: "0x1", action: "6" })], [], "blackhole"],
])("answers follow %s", (_, rules, routes, expected) => {
  expect(replyRoute(routing(rules, routes), managementPath)).toBe(expected);
});

test("a part takes the place of what the kernel would have it replace", () => {
  const [replaced] = parseTableRoutes(JSON.stringify([route("default", { dev: "wg0" })]), 4);
  const there = routingWith(routing(), [{ property: "destination", route: replaced! }]);
  expect(replyRoute(there, managementPath)).toBe("dev wg0 via ");
  expect(there.routes).toHaveLength(main.length);
});

test("a neighbour entry of the client or of the gateway to it, on the interface that it is reached by", () => {
  const entry = (neighbour: string, device = "eth0") => ({ property: "address", neighbour, device });
  const replies = replyRoute(routing(), managementPath);
  expect(isNextHop(entry("10.0.0.1"), replies)).toBe(true);
  for (const other of [entry("10.0.0.2"), entry("10.0.0.1", "lan0")]) expect(isNextHop(other, replies)).toBe(false);
  expect(concernsManagementPath(entry("10.0.0.1"), managementPath)).toBe(true);
  expect(concernsManagementPath(entry("10.0.0.1", "lan0"), managementPath)).toBe(false);
  expect(managementPathConflict(entry("203.0.113.7"), managementPath)).toMatch(/^203\.0\.113\.7 is the address/);
  expect(managementPathConflict(entry("203.0.113.7", "lan0"), managementPath)).toBeUndefined();
  expect(managementPathConflict(entry("10.0.0.2"), managementPath)).toBeUndefined();
});

test("an address of the interface itself, and one that is nobody's, take nothing", () => {
  const address = (address: string, device: string) =>
    managementPathConflict({ property: "addresses", address, device }, managementPath);
  expect(address("10.0.0.5/24", "eth0")).toBeUndefined();
  expect(address("10.77.0.1/24", "lan0")).toBeUndefined();
  expect(address("10.0.0.9/32", "lan0")).toBeUndefined();
  expect(address("10.0.0.9/24", "lan0")).toMatch(/overlaps 10\.0\.0\.5\/24/);
  expect(address("203.0.0.1/16", "lan0")).toMatch(/has 203\.0\.113\.7 in it/);
});
