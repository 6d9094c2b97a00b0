import type fc from "fast-check";
import type { Item } from "../engine/network.js";
import type { Domain } from "../inputs/malformed.js";
import type { AdviceCases } from "./advice-case.js";
import type { HandWork } from "./by-hand.js";

/** Inputs that a user gives, or recorded state. */
export type Inputs = Readonly<Record<string, unknown>>;

/**
 * The test cases of one kind of resource. The tests that every kind must pass take their cases from here. They are in a
 * file of their own, KIND.cases.ts, named like the kind's file in provider/resources.
 */
export interface KindCases {
  /** The kind's name in the catalogue: `PortForward`. */
  readonly kind: string;
  /** Valid inputs. Of properties that exclude each other, they set one. */
  readonly good: Inputs;
  /**
   * What each property holds, by its path; `[]` stands for an element of a list. Either a key of `malformed` in
   * test/inputs/malformed.ts, or an arbitrary of values that the property must refuse, such as `wholeOutside(0, 255)`
   * from that file. The properties that every kind has are in common-domains.ts: start with `...everywhere`,
   * `...namespaced` (a resource in a namespace) or `...routed` (one with `allowLockout` too).
   */
  readonly domains: Readonly<Record<string, Domain | fc.Arbitrary<unknown>>>;
  /** The minimal valid inputs. */
  readonly least: Inputs;
  /** Inputs, and what a check turns them into: canonical texts and defaults. A RegExp matches a derived text. */
  readonly defaults: readonly (readonly [given: Inputs, expected: Inputs])[];
  /** Inputs with values that are still unknown in a preview, and that a check accepts. */
  readonly unknown: readonly Inputs[];
  /** Inputs that a check refuses: the failing properties, each with the reason. */
  readonly refused: readonly (readonly [given: Inputs, failures: Readonly<Record<string, RegExp>>])[];
  /** The old inputs, the wanted inputs, and the result of the diff. */
  readonly diffs: readonly (readonly [old: Inputs, wanted: Inputs, answer: Answer])[];
  /**
   * States of a host, and the commands that the provider would run there. `npm run record` records the hosts' replies.
   */
  readonly plans: readonly PlanCase[];
  /** Life cycles on a real host, from create to delete. */
  readonly lives: readonly Life[];
  /** Damage by hand. Together with `unalterable`, these cases must cover every property and output. */
  readonly drifts: readonly Drift[];
  /**
   * Manual changes that apply to any resource of the kind, given its recorded state. For the expected result of damage,
   * see Drift.
   */
  readonly byHand: (state: Inputs) => readonly HandWork[];
  /** For each piece of advice in the kind's own file, the test that follows it. */
  readonly advice?: AdviceCases;
  /** Properties and outputs that cannot be altered in place on a host, each with the reason. */
  readonly unalterable: Readonly<Record<string, string>>;
  /** The kind's resources in the network that contains every kind (whole-network.ts), by their Pulumi names. */
  readonly inNetwork: Readonly<Record<string, NetworkPart>>;
  /**
   * What `linuxnet orphans` lists for the kind once the state no longer has it. Empty if and only if `kernelMayLack` is
   * set.
   */
  readonly orphans: readonly OrphanCase[];
  /**
   * Shell lines that each create one object of the kind with the stack's number `$PROTO` in an otherwise empty namespace;
   * the keys are titles for them. Set if and only if a sort of its traces has a `dump` (provider/lifecycle/trace.ts).
   */
  readonly alone?: Readonly<Record<string, string>>;
  /**
   * Arbitrary valid inputs, for a host with a namespace `con1` that contains `eth9` (10.250.0.2/24, fd00:250::2/64).
   * Its other end is `port9` on the host (10.251.0.1/24, fd00:251::1/64).
   */
  readonly arbitraryInputs: fc.Arbitrary<Inputs>;
  /**
   * Generates random resources of the kind in a random network (test/convergence); undefined if topology.ts itself
   * covers the kind, or if the kernel may lack it.
   */
  readonly random?: RandomItem;
  /** What other tools show of a resource with these inputs. */
  readonly shown: (inputs: Inputs) => readonly Shown[];
  /** Whether the simulated host models the kind. */
  readonly isSimulated: boolean;
  /**
   * Set if the kernel that the tests run on may lack the kind. If it does, the kernel tests check that a create is
   * refused.
   */
  readonly kernelMayLack?: KernelSupport;
}

/** The result of a diff: no change, an update in place, or a replacement and whether the delete comes first. */
export type Answer = "same" | "in place" | { readonly replaces: readonly string[]; readonly deleteFirst: boolean };

