import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Example } from "../example.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("real-containers");
});
afterAll(() => example.stop());

const docker = (line: string) => example.sh("host1", `docker ${line}`);
const pid = () => docker("inspect --format '{{.State.Pid}}' c1");
const links = async () => (await docker("exec c1 /bin/busybox ip -o link")).match(/(?<=^\d+: )\w+/gm);
const published = () => example.said("host2", "curl -s -m 1 10.0.12.15:8080");
const answer = "Docker's web on host1";

describe.sequential("a container of Docker's that was started without a network", () => {
  test("gets one from the stack, and the page shows what is there", async () => {
    const before = await pid();
    expect(await links()).toEqual(["lo"]);
    expect(await example.up()).toEqual({ create: 6 });
    await example.expectShown();
    await example.expectSettled();
    expect(await pid()).toBe(before);
  });

  test("restarted, it is wired again by one up, and nothing else is changed", async () => {
    await docker("restart --time 0 c1");
    expect(await links()).toEqual(["lo"]);
    expect(await published()).toBe("");
    const { output } = await example.stack.preview("--refresh", "--diff");
    expect(output).toContain("attachedTo");
    expect((await example.stack.up("--refresh")).changes).toEqual({ refresh: 6, same: 4, update: 2 });
    expect(await published()).toBe(answer);
    await example.expectSettled();
  });

  test("a refresh and a later up do the same", async () => {
    await docker("restart --time 0 c1");
    await example.stack.refresh();
    await example.stack.up();
    expect(await published()).toBe(answer);
    await example.expectSettled();
  });

  test("stopped, it is an error that says how to go on, and nothing is lost", async () => {
    await docker("stop --time 0 c1");
    const failed = await example.stack.pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--refresh",
      "--stack",
      example.stack.name,
    );
    expect(failed.output).toContain('Namespace "c1" on host1: attach.docker: container c1 is not running');
    expect(failed.output).toContain("→ Start it on the host, and run `pulumi up` again: docker start c1");
    await docker("start c1");
    await example.stack.up("--refresh");
    expect(await published()).toBe(answer);
  });

  test("destroyed, nothing is left, and the container runs on", async () => {
    const before = await pid();
    await example.expectLeavesNothing();
    expect(await pid()).toBe(before);
    expect(await links()).toEqual(["lo"]);
  });
});
