import { mkdtempSync, rmSync, mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { consumerKinds } from "./consumer-kinds.ts";
import { writeFiles } from "./consumer.ts";
import { run } from "./pack.ts";
import { Stack } from "./stack.ts";
let lab: Lab;
let top: string;
const pnpmv = "12.21.0";
beforeAll(async () => {
  top = mkdtempSync("/tmp/linuxnet-consumers-");
  mkdirSync(path.join(top, "pnpm"));
  run(
    path.join(top, "pnpm"),
    "npm",
    "install",
    "--prefix",
    ".",
    "--ignore-scripts",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    `pnpm@${pnpmv}`,
  );
  lab = await startLab({ folder: path.join(top, "lab"), hosts: [{ name: "host1", address: "10.0.12.15/22" }] });
});
afterAll(async () => {
  await lab?.stop();
  if (!process.env.KEEP) rmSync(top, { recursive: true, force: true });
});
const t = (l: string, t0: number) => console.log(l, ((Date.now() - t0) / 1000).toFixed(1));
for (const [i, kind] of consumerKinds.entries())
  test(
    kind.title,
    async () => {
      const folder = path.join(top, `k${i}`, "app");
      writeFiles(
        folder,
        Object.fromEntries(
          Object.entries(kind.files).map(([k, v]) => [k, typeof v === "string" ? v : JSON.stringify(v)]),
        ),
      );
      let t0 = Date.now();
      if (kind.installer === "npm")
        run(folder, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund");
      else
        run(
          folder,
          path.join(top, "pnpm/node_modules/.bin/pnpm"),
          "install",
          "--ignore-scripts",
          "--prefer-offline",
          "--store-dir",
          path.join(top, "store"),
        );
      t(kind.title + " install", t0);
      t0 = Date.now();
      const before = await lab.dump("host1");
      const stack = await new Stack(lab, path.join(folder, kind.project ?? ".")).init();
      t("init", t0);
      t0 = Date.now();
      try {
        const up = await stack.up();
        expect(up.changes, up.output).toEqual({ create: 3 });
        t("up", t0);
        t0 = Date.now();
        const up2 = await stack.up();
        expect(up2.changes, up2.output).toEqual({ same: 3 });
        t("up2", t0);
        t0 = Date.now();
        const r = await stack.succeed("refresh", "--stack", "test", "--expect-no-changes", "--preview-only");
        t("refresh", t0);
        t0 = Date.now();
      } finally {
        const d = await stack.destroy();
        t("destroy", t0);
        t0 = Date.now();
        console.log(d.changes);
      }
      expect(await lab.dump("host1")).toEqual(before);
    },
    120000,
  );
