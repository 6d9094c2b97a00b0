import { z } from "zod";
import type { Answers, Command, Fact, FactTable } from "../commands/command.js";
import type { FailureKind } from "../commands/failure.js";
import type { MarkedInterface } from "../commands/marked-interfaces.js";
import type { Need } from "../commands/probes.js";
import type { HostNetworkPart } from "../commands/management-path.js";
import { type FirewallChoice, host } from "../schema/host.js";
import { namespaceName } from "../schema/text.js";
import type { Owner, StackName } from "./ownership.js";
import type { TraceClaim } from "./trace.js";

/** What a resource's functions know besides its inputs. */
export interface Context {
  readonly owner: Owner;
  /** The host's name in the program. */
  readonly hostName: string;
  /** The mark put on anything created now. */
  readonly mark: string;
  /** The marks that identify things as ours: the current one, and the one recorded before a rename. */
  readonly marks: readonly string[];
  /**
   * The stack's names in Pulumi's recorded state, as far as this run has seen it. After a rename they differ from the
   * current name.
   */
  readonly stacks?: readonly StackName[];
  /** The interface group of interfaces created now. */
  readonly group: number;
  /** The protocol number of routes created now. */
  readonly protocol: number;
  /** The firewall that the host's rules are created with. */
  readonly firewall: FirewallChoice;
  /** Whether to adopt something that this stack did not create. */
  readonly adopt: boolean;
  /** The state that Pulumi has recorded; undefined during create. */
  readonly recorded: Readonly<Record<string, unknown>> | undefined;
  /** Whether the resource is being deleted and was observed to be missing. */
  readonly gone?: boolean;
  /** Whether the resource is being deleted and no part of it was found anywhere other than where it was created. */
  readonly inPlace?: boolean;
  /** Whether the resource is being deleted while other resources of the program depend on what it manages. */
  readonly inUse?: boolean;
  /** What `remember` returned after the first observation of this create or update; undefined in a read or delete. */
  readonly remembered?: Readonly<Record<string, unknown>> | undefined;
}

/** Something on the host that occupies the resource's place and does not belong to this stack. */
export interface Foreign {
  /** The input property that names it. */
  readonly property: string;
  /** What it is and whose it is, as the end of a sentence: `held by a bridge with the alias "x"`. */
  readonly conflict: string;
  /** The mark that it carries; undefined if it has none or cannot be marked. */
  readonly mark?: string | undefined;
  /** What the user can do. */
  readonly advice: string;
  /** Whether `plan` can turn it into the resource, which `adopt` then does. */
  readonly adoptable: boolean;
  /**
   * Whether it may be the resource itself, changed by hand so that its mark is lost. A recorded resource then takes it
   * back. Default false.
   */
  readonly changedByHand?: boolean;
}

/** A resource as observed on its host. */
export interface Observed<State> {
  /**
   * The resource as it is, expressed in its properties; undefined if it does not exist. Properties that differ from
   * what was requested are drift.
   */
  readonly state?: State | undefined;
  /**
   * Whether the state describes something that exists independently of this resource and does not carry its mark.
   * Default false.
   */
  readonly unmarked?: boolean;
  /** Something foreign that occupies its place. */
  readonly foreign?: Foreign | undefined;
  /** Conditions of the host, not of the resource, that the user should know about. */
  readonly warnings?: readonly string[] | undefined;
}

/** An output that is not an input. */
export interface OutputDefinition {
  /** Its TypeScript type. */
  readonly type: string;
  readonly description: string;
  /**
   * Not recorded if it equals what `derive` computes from the other properties. Pulumi writes every value of a state
   * again with each resource, so fewer recorded values make each write smaller. Default false.
   */
  readonly implied?: boolean;
  /** The value that `derive` always returns, whatever the other properties are. */
  readonly default?: unknown;
}

/** A mistake in the inputs that only becomes apparent when several properties are checked together. */
export interface Problem {
  /** Property path, such as `peer.bridge`. */
  readonly property: string;
  readonly message: string;
}

/** Something on the host that a resource needs exclusively, besides what it is identified by. */
export interface Claim {
  /** The property that names it. */
  readonly property: string;
  /** What it is, within its namespace, as text that is equal for equal things: `tcp port 8000`. */
  readonly what: string;
  /** Whether there is one for the whole host. Default false: each namespace has its own. */
  readonly anywhere?: boolean;
  /** Its namespace, undefined for the host's own. If the property is left out, the resource's namespace. */
  readonly namespace?: string | undefined;
  /** What to do when two resources claim it. Default: remove one of them. */
  readonly advice?: string;
}