/** A state of a host, what the provider observes there, and the commands that it would run. */
export interface PlanCase {
  readonly title: string;
  /** Shell lines that set up the resource's surroundings. `$MARK`, `$GROUP` and `$PROTO` have this stack's values. */
  readonly around?: string;
  /** Inputs of a resource that the provider created before, if any; it is then recorded in Pulumi's state. */
  readonly made?: Inputs;
  /** Shell lines that run after that: damage. */
  readonly by?: string;
  /** The inputs of this run. */
  readonly wanted: Inputs;
  /**
   * What the provider observes: nothing, an object that belongs to somebody else (the RegExp matches the end of the
   * message), or the paths that differ from the wanted inputs.
   */
  readonly sees: "nothing" | RegExp | readonly string[];
  /**
   * The commands of a create or update, as messages show them, with standard input on lines of its own. Omitted if a
   * foreign object is in the way.
   */
  readonly plan?: readonly string[];
  /** The commands of a delete. */
  readonly remove: readonly string[];
}

/** A resource's life cycle, from create to delete. */
export interface Life {
  readonly title?: string;
  /** Shell lines that set up the resource's surroundings. They are kept for the whole life cycle. */
  readonly around?: string;
  readonly made: Inputs;
  /** What the host must show after the create, by command. */
  readonly shows: Readonly<Record<string, RegExp>>;
  /** Updates in place, each based on the previous one, with what the host must show afterwards. */
  readonly changes: readonly {
    readonly to: Inputs;
    readonly paths: readonly string[];
    readonly shows: Readonly<Record<string, RegExp>>;
  }[];
  /** Damage by hand, and the paths in which a refresh shows it; `gone` if the refresh must find nothing. */
  readonly damages: readonly { readonly by: string; readonly paths: readonly string[] | "gone" }[];
}

/** A resource as it is wanted, and the damage that may happen to it. */
export interface Drift {
  readonly title?: string;
  /** Shell lines that set up the resource's surroundings. They are kept for all damages. */
  readonly around?: string;
  readonly wanted: Inputs;
  readonly damages: readonly Damage[];
}

/** A manual change, and its expected effect. */
export interface Damage {
  /** Shell lines that run on the host. */
  readonly by: string;
  /** The paths in which a refresh shows the damage; `gone` if the refresh must find nothing. */
  readonly shows: readonly string[] | "gone";
  /**
   * Whether the damage leaves a foreign object in the way: an up then refuses it and changes nothing until it is
   * removed.
   */
  readonly refused?: boolean;
  /**
   * Shell lines that run before the repairing up: they restore what the resource depends on and remove what is in its
   * way.
   */
  readonly then?: string;
  /** Shell lines that remove what remains beside the repaired resource and cannot be attributed to the stack. */
  readonly left?: string;
  /** Shell lines that run at the very end: they remove what somebody else put in the resource's place. */
  readonly debris?: string;
}

/**
 * A resource of the network that contains every kind. The network has a bridge `lan` (10.1.0.1/24, fd00:1::1/64; named
 * `red0` on the host) and a namespace `box` (`red`), in which `eth` (`eth0`) has 10.1.0.2 and fd00:1::2. The host
 * itself is 10.0.12.15.
 */
export interface NetworkPart {
  /** Default: the kind of the cases. */
  readonly kind?: string;
  /** Arguments as a program gives them, without `host`; `output("lan.name")` is another resource's output. */
  readonly args: Inputs;
  /** Names of resources that it needs in addition to those whose outputs it uses. */
  readonly dependsOn?: readonly string[];
  /** Arguments for an update in place; omitted if another resource of the kind covers that. */
  readonly changed?: Inputs;
}

/** A resource of the network that contains every kind, and its line in the list of orphans. */
export interface OrphanCase {
  /** Its Pulumi name, which is unique in the network. */
  readonly name: string;
  /** The names of the resources that it needs, of any kind. */
  readonly needs?: readonly string[];
  readonly inputs: Inputs;
  /** The kind, the name if the objects record it, and what is found where. */
  readonly line: string;
}

/**
 * Generates a resource for a random network. Takes numbers from 0 to 9 with which it can choose among what the network
 * has, its index among the resources of its kind, and the network. Returns undefined if the network lacks what the
 * resource needs.
 */
export type RandomItem = (choices: readonly number[], index: number, network: RandomSurroundings) => Item | undefined;

/** What a random network contains. */
export interface RandomSurroundings {
  readonly host: string;
  /** The Pulumi names of the namespaces. */
  readonly namespaces: readonly string[];
  /** The bridges, and the first ends of the veth pairs. */
  readonly interfaces: readonly {
    /** The Pulumi name. */
    readonly resource: string;
    /** The Pulumi name of its namespace; omitted for the host's own. */
    readonly namespace?: string;
    readonly isBridge: boolean;
    readonly isUp: boolean;
    /** The start of its IPv4 network, to be followed by a number: `10.10.0.` */
    readonly network?: string;
  }[];
}

/** A command, and the texts that its output must contain. */
export interface Shown {
  readonly command: string;
  readonly texts: readonly string[];
  /** Whether a single line must contain all of them. */
  readonly inOneLine?: boolean;
}

/** How to detect that a kernel lacks a kind, and how a create then fails. */
export interface KernelSupport {
  /**
   * Creates one in a network namespace of its own; prints "Error: Unknown device type." if the kernel lacks the kind.
   */
  readonly probe: string;
  /** The command that then fails, as messages show it. */
  readonly failing: RegExp;
  /** The advice in the message. */
  readonly advice: string;
}
