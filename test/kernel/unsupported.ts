import { expect } from "vitest";
import { allCases, casesOf } from "../kinds/index.js";
import { supportProbe, unknownDeviceType } from "../kinds/kernel-support.js";
import type { TestResource } from "../test-resource.js";
import type { TestHost } from "./test-host.js";
import { traces } from "./traces.js";

/**
 * Whether the kernel that the tests run on can't create a kind of resource at all. Only kinds whose cases say so may be
 * missing: if another one is, its tests fail.
 */
export function isUnsupported(host: TestHost, kind: string): boolean {
  if (!casesOf(kind).kernelMayLack) return false;
  const said = host.sh(supportProbe(kind));
  expect(["", unknownDeviceType]).toContain(said);
  return said !== "";
}

/** The kinds that this kernel can't create. */
export const lackingKinds = (host: TestHost): readonly string[] =>
  allCases()
    .map(({ kind }) => kind)
    .filter((kind) => isUnsupported(host, kind))
    .sort();

/** Expects a refusal that says what is missing and what to do about it, before anything is created. */
export async function expectUnsupported(host: TestHost, resource: TestResource, wanted: object): Promise<void> {
  const { kind } = resource.definition;
  const { failing, advice } = casesOf(kind).kernelMayLack!;
  const before = traces(host);
  const error = (await resource.up({ ...wanted }).catch((error: unknown) => error)) as Error;
  const [first, step, ...others] = error.message.split("\n");
  expect(first).toBe(`${kind} "${resource.name}" on kernel: ${unknownDeviceType}`);
  expect(step).toMatch(/^ {2}step 1 of \d+: /);
  expect(step!.replace(/^.*?: /, "")).toMatch(failing);
  expect(others.at(-1)).toBe(`  → ${advice}`);
  expect(traces(host)).toEqual(before);
}
