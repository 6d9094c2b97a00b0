import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example, labHosts } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("macvlan", labHosts(2));
});
afterAll(() => example.stop());

const host1 = "10.0.12.15";
const host2 = "10.0.12.11";
const con1 = "10.0.12.101";
const con2 = "10.0.12.102";

describe.sequential("containers on the host's network", () => {
  test("they are machines beside their host: with all others they speak, and with each other", async () => {
    expect(await example.up()).toEqual({ create: 4 });
    expect(await example.sh("host1", "ip -4 -brief address show dev lan0", "con1")).toMatch(/UP +10\.0\.12\.101\/22/);
    expect(await example.sh("host1", "ip -4 route", "con1")).toMatch(
      /^default via 10\.0\.12\.1 dev lan0 proto \d+ *\n10\.0\.12\.0\/22 dev lan0 proto kernel/,
    );
    expect(await example.reaches("host1", con2, "con1")).toBe(true);
    expect(await example.reaches("host1", con1, "con2")).toBe(true);
    expect(await example.reaches("host1", host2, "con1")).toBe(true);
    expect(await example.reaches("host2", con1)).toBe(true);
    expect(await example.reaches("host2", con2)).toBe(true);
  });

  test("each has an Ethernet address of its own, and its clients are seen as they are", async () => {
    const macOf = (host: string, container: string) =>
      example.sh(host, 'ip -json link show dev lan0 | grep -o \'"address":"[^"]*\'', container);
    const own = [await macOf("host1", "con1"), await macOf("host1", "con2")].map((text) => text.split('"').at(-1));
    const seen = await example.sh("host2", `ip neighbour show to ${con1}; ip neighbour show to ${con2}`);
    expect(seen.split("\n").map((line) => /lladdr (\S+)/.exec(line)?.[1])).toEqual(own);

    await example.lab.startWeb("host1", { namespace: "con1", port: 8080 }, "container1");
    expect(await example.sh("host2", `curl -s -m 5 http://${con1}:8080`)).toBe("container1");
    await example.lab.stopWeb("host1", { namespace: "con1", port: 8080 });
  });

  test("with their own host they don't speak, as the kernel has it", async () => {
    expect(await example.reaches("host1", con1)).toBe(false);
    expect(await example.reaches("host1", host1, "con1")).toBe(false);
  });

  test("a second up and a refresh find nothing to do", () => example.expectSettled());

  test("what somebody alters by hand is found, and put right", async () => {
    await example.sh("host1", "ip -n con1 link set lan0 type macvlan mode private; ip -n con2 link delete lan0");
    expect(await example.reaches("host1", con2, "con1")).toBe(false);
    expect((await example.stack.up("--refresh")).changes).toMatchObject({ update: 1, create: 1 });
    expect(await example.reaches("host1", con2, "con1")).toBe(true);
  });

  test("a host with a macvlan of its own reaches them", async () => {
    expect(await example.up({ hostToo: "true" })).toEqual({ create: 3, same: 4 });
    expect(await example.reaches("host1", con1)).toBe(true);
    expect(await example.reaches("host1", con2)).toBe(true);
    expect(await example.reaches("host1", "10.0.12.103", "con1")).toBe(true);
    await example.expectSettled();
  });

  test("destroyed, nothing is left", () => example.expectLeavesNothing());
});
