import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import type { LabHost } from "../../examples/lab/lab-options.ts";
import { makeConsumer } from "./consumer.ts";
import { repository } from "./pack.ts";
import { type Outcome, Stack } from "./stack.ts";

/** host1, host2 … as the examples' readers have them, all on one wire. */
export const labHosts = (count: number): LabHost[] =>
  [15, 11, 13].slice(0, count).map((last, index) => ({
    name: `host${index + 1}`,
    address: `10.0.12.${last}/22`,
    address6: `fd00:12::${last}/64`,
  }));

/** A program of `examples/`, in a folder of a user's, with a stack and hosts to run it on. */
export class Example {
  private constructor(
    private readonly folder: string,
    readonly lab: Lab,
    readonly stack: Stack,
    private readonly before: readonly string[],
  ) {}

  /** Copies the example to a new folder, and starts its hosts. */
  static async start(name: string, hosts: readonly LabHost[] = labHosts(2)): Promise<Example> {
    const folder = makeConsumer();
    cpSync(path.join(repository, "examples", name), folder, {
      recursive: true,
      // The package is installed there as its readers do it.
      filter: (file) => !/\/(?:package\.json|node_modules|Pulumi\.\w+\.yaml)$/.test(file),
    });
    const lab = await startLab({ folder: path.join(folder, "lab"), hosts });
    try {
      const before = await dumpsOf(lab);
      return new Example(folder, lab, await new Stack(lab, folder).init(), before);
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** Standard output of a shell's command line on a host, in one of its namespaces; throws where it fails. */
  async sh(host: string, line: string, namespace?: string): Promise<string> {
    return (await this.lab.exec(host, within(namespace, ["sh", "-c", line]))).stdout.trim();
  }

  /** What the command line prints, whether or not it succeeds. */
  async said(host: string, line: string, namespace?: string): Promise<string> {
    return (await this.lab.exec(host, within(namespace, ["sh", "-c", line]), { reject: false })).stdout.trim();
  }

  /** Whether a packet goes there and comes back. */
  async reaches(host: string, address: string, namespace?: string): Promise<boolean> {
    return (await this.said(host, `ping -c 1 -W 1 ${address}`, namespace)).includes(" 1 received");
  }

  /** Brings the hosts to what the program says, with these settings of the stack's configuration. */
  async up(settings: Readonly<Record<string, string>> = {}): Promise<Outcome["changes"]> {
    for (const [key, value] of Object.entries(settings))
      await this.stack.succeed("config", "set", "--stack", this.stack.name, key, value);
    return (await this.stack.up()).changes;
  }

  /** A refresh and another `up` find the hosts as they should be. */
  async expectSettled(): Promise<void> {
    const { same, ...others } = (await this.stack.refresh("--expect-no-changes")).changes;
    expect(others).toEqual({});
    expect((await this.stack.up("--expect-no-changes")).changes).toEqual({ same });
  }

  /** Takes the stack away, and finds the hosts as they were before. */
  async expectLeavesNothing(): Promise<void> {
    const { delete: gone, ...others } = (await this.stack.destroy()).changes;
    expect(gone).toBeGreaterThan(0);
    expect(others).toEqual({});
    expect(await dumpsOf(this.lab)).toEqual(this.before);
  }

  async stop(): Promise<void> {
    await this.lab.stop();
    rmSync(this.folder, { recursive: true });
  }
}

const within = (namespace: string | undefined, argv: readonly string[]) =>
  namespace === undefined ? argv : ["ip", "netns", "exec", namespace, ...argv];

const dumpsOf = (lab: Lab) => Promise.all(lab.hosts.map((host) => lab.dump(host)));
