import { z } from "zod";
import type { Command, Fact } from "../commands/command.js";
import type { FailureKind } from "../commands/failure.js";
import type { MarkedInterface } from "../commands/marked-interfaces.js";
import type { Need } from "../commands/probes.js";
import type { HostNetworkPart } from "../commands/management-path.js";
import { type FirewallChoice, host } from "../schema/host.js";
import { namespaceName } from "../schema/text.js";
import type { Owner, StackName } from "./ownership.js";

/** What a resource's functions know beside its inputs. */
export interface Context {
  readonly owner: Owner;
  /** What the host is called. */
  readonly hostName: string;
  /** The mark that things made now get. */
  readonly mark: string;
  /** The marks by which things are known as ours: the present one, and the one recorded before a rename. */
  readonly marks: readonly string[];
  /** What the stack is called in what Pulumi has recorded of it, as far as the run has seen: after a rename, otherwise than now. */
  readonly stacks?: readonly StackName[];
  /** The group that links made now get. */
  readonly group: number;
  /** The protocol number of routes made now. */
  readonly protocol: number;
  /** What its host's rules are to be made with. */
  readonly firewall: FirewallChoice;
  /** Whether what somebody else made is to be taken over. */
  readonly adopt: boolean;
  /** The state as Pulumi has it; undefined while the resource is being made. */
  readonly recorded: Readonly<Record<string, unknown>> | undefined;
  /** Whether the resource is being deleted, and was seen not to be there. */
  readonly gone?: boolean;
  /** Whether the resource is being deleted, and nothing of it was found in other places than where it was made. */
  readonly inPlace?: boolean;
  /** Whether the resource is being deleted, and others of the program rely on what it stands for. */
  readonly inUse?: boolean;
  /** What `remember` returned at the first look of this create or update; undefined in a read or a delete. */
  readonly remembered?: Readonly<Record<string, unknown>> | undefined;
}

/** Facts by the names that a resource gives them. */
export type FactTable = Readonly<Record<string, Fact<unknown> | undefined>>;
/** What the facts turned out to be. */
export type Answers<F extends FactTable> = {
  readonly [K in keyof F]: NonNullable<F[K]> extends Fact<infer T> ? T : never;
};

/** Something on the host that stands where a resource would go, and is not this stack's. */
export interface Foreign {
  /** The input property that names it. */
  readonly property: string;
  /** What it is and whose, as the end of a sentence: `held by a bridge with the alias "x"`. */
  readonly conflict: string;
  /** What it is marked with; undefined: nothing, or it cannot be marked. */
  readonly mark?: string | undefined;
  /** What the user can do. */
  readonly advice: string;
  /** Whether `plan` can turn it into the resource: with `adopt` it does. */
  readonly adoptable: boolean;
  /** Whether it may be the resource's own that was changed by hand, past its mark: one that is recorded takes it back. Default false. */
  readonly changedByHand?: boolean;
}

/** What a host says of a resource. */
export interface Observed<State> {
  /** The resource as it is, in the words of its properties; undefined: it is not there. Properties that differ from what was asked for are drift. */
  readonly state?: State | undefined;
  /** Whether the state is that of something which is there for everybody, and has no mark of this resource. Default false. */
  readonly unmarked?: boolean;
  /** Somebody else's thing in its place. */
  readonly foreign?: Foreign | undefined;
  /** What is so of the host, by no fault of the resource's, and its user should know. */
  readonly warnings?: readonly string[] | undefined;
}

/** An output beside the inputs. */
export interface OutputDefinition {
  /** Its TypeScript type. */
  readonly type: string;
  readonly description: string;
  /** Not recorded where it is what `derive` makes of the other properties: each value of a state is written again with every resource. Default false. */
  readonly implied?: boolean;
  /** What `derive` makes of it, whatever the other properties. */
  readonly default?: unknown;
}

/** A mistake in the inputs that only shows when several properties are seen together. */
export interface Problem {
  /** Property path, such as `peer.bridge`. */
  readonly property: string;
  readonly message: string;
}

