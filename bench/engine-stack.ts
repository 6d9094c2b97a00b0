import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import type { Lab } from "../examples/lab/lab.ts";
import { repository } from "../test/engine/pack.ts";
import { Stack } from "../test/engine/stack.ts";

/** Which package the program finds as `pulumi-linuxnet`: this one, or the one that does nothing. */
export type Side = "linuxnet" | "floor";

/** The engine's operations that users wait for. */
export const operations = ["preview", "up", "second up", "refresh", "destroy"] as const;
export type Operation = (typeof operations)[number];

/** The program of the bench in a folder of its own, with one of the two packages. */
export class BenchStack {
  readonly folder: string;
  private readonly stack: Stack;

  constructor(lab: Lab, side: Side) {
    this.folder = mkdtempSync(path.join(tmpdir(), `linuxnet-bench-${side}-`));
    mkdirSync(path.join(this.folder, "node_modules/@pulumi"), { recursive: true });
    symlinkSync(
      path.join(repository, "node_modules/@pulumi/pulumi"),
      path.join(this.folder, "node_modules/@pulumi/pulumi"),
    );
    const packageFolder = side === "linuxnet" ? repository : path.join(repository, "bench/floor");
    symlinkSync(packageFolder, path.join(this.folder, "node_modules/pulumi-linuxnet"));
    this.stack = new Stack(lab, this.folder, "bench");
    this.stack.program(readFileSync(path.join(repository, "bench/program/index.js"), "utf8"), "index.js", "bench");
    writeFileSync(path.join(this.folder, "package.json"), JSON.stringify({ name: "bench", private: true }));
  }

  async init(hosts: readonly string[], containers: number): Promise<this> {
    await this.stack.init();
    await this.stack.succeed("config", "set", "--stack", "bench", "hosts", JSON.stringify(hosts));
    await this.stack.succeed("config", "set", "--stack", "bench", "containers", String(containers));
    return this;
  }

  /** Seconds that an operation takes. */
  async time(operation: Operation, ...args: string[]): Promise<number> {
    const start = performance.now();
    await this.run(operation, ...args);
    return (performance.now() - start) / 1000;
  }

  private run(operation: Operation, ...args: string[]) {
    switch (operation) {
      case "preview":
        return this.stack.preview(...args);
      case "up":
      case "second up":
        return this.stack.up(...args);
      case "refresh":
        return this.stack.refresh(...args);
      case "destroy":
        return this.stack.destroy(...args);
    }
  }

  /** Bytes of the state file. */
  get stateBytes(): number {
    const folder = path.join(this.folder, ".state/.pulumi/stacks/bench");
    const file = readdirSync(folder).find((name) => name === "bench.json");
    return file === undefined ? 0 : statSync(path.join(folder, file)).size;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
