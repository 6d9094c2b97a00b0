/**
 * What resources leave on a host, by sorts of objects: how a sort is found by a stack's marks and numbers, whether or not
 * a state knows the resource, and how it is removed.
 */
import type { NumberedDump } from "../commands/candidate-namespaces.js";
import type { Answers, Command, Fact, FactTable } from "../commands/command.js";
import type { StackName } from "./ownership.js";

/** A network namespace of a machine, with the answers to one sort's questions about it. */
export interface SurveyedNamespace<A = unknown> {
  /** Its names in /run/netns, with undefined for the host's own. Commands use the first. */
  readonly names: readonly [string | undefined, ...(string | undefined)[]];
  readonly answers: A;
}

/** The answers to one sort's questions about a machine. */
export interface Findings<N = unknown, H = unknown> {
  /** Those that may hold something of the stack. */
  readonly namespaces: readonly SurveyedNamespace<N>[];
  readonly host: H;
}

/** How an object is removed. */
export interface Removal {
  readonly facts: readonly Fact<unknown>[];
  /** Commands whose answers must be unchanged when the plan runs; default: the commands of the facts. */
  readonly guards?: readonly Command[];
  /** The commands, none if it is gone; or the reason why it cannot be removed. */
  readonly plan: (answers: never) => readonly Command[] | string;
}

/** Types the answers in a removal's plan by its facts. */
export const removal = <F extends readonly Fact<unknown>[]>(
  facts: readonly [...F],
  plan: (answers: { [K in keyof F]: F[K] extends Fact<infer T> ? T : never }) => readonly Command[] | string,
  guards?: readonly Command[],
): Removal => ({ facts, plan, ...(guards && { guards }) });

/** The plan for something that is already gone. */
export const gone: readonly Command[] = [];

/** The reason why something that has changed since the survey stays. */
export const notAsFound = "it is not what was found any more; look again";

/**
 * The order of removal: whatever uses an interface is removed before it, and the contents of a namespace before the
 * namespace. Its files stay as long as it exists.
 */
export const stages = ["uses interfaces", "interface", "namespace", "file"] as const;

/** One object of a stack on a host. */
export interface Trace<O = unknown> {
  /** What `has` of a kind's claim compares with recorded properties. */
  readonly object: O;
  /**
   * Undefined if it carries none: because it cannot, in which case its protocol number tells the stack, or because a run
   * was killed before it put the mark there.
   */
  readonly mark: string | undefined;
  /** What it is and where, for people: `namespace box`. */
  readonly description: string;
  /** If several of them are described as one list, `interfaces a, b`: the singular, which `description` leaves out. */
  readonly noun?: string;
  /** Equal for the same object in a later survey of the machine. */
  readonly identity: string;
  /** The objects of the same sort that are deleted together with it. Default: none. */
  readonly companions?: readonly O[];
  /** A text that others can name as `goesWith`. */
  readonly place?: string;
  /** It disappears with the trace in this place and is not listed next to it. */
  readonly goesWith?: string;
  /** Why it must not be removed. */
  readonly keepReason?: string | undefined;
  readonly stage: (typeof stages)[number];
  readonly removal: Removal;
}

/** A sort of objects that carry a stack's mark or number, such as interfaces. */
export interface TraceSort<O, N extends FactTable = FactTable, H extends FactTable = FactTable> {
  /** What an object of it is called: `interface`. */
  readonly name: string;
  /** Questions about each namespace, the host's own (undefined) included. Equal questions of two sorts are asked once. */
  readonly inNamespace?: (namespace: string | undefined, stack: StackName) => N;
  /** Questions about the host as a whole. */
  readonly onHost?: (stack: StackName) => H;
  /** The marks of any stack in the answers. Texts that are not marks are ignored. */
  readonly marks?: (findings: Findings<Answers<N>, Answers<H>>) => readonly string[];
  /** Every object of the stack. */
  readonly find: (findings: Findings<Answers<N>, Answers<H>>, stack: StackName) => readonly Trace<O>[];
  /** Whether the protocol number alone tells whose an object is, which two stacks may share. Default false. */
  readonly isNumbered?: boolean;
  /**
   * How the kernel lists numbered objects other than routes: a namespace of others is surveyed only if it may hold
   * something of the stack.
   */
  readonly dump?: NumberedDump;
  /**
   * Whether an object may be a resource's wherever that is recorded, since its place is not known. Default false: it is
   * compared with the resources that are recorded on its machine.
   */
  readonly isPlaceless?: boolean;
}

/** A sort, where its types do not matter. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a sort takes its own answers: only `any` takes all sorts
export type AnyTraceSort = TraceSort<any, any, any>;

/** Types a sort by its questions. */
export const defineTraceSort = <O, N extends FactTable = FactTable, H extends FactTable = FactTable>(
  sort: TraceSort<O, N, H>,
): TraceSort<O, N, H> => sort;

/** Properties as recorded in a state. A value that is not of its property's type is hidden and may be anything. */
export type RecordedProperties = Readonly<Record<string, unknown>>;

/** The objects of one sort that a kind of resource creates. */
export interface TraceClaim {
  readonly sort: AnyTraceSort;
  /** Whether it is an object of the recorded resource with these properties. It has the resource's mark, if it has one. */
  readonly has: (properties: RecordedProperties, object: never) => boolean;
  /**
   * Whether an object that no recorded resource has, and that has no mark to name its kind, is listed under this kind.
   * Of several kinds with objects of one sort (a Route, and the gateway of a Veth), one says so. Default: never.
   */
  readonly isOfKind?: (object: never) => boolean;
}

/** Types a claim by its sort. */
export const claimTraces = <O, N extends FactTable, H extends FactTable>(
  sort: TraceSort<O, N, H>,
  has: (properties: RecordedProperties, object: O) => boolean,
  isOfKind?: (object: O) => boolean,
): TraceClaim => ({ sort, has, ...(isOfKind && { isOfKind }) });
