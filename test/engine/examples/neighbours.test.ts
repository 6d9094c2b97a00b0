import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example, labHosts } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("neighbours", labHosts(1));
});
afterAll(() => example.stop());

describe.sequential("a neighbour that does not answer", () => {
  test("is reached by its entry, and the page shows what is there", async () => {
    expect(await example.up()).toEqual({ create: 4 });
    await example.expectShown();
    await example.expectSettled();
  });

  test("without its entry it is out of reach; an up puts that back", async () => {
    await example.sh("host1", "ip -n con1 neighbour delete 10.0.0.2 dev eth0");
    expect(await example.reaches("host1", "10.0.0.2", "con1")).toBe(false);
    expect((await example.stack.refresh()).changes).toEqual({ same: 3, delete: 1 });
    expect(await example.up()).toEqual({ same: 3, create: 1 });
    expect(await example.reaches("host1", "10.0.0.2", "con1")).toBe(true);
  });

  test("destroyed, nothing is left", () => example.expectLeavesNothing());
});
