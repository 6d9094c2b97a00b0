import type fc from "fast-check";
import type { Item } from "../engine/network.js";
import type { Domain } from "../inputs/malformed.js";
import type { AdviceCases } from "./advice-case.js";
import type { HandWork } from "./by-hand.js";

/** What a user gives, or what is recorded of it. */
export type Inputs = Readonly<Record<string, unknown>>;

/**
 * The cases of one kind of resource, for the tests that every kind has to pass. They are in a file of their own,
 * KIND.cases.ts, with the same name as the kind's file in provider/resources.
 */
export interface KindCases {
  /** As in the catalogue: `PortForward`. */
  readonly kind: string;
  /** Inputs with which nothing is wrong; where properties exclude each other, with one of them. */
  readonly good: Inputs;
  /**
   * What each property stands for, by its path; `[]` is an element of a list. A word of test/inputs/malformed.ts, or
   * values that the property must refuse, such as `wholeOutside(0, 255)` of that file.
   */
  readonly domains: Readonly<Record<string, Domain | fc.Arbitrary<unknown>>>;
  /** The fewest inputs that are enough. */
  readonly least: Inputs;
  /** Inputs, and what a check makes of them: canonical texts and defaults. A RegExp stands for a text that is derived. */
  readonly defaults: readonly (readonly [given: Inputs, expected: Inputs])[];
  /** Inputs with values that are not `unknown` until later, and that a check accepts. */
  readonly unknown: readonly Inputs[];
  /** Inputs, and the properties that a check refuses, each with the reason. */
  readonly refused: readonly (readonly [given: Inputs, failures: Readonly<Record<string, RegExp>>])[];
  /** The inputs that it was created from, those that are wanted, and what comes of the change. */
  readonly diffs: readonly (readonly [old: Inputs, wanted: Inputs, answer: Answer])[];
  /** Hosts as it may find them, and what it would run there. `npm run record` records the hosts' replies. */
  readonly plans: readonly PlanCase[];
  /** Whole lives on a host. */
  readonly lives: readonly Life[];
  /** Damage by hand. Together with `unalterable` it covers every property and output. */
  readonly drifts: readonly Drift[];
  /** What somebody does to one by hand, whatever it is like, for its recorded state; see Drift for what comes of damage. */
  readonly byHand: (state: Inputs) => readonly HandWork[];
  /** Where a test follows the advice that the kind's own file gives. */
  readonly advice?: AdviceCases;
  /** Properties and outputs that nobody on a host can alter in place, with the reason. */
  readonly unalterable: Readonly<Record<string, string>>;
  /** Its resources in the network that has each kind (whole-network.ts), by their names in Pulumi. */
  readonly inNetwork: Readonly<Record<string, NetworkPart>>;
  /** What of it `linuxnet orphans` lists when the state no longer has it; empty if the kernel may lack it. */
  readonly orphans: readonly OrphanCase[];
  /**
   * Shell lines that make one object of it with the stack's number `$PROTO` in a namespace that has nothing else, by what
   * that is; for the kinds with a sort of objects that the kernel has to be asked for (`dump` of provider/lifecycle/trace.ts).
   */
  readonly alone?: Readonly<Record<string, string>>;
  /**
   * Any good inputs, for a host with a namespace `con1` in which there is `eth9` (10.250.0.2/24, fd00:250::2/64); its
   * other end is `port9` of the host (10.251.0.1/24, fd00:251::1/64).
   */
  readonly arbitraryInputs: fc.Arbitrary<Inputs>;
  /** Random resources of it among others (test/convergence); undefined where topology.ts itself has the kind. */
  readonly random?: RandomItem;
  /** What other tools show of one with such inputs. */
  readonly shown: (inputs: Inputs) => readonly Shown[];
  /** Whether the simulated host has a model of it. */
  readonly isSimulated: boolean;
  /** Set if the kernel that the tests run on may lack it. Where it does, the tests on a kernel check that it is refused. */
  readonly kernelMayLack?: KernelSupport;
}

/** What comes of a change: nothing, an update, or a replacement and which goes first. */
export type Answer = "same" | "in place" | { readonly replaces: readonly string[]; readonly deleteFirst: boolean };

/** A host as a resource may find it, what the resource then makes of it, and what it would run. */
export interface PlanCase {
  readonly title: string;
  /** Shell lines that make what is around the resource, with `$MARK`, `$GROUP` and `$PROTO` as this stack has them. */
  readonly around?: string;
  /** What the provider itself made before, if anything; it is then recorded in Pulumi's state. */
  readonly made?: Inputs;
  /** Shell lines run after that: damage. */
  readonly by?: string;
  /** What is asked for now. */
  readonly wanted: Inputs;
  /** What is seen: that nothing is there, the end of a sentence about somebody else's, or the paths that are not as wanted. */
  readonly sees: "nothing" | RegExp | readonly string[];
  /** The commands of an update or create, as messages show them. Standard input on lines of its own. Left out where something foreign is there. */
  readonly plan?: readonly string[];
  /** The commands of a delete. */
  readonly remove: readonly string[];
}

