/** What the spanning tree protocol changes by itself is not drift: bridge(8), net/bridge/br_stp.c. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
});
afterEach(() => host.stop());

interface Info {
  readonly ageing_time: number;
  readonly topology_change: number;
}
const infoOf = (name: string) => {
  const said = host.sh(`ip -d -j link show dev ${name}`);
  return (JSON.parse(said) as [{ linkinfo: { info_data: Info } }])[0].linkinfo.info_data;
};
async function waitFor(what: () => boolean): Promise<void> {
  for (const until = Date.now() + 30_000; Date.now() < until;) {
    if (what()) return;
    await sleep(100);
  }
  throw new Error("it did not come to that");
}

test("while the topology changes, the ageing time is another one", async () => {
  const bridge = new TestResource(host, "Bridge", "lan");
  const inputs = { name: "lan", stp: true, forwardDelay: 2, ageingTime: 300 };
  await bridge.up(inputs);
  host.sh("ip link add p type veth peer name q; ip link set q up; ip link set p master lan up");
  await waitFor(() => infoOf("lan").topology_change === 1);
  expect(infoOf("lan").ageing_time).toBe(400);

  expect(await bridge.refresh()).toMatchObject({ ageingTime: 300, forwardDelay: 2 });
  expect(bridge.changes(inputs)).toEqual([]);
  await bridge.up({ ...inputs, mtu: 1400 });
  await waitFor(() => infoOf("lan").topology_change === 0);
  expect(infoOf("lan").ageing_time).toBe(30_000);

  // A manual change is drift.
  host.sh("ip link set lan type bridge ageing_time 12000");
  expect(await bridge.refresh()).toMatchObject({ ageingTime: 120 });
  expect(bridge.changes(inputs)).toContain("ageingTime");
});
