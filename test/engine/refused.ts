import { expect } from "vitest";
import type { Lab } from "../../examples/lab/lab.ts";
import { type Network, setNetwork } from "./network.ts";
import type { Stack } from "./stack.ts";

/**
 * Runs an `up` to each of the networks, which tries every resource. Checks that it is refused for these reasons (`@ID`
 * in marks stands for any stack's id), and that it changes neither the lab's hosts nor the state.
 */
export async function expectRefused(
  lab: Lab,
  stack: Stack,
  networks: readonly Network[],
  reasons: readonly string[],
): Promise<void> {
  const look = async () => ({
    hosts: await Promise.all(lab.hosts.map((host) => lab.dump(host))),
    state: Object.keys(await stack.resources()).sort(),
  });
  const there = await look();
  const args = ["--yes", "--skip-preview", "--continue-on-error", "--stack", stack.name];
  let said = "";
  for (const network of networks) {
    await setNetwork(stack, network);
    const { exitCode, output } = await stack.pulumi("up", ...args);
    expect(exitCode, output).not.toBe(0);
    said += output.replaceAll(/@[0-9a-f]{10}(?=\/)/g, "@ID");
  }
  // A gateway is checked once its interface exists. The interface is then removed again.
  for (const reason of reasons)
    expect(said).toContain(reason.includes(": gateway ") ? reason : `${reason}; nothing was changed for this resource`);
  expect(await look()).toEqual(there);
}
