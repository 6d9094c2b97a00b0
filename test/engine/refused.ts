import { expect } from "vitest";
import type { Lab } from "../../examples/lab/lab.ts";
import { type Network, setNetwork } from "./network.ts";
import type { Stack } from "./stack.ts";

/** An `up` that tries every resource, is refused for these reasons, and changes neither the lab's hosts nor the state. */
export async function expectRefused(
  lab: Lab,
  stack: Stack,
  network: Network,
  reasons: readonly string[],
): Promise<void> {
  const look = async () => ({
    hosts: await Promise.all(lab.hosts.map((host) => lab.dump(host))),
    state: Object.keys(await stack.resources()).sort(),
  });
  const there = await look();
  await setNetwork(stack, network);
  const args = ["--yes", "--skip-preview", "--continue-on-error", "--stack", stack.name];
  const { exitCode, output } = await stack.pulumi("up", ...args);
  expect(exitCode, output).not.toBe(0);
  for (const reason of reasons) expect(output).toContain(`${reason}; nothing was touched`);
  expect(await look()).toEqual(there);
}
