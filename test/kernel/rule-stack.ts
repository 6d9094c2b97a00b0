import { DynamicProvider } from "../../provider/dynamic.js";
import type { Context } from "../../provider/lifecycle/define-resource.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { createLocalTransport } from "../../provider/transport/local.js";
import type { Transport } from "../../provider/transport/transport.js";
import type { Item, Program } from "../small-engine.js";
import type { TestHost } from "./test-host.js";

/** A resource with rules, as the state has it. */
export interface Made {
  readonly id: string;
  readonly outs: { readonly mark: string; readonly rules?: readonly string[] };
  /** The rules that the host then has. */
  readonly rules: readonly string[];
}

/**
 * A stack of independent resources, which are created and deleted in parallel as with the real engine. To the host it
 * looks like a provider process of its own.
 */
export class RuleStack {
  private readonly transport: Transport;
  private readonly provider: DynamicProvider;
  private made: readonly Made[] = [];

  constructor(
    host: TestHost,
    readonly name: string,
    private readonly program: Program,
    /** How many resources are processed at once. */
    private readonly parallel = Infinity,
  ) {
    const connection = { kind: "local", name: "kernel", sudo: false } as const;
    this.transport = createLocalTransport(connection, { shell: host.argv("/bin/sh") });
    this.provider = new DynamicProvider({ transport: () => this.transport });
  }

  /** Creates all resources; returns their state. */
  async up(): Promise<readonly Made[]> {
    this.made = await this.sideBySide(Object.entries(this.program), ([name, item]) => this.create(name, item));
    return this.made;
  }

  /** Deletes all resources. */
  async destroy(): Promise<void> {
    await this.sideBySide(this.made, ({ id, outs }) => this.provider.delete(id, outs as never));
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  private async create(name: string, { kind, args }: Item): Promise<Made> {
    const given = { ...args, kind, owner: { project: "shop", stack: this.name, name } };
    const host = { name: "kernel", local: true };
    const { inputs, failures } = await this.provider.check(undefined, { ...given, host });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    const { id, outs } = (await this.provider.create(inputs as never)) as unknown as Omit<Made, "rules">;
    const definition = catalogue.find((definition) => definition.kind === kind)!;
    const { rules } = definition.derive!(outs, { mark: outs.mark } as Context) as Pick<Made, "rules">;
    // A state without `rules` stands for these derived ones.
    return { id, outs, rules: outs.rules ?? rules };
  }

  /** At most `parallel` run at once, as in the engine. */
  private async sideBySide<T, U>(all: readonly T[], body: (one: T) => Promise<U>): Promise<U[]> {
    const results: U[] = [];
    const waiting = all.entries();
    const workers = Array.from({ length: Math.min(this.parallel, all.length) }, async () => {
      for (const [index, one] of waiting) results[index] = await body(one);
    });
    await Promise.all(workers);
    return results;
  }
}

/** 40 resources with 100 rules. */
export function hundredRules(port: number): Program {
  const forward = { protocol: "tcp", targetPort: 80 };
  return Object.fromEntries([
    ...several(12, "out", "MasqueradeRule", (n) => ({ source: `10.${n}.0.0/16`, exceptOutInterface: "br0" })),
    ...several(8, "out6", "MasqueradeRule", (n) => ({
      source: `fd00:${n}::/64`,
      exceptDestinations: ["fd00::/16"],
    })),
    ...several(8, "web", "PortForward", (n) => ({
      ...forward,
      listenPort: port + n,
      exceptInInterface: "br0",
      targetAddress: `10.${n}.0.2`,
    })),
    ...several(12, "web6", "PortForward", (n) => ({ ...forward, listenPort: port + n, targetAddress: `fd00:${n}::2` })),
  ]);
}

/** Entries of a program: NAME-1, NAME-2 and so on. */
export function several(
  count: number,
  name: string,
  kind: string,
  args: (number: number) => Readonly<Record<string, unknown>>,
): [string, Item][] {
  return Array.from({ length: count }, (_, index) => [`${name}-${index + 1}`, { kind, args: args(index + 1) }]);
}
