import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("by-hand");
});
afterAll(() => example.stop());

describe.sequential("one container by hand", () => {
  test("with a route to its address and a default route without a gateway, it reaches everybody", async () => {
    expect(await example.up()).toEqual({ create: 7 });
    await example.expectShown("step: route");
    expect(await example.reaches("host1", "10.0.12.15", "con1")).toBe(true);
    await example.expectSettled();
  });

  test("one up moves it to the bridge, and it is there", async () => {
    expect(await example.up({ step: "bridge" })).toEqual({ create: 1, update: 3, delete: 2, same: 2 });
    await example.expectShown("step: bridge");
    await example.expectSettled();
  });

  test("and one leads back", async () => {
    expect(await example.up({ step: "route" })).toEqual({ create: 2, update: 3, delete: 1, same: 2 });
    expect(await example.sh("host1", "ip -n con1 route show default")).toMatch(/^default dev veth2 /);
    for (const [address, namespace] of [["172.17.0.2"], ["10.0.12.11", "con1"]])
      expect(await example.reaches("host1", address!, namespace)).toBe(true);
  });

  test("a step that does not exist is an error, and nothing happens", async () => {
    await expect(example.up({ step: "brigde" })).rejects.toThrow(
      'by-hand:step is "brigde"; it is "route" or "bridge".',
    );
    expect(await example.reaches("host1", "10.0.12.11", "con1")).toBe(true);
  });

  test("destroyed, nothing is left", () => example.expectLeavesNothing());
});
