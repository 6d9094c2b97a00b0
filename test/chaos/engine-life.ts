import { ChaosHost } from "./chaos-host.ts";
import { compareDumps, compareState } from "./comparison.ts";
import { stacksAddress, withoutId } from "../engine/without-id.ts";
import { EngineStack, type Run } from "./engine-stack.ts";
import { Fault } from "./fault.ts";
import { type Life, type Reference, scriptsEnd, target } from "./life.ts";
import { type Extent, type Phase, type Point, phases } from "./point.ts";

const operation = (command: "up" | "destroy" | "refresh", ...options: string[]) => [
  command,
  "--yes",
  "--skip-preview",
  "--stack",
  "dev",
  ...options,
];

/** A dump without the values derived from the stack's id, which differs between lives: each has its own backend. */
const steady = (dump: string) =>
  withoutId(dump)
    .replaceAll(/(?<="group":")(?:[12]\d{9}|[5-9]\d{8})(?=")/g, "N")
    .replaceAll(/(?<="protocol":")1[0-8]\d(?=")/g, "N")
    // A bridge ID is printed without leading zeros.
    .replaceAll(/\b8000\.[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}\b/g, "8000.ADDRESS")
    .replaceAll(stacksAddress, "ADDRESS");

/** A life with the real engine: the real CLI, its plugin process and the packed package. */
export class EngineLife implements Life {
  private constructor(
    private readonly host: ChaosHost,
    private readonly stack: EngineStack,
  ) {}

  /** `installed`: a user's folder with the package installed. */
  static async start(installed: string): Promise<Life> {
    const host = await ChaosHost.start();
    return new EngineLife(host, await new EngineStack(host, installed).init());
  }

  async measure(): Promise<Reference> {
    const { host } = this;
    const extents: Partial<Record<Phase, Extent>> = {};
    const dumps: Partial<Record<Phase, string>> = {};
    for (const phase of phases) {
      host.door.watch();
      const { exitCode, output } = await this.run(phase);
      if (exitCode !== 0) throw new Error(`the undisturbed ${phase} went wrong: ${output}`);
      extents[phase] = { batches: [], bytes: host.door.passed };
      await host.calm(scriptsEnd);
      dumps[phase] = steady(await host.dump());
    }
    return { extents: extents as Record<Phase, Extent>, dumps: dumps as Record<Phase, string> };
  }

  async phase(phase: Phase, point: Point | undefined, reference: Reference): Promise<string[]> {
    const { host, stack } = this;
    const wrong = point ? await this.struck(point) : await this.undisturbed(phase);
    if (wrong.length > 0) return wrong;
    const busy = await host.calm(scriptsEnd);
    if (busy > 0) wrong.push(`${busy} processes still run on the host`);
    // One run that refreshes the hosts and then compares them with the program.
    const check = await stack.problem(...operation(phase === "destroy" ? "refresh" : "up", ...unchanged(phase)));
    if (check !== undefined) wrong.push(check);
    await host.calm(scriptsEnd);
    const dump = steady(await host.dump());
    return [
      ...wrong,
      ...compareState(await stack.recorded(), target[phase]),
      ...compareDumps(reference.dumps[phase], dump),
    ];
  }

  async stop(): Promise<void> {
    this.stack.stop();
    await this.host.stop();
  }

  /** Runs what a user runs in this phase. */
  private run(phase: Phase): Promise<Run> {
    if (phase !== "destroy") this.stack.setNetwork(target[phase]);
    return this.stack.run(...operation(phase === "destroy" ? "destroy" : "up"));
  }

  private async undisturbed(phase: Phase): Promise<string[]> {
    const { exitCode, output } = await this.run(phase);
    return exitCode === 0 ? [] : [output];
  }

  /** Runs the phase with its fault, and then what docs/operations.md says to do after a crash. */
  private async struck(point: Point): Promise<string[]> {
    const { host, stack } = this;
    const fault = new Fault(host, point, (victim) => stack.kill(victim));
    const { exitCode, output } = await this.run(point.phase);
    await fault.over();
    if (!fault.struck) return [`the place of the fault never came\n${output}`];
    const { left } = await stack.leftovers();
    const alive = left.filter((line) => line.includes("dynamic-provider"));
    const wrong = alive.length > 0 ? [`the provider's process lives on: ${alive.join("; ")}`] : [];
    // The provider recovered from the fault.
    if (exitCode === 0) return wrong;
    const recovery = [
      ["cancel", "--yes", "dev"],
      operation("refresh", "--clear-pending-creates"),
      operation("up"),
      ...(point.phase === "destroy" ? [operation("destroy")] : []),
    ];
    for (const step of recovery) {
      let problem = await stack.problem(...step);
      if (step[0] === "cancel" && problem?.endsWith(unreadable)) {
        stack.mend();
        problem = await stack.problem(...step);
      }
      if (problem !== undefined) return [...wrong, `the struck run: ${output}`, `the recovery: ${problem}`];
    }
    return wrong;
  }
}

/** The error of Pulumi's local backend if it was killed between creating a file and writing to it. */
const unreadable = "error: failed to load checkpoint: EOF";

const unchanged = (phase: Phase) => [...(phase === "destroy" ? [] : ["--refresh"]), "--expect-no-changes"];
