/** The property: whatever a host went through, one `up` makes it what the program says, and a destroy leaves no trace. */
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

/** A host, real or simulated, that has nothing yet. */
export interface Host {
  readonly transport: Transport;
  /** What somebody does by hand there. */
  readonly terminal: Terminal;
  /** Everything is gone but what a new host has. */
  reboot(): Promise<void>;
  /** All that the provider may change: equal texts, equal states. */
  dump(): string;
  /** Another one that has nothing yet, to compare with; left out where it takes too long to start. */
  readonly another?: () => Host;
  stop(): Promise<void>;
}

/** What happens between two networks. */
export interface Turn {
  readonly damages: readonly Damage[];
  readonly reboot: boolean;
  /** What the next `up` makes of the network. */
  readonly change: Change;
}
/** One pair or more of networks, with what happens in between. */
export interface Story {
  readonly first: Topology;
  readonly turns: readonly Turn[];
  /** What happens before the destroy, which looks at nothing first. */
  readonly last: readonly Damage[];
}

const damage = fc.record({ at: fc.nat(30), how: fc.nat(20) });

/** A first network of some kinds of resources, and what becomes of it. */
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

/** Only `same`: nothing was made, changed or deleted. */
function unchanged(changes: Readonly<Record<string, number>>, when: string): void {
  const { same: _same, ...others } = changes;
  expect(others, when).toEqual({});
}

/** An `up`, and what has to hold after each one. */
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

/** Where nobody did damage, no trace is left of earlier programs: the host is as one that never had another. */
async function expectAsNew(host: Host, program: Program): Promise<void> {
  const other = host.another?.();
  if (!other) return;
  await SmallEngine.up(providedOf(other), memory(), program);
  expect(withoutChoice(host.dump()), "as on a new host").toEqual(withoutChoice(other.dump()));
  await other.stop();
}

/**
 * The lines of a dump without what the kernel chose, what notes keep of earlier values, a namespace's settings, which stay
 * when nobody asks for them any more, that an interface had IPv6 before it was up, and an order that shows which came first.
 */
const withoutChoice = (dump: string) =>
  dump
    .replaceAll(/"address":"[\da-f:]{17}"/g, "")
    .split("\n")
    .filter((line) => !/^\/run\/|^\w+: net\/|dad_transmits/.test(line))
    .sort();

/** Tells a story to a host that has nothing yet, and checks it at each turn. */
export async function tell(host: Host, { first, turns, last }: Story): Promise<void> {
  const state = memory();
  const before = host.dump();
  let program = programOf(first);
  await upAndHold(host, state, program);
  let network = first;
  for (const { damages, reboot, change } of turns) {
    doDamages(host, state, program, damages);
    if (reboot) await host.reboot();
    // As `pulumi up --refresh`.
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
