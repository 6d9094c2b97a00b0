import { check } from "../provider/lifecycle/check.js";
import { type Context } from "../provider/lifecycle/define-resource.js";
import { groupOf, markOf, protocolOf } from "../provider/lifecycle/ownership.js";
import {
  type State,
  type Task,
  ensure,
  observeForRefresh,
  remove,
  stateDifferences,
} from "../provider/lifecycle/reconcile.js";
import { catalogue } from "../provider/resources/catalogue.js";
import type { FirewallChoice } from "../provider/schema/host.js";
import type { Transport } from "../provider/transport/transport.js";

/** A resource of the stack shop/dev, driven as Pulumi drives it, without Pulumi. */
export class TestResource {
  state: State | undefined;
  /** What the user was told besides errors. */
  readonly warnings: string[] = [];
  constructor(
    private readonly host: { readonly transport: Transport; readonly firewall?: FirewallChoice },
    private readonly kind: string,
    readonly name: string,
    private readonly stack = "dev",
  ) {}

  get mark(): string {
    return markOf(this.kind, this.owner);
  }

  private get owner() {
    return { project: "shop", stack: this.stack, name: this.name };
  }

  get definition() {
    return catalogue.find(({ kind }) => kind === this.kind)!;
  }

  inputs(given: Record<string, unknown>): State {
    const { inputs, failures } = check(this.definition, { host: "kernel", ...given }, this.owner);
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return inputs;
  }

  task(inputs: State): Task {
    const { owner, host, definition, state } = this;
    const { adopt = false, ...properties } = inputs;
    const context: Context = {
      owner,
      hostName: "kernel",
      mark: this.mark,
      marks: [this.mark],
      group: groupOf(owner),
      protocol: protocolOf(owner),
      firewall: host.firewall ?? "auto",
      adopt: adopt === true,
      recorded: state,
    };
    return {
      definition,
      inputs: properties,
      context,
      transport: host.transport,
      subject: { kind: this.kind, name: this.name, host: "kernel" },
      warn: (text) => this.warnings.push(text),
    };
  }

  /** Creates the resource, or updates it if it was created before. */
  async up(given: Record<string, unknown>): Promise<State> {
    const inputs = this.inputs(given);
    return (this.state = { host: "kernel", ...(await ensure(this.task(inputs))) });
  }

  /** The paths that differ between the inputs and the state. */
  changes(given: Record<string, unknown>): string[] {
    const inputs = this.inputs(given);
    return stateDifferences(this.definition, inputs, this.task(inputs).context, this.state!).map(({ path }) => path);
  }

  /** Reads the host into the state; undefined if the resource no longer exists. */
  async refresh(): Promise<State | undefined> {
    const { state } = await observeForRefresh(this.task(this.state!));
    return (this.state = state && { host: "kernel", ...state });
  }

  /** Deletes the resource. `inUse`: other resources of the program rely on it. */
  async down({ inUse = false } = {}): Promise<void> {
    const task = this.task(this.state!);
    await remove({ ...task, context: { ...task.context, inUse } });
    this.state = undefined;
  }
}
