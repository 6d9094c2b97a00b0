import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quoteForShell } from "../../../examples/lab/shell-quoting.ts";
import { Example, labHosts } from "../example.ts";
import { repository } from "../pack.ts";

let example: Example;
beforeAll(async () => {
  example = await Example.start("names", labHosts(1));
});
afterAll(() => example.stop());

const page = readFileSync(path.join(repository, "examples/names/README.md"), "utf8");
/** The commands in a section of the page, each with what it prints. */
const shownIn = (title: string) => {
  const section = page.split(/^## /m).find((part) => part.startsWith(title))!;
  return [...section.matchAll(/^host1\$ (.*)\n((?:(?!host1\$ |```).*\n)*)/gm)].map(([, line, output]) => ({
    line: line!,
    output: steady(output!),
  }));
};
/** Without times, and without the stack's name, which is specific to this test. */
const steady = (text: string) =>
  text
    .trim()
    .replaceAll(/time \d+ms|^rtt .*|[ \t]+(?=\S)/gm, " ")
    .replaceAll(/(?<=linuxnet:names\/)[\w@]+/g, "STACK");
/** One after another: a command may show the effect of the one before. */
async function found(title: string): Promise<{ line: string; output: string }[]> {
  const outputs = [];
  for (const { line } of shownIn(title)) outputs.push({ line, output: steady(await example.said("host1", line)) });
  return outputs;
}

const nameServer = readFileSync(path.join(import.meta.dirname, "name-server.pl"), "utf8");

describe.sequential("names", () => {
  test("containers know each other by name, and see the files that the page shows", async () => {
    expect(await example.up()).toEqual({ create: 5 });
    expect(await found("What a program")).toEqual(shownIn("What a program"));
    expect(shownIn("What a program").length).toBeGreaterThan(6);
  });

  test("other names are asked for at the name server, within the search domain", async () => {
    const start = quoteForShell(["setsid", "perl", "-e", nameServer, "172.17.0.1", "/run/asked"]);
    await example.sh(
      "host1",
      `${start} </dev/null >/dev/null 2>&1 & until ss -Hlnu "sport = :53" | grep -q 172.17.0.1; do sleep 0.05; done`,
    );
    expect(await example.said("host1", "getent ahostsv4 db", "con1")).toMatch(/^10\.9\.8\.7 +STREAM db\.example\.org/);
    expect(await example.said("host1", "getent ahostsv4 nobody", "con2")).toBe("");
    expect((await example.said("host1", "sort -u /run/asked")).split("\n")).toEqual([
      "db.example.org.",
      "nobody.",
      "nobody.example.org.",
    ]);
  });

  test("a second up and a refresh find nothing to do; a change by hand is shown, and put right", async () => {
    await example.expectSettled();
    expect(await found("A change by hand")).toEqual(shownIn("A change by hand"));
    const { output } = await example.stack.refresh("--diff");
    expect(output).toMatch(/con2 *: "172\.17\.0\.102" => "172\.17\.0\.9"/);
    expect(await example.up()).toEqual({ same: 4, update: 1 });
    expect(await example.said("host1", "getent hosts con2", "con1")).toMatch(/^172\.17\.0\.102 /);
  });

  test("a reboot leaves the files, which are this stack's still: one up makes the rest again", async () => {
    await example.lab.reboot("host1");
    expect(await example.said("host1", "ls /run/netns; ls /etc/netns")).toBe("con1\ncon2");
    expect((await example.stack.refresh()).changes).toEqual({ update: 2, delete: 3 });
    expect(await example.up()).toEqual({ create: 3, update: 2 });
    expect(await example.reaches("host1", "con2", "con1")).toBe(true);
    await example.expectSettled();
  });

  test("destroy leaves nothing behind", () => example.expectLeavesNothing());
});
