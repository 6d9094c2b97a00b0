import { isDeepStrictEqual } from "node:util";
import type { Fact, FactTable } from "../commands/command.js";
import { CommandFailure, type FailureKind } from "../commands/failure.js";
import { type MarkedInterface, describeLocation } from "../commands/marked-interfaces.js";
import { type Command, type CommandResult, type Transport, TransportError } from "../transport/transport.js";
import { type Difference, differences } from "./compare.js";
import type { AnyResource, Context, Foreign, Observed } from "./define-resource.js";
import { PartialError, ResourceError, type Subject, commandError, isLost } from "./errors.js";
import { isOfThisStack, namesOf, parseMark } from "./ownership.js";
import type { SharedObservations } from "./shared-observations.js";
import { type MarkSearch, findDisplacedContents, findDisplaced, displacedRemoval } from "./displaced.js";
import { withToolChecks } from "./tool-checks.js";
import { holdsUnknown } from "./unknown.js";
import { WatchedTransport } from "./watched-transport.js";

/** A resource's state: its properties and outputs, as the host has them. */
export type State = Readonly<Record<string, unknown>>;

/** One resource on its host, with everything that its functions need. */
export interface Task {
  readonly definition: AnyResource;
  /** Checked inputs; for read and delete, what Pulumi has recorded. */
  readonly inputs: State;
  readonly context: Context;
  readonly transport: Transport;
  /** Observations of the host that are shared with other resources of the run. */
  readonly sharedObservations?: SharedObservations;
  readonly subject: Subject;
  /** The host's tools that this run has found to be recent enough. */
  readonly checkedTools?: Set<string>;
  /**
   * Called before the run takes over something that carries the resource's mark although Pulumi has no record of the
   * resource.
   */
  readonly beforeReclaim?: () => Promise<void>;
  /** A search of the whole host for displaced objects, shared with other resources of the run. */
  readonly markSearch?: MarkSearch;
  /** In a delete: the inputs of the resource's current life, which has the same mark and stays. */
  readonly successor?: State | undefined;
  /** What this run has done for the resource so far. */
  readonly progress?: { changed: boolean };
  /** Shows the user a warning. */
  readonly warn?: (text: string) => void;
}

/**
 * How often a task observes again after the host changed between observation and change, or after the connection broke,
 * before it gives up.
 */
const attempts = 5;

/** Milliseconds to wait for a name to pass from one resource of a stack to another in the same update. */
const nameHandoverTimeout = 15_000;

/** The host's answers and the raw replies. */
interface Observation extends Observed<State> {
  readonly answers: unknown;
  readonly questions: readonly Command[];
  readonly replies: readonly CommandResult[];
}

/**
 * The properties in which a recorded or observed state differs from the inputs. How the host is reached is not
 * compared.
 */
export function stateDifferences(definition: AnyResource, inputs: State, context: Context, state: State): Difference[] {
  const { host: _wantedHost, ...given } = inputs;
  // What follows from a value that is not known yet is not known either.
  const wanted = { ...given, ...(holdsUnknown(given) ? {} : definition.derive?.(inputs, context)) };
  const { host: _host, ...found } = state;
  const compared = Object.fromEntries(
    Object.entries(found).filter(([key]) => key in wanted || key in definition.schema.shape),
  );
  return differences(wanted, compared, definition);
}

/** Observes the resource on its host, in one round trip. `round` counts the attempts, starting at 1. */
async function observe(task: Task, round = 1): Promise<Observation> {
  const { questions } = factsOf(task);
  return await retryWhileLost(task, async () => {
    const replies = await task.transport.run({ commands: questions, ...batchOptionsFor(round) });
    return interpretReplies(task, replies);
  });
}

/** Observes a resource for a refresh, by its own questions or by questions shared with other resources. */
export async function observeForRefresh(task: Task): Promise<Observed<State>> {
  const { facts } = factsOf(task);
  return await retryWhileLost(task, async () => {
    const shared = await Promise.all(
      facts.map(async ([, fact]) => await task.sharedObservations?.answer(fact, task.context.group)),
    );
    const own = facts.filter((_, index) => shared[index] === undefined);
    const replies = await task.transport.run({ commands: own.map(([, fact]) => questionOf(fact)) });
    const answers = Object.fromEntries([
      ...facts.map(([name], index) => [name, shared[index]] as const),
      ...own.map(([name, fact], index) => [name, fact.parse(replies[index]!)] as const),
    ]);
    const seen = interpret(task, answers);
    const displaced = seen.state ? undefined : await displacedState(task);
    return displaced ? { ...seen, state: displaced } : seen;
  });
}

