import { expect } from "vitest";
import type { TestResource } from "../test-resource.js";
import type { TestHost } from "./test-host.js";
import { traces } from "./traces.js";

/** Whether the kernel that the tests run on can't make a kind of resource at all. Only ipvlan may be missing: all else is there, or its tests fail. */
export function isUnsupported(host: TestHost, kind: string): boolean {
  if (kind !== "Ipvlan") return false;
  const said = host.sh(
    "unshare --net sh -c 'ip link add a0 type bridge && ip link add link a0 name a1 type ipvlan' 2>&1 || :",
  );
  expect(["", "Error: Unknown device type."]).toContain(said);
  return said !== "";
}

/** It is refused with what is missing and what to do about it, before anything is made. */
export async function expectUnsupported(host: TestHost, resource: TestResource, wanted: object): Promise<void> {
  const before = traces(host);
  const error = (await resource.up({ ...wanted }).catch((error: unknown) => error)) as Error;
  const [first, ...others] = error.message.split("\n");
  expect(first).toBe(`Ipvlan "${resource.name}" on kernel: Error: Unknown device type.`);
  expect(others[0]).toMatch(
    /^ {2}step 1 of \d+: (?:ip link|sh -c .* sh \S+) add group \d+ dev \S+ link \S+ .*type ipvlan /,
  );
  expect(others.at(-1)).toBe(
    "  → The host's kernel has no ipvlan interfaces: load its module there (`modprobe ipvlan`), or install the kernel's modules.",
  );
  expect(traces(host)).toEqual(before);
}