/** A resource from its making to its end. */
export interface Life {
  readonly title?: string;
  /** Made before on the host, and kept: what the resource needs around it. */
  readonly around?: string;
  readonly made: Inputs;
  /** What the host must say once it is made, by command. */
  readonly shows: Readonly<Record<string, RegExp>>;
  /** Changes in place, each from the one before, with what the host must say then. */
  readonly changes: readonly {
    readonly to: Inputs;
    readonly paths: readonly string[];
    readonly shows: Readonly<Record<string, RegExp>>;
  }[];
  /** Damage by hand, and the paths in which a refresh shows it; `gone` where it has to find nothing. */
  readonly damages: readonly { readonly by: string; readonly paths: readonly string[] | "gone" }[];
}

/** A resource as it is wanted, and all that may happen to it. */
export interface Drift {
  readonly title?: string;
  /** Made before on the host, and kept: what the resource needs around it. */
  readonly around?: string;
  readonly wanted: Inputs;
  readonly damages: readonly Damage[];
}

/** Something done by hand, and what has to come of it. */
export interface Damage {
  /** For the shell on the host. */
  readonly by: string;
  /** The paths in which a refresh shows it; `gone` where it has to find nothing. */
  readonly shows: readonly string[] | "gone";
  /** What is in the way is somebody else's: an up refuses it, and touches nothing, until it is taken away. */
  readonly refused?: boolean;
  /** Puts back what the resource stands on, and takes away what is in its way: run before the up that repairs. */
  readonly then?: string;
  /** Takes away what stays beside the repaired resource, since nobody can tell that it was ever the stack's. */
  readonly left?: string;
  /** Takes away, at the very end, what somebody else put where the resource was. */
  readonly debris?: string;
}

/**
 * A resource of the network that has each kind. There are a bridge `lan` (10.1.0.1/24, fd00:1::1/64; on the host `red0`) and
 * a namespace `box` (`red`), in which `eth` (`eth0`) has 10.1.0.2 and fd00:1::2; the host itself is 10.0.12.15.
 */
export interface NetworkPart {
  /** Default: that of the cases. */
  readonly kind?: string;
  /** Arguments as a program gives them, but for `host`; `output("lan.name")` is another resource's output. */
  readonly args: Inputs;
  /** Names of resources that it needs beside those whose outputs it has. */
  readonly dependsOn?: readonly string[];
  /** Arguments that it is changed by in place; left out where its kind has another resource for that. */
  readonly changed?: Inputs;
}

/** A resource of the one network that has every kind, and its line in a list of orphans. */
export interface OrphanCase {
  /** Its name in Pulumi, which no other one of the network has. */
  readonly name: string;
  /** The names of those that it needs, of whatever kind. */
  readonly needs?: readonly string[];
  readonly inputs: Inputs;
  /** Kind, name where its objects say it, and what is where. */
  readonly line: string;
}

/**
 * A resource for a random network: numbers from 0 to 9, any of which it may use to choose among what is there, its own
 * number among those of its kind, and the network. Undefined where the network lacks what it needs.
 */
export type RandomItem = (choices: readonly number[], index: number, network: RandomSurroundings) => Item | undefined;

/** What there is in a random network. */
export interface RandomSurroundings {
  readonly host: string;
  /** The names of the namespaces' resources. */
  readonly namespaces: readonly string[];
  /** The bridges and the cables' first ends. */
  readonly interfaces: readonly {
    /** The resource's name. */
    readonly resource: string;
    /** The name of the namespace's resource; left out for the host's own. */
    readonly namespace?: string;
    readonly isBridge: boolean;
    readonly isUp: boolean;
    /** The start of its IPv4 network, to be followed by a number: `10.10.0.` */
    readonly network?: string;
  }[];
}

/** A command, and the texts that must stand in what it prints. */
export interface Shown {
  readonly command: string;
  readonly texts: readonly string[];
  /** Whether all of them must be in one line. */
  readonly inOneLine?: boolean;
}

/** How a kernel shows that it lacks a kind, and how a create then fails. */
export interface KernelSupport {
  /** Creates one in a network namespace of its own; prints "Error: Unknown device type." where that can't be. */
  readonly probe: string;
  /** The command that then fails, as messages show it. */
  readonly failing: RegExp;
  /** What the message says is to be done. */
  readonly advice: string;
}
