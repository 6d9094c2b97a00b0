import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, inject } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import type { LabHost } from "../../examples/lab/lab-options.ts";
import { stackName } from "../../examples/lab/lab-stack.ts";
import { codeBlocks, readPage } from "../documentation.ts";
import { dependencies, makeConsumer, npmInstall } from "./consumer.ts";
import { repository } from "./pack.ts";
import { expectShown, prepareShown } from "./shown-output.ts";
import { type Outcome, Stack } from "./stack.ts";

/** host1, host2 …, as readers of the examples have them, all on one link. */
export const labHosts = (count: number): LabHost[] =>
  [15, 11, 13].slice(0, count).map((last, index) => ({
    name: `host${index + 1}`,
    address: `10.0.12.${last}/22`,
    address6: `fd00:12::${last}/64`,
  }));

/** A program from `examples/` in a user's folder, with a stack and hosts to run it on. */
export class Example {
  private constructor(
    private readonly name: string,
    private readonly folder: string,
    readonly lab: Lab,
    readonly stack: Stack,
    private readonly before: readonly string[],
  ) {}

  /** Copies the example to a new folder and starts its hosts, with what its page sets up on them first. */
  static async start(name: string, hosts: readonly LabHost[] = labHosts(2)): Promise<Example> {
    const folder = copyOf(name);
    const lab = await startLab({ folder: path.join(folder, "lab"), hosts });
    try {
      await prepareShown(lab, pageOf(name));
      const before = await dumpsOf(lab);
      // The example's page shows the stack's name, so the stack has the name that `npm run example` gives it.
      return new Example(name, folder, lab, await new Stack(lab, folder, stackName).init(), before);
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** Standard output of a shell command on a host, or in one of its namespaces. Throws if the command fails. */
  async sh(host: string, line: string, namespace?: string): Promise<string> {
    return (await this.lab.exec(host, within(namespace, ["sh", "-c", line]))).stdout.trim();
  }

  /** Standard output of a shell command, whether or not it succeeds. */
  async said(host: string, line: string, namespace?: string): Promise<string> {
    return (await this.lab.exec(host, within(namespace, ["sh", "-c", line]), { reject: false })).stdout.trim();
  }

  /** Whether an address answers a ping. */
  async reaches(host: string, address: string, namespace?: string): Promise<boolean> {
    return (await this.said(host, `ping -c 1 -W 1 ${address}`, namespace)).includes(" 1 received");
  }

  /** Runs an `up` with these settings in the stack's configuration. Resolves with the changes. */
  async up(settings: Readonly<Record<string, string>> = {}): Promise<Outcome["changes"]> {
    for (const [key, value] of Object.entries(settings))
      await this.stack.succeed("config", "set", "--stack", this.stack.name, key, value);
    this.stack.refreshesAfterUp = true;
    return (await this.stack.up()).changes;
  }

  /**
   * Checks that the hosts show what the example's page shows, from top to bottom.
   * @param label Only the blocks with this label, which is a comment above the block.
   */
  async expectShown(label?: string): Promise<void> {
    const blocks = pageOf(this.name);
    await expectShown(
      this.lab,
      blocks.filter((block) => label === undefined || block.label === label),
    );
  }

  /** Checks that a refresh and another `up` find nothing to do. */
  async expectSettled(): Promise<void> {
    const { same, ...others } = (await this.stack.refresh("--expect-no-changes")).changes;
    expect(others).toEqual({});
    expect((await this.stack.up("--expect-no-changes")).changes).toEqual({ same });
  }

  /** Destroys the stack, and checks that the hosts are as they were before. */
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

/**
 * A copy of the example in a user's folder, with its dependencies. The package is the packed one. If the example needs
 * nothing else, it uses the installation that all tests share; otherwise it is installed as examples/README.md says for
 * a copy.
 */
function copyOf(name: string): string {
  const source = path.join(repository, "examples", name);
  const manifest = readFileSync(path.join(source, "package.json"), "utf8");
  const { dependencies: needs } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  const ofItsOwn = Object.keys(needs).some((dependency) => !(dependency in dependencies()));
  const folder = ofItsOwn ? mkdtempSync(path.join(os.tmpdir(), "linuxnet-example-")) : makeConsumer();
  const left = ofItsOwn
    ? /\/(?:node_modules|Pulumi\.\w+\.yaml)$/
    : /\/(?:package\.json|node_modules|Pulumi\.\w+\.yaml)$/;
  cpSync(source, folder, { recursive: true, filter: (file) => !left.test(file) });
  // Pulumi's own package has the version of the CLI, so that a newer one does not change a test.
  if (ofItsOwn) npmInstall(folder, inject("packedPackage"), `@pulumi/pulumi@${dependencies()["@pulumi/pulumi"]}`);
  return folder;
}

const pageOf = (name: string) => codeBlocks(readPage(`examples/${name}/README.md`));

const within = (namespace: string | undefined, argv: readonly string[]) =>
  namespace === undefined ? argv : ["ip", "netns", "exec", namespace, ...argv];

const dumpsOf = (lab: Lab) => Promise.all(lab.hosts.map((host) => lab.dump(host)));