/**
 * A resource: its name, its properties, and pure functions from inputs and observations to commands. None of them runs
 * anything. `I` is the type of the inputs after check: canonical and with defaults.
 */
export interface ResourceDefinition<S extends z.ZodObject, F extends FactTable, I = z.output<S>> {
  /* The twelve that every resource has. */

  /** The name of the class in the SDK: `Veth`. */
  readonly kind: string;
  /** Its description in the reference, in Markdown. */
  readonly description: string;
  /** The inputs besides `host` and `namespace`; each has a `.describe()`. */
  readonly properties: S;
  /** What the host must provide. */
  readonly needs: readonly Need[];
  /** Paths of properties that cannot be changed in place. `host` and `namespace` are always included. */
  readonly replaceOn: readonly string[];
  /**
   * Paths of properties that name a resource with which this one disappears, as `namespace` does: the SDK lets Pulumi
   * skip deleting this one if that one is deleted too.
   */
  readonly deletedWith: readonly string[];
  /** Its name on the host, as the end of the Pulumi ID. */
  readonly identify: (inputs: I, context: Context) => string;
  /** The facts to ask for. */
  readonly observe: (inputs: I, context: Context) => F;
  /** Interprets the answers as properties. */
  readonly interpret: (inputs: I, answers: Answers<F>, context: Context) => Observed<Record<string, unknown>>;
  /**
   * The commands that turn what exists into what is wanted; none if nothing has to change. If something foreign is in
   * its place, it is only called to adopt that.
   */
  readonly plan: (inputs: I, answers: Answers<F>, context: Context) => readonly Command[];
  /** The commands that remove what is ours, partly created objects included; none if there is nothing. */
  readonly remove: (inputs: I, answers: Answers<F>, context: Context) => readonly Command[];
  /** What it leaves on a host that may be left there without a record in the state. */
  readonly traces: readonly TraceClaim[];

  /* How it is given in a program. */

  /** Outputs that are not inputs. Default: none. */
  readonly outputs?: Readonly<Record<string, OutputDefinition>>;
  /**
   * Properties that have another name as arguments, because Pulumi reserves the name for an output: every resource
   * already has an `id`, which is a string.
   */
  readonly argumentNames?: Readonly<Record<string, string>>;
  /** Whether it lives in a namespace at all. Default true. */
  readonly namespaced?: boolean;
  /**
   * Fills in values that the schema cannot know. Called before the schema reads the inputs; may only fill in what was
   * left out.
   */
  readonly defaults?: (
    raw: Readonly<Record<string, unknown>>,
    owner: Owner,
    hostName: string,
  ) => Record<string, unknown>;
  /** Problems between properties; called when each property is valid by itself. */
  readonly checkTogether?: (inputs: I) => readonly Problem[];
  /**
   * Properties that are not managed when left out: the kernel keeps its value. For all others, leaving one out means
   * "none".
   */
  readonly unmanaged?: readonly string[];
  /** Paths of lists whose order is significant. Other lists are compared in any order. */
  readonly ordered?: readonly string[];

  /* How it changes. */

  /** Further paths that require a replacement, depending on their values. */
  readonly replaceWhen?: (old: I, desired: I) => readonly string[];
  /**
   * False if the replacement can be created before the old resource is deleted. Default true: their names would clash.
   */
  readonly deleteBeforeReplace?: boolean | ((old: I, desired: I) => boolean);
  /**
   * If the property `when` is set, the resource manages something that others created and that outlives it. Pulumi then
   * does not skip deleting the resources inside it, and the output `identity` changes when the resource refers to a
   * different thing.
   */
  readonly outlivesResource?: { readonly when: string; readonly identity: string };
  /**
   * If present, the resource loses something when an interface named in its arguments is recreated only if one of these
   * properties is set. Default: it always does.
   */
  readonly standsOn?: readonly string[];

  /* What it shares with other resources, and with the host. */

  /** What only one resource of a program can have. */
  readonly claims?: (inputs: I) => readonly Claim[];
  /** What it depends on if another resource of the program manages it: the `what` of a claim in its own namespace. */
  readonly reliesOn?: (inputs: I) => readonly string[];
  /** What it adds to the host's own network namespace that could cut the path by which the host is reached. */
  readonly inHostNetwork?: (inputs: I) => readonly HostNetworkPart[];
  /**
   * Checks and changes run as one transaction under the host's lock, for tables that other programs write too. Default
   * false.
   */
  readonly transactional?: boolean;

  /* What it tells of its state. */

