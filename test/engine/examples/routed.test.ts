import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example, labHosts } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("routed", labHosts(3));
});
afterAll(() => example.stop());

describe.sequential("several hosts, routed", () => {
  test("containers see each other's own addresses, and everybody else sees the host's", async () => {
    expect(await example.up()).toEqual({ create: 12 });
    await example.expectShown();
    await example.expectSettled();
  });

  test("toward the other host itself, which is none of the subnets, the source is the host's too", async () => {
    await example.lab.startWeb("host2", { port: 81 }, "{client}");
    expect(await example.sh("host1", "curl -s 10.0.12.11:81", "web")).toBe("10.0.12.15");
    await example.lab.startWeb("host2", { namespace: "web", port: 81 }, "{client}");
    expect(await example.sh("host1", "curl -s 10.1.2.2:81", "web")).toBe("10.1.1.2");
  });

  test("destroyed, nothing is left", async () => {
    await example.lab.stopWebs("host2");
    await example.expectLeavesNothing();
  });
});
