/** The property: whatever happened to a host, one `up` makes it match the program, and a destroy leaves no trace. */
import fc from "fast-check";
import { expect } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import type { Transport } from "../../provider/transport/transport.js";
import type { Terminal } from "../kinds/by-hand.js";
import type { KindCases } from "../kinds/kind-cases.js";
import { type Program, type Provided, SmallEngine, type State, memory } from "../small-engine.js";
import { type Damage, doDamage } from "./damage.js";
import { type Change, type Topology, change, changed, programOf, topology } from "./topology.js";

/** A host, real or simulated, on which nothing has been created yet. */
export interface Host {
  readonly transport: Transport;
  /** Runs commands on the host, as somebody does by hand. */
  readonly terminal: Terminal;
  /** Removes everything that a new host does not have. */
  reboot(): Promise<void>;
  /** Everything that the provider may change, as text: equal texts mean equal states. */
  dump(): string;
  /** Another host with nothing on it, to compare with. Left out if it takes too long to start. */
  readonly another?: () => Host;
  stop(): Promise<void>;
}

/** What happens between two networks. */
export interface Turn {
  readonly damages: readonly Damage[];
  readonly reboot: boolean;
  /** How the next `up` changes the network. */
  readonly change: Change;
}
/** Two or more networks, with what happens in between. */
export interface Story {
  readonly first: Topology;
  readonly turns: readonly Turn[];
  /** What happens before the destroy, which does not refresh first. */
  readonly last: readonly Damage[];
}

const damage = fc.record({ at: fc.nat(30), how: fc.nat(20) });

/** A first network of these kinds of resources, and what happens to it. */
export const story = (kinds: readonly KindCases[]): fc.Arbitrary<Story> =>
  fc.record({
    first: topology(kinds),
    turns: fc.array(
      fc.record({
        damages: fc.array(damage, { maxLength: 3 }),
        reboot: fc.boolean().chain((maybe) => (maybe ? fc.boolean() : fc.constant(false))),
        change: change(kinds),
      }),
      { minLength: 1, maxLength: 1 },
    ),
    last: fc.array(damage, { maxLength: 2 }),
  });

const providedOf = (host: Host): Provided => {
  const provider = new DynamicProvider({ transport: () => host.transport });
  provider.configure({
    config: { get: (key) => (key === "linuxnet:hosts" ? JSON.stringify({ kernel: { local: true } }) : undefined) },
  });
  return { provider, catalogue };
};

/** Only `same`: nothing was created, updated, replaced or deleted. */
function unchanged(changes: Readonly<Record<string, number>>, when: string): void {
  const { same: _same, ...others } = changes;
  expect(others, when).toEqual({});
}

/** Runs an `up`, and checks what has to hold after each one. */
async function upAndHold(host: Host, state: State, program: Program): Promise<void> {
  await SmallEngine.up(providedOf(host), state, program);
  const made = host.dump();
  unchanged(await SmallEngine.up(providedOf(host), state, program), "a second up");
  unchanged(await SmallEngine.refresh(providedOf(host), state), "a refresh");
  expect(host.dump(), "after a second up and a refresh").toBe(made);
}

function doDamages({ terminal }: Host, state: State, program: Program, damages: readonly Damage[]): void {
  const outputs = (name: string) => state.load().find((resource) => resource.name === name)?.outputs ?? {};
  for (const each of damages) doDamage(terminal, program, outputs, each);
}

/** Without damage, earlier programs leave no trace: the host is the same as one that never ran another program. */
async function expectAsNew(host: Host, program: Program): Promise<void> {
  const other = host.another?.();
  if (!other) return;
  await SmallEngine.up(providedOf(other), memory(), program);
  expect(withoutChoice(host.dump()), "as on a new host").toEqual(withoutChoice(other.dump()));
  await other.stop();
}

/**
 * The lines of a dump, sorted, without what may differ: what the kernel chose, earlier values in notes, the settings of
 * a namespace (which stay when nobody asks for them any more), and whether an interface had IPv6 before it was up. The
 * order would show which resource came first.
 */
const withoutChoice = (dump: string) =>
  dump
    .replaceAll(/"address":"[\da-f:]{17}"/g, "")
    .split("\n")
    .filter((line) => !/^\/run\/|^\w+: net\/|dad_transmits/.test(line))
    .sort();

/** Runs a scenario on a host with nothing on it, and checks the host at each turn. */
export async function tell(host: Host, { first, turns, last }: Story): Promise<void> {
  const state = memory();
  const before = host.dump();
  let program = programOf(first);
  await upAndHold(host, state, program);
  let network = first;
  for (const { damages, reboot, change } of turns) {
    doDamages(host, state, program, damages);
    if (reboot) await host.reboot();
    // As `pulumi up --refresh` does.
    await SmallEngine.refresh(providedOf(host), state);
    network = changed(network, change);
    program = programOf(network);
    await upAndHold(host, state, program);
    if (damages.length === 0) await expectAsNew(host, program);
  }
  doDamages(host, state, program, last);
  await SmallEngine.destroy(providedOf(host), state);
  expect(host.dump(), "after the destroy").toBe(before);
}
