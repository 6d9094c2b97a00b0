import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example, labHosts } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("overlay", labHosts(3));
});
afterAll(() => example.stop());

const hosts = ["host1", "host2", "host3"];
const addressOf = (host: string, family: "ipv4" | "ipv6") =>
  `${family === "ipv4" ? "10.99.0." : "fd00:99::"}${host.replace("host", "")}`;

/** The containers that another host's container can't reach, by IPv4 and IPv6, as `FROM > ADDRESS`. */
async function unreached(on: readonly string[]): Promise<string[]> {
  const ways = on.flatMap((from) =>
    on
      .filter((to) => to !== from)
      .flatMap((to) => (["ipv4", "ipv6"] as const).map((family) => ({ from, to: addressOf(to, family) }))),
  );
  const reached = await Promise.all(ways.map(({ from, to }) => example.reaches(from, to, "web")));
  return ways.flatMap(({ from, to }, index) => (reached[index] ? [] : [`${from} > ${to}`]));
}

/** Whether a packet of this many bytes reaches host2's container and comes back without being fragmented. */
const passes = async (bytes: number) =>
  (await example.said("host1", `ping -M do -c 1 -W 1 -s ${bytes - 28} 10.99.0.2`, "web")).includes(" 1 received");

const flooding = async (host: string) =>
  (await example.sh(host, "bridge fdb show dev lan-vx"))
    .split("\n")
    .flatMap((line) => /^00:00:00:00:00:00 dst (\S+)/.exec(line)?.[1] ?? [])
    .sort();

describe.sequential("one network on several hosts", () => {
  test("any container reaches any other, and the page shows what is there", async () => {
    expect(await example.up()).toEqual({ create: 12 });
    expect(await unreached(hosts)).toEqual([]);
    await example.expectShown();
    await example.expectSettled();
  });

  test("a host that goes takes its part along, and one entry of each other's; the rest stays as it is", async () => {
    const links = () =>
      Promise.all(["host1", "host2"].map((host) => example.sh(host, "ip -o link; ip -n web -o link")));
    const before = await links();
    expect(await example.up({ on: "host1 host2" })).toEqual({ same: 6, update: 2, delete: 4 });
    expect(await links()).toEqual(before);
    expect(await flooding("host1")).toEqual(["10.0.12.11"]);
    expect(await flooding("host2")).toEqual(["10.0.12.15"]);
    expect(await example.said("host3", "ip -o link | grep lan; ip netns")).toBe("");
    expect(await unreached(["host1", "host2"])).toEqual([]);
  });

  test("one that comes gets its part, and one entry at each other", async () => {
    expect(await example.up({ on: "host3 host1 host2" })).toEqual({ same: 6, update: 2, create: 4 });
    expect(await unreached(hosts)).toEqual([]);
  });

  test("a narrower way between the hosts is seen, and full-size packets pass again after an up", async () => {
    await example.sh("host2", "ip link set eth0 mtu 1400");
    // Packets from host1 are now too large for host2.
    expect((await example.stack.up("--refresh")).changes).toMatchObject({ update: 4 });
    const mtus = await Promise.all(hosts.map((host) => example.sh(host, "cat /sys/class/net/eth0/mtu", "web")));
    expect(mtus).toEqual(["1350", "1350", "1350"]);
    expect([await passes(1350), await passes(1351)]).toEqual([true, false]);
    await example.sh("host2", "ip link set eth0 mtu 1500");
    expect((await example.stack.up("--refresh")).changes).toMatchObject({ update: 4 });
    expect([await passes(1450), await passes(1451)]).toEqual([true, false]);
    await example.expectSettled();
  });

  test("destroyed, nothing is left", async () => {
    await example.lab.stopWebs("host3");
    await example.expectLeavesNothing();
  });
});