/** Something that a resource takes for itself on its host, beside what it is identified by. */
export interface Claim {
  /** The property that names it. */
  readonly property: string;
  /** What it is, in its namespace, in words that are equal for equal things: `tcp port 8000`. */
  readonly what: string;
  /** Whether the host has one for all of its namespaces. Default false: each namespace has its own. */
  readonly anywhere?: boolean;
  /** In which namespace, undefined for the host's own. Left out: the resource's. */
  readonly namespace?: string | undefined;
  /** What to do where two want it. Default: that one of them goes. */
  readonly advice?: string;
}

/**
 * A resource: what it is called, what it takes, and pure functions from inputs and observations to commands.
 * None of them runs anything. `I` are the inputs after check: canonical, with defaults.
 */
export interface ResourceDefinition<S extends z.ZodObject, F extends FactTable, I = z.output<S>> {
  /** The name of the class in the SDK: `Veth`. */
  readonly kind: string;
  /** For the reference: what it is, in Markdown. */
  readonly description: string;
  /** The inputs beside `host` and `namespace`; each with `.describe()`. */
  readonly properties: S;
  /** What to do about failures of its commands whose words mean something else for each kind of resource. */
  readonly advice?: Readonly<Partial<Record<FailureKind, string>>>;
  /** What its host has to have. */
  readonly needs: readonly Need[];
  /** Properties that programs give by another name, where that is Pulumi's own as an output: its resources have an `id`, which is a text. */
  readonly argumentNames?: Readonly<Record<string, string>>;
  /** Outputs beside the inputs. */
  readonly outputs: Readonly<Record<string, OutputDefinition>>;
  /** Paths of the properties that the kernel cannot change in place. `host` and `namespace` are always among them. */
  readonly replaceOn: readonly string[];
  /** A further reason to replace that depends on values: the paths that call for it. */
  readonly replaceWhen?: (old: I, desired: I) => readonly string[];
  /** Left-out properties that are then not managed: the kernel keeps what it has. Others left out mean "none". */
  readonly unmanaged?: readonly string[];
  /** Paths of lists whose order counts. Others are the same in any order. */
  readonly ordered?: readonly string[];
  /** False where a replacement can be made before the old one goes. Default true: names would clash. */
  readonly deleteBeforeReplace?: boolean | ((old: I, desired: I) => boolean);
  /**
   * Where the property `when` is given, it stands for something that others made and that outlives it: Pulumi skips no delete
   * of what is in it, and the output `identity` tells what is in it that it stands for another one.
   */
  readonly outlivesResource?: { readonly when: string; readonly identity: string };
  /** Whether the SDK lets Pulumi skip the delete when the namespace in `namespace` (or a path named here) goes too. */
  readonly deletedWith: readonly string[];
  /** Properties of which one has to be given for it to lose something when an interface that its arguments name is made anew. Default: it always does. */
  readonly standsOn?: readonly string[];
  /** Whether it belongs in a namespace at all. Default true. */
  readonly namespaced?: boolean;
  /** Check and change are one transaction under the host's lock: for tables that other programs write too. Default false. */
  readonly transactional?: boolean;
  /** Fills in what the schema cannot know; called before the schema reads the inputs. Only what is left out may be filled. */
  readonly defaults?: (
    raw: Readonly<Record<string, unknown>>,
    owner: Owner,
    hostName: string,
  ) => Record<string, unknown>;
  /** Problems between properties; called when each one is right by itself. */
  readonly checkTogether?: (inputs: I) => readonly Problem[];
  /** What names it on its host, as the end of the Pulumi id. */
  readonly identify: (inputs: I, context: Context) => string;
  /** What two resources of a program can't both have. */
  readonly claims?: (inputs: I) => readonly Claim[];
  /** What it makes use of, should another resource of the program stand for it: by its kind, and what `identify` says of it. */
  readonly reliesOn?: (inputs: I) => readonly { readonly kind: string; readonly identity: string }[];
  /** What it puts into the host's own network namespace that could take the way by which the host is reached. */
  readonly inHostNetwork?: (inputs: I) => readonly HostNetworkPart[];
  /** Outputs that follow from the inputs and are held against the kernel's like properties. */
  readonly derive?: (inputs: I, context: Context) => Record<string, unknown>;
  /** The questions to ask. */
  readonly observe: (inputs: I, context: Context) => F;
  /** Outputs that keep what was there before the first change, for the delete to put back. Called with the answers of the first look. */
  readonly remember?: (inputs: I, answers: Answers<F>, context: Context) => Readonly<Record<string, unknown>>;
  /**
   * Whether something new is made without a look first, which saves a round trip. Then the plan for "nothing there" does no
   * harm where something is: its first command fails there and changes nothing, or what it adds shows in the look after it,
   * and is put right. Default false.
   */
  readonly createsUnobserved?: (inputs: I) => boolean;
  /**
   * What the host would answer if it is as recorded: a delete then takes that away without a look first. The commands must
   * fail, or change nothing, where it is not so; what is left shows in the look behind them. Undefined: a delete looks first.
   */
  readonly recordedAnswers?: (inputs: I, context: Context) => Partial<Answers<F>> | undefined;
  /** Commands that fail where that is not so, for what would not fail by itself. */
  readonly recordedGuards?: (inputs: I, context: Context) => readonly Command[];
  /** How it is found by its mark where somebody moved or renamed by hand what carries that. Left out: nobody can. */
  readonly displaced?: {
    /** What the kernel calls the interfaces that carry the mark: `bridge`; `lo`, where that stands for a whole namespace. */
    readonly kind: string;
    /** Default: always. */
    readonly applies?: (inputs: I) => boolean;
    /** The state in which a refresh shows it then; it has to differ from what is wanted. */
    readonly state: (inputs: I) => Record<string, unknown>;
    /** Of what others of the stack stand in and go with: whether an interface that is elsewhere was in it. */
    readonly contains?: (inputs: I, found: MarkedInterface, context: Context) => boolean;
  };
  /** Whether all of it is where it was made: asked before a delete, in one look for all of a run, so that each can look there only. */
  readonly inPlace?: (inputs: I, context: Context) => Fact<boolean>;
  /** The answers, in the words of the properties. */
  readonly interpret: (inputs: I, answers: Answers<F>, context: Context) => Observed<Record<string, unknown>>;
  /** The commands from what is there to what is wanted; none where nothing is to do. Where something foreign is in the way, it is called to adopt it, or not at all. */
  readonly plan: (inputs: I, answers: Answers<F>, context: Context) => readonly Command[];
  /** The commands that take away what is ours, half-made parts too; none where there is nothing. */
  readonly remove: (inputs: I, answers: Answers<F>, context: Context) => readonly Command[];
}