  /** Outputs that follow from the inputs and are compared with the kernel's values like properties. */
  readonly derive?: (inputs: I, context: Context) => Record<string, unknown>;
  /**
   * Outputs that preserve what existed before the first change, for the delete to restore. Called with the answers of
   * the first observation.
   */
  readonly remember?: (inputs: I, answers: Answers<F>, context: Context) => Readonly<Record<string, unknown>>;
  /**
   * How it is found by its mark after somebody moved or renamed the marked object by hand. Left out: that cannot
   * happen.
   */
  readonly displaced?: {
    /**
     * The kernel's kind for the interfaces that carry the mark, such as `bridge`; `lo` if it represents a whole
     * namespace.
     */
    readonly kind: string;
    /** Default: always. */
    readonly applies?: (inputs: I) => boolean;
    /** The state that a refresh then reports; it must differ from what is wanted. */
    readonly state: (inputs: I) => Record<string, unknown>;
    /** For a namespace: whether the namespace with this `lo` is the resource's own, whatever its name is now. */
    readonly isNamespaceOf?: (inputs: I, lo: MarkedInterface, context: Context) => boolean;
    /**
     * For a resource that contains others, which disappear with it: whether an interface that is now elsewhere was in
     * it.
     */
    readonly contains?: (inputs: I, found: MarkedInterface, context: Context) => boolean;
  };
  /** Advice for failures of its commands whose meaning depends on the kind of resource. */
  readonly advice?: Readonly<Partial<Record<FailureKind, string>>>;

  /** Saves round trips and processes; leave it out until the resource works. */
  readonly fast?: FastPaths<F, I>;
}

/** What a resource can skip because it knows better. Without any of it, everything is observed first. */
export interface FastPaths<F extends FactTable, I> {
  /**
   * Whether a new resource is created without observing first, which saves a round trip. The plan for "nothing exists"
   * must then do no harm if something does: either its first command fails there and changes nothing, or whatever it
   * adds shows up in the observation that follows and is corrected. Default false.
   */
  readonly createsUnobserved?: (inputs: I) => boolean;
  /**
   * What the host would answer if the resource is as recorded. A delete then removes it without observing first. The
   * commands must fail or change nothing if the host differs; what remains shows up in the observation that follows.
   * Undefined: a delete observes first.
   */
  readonly recordedAnswers?: (inputs: I, context: Context) => Partial<Answers<F>> | undefined;
  /**
   * Commands that fail if the host differs from the recorded answers, for cases in which the removal itself would not
   * fail.
   */
  readonly recordedGuards?: (inputs: I, context: Context) => readonly Command[];
  /**
   * Whether all of it is where it was created. Asked before a delete, once for all resources of a run, so that each of
   * them only has to look there.
   */
  readonly inPlace?: (inputs: I, context: Context) => Fact<boolean>;
}

/** What `defineResource` adds to a definition. */
export interface Completed {
  /** The properties with those that every resource has. */
  readonly schema: z.ZodObject;
  readonly outputs: Readonly<Record<string, OutputDefinition>>;
}

/** Any resource, where its types do not matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a definition is contravariant in its inputs: only `any` takes all of them
export type AnyResource = ResourceDefinition<any, any, any> & Completed;

/** The inputs that each resource has. */
type Common = { host: z.output<typeof host>; namespace?: string | undefined };

const adopt = z
  .boolean()
  .optional()
  .describe(
    "Adopt an existing object that is not this stack's: it is marked, changed to match these properties, and deleted with this resource. Default false: an existing object is an error.",
  );

const allowLockout = z
  .boolean()
  .optional()
  .describe(
    "Allow a change that takes over the address, network or route by which Pulumi reaches the host. Default false: such a change is an error, before anything is created.",
  );

/** Types a definition, and adds the properties that every resource has. */
export function defineResource<S extends z.ZodObject, F extends FactTable>(
  definition: ResourceDefinition<S, F, z.output<S> & Common>,
): ResourceDefinition<S, F, z.output<S> & Common> & Completed {
  const common = {
    host: host.describe("The host: a name in the inventory (`linuxnet:hosts`), or how to reach it."),
    ...(definition.namespaced === false
      ? {}
      : {
          namespace: namespaceName()
            .optional()
            .describe("The network namespace that contains it. Default: the host's own."),
        }),
  };
  const lockout = definition.inHostNetwork ? { allowLockout } : {};
  return {
    ...definition,
    outputs: definition.outputs ?? {},
    schema: z.strictObject({ ...common, ...definition.properties.shape, adopt, ...lockout }),
  };
}
