import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("docker-modes");
});
afterAll(() => example.stop());

/**
 * What happens to a server that runs as user nobody and wants this port: it listens until it is stopped, or is refused.
 */
const listenAsNobody = (port: number, namespace?: string) =>
  example.said(
    "host1",
    `setpriv --reuid=65534 --regid=65534 --clear-groups timeout 0.3 busybox nc -l -p ${port} 2>&1; [ $? != 124 ] || echo listens`,
    namespace,
  );

describe.sequential("Docker's modes", () => {
  test("each has what the page shows of it", async () => {
    expect(await example.up()).toEqual({ create: 8 });
    await example.expectShown();
    await example.expectSettled();
  });

  test("bridge: the container reaches out, and its published port answers all sides", async () => {
    expect(await example.reaches("host1", "10.0.12.11", "bridged")).toBe(true);
    expect(await example.sh("host1", "curl -s 10.0.12.15:8080")).toBe("bridged, asked by 10.0.12.15");
  });

  test("none: it answers itself, and reaches neither the host nor the other container", async () => {
    expect(await example.reaches("host1", "127.0.0.1", "isolated")).toBe(true);
    for (const address of ["10.0.12.15", "172.17.0.1", "172.17.0.2"])
      expect(await example.reaches("host1", address, "isolated")).toBe(false);
  });

  test("host and container: low ports are for everybody where they were set so, and nowhere else", async () => {
    expect(await listenAsNobody(80)).toBe("listens");
    expect(await listenAsNobody(79)).toMatch(/Permission denied/);
    expect(await listenAsNobody(79, "bridged")).toBe("listens");
    expect(await listenAsNobody(80, "isolated")).toMatch(/Permission denied/);
  });

  test("destroyed, nothing is left", async () => {
    await example.lab.stopWebs("host1");
    await example.expectLeavesNothing();
  });
});
