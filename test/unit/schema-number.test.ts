import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { metric, mtu, port, portRange, portsOf, seconds } from "../../provider/schema/number.js";

const problemOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message;

describe.each([
  ["port", port(), 1, 65535, "a port is a whole number from 1 to 65535"],
  ["MTU", mtu(), 68, 65535, "an MTU is a whole number from 68 to 65535"],
  ["metric", metric(), 0, 4294967295, "a metric is a whole number from 0 to 4294967295"],
  ["time", seconds(30), 0, 30, "a time in seconds is a whole number from 0 to 30"],
] as const)("a %s", (_what, schema, low, high, message) => {
  test("is a whole number within its bounds", () => {
    expect([schema.parse(low), schema.parse(high)]).toEqual([low, high]);
    for (const value of [low - 1, high + 1, low + 0.5, NaN, Infinity, -Infinity, String(low), true, null, [low]]) {
      expect(problemOf(schema, value), String(value)).toBe(message);
    }
  });
});

describe("a port or a range of ports", () => {
  test.each([
    [8000, 8000],
    ["8000", 8000],
    ["8000-8010", "8000-8010"],
    ["8000-8000", 8000],
    ["0080", 80],
    ["1-65535", "1-65535"],
  ])("%j is %j", (value, canonical) => {
    expect(portRange().parse(value)).toBe(canonical);
  });

  test.each([
    0,
    65536,
    -1,
    1.5,
    NaN,
    1e21,
    "",
    "0",
    "0-10",
    "65536",
    "8000-65536",
    "8000-",
    "-8000",
    "8000:8010",
    "8000,8001",
    "8000 - 8010",
    " 8000",
    "8000\n",
    "http",
    "0x50",
  ])("%j is none", (value) => {
    expect(problemOf(portRange(), value)).toBe('a port is a number from 1 to 65535, or a range such as "8000-8010"');
  });

  test("that runs backwards is turned round in the message", () => {
    expect(problemOf(portRange(), "8010-8000")).toBe('the range 8010-8000 runs backwards; did you mean "8000-8010"?');
  });

  test.each([
    [80, [80, 80]],
    ["80", [80, 80]],
    ["8000-8010", [8000, 8010]],
  ])("%j has the ports %j", (range, ports) => {
    expect(portsOf(range)).toEqual(ports);
  });
});
