import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example, labHosts } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("pair", labHosts(1));
});
afterAll(() => example.stop());

describe.sequential("a pair", () => {
  test("its two containers reach each other, and the page shows what is there", async () => {
    expect(await example.up()).toEqual({ create: 3 });
    await example.expectShown();
    await example.expectSettled();
  });

  test("the host has no part in it", async () => {
    expect(await example.sh("host1", "ip -brief link | cut -d ' ' -f 1")).toMatch(/^lo\neth0(?:@if\d+)?$/);
    expect(await example.reaches("host1", "10.0.0.1")).toBe(false);
  });

  test("destroyed, nothing is left", () => example.expectLeavesNothing());
});
