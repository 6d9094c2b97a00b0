import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example, labHosts } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("two-uplinks", labHosts(3));
});
afterAll(() => example.stop());

const world = (network: string) =>
  example.said("host1", "curl -s -m 1 198.51.100.1 || curl -s -S -m 1 198.51.100.1 2>&1", network);
const worlds = async () => [await world("blue"), await world("green")];

/** How many packets to the world reach a host while something runs. */
async function packetsTo(host: string, during: () => Promise<unknown>): Promise<number> {
  const chain = "PREROUTING -d 198.51.100.1 -p icmp";
  await example.sh(host, `iptables -t raw -A ${chain}`);
  await during();
  const counted = await example.sh(host, "iptables -t raw -L PREROUTING -nvx | awk '/198.51.100.1/ { print $1 }'");
  await example.sh(host, `iptables -t raw -D ${chain}`);
  return Number(counted);
}

describe.sequential("two uplinks", () => {
  test("each network goes by its own, and the page shows what is there", async () => {
    expect(await example.up()).toEqual({ create: 18 });
    await example.expectShown();
    await example.expectSettled();
  });

  test.each([
    ["blue", [3, 0]],
    ["green", [0, 3]],
  ])("the packets of %s are at one router alone", async (network, counts) => {
    const counted: number[] = [];
    const ping = () => example.sh("host1", "ping -c 3 -i 0.1 198.51.100.1", network);
    counted.push(await packetsTo("host2", async () => counted.unshift(await packetsTo("host3", ping))));
    expect(counted.reverse()).toEqual(counts);
  });

  test("a network without its uplink does not use the other's; the next up gives it back", async () => {
    await example.sh("host1", "ip route delete default via 10.0.12.11 table 101");
    expect(await worlds()).toEqual([expect.stringMatching(/Failed to connect/), "by host3, asked by 10.0.12.15"]);
    expect((await example.stack.up("--refresh")).changes).toMatchObject({ create: 1 });
    expect(await worlds()).toEqual(["by host2, asked by 10.0.12.15", "by host3, asked by 10.0.12.15"]);
  });

  test("without its rule a network goes as the main table says", async () => {
    await example.sh("host1", "ip rule delete priority 1002");
    expect(await world("green")).not.toContain("by host3");
    expect((await example.stack.up("--refresh")).changes).toMatchObject({ create: 1 });
    expect(await world("green")).toBe("by host3, asked by 10.0.12.15");
    await example.expectSettled();
  });

  test("destroyed, nothing is left", async () => {
    await Promise.all(["host1", "host2", "host3"].map((host) => example.lab.stopWebs(host)));
    await example.expectLeavesNothing();
  });
});
