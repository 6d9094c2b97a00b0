import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { casesOf } from "../../kinds/index.js";
import { supportProbe } from "../../kinds/kernel-support.js";
import { Example, labHosts } from "../example.ts";

let example: Example;
let isLacking: boolean;
const { advice } = casesOf("Dummy").kernelMayLack!;
beforeAll(async () => {
  example = await Example.start("loopback", labHosts(1));
  isLacking = (await example.said("host1", supportProbe("Dummy"))) !== "";
});
afterAll(() => example.stop());

/** On a kernel without dummy interfaces, all but one of the page's resources are created. */
const upWithout = async () => {
  const { stack } = example;
  const { exitCode, output, changes } = await stack.pulumi("up", "--yes", "--stack", stack.name, "--continue-on-error");
  expect(exitCode).not.toBe(0);
  expect(output).toContain(`→ ${advice}`);
  expect(changes).toEqual({ create: 6, failed: 1 });
};

describe.sequential("a router's loopback", () => {
  test("is reached by either cable, and the page shows what is there; or it is said what the kernel lacks", async () => {
    if (isLacking) {
      await upWithout();
      return;
    }
    expect(await example.up()).toEqual({ create: 7 });
    await example.expectShown();
    await example.expectSettled();
    await example.sh("host1", "ip -n peer link set eth1 down");
    expect(await example.reaches("host1", "10.9.9.1", "peer")).toBe(true);
    await example.stack.up("--refresh");
    await example.expectSettled();
  });

  test("destroyed, nothing is left", () => example.expectLeavesNothing());
});