/** Questions change nothing, so they can be asked again if the connection breaks. */
async function retryWhileLost<T>(task: Task, ask: () => Promise<T>): Promise<T> {
  return await toResourceErrors(task, async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (attempt === attempts || !isLost(error)) throw error;
      }
    }
  });
}

/** Interprets the answers and shows their warnings to the user. */
function interpret({ definition, inputs, context, warn }: Task, answers: object): Observed<State> {
  const seen = definition.interpret(inputs, answers as never, context);
  for (const warning of seen.warnings ?? []) warn?.(warning);
  return seen;
}

/**
 * Observes until no other resource of the same stack occupies the place: in one update, one resource may be on its way
 * out while the next already needs its name. Anything else in the place, or something that stays there, is refused
 * unless it is to be adopted.
 */
async function observeUntilFree(task: Task, round = 1, first?: Observation): Promise<Observation> {
  const until = Date.now() + nameHandoverTimeout;
  let searched = false;
  for (let seen = first; ; seen = undefined) {
    seen ??= await observe(task, round);
    const wait = isOfSameStack(task, seen.foreign?.mark);
    if (!seen.state && !searched && task.context.recorded && (wait || !seen.foreign)) {
      searched = true;
      // The resource of this stack that occupies its place may itself be waiting for this one to leave the place where
      // it is now.
      if (await removeDisplaced(task)) continue;
    }
    if (!seen.foreign) return seen;
    if (!wait && task.context.adopt && seen.foreign.adoptable) return seen;
    if (!wait && task.context.recorded && seen.foreign.changedByHand) return seen;
    if (!wait || Date.now() >= until) throw refusal(task, seen.foreign);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

const isOfSameStack = ({ context }: Task, mark: string | undefined): boolean =>
  mark !== undefined && isOfThisStack(mark, context);

/** Makes the host match the inputs. This is both create and update. Resolves with the resulting state. */
export async function ensure(given: Task): Promise<State> {
  const { subject, inputs, context } = given;
  const transport = new WatchedTransport(given.transport);
  try {
    return await ensureThere({
      ...given,
      progress: { changed: false },
      transport: withToolChecks({ ...given, transport }),
    });
  } catch (error) {
    if (!transport.lostDuringChange || !(error instanceof ResourceError && error.cause instanceof TransportError))
      throw error;
    const here = new ResourceError(
      subject,
      `the connection died in this very step, and the host has not answered since: ${error.what}`,
      "What was made of it is in the state. If it took the way to the host, undo it there by another way; then run `pulumi up --refresh`.",
      [],
      { cause: error.cause },
    );
    throw new PartialError(here, { ...context.recorded, ...inputs });
  }
}

async function ensureThere(wanted: Task): Promise<State> {
  const made = await createUnobserved(wanted);
  if (made?.state) return made.state;
  const { definition, inputs, subject } = wanted;
  const before = await observeUntilFree(wanted, 1, made?.seen);
  const isUnrecorded = before.state && !before.unmarked && !before.foreign && !wanted.context.recorded;
  const isReclaimed = isUnrecorded && (wanted.progress?.changed !== true || hasMoreThanWanted(wanted, before.state));
  if (isReclaimed) await wanted.beforeReclaim?.();
  const remembered = definition.remember?.(inputs, before.answers as never, wanted.context);
  const context = { ...wanted.context, remembered };
  const task = { ...wanted, context };
  for (let attempt = 1, seen = before; ; attempt++, seen = await observeUntilFree(task, attempt)) {
    const plan = definition.plan(inputs, seen.answers as never, context);
    if (plan.length === 0) return await verify(task, before, seen);
    const outcome = await apply(task, guardsFor(task, seen), plan, attempt);
    if (outcome.kind === "done") return await verify(task, before, outcome.after);
    if (outcome.kind === "failed") {
      if (outcome.after.foreign && !before.state && !before.foreign)
        throw await rollBack(task, before, outcome.after, refusal(task, outcome.after.foreign));
      // Nothing was changed and the host now needs a different plan: whatever the plan was about disappeared or
      // appeared in the meantime.
      const replanned = definition.plan(inputs, outcome.after.answers as never, context);
      if (outcome.step === 0 && attempt < attempts && !isDeepStrictEqual(plan, replanned)) continue;
      throw await rollBack(task, before, outcome.after, outcome.error);
    }
    if (attempt === attempts)
      throw new ResourceError(
        subject,
        `the host kept changing or the connection kept breaking (${attempts} tries)`,
        "Run `pulumi up` again; what was made so far is marked and will be found.",
      );
  }
}

/**
 * Whether there is more than was created: what this very run has created may need more, which only the observation after
 * it shows, but has no duplicates.
 */
const hasMoreThanWanted = ({ definition, inputs, context }: Task, state: State) =>
  stateDifferences(definition, inputs, context, state).some(
    ({ wanted, found }) => Array.isArray(found) && found.length > (Array.isArray(wanted) ? wanted.length : 0),
  );

/** The observation assumed for something that does not exist. */
const nothing: Observation = { answers: {}, questions: [], replies: [] };

/**
 * Creates something new in one round trip, without observing first. If that is not possible, returns what was observed,
 * if anything.
 */
async function createUnobserved(
  wanted: Task,
): Promise<{ readonly state?: State; readonly seen?: Observation } | undefined> {
  const { definition, inputs, context } = wanted;
  if (context.recorded || context.adopt || !definition.fast?.createsUnobserved?.(inputs)) return undefined;
  const { facts } = factsOf(wanted);
  const answers = Object.fromEntries(facts.map(([name]) => [name, { missing: "object" }]));
  const remembered = definition.remember?.(inputs, answers as never, context);
  const task = { ...wanted, context: { ...context, remembered } };
  const plan = definition.plan(inputs, answers as never, task.context);
  const outcome = await apply(task, [], plan, 1);
  if (outcome.kind === "look-again") return undefined;
  const { after } = outcome;
  if (outcome.kind === "done") {
    const whole = after.state && stateDifferences(definition, inputs, task.context, after.state).length === 0;
    return whole ? { state: after.state } : { seen: after };
  }
  // It exists and was not changed: continue as after an ordinary observation.
  if (outcome.step === 0 && (after.state || after.foreign || outcome.failure === "exists")) return { seen: after };
  // The host needs a plan that uses other programs, and nothing was created.
  if (outcome.failure === "missing-program" && removalPlan(task, after.answers).length === 0) {
    const replanned = definition.plan(inputs, after.answers as never, task.context);
    if (!after.foreign && !isDeepStrictEqual(plan, replanned)) return { seen: after };
  }
  const error = await rollBack(task, nothing, after, after.foreign ? refusal(task, after.foreign) : outcome.error);
  // One part conflicted with something that exists. After an observation the plan may be able to handle that.
  if (outcome.failure === "exists" && !(error instanceof PartialError)) return undefined;
  throw error;
}

/** Removes what is ours, wherever it is. If it is already gone, that is success. */
export async function remove(wanted: Task): Promise<void> {
  // Its contents disappear with it, except for what was moved out of it by hand. Searching for that at the same time
  // costs no extra round trip.
  const moved = toResourceErrors(wanted, () => findDisplacedContents(wanted, true));
  moved.catch(() => undefined);
  if ((await removeInPlace(wanted)) === "missing") await removeDisplaced(wanted, true);
  // Only a search from before the removal knows which other names led to the same namespace.
  await removeMarkedInterfaces(wanted, await moved);
}

/** Removes whatever carries the resource's mark elsewhere. Returns whether there was anything. */
async function removeDisplaced(task: Task, withContents = false): Promise<boolean> {
  if (!task.definition.displaced) return false;
  const displaced = await retryWhileLost(task, async () => [
    ...(await findDisplaced(task)),
    ...(withContents ? await findDisplacedContents(task) : []),
  ]);
  await removeMarkedInterfaces(task, displaced);
  return displaced.length > 0;
}

async function removeMarkedInterfaces(task: Task, displaced: readonly MarkedInterface[]): Promise<void> {
  const commands = displacedRemoval(task, displaced);
  if (commands.length === 0) return;
  task.sharedObservations?.invalidate();
  markChanged(task);
  // Removing something that is already gone counts as success, so the commands can safely be repeated.
  const results = await retryWhileLost(task, () => task.transport.run({ commands }));
  const failed = results.findIndex(({ exitCode }) => exitCode !== 0);
  if (failed === -1) return;
  const failure = new CommandFailure(commands[failed]!, results[failed]!, [failed + 1, commands.length]);
  throw commandError(task.subject, failure, failure.advice);
}

/** What a refresh reports if the resource is displaced rather than gone; undefined if it is gone. */
async function displacedState(task: Task): Promise<State | undefined> {
  const { definition, inputs, context, warn } = task;
  if (!definition.displaced || !context.recorded) return undefined;
  const displaced = await findDisplaced(task);
  if (displaced.length === 0) return undefined;
  const places = displaced.map(describeLocation).join(", ");
  warn?.(
    `${task.subject.kind} "${task.subject.name}" is not in its place: its mark is on ${places}. \`pulumi up --refresh\` puts it back`,
  );
  return definition.displaced.state(inputs);
}

/** `missing`: the resource or its contents were not in their place. */
async function removeInPlace(given: Task): Promise<"done" | "missing"> {
  const wanted = await determineInPlace(given);
  const unseen = await removeUnobserved(wanted);
  if (unseen === "done") return "done";
  const seen = unseen ?? (await observe(wanted));
  if (seen.foreign?.changedByHand && !wanted.definition.displaced) warnOfReplacement(wanted, seen.foreign);
  // A resource that is gone may have left something behind; only then is that asked about.
  const task = seen.state ? wanted : { ...wanted, context: { ...wanted.context, gone: true } };
  const hasMoreQuestions = factsOf(task).questions.length > seen.questions.length;
  await removeObserved(task, hasMoreQuestions ? await observe(task) : seen);
  return seen.state && unseen === undefined ? "done" : "missing";
}

/** What somebody put in the resource's place is not deleted, nor does it go with an interface. */
function warnOfReplacement({ subject: { kind, name }, inputs, warn }: Task, { property, conflict }: Foreign): void {
  warn?.(
    `${kind} "${name}" was replaced by hand: ${property} ${briefly(inputs[property])} is ${conflict}, which stays`,
  );
}

/** Determines whether the resource has to be searched for everywhere. */
async function determineInPlace(task: Task): Promise<Task> {
  const { definition, inputs, context, sharedObservations } = task;
  const fact = definition.fast?.inPlace?.(inputs, context);
  const inPlace =
    fact &&
    sharedObservations &&
    (await retryWhileLost(task, () => sharedObservations.firstAnswer<boolean>(fact, context.group)));
  return inPlace ? { ...task, context: { ...context, inPlace } } : task;
}

/** The commands that remove it from a host with these answers. */
function removalPlan({ definition, inputs, context }: Task, answers: unknown): readonly Command[] {
  return definition.remove(inputs, answers as never, context);
}

async function removeObserved(task: Task, first: Observation): Promise<void> {
  let seen = first;
  for (let plan = removalPlan(task, seen.answers), attempt = 1; plan.length > 0; attempt++) {
    const outcome = await apply(task, guardsFor(task, seen), plan, attempt);
    seen = outcome.kind === "look-again" ? await observe(task, attempt + 1) : outcome.after;
    // Whatever disappeared in the meantime counts as deleted: the next plan is made from what still exists.
    const next = removalPlan(task, seen.answers);
    const isLastAttempt = next.length > 0 && attempt === attempts;
    if (outcome.kind === "failed" && (isLastAttempt || isDeepStrictEqual(next, plan))) throw outcome.error;
    if (isLastAttempt)
      throw new ResourceError(
        task.subject,
        `is still there after ${attempts} tries to delete it`,
        "Look at it on the host: something makes it anew.",
      );
    plan = next;
  }
}

/** Removes what is recorded if that cannot be anything else. If more has to be done, returns what was observed. */
async function removeUnobserved(task: Task): Promise<Observation | "done" | undefined> {
  const { definition, inputs, context } = task;
  const recorded = definition.fast?.recordedAnswers?.(inputs, context) as object | undefined;
  if (recorded === undefined) return undefined;
  const plan = removalPlan(task, recorded);
  const outcome = await apply(task, definition.fast?.recordedGuards?.(inputs, context) ?? [], plan, 1);
  if (outcome.kind === "look-again") return undefined;
  const left = removalPlan(task, outcome.after.answers);
  // It is as recorded and cannot be removed.
  if (outcome.kind === "failed" && isDeepStrictEqual(left, plan)) throw outcome.error;
  return outcome.kind === "done" && left.length === 0 ? "done" : outcome.after;
}

/** The resources whose batches it was joined with may be the reason for the retry, so a retry runs separately. */
const batchOptionsFor = (attempt: number) => (attempt > 1 ? { alone: true } : {});

type Outcome =
  | { readonly kind: "done"; readonly after: Observation }
  | {
      readonly kind: "failed";
      readonly after: Observation;
      readonly error: ResourceError;
      /** The index of the failed command in the plan. */
      readonly step: number;
      readonly failure: FailureKind;
    }
  /** The host was not as observed, or it is unknown how far the batch went: observe again. */
  | { readonly kind: "look-again" };

/** Under the lock, the same questions are asked again: a plan is only valid for the host that it was made for. */
function guardsFor(task: Task, seen: Observation): Command[] {
  if (!task.definition.transactional) return [];
  const { facts } = factsOf(task);
  return seen.questions.flatMap(({ argv, stdin }, index) => {
    if (facts[index]?.[1].unguarded) return [];
    const { exitCode, stdout, asked = stdin === undefined ? { argv } : { argv, stdin } } = seen.replies[index]!;
    return exitCode === 0 ? [{ ...asked, always: false, expectStdout: stdout }] : [];
  });
}

/** Runs a plan if the guards pass, then observes again, all in one round trip. */
async function apply(
  task: Task,
  guards: readonly Command[],
  plan: readonly Command[],
  attempt: number,
): Promise<Outcome> {
  const { definition, subject } = task;
  const { questions } = factsOf(task);
  task.sharedObservations?.invalidate();
  let results: CommandResult[];
  try {
    results = await task.transport.run({
      commands: [...guards, ...plan, ...questions],
      lock: definition.transactional ?? false,
      ...batchOptionsFor(attempt),
    });
  } catch (error) {
    if (isLost(error)) {
      markChanged(task);
      return { kind: "look-again" };
    }
    throw transportFailure(subject, error);
  }
  const ran = results.slice(guards.length, guards.length + plan.length);
  const after = await toResourceErrors(task, () =>
    Promise.resolve(interpretReplies(task, results.slice(guards.length + plan.length))),
  );
  if (ran.some((result) => result.ran && result.exitCode === 0)) markChanged(task);
  const failed = ran.findIndex((result) => result.ran && result.exitCode !== 0);
  if (failed === -1) return ran.every((result) => result.ran) ? { kind: "done", after } : { kind: "look-again" };
  const failure = new CommandFailure(plan[failed]!, ran[failed]!, [failed + 1, plan.length]);
  const followUpLines = await askFollowUp(task, failure);
  const error = commandError(subject, failure, definition.advice?.[failure.kind] ?? failure.advice, followUpLines);
  return { kind: "failed", after, error, step: failed, failure: failure.kind };
}

/** From here on, no message may claim that nothing was changed. */
function markChanged({ progress }: Task): void {
  if (progress) progress.changed = true;
}

/**
 * The host's reply to the follow-up question about a failure. If there is no reply, that is not an error of its own.
 */
async function askFollowUp({ transport }: Task, { followUp }: CommandFailure): Promise<string[]> {
  if (followUp === undefined) return [];
  try {
    const [reply] = await transport.run({ commands: [followUp] });
    return reply!.stdout.split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** Verifies that the host has what was requested: the kernel accepts some settings silently and does not keep them. */
async function verify(task: Task, before: Observation, after: Observation): Promise<State> {
  const { definition, inputs, context, subject } = task;
  if (!after.state)
    throw await rollBack(
      task,
      before,
      after,
      new ResourceError(subject, "the commands succeeded, but it does not exist", missingParent(task)),
    );
  const differing = stateDifferences(definition, inputs, context, after.state);
  if (differing.length === 0) return after.state;
  const display = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));
  const details = differing.map(
    ({ path, wanted, found }) => `${path}: asked for ${display(wanted)}, has ${display(found)}`,
  );
  throw await rollBack(
    task,
    before,
    after,
    new ResourceError(
      subject,
      "the host did not take over every property",
      "Ask for what its kernel supports.",
      details,
    ),
  );
}

const missingParent = ({ inputs }: Task) =>
  typeof inputs.namespace === "string" ? `Is the namespace ${inputs.namespace} there?` : undefined;

/** After a failure, removes what this run created. What cannot be removed, or existed before, goes into the state. */
async function rollBack(
  task: Task,
  before: Observation,
  after: Observation,
  error: ResourceError,
): Promise<ResourceError> {
  if (before.state) return new PartialError(error, after.state ?? task.inputs);
  // Adopted: it existed before this run and stays.
  if (before.foreign) return after.state ? new PartialError(error, after.state) : error;
  // As if it had been recorded, so that what was found before this run is restored.
  const recorded = { ...task.inputs, ...task.context.remembered };
  // According to the state it exists. The state must not keep saying so: the next `up` has to try again.
  const expected = task.context.recorded && { ...task.context.recorded, ...task.inputs };
  let left = after.state;
  try {
    await removeObserved({ ...task, context: { ...task.context, recorded } }, after);
    left = expected;
  } catch {
    left ??= expected;
  }
  return left ? new PartialError(error, left) : error;
}

function refusal(task: Task, { property, conflict, mark, advice, adoptable }: Foreign): ResourceError {
  const value = property
    .split(".")
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], task.inputs);
  const what = `${property} ${briefly(value)} is ${conflict}${task.progress?.changed ? "" : "; nothing was changed for this resource"}`;
  const other = mark === undefined ? undefined : parseMark(mark);
  if (other && isOfSameStack(task, mark))
    return new ResourceError(
      task.subject,
      what,
      `That is ${other.kind} "${other.owner.name}" of this same stack. If it was renamed, say so with \`aliases\`; if it is to go, take it out and run \`pulumi up\` before this one comes.`,
    );
  const namesake = other && namesOf(other.owner) === namesOf(task.context.owner);
  const whose = namesake
    ? `That is the mark of another stack ${namesOf(other.owner)}, in another organization or backend${other.owner.id === undefined ? ", or made by version 0.1.0" : ""}. Give this one other names. Or, where it is this same stack, whose state was lost or moved: \`adopt: true\` takes it over.`
    : `${advice}${adoptable ? "\n  → Or take it over with `adopt: true`." : ""}`;
  return new ResourceError(task.subject, what, whose);
}

/** A value for a message, shortened if it is long. */
function briefly(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text !== undefined && text.length > 100 ? `${text.slice(0, 100)}…` : String(text);
}

function factsOf({ definition, inputs, context }: Task) {
  const facts = Object.entries(definition.observe(inputs as never, context) as FactTable).filter(
    (entry): entry is [string, Fact<unknown>] => entry[1] !== undefined,
  );
  return { facts, questions: facts.map(([, fact]) => questionOf(fact)) };
}

const questionOf = ({ command }: Fact<unknown>): Command => ({ ...command, always: true });

function interpretReplies(task: Task, replies: readonly CommandResult[]): Observation {
  const { facts, questions } = factsOf(task);
  const answers = Object.fromEntries(facts.map(([name, fact], index) => [name, fact.parse(replies[index]!)]));
  return { ...interpret(task, answers), answers, questions, replies };
}

async function toResourceErrors<T>({ subject }: Task, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof CommandFailure) throw commandError(subject, error, error.advice);
    throw transportFailure(subject, error);
  }
}

function transportFailure(subject: Subject, error: unknown): unknown {
  return error instanceof TransportError
    ? new ResourceError(subject, error.message, undefined, [], { cause: error })
    : error;
}