/** Any resource, where its types don't matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a definition is contravariant in its inputs: only `any` takes all of them
export type AnyResource = ResourceDefinition<any, any, any> & { readonly schema: z.ZodObject };

/** The inputs that each resource has. */
type Common = { host: z.output<typeof host>; namespace?: string | undefined };

const adopt = z
  .boolean()
  .optional()
  .describe(
    "Takes over what stands in its place and is not this stack's: it is marked and changed to these properties, and from then on deleted with this resource. Default false: an error.",
  );

const allowLockout = z
  .boolean()
  .optional()
  .describe(
    "Goes on where it would take the address, the network or the route by which Pulumi reaches the host. Default false: an error, before anything is made.",
  );

/** Adds the properties that every resource has. */
export function defineResource<S extends z.ZodObject, F extends FactTable>(
  definition: ResourceDefinition<S, F, z.output<S> & Common>,
): ResourceDefinition<S, F, z.output<S> & Common> & { readonly schema: z.ZodObject } {
  const common = {
    host: host.describe("The host: a name in the inventory (`linuxnet:hosts`), or how to reach it."),
    ...(definition.namespaced === false
      ? {}
      : { namespace: namespaceName().optional().describe("The network namespace it is in. Default: the host's own.") }),
  };
  const lockout = definition.inHostNetwork ? { allowLockout } : {};
  return { ...definition, schema: z.strictObject({ ...common, ...definition.properties.shape, adopt, ...lockout }) };
}
