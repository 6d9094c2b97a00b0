/**
 * The operations of a run, on resources of any kind: what a door to Pulumi's engine calls. It knows neither a kind by
 * name nor the form in which the engine passes values.
 */
import { type Failure, check as checkInputs } from "../lifecycle/check.js";
import { Claims } from "../lifecycle/claims.js";
import { type Difference, touches } from "../lifecycle/compare.js";
import { withoutDefaults } from "../lifecycle/defaults.js";
import type { AnyResource } from "../lifecycle/define-resource.js";
import { PartialError, ResourceError } from "../lifecycle/errors.js";
import { Lives, lifeOn, machineOf, newLife } from "../lifecycle/lives.js";
import { marksIn } from "../lifecycle/orphans.js";
import { isOfStack, markOf } from "../lifecycle/ownership.js";
import { type HostFacts, bootOf } from "../lifecycle/preflight.js";
import { type State, type Task, ensure, observeForRefresh, remove, stateDifferences } from "../lifecycle/reconcile.js";
import { survey } from "../lifecycle/survey.js";
import { holdsUnknown, isUnknown } from "../lifecycle/unknown.js";
import { catalogue } from "../resources/catalogue.js";
import { type HostArgs, hostName, sameHost } from "../schema/host.js";
import type { FullStackName } from "../stack-id.js";
import type { Pool } from "../transport/pool.js";
import { TransportError } from "../transport/transport.js";
import { Dependents, canHaveDependents, lostWithChange } from "./dependents.js";
import { Hosts, type VisitedHost, explainLoss, machineIdAt } from "./hosts.js";
import { claimConflict, claimedPlace, claimedPlaces, lifeOf, placeOf } from "./places.js";
import {
  type Given,
  type Properties,
  asRecorded,
  contextOf,
  definitionOf,
  keyOf,
  propertiesOf,
  resourceOfMark,
  withImplied,
} from "./properties.js";
import { StackNames } from "./stack-names.js";

/** What an update would do. */
export interface Diff {
  /** Whether there is anything to do, which may be nothing that the differences show. */
  readonly changes: boolean;
  /** The properties that differ from the recorded state. */
  readonly differences: readonly Difference[];
  /** The properties that cannot be changed in place. */
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** A resource as a host has it. */
export interface Found {
  readonly state: State;
  /** The part of it that a program could ask for. */
  readonly inputs: State;
}

/** A failed create or update that leaves something behind, with the state to record. */
export class PartlyDone extends Error {
  constructor(
    readonly id: string,
    readonly state: State,
    override readonly cause: PartialError,
  ) {
    super(cause.message);
  }
}

/** A task with its host as far as the run has learned about it. */
type RunTask = Task & { readonly visited: VisitedHost; readonly warn: (text: string) => void };

/** One run: its inventory, its connections and the claims of its program. */
export class Provider {
  private readonly claims = new Claims();
  /** The same by machine: one machine may have two names in the inventory. */
  private readonly machineClaims = new Claims();
  private readonly lives = new Lives<Properties>();
  /** What is recorded of the resources whose replacement is created before they are deleted, by `keyOf`. */
  private readonly predecessors = new Map<string, Properties>();
  private readonly names: StackNames;
  private readonly hosts: Hosts;
  private readonly dependents = new Dependents(this.lives, ({ news, recorded }) =>
    this.taskOf(this.hosts.withCurrentHost(news), recorded),
  );

  /**
   * @param print Shows the user a line that belongs to no resource.
   * @param stackIdOf Tells a stack from others with the same names; undefined if nothing does.
   */
  constructor(
    pool: Pick<Pool, "transport">,
    print: (line: string) => void,
    stackIdOf: (stack: FullStackName) => string | undefined,
  ) {
    this.names = new StackNames(stackIdOf);
    this.hosts = new Hosts(pool, print);
  }

  /** Called once, with the values of `linuxnet:hosts` and `linuxnet:defaults`, whether they are valid or not. */
  configure(configuration: { readonly hosts: unknown; readonly defaults: unknown }): void {
    this.hosts.configure(configuration);
  }

  /** Returns canonical inputs with defaults, or the problems of each property. */
  check(
    olds: Partial<Properties> | undefined,
    news: Given,
  ): { readonly inputs: State; readonly failures: readonly Failure[] } {
    const { kind, owner: ownNames, standsOn, ...given } = news;
    const definition = definitionOf(kind);
    const owner = this.names.ownerOf(kind, ownNames, olds);
    const mark = markOf(kind, owner);
    this.dependents.register(mark);
    const { inputs, failures } = checkInputs(definition, given, owner);
    const problem =
      failures.length > 0
        ? undefined
        : (this.hosts.problemWith(given.host) ?? this.hosts.problemWithFormer(olds, given.host));
    this.hosts.noteInline(inputs.host as string | HostArgs | undefined, mark);
    const refused = [...failures, ...(problem === undefined ? [] : [{ property: "host", reason: problem }])];
    const extraInputs = Object.entries({ numberedAs: owner.numberedAs, standsOn }).filter(
      ([, value]) => value !== undefined,
    );
    return {
      inputs: { mark, ...withoutDefaults(definition.schema, inputs, given), ...Object.fromEntries(extraInputs) },
      failures: refused.length > 0 ? refused : this.claimProblem(definition, { ...inputs, mark } as Properties),
    };
  }

  /** Finds another resource of the program that manages the same thing on the same host. */
  private claimProblem(definition: AnyResource, inputs: Properties): Failure[] {
    if (holdsUnknown(inputs)) return [];
    const { hostName } = placeOf(definition, inputs);
    const dependencies = definition.reliesOn?.(propertiesOf(inputs)) ?? [];
    this.claims.use(
      dependencies.map((what) => claimedPlace(hostName, inputs.namespace, what)),
      inputs.mark,
    );
    const problem = claimConflict(this.claims, hostName, definition, inputs);
    return problem ? [{ property: problem.property, reason: `${problem.property}: ${problem.words}` }] : [];
  }

  /** Compares the inputs with the recorded state. No host is contacted. */
  diff(olds: Properties, news: Properties): Diff {
    this.names.note(olds);
    const { definition } = resourceOfMark(news.mark);
    const state = withImplied(olds);
    const inputs = propertiesOf(news);
    const context = contextOf(news, olds, this.hosts.firewallOf(news.host));
    const differences = stateDifferences(definition, inputs, context, state);
    const changed = differences.map(({ path }) => path);
    const known = !holdsUnknown(inputs);
    const { deleteBeforeReplace = true } = definition;
    const otherHost = isUnknown(news.host) || !sameHost(olds.host, news.host);
    const replaces = [
      ...(otherHost ? ["host"] : []),
      ...changed.filter((path) => touches(path, ["namespace", ...definition.replaceOn])),
      ...(known ? (definition.replaceWhen?.(state, inputs) ?? []) : unknownDeletedWith(definition, state, inputs)),
    ];
    // If an interface is changed in this run as well, a preview cannot tell whether it will be recreated.
    const hasLostInterfaces = !holdsUnknown(news.standsOn) && hasLostInterface(olds, news);
    if (replaces.length === 0 && known) this.lives.set(news.mark, lifeOf(news, olds));
    // On two hosts there is no clash. If both names are the same machine, the new resource takes over the place of the
    // old one.
    const deletesFirst =
      replaces.length > 0 &&
      !otherHost &&
      (typeof deleteBeforeReplace === "function" ? deleteBeforeReplace(state, inputs) : deleteBeforeReplace);
    if (replaces.length > 0 && !deletesFirst) this.predecessors.set(keyOf(news.mark), olds);
    const changes =
      changed.length > 0 ||
      replaces.length > 0 ||
      olds.mark !== news.mark ||
      hasLostInterfaces ||
      (known && this.dependents.hasLostDependency(news));
    this.dependents.setUpToDate(news.mark, !changes && known);
    // The engine may skip the delete if the resource disappears with its namespace.
    if (replaces.length > 0 && canHaveDependents({ definition })) this.dependents.expectRecreation(olds, news.mark);
    return { changes, differences, replaces, deleteBeforeReplace: deletesFirst };
  }

  /** Creates the resource. What an earlier run created and could not record is taken over. */
  async create(news: Properties): Promise<{ id: string; state: State }> {
    const predecessor = await this.predecessorInPlace(news);
    const newTask = this.taskOf(news, predecessor);
    if (predecessor) await this.hosts.checkMachine({ ...predecessor, host: news.host }, newTask);
    const task = { ...newTask, beforeReclaim: () => this.warnOfUnrecorded(newTask) };
    const id = `${task.subject.host}/${task.definition.identify(task.inputs, task.context)}`;
    // If the resource replaces one in an interrupted replacement, a diff in this run has told what was recorded.
    const before = this.dependents.awaitingRecreation(news.mark) ?? this.lives.of(news.mark)?.recorded;
    const state = await this.ensureRecorded(id, news, task, newLife());
    this.dependents.noteRecreated(news.mark);
    if (before && canHaveDependents(task)) await this.dependents.restore(task, [before, news]);
    return { id, state };
  }

  /**
   * What is recorded of the life that this one replaces, if it is still in the same place of the same machine: what it
   * found there, and what somebody has changed since, is known by that.
   */
  private async predecessorInPlace(news: Properties): Promise<Properties | undefined> {
    const before = this.predecessors.get(keyOf(news.mark)) ?? this.lives.of(news.mark)?.recorded;
    if (before === undefined || this.dependents.awaitingRecreation(news.mark)) return undefined;
    // What it stood on is another by now, and so is what somebody else put there.
    if (hasLostInterface(before, news)) return undefined;
    const { definition } = resourceOfMark(news.mark);
    const [former, wanted] = [placeOf(definition, this.hosts.withCurrentHost(before)), placeOf(definition, news)];
    if (former.identity !== wanted.identity) return undefined;
    if (former.hostName === wanted.hostName) return before;
    // Only what a resource has found is worth waiting for an answer from the other host, which may be gone for good.
    const isWorthIt = definition.remember !== undefined && this.hosts.entryOf(before.host).deleteUnreachable !== true;
    return isWorthIt && (await this.isSameMachine(this.hosts.withCurrentHost(before), news)) ? before : undefined;
  }

  /** Whether two hosts of the inventory are one machine, as far as both can be reached. */
  private async isSameMachine(one: Properties, other: Properties): Promise<boolean> {
    const [here, there] = await Promise.all([one, other].map(async (each) => await this.factsOf(each)));
    return here !== undefined && here.machine === there?.machine;
  }

  private async factsOf(properties: Properties): Promise<HostFacts | undefined> {
    try {
      return await this.taskOf(properties, undefined).visited.facts;
    } catch (error) {
      // Nobody knows any more how that host was reached.
      if (error instanceof ResourceError) return undefined;
      throw error;
    }
  }

  /** Changes the resource in place. */
  async update(id: string, olds: Properties, news: Properties): Promise<{ state: State }> {
    const task = this.taskOf(news, olds);
    await this.hosts.checkMachine({ ...olds, host: news.host }, task);
    const state = await this.ensureRecorded(id, news, task, olds.life ?? newLife());
    if (canHaveDependents(task)) await this.dependents.restore(task, lostWithChange(olds, news, state));
    return { state };
  }

  /** Observes the resource on its host; undefined if it is proven to be gone. */
  async read(props: Properties): Promise<Found | undefined> {
    this.names.note(props);
    const task = this.taskOf(this.hosts.withCurrentHost(props), props);
    const [{ state }] = await Promise.all([observeForRefresh(task), this.hosts.checkMachine(props, task)]);
    const { bootId } = props;
    if (!state) {
      await explainLoss(task.visited, bootId, task.warn);
      return undefined;
    }
    // A machine that was unknown when the resource was recorded is not drift.
    const life =
      props.life === undefined || machineOf(props.life) === undefined
        ? props.life
        : lifeOn(props.life, await machineIdAt(task.visited));
    const { outputs } = task.definition;
    const found = asRecorded(props, state);
    return {
      state: { ...found, ...(bootId !== undefined && { bootId }), ...(life !== undefined && { life }) },
      inputs: Object.fromEntries(Object.entries(found).filter(([key]) => !(key in outputs))),
    };
  }

  /** Deletes the resource; already gone is success. */
  async delete(props: Properties): Promise<void> {
    this.names.note(props);
    try {
      const task = this.taskOf(this.hosts.withCurrentHost(props), props);
      const { place, hostName } = placeOf(task.definition, props);
      const holder = this.claims.holder(place);
      // Renamed without `aliases`: the resource with the new name has taken it over in this same run.
      if (holder !== undefined && holder !== props.mark) return;
      await this.hosts.checkMachine(props, task);
      const successor = await this.successorOf(props, task);
      if (successor?.takesAll) return;
      if (!successor) this.dependents.setUpToDate(props.mark, false);
      this.predecessors.delete(keyOf(props.mark));
      this.lives.end(props.mark, props.life);
      const inUse = claimedPlaces(hostName, task.definition, props).some((claim) => this.claims.isUsed(claim.place));
      await remove({
        ...task,
        successor: successor && propertiesOf(successor.news),
        context: { ...task.context, inUse },
      });
      // What identifies both lives may have led to parts of the new one.
      if (successor) await ensure(this.taskOf(successor.news, successor.recorded));
      if (!canHaveDependents(task)) return;
      if (!successor && this.dependents.isRegistered(props.mark)) this.dependents.expectRecreation(props);
      else await this.dependents.restore(task, [props]);
    } catch (error) {
      const cause = error instanceof ResourceError ? error.cause : undefined;
      if (!(error instanceof ResourceError) || !(cause instanceof TransportError) || cause.reason !== "unreachable")
        throw error;
      if (this.hosts.entryOf(this.hosts.withCurrentHost(props).host).deleteUnreachable) return;
      throw new ResourceError(
        error.subject,
        error.what,
        "The state is kept. Where the host is gone for good, set deleteUnreachable: true for it (in linuxnet:hosts, or the resource's host) and run `pulumi destroy --run-program`, or `pulumi up` without the resource: a plain destroy or refresh has the inventory of the last `pulumi up`.",
      );
    }
  }

  /**
   * Warns once per host how many of the stack's resources exist there that its state does not have, before the first of
   * them is taken over.
   */
  private async warnOfUnrecorded({ visited, warn, context }: RunTask): Promise<void> {
    visited.unrecordedWarning ??= (async () => {
      const marks = marksIn(await survey(visited.transport, context.owner, catalogue));
      const known = new Set([...this.names.marks, ...this.dependents.upToDate]);
      const count = marks.filter((mark) => isOfStack(mark, context.owner) && !known.has(mark)).length;
      if (count === 0) return;
      const resources = count === 1 ? "1 resource carries" : `${count} resources carry`;
      warn(
        `${resources} this stack's mark there, but not in its state: a run was killed, the state was lost, or they are about to be replaced. What the program describes is taken over; list the rest with \`npx linuxnet orphans\``,
      );
      // A survey that fails is no reason to stop: if something is wrong, the resource's own commands fail as well.
    })().catch(() => undefined);
    await visited.unrecordedWarning;
  }

  /**
   * The life that replaced this one on the same machine, if any. It takes over everything if it has the same identity.
   */
  private async successorOf(
    props: Properties,
    { definition, subject }: Task,
  ): Promise<{ news: Properties; recorded: Properties; takesAll: boolean } | undefined> {
    const { identity } = placeOf(definition, props);
    const life = this.lives.successorOf(props.mark, props.life);
    if (!life) return undefined;
    const news = this.hosts.withCurrentHost(life.news);
    if (hostName(news.host) !== subject.host && !(await this.isSameMachine(this.hosts.withCurrentHost(props), news)))
      return undefined;
    return { news, recorded: life.recorded, takesAll: life.identity === identity };
  }

  private taskOf(news: Properties, olds: Properties | undefined): RunTask {
    const { definition, owner } = resourceOfMark(news.mark);
    const { host } = news;
    const subject = { kind: definition.kind, name: owner.name, host: hostName(host) };
    try {
      const visited = this.hosts.visit(host);
      // What was found on another machine must not be restored on this one.
      const recorded = this.hosts.isOfOtherMachine(host, olds) ? undefined : olds;
      return {
        definition,
        inputs: propertiesOf(news),
        context: contextOf(news, recorded, this.hosts.firewallOf(host), this.names.recorded),
        transport: visited.transport,
        sharedObservations: visited.sharedObservations,
        markSearch: visited.markSearch,
        checkedTools: visited.checkedTools,
        subject,
        warn: this.hosts.warnerOf(subject.host),
        visited,
      };
    } catch (error) {
      if (error instanceof TransportError)
        throw new ResourceError(subject, error.message, undefined, [], { cause: error });
      throw error;
    }
  }

  /** Returns the state to record; of a failure that leaves something behind, a `PartlyDone` has it. */
  private async ensureRecorded(id: string, properties: Properties, task: RunTask, life: string): Promise<State> {
    const { facts, kindsWithBootId, lockoutGuard } = task.visited;
    const record = async (state: State) => {
      const known = await facts;
      const isFirst = known !== undefined && !kindsWithBootId.has(task.definition.kind);
      if (isFirst) kindsWithBootId.add(task.definition.kind);
      const recorded = {
        ...asRecorded(properties, state),
        ...(isFirst && { bootId: bootOf(known) }),
        life: lifeOn(life, await machineIdAt(task.visited)),
      };
      this.lives.set(properties.mark, lifeOf(properties, recorded as unknown as Properties));
      this.dependents.setUpToDate(properties.mark, true);
      return recorded;
    };
    try {
      await this.claimOnMachine(properties, task);
      if (!properties.allowLockout) await lockoutGuard.check(task);
      return await record(await ensure(task));
    } catch (error) {
      if (error instanceof PartialError) throw new PartlyDone(id, await record(error.state), error);
      throw error;
    }
  }

  /** Refuses what another resource of the program has on the same machine under another host name. */
  private async claimOnMachine(properties: Properties, { definition, subject, visited }: RunTask): Promise<void> {
    const facts = await visited.facts;
    const conflict = facts && claimConflict(this.machineClaims, facts.machine, definition, properties);
    if (conflict)
      throw new ResourceError(
        subject,
        `${conflict.property}: ${conflict.words}`,
        "Two names of the inventory are this one machine: give both resources the same.",
      );
  }
}

/**
 * The `deletedWith` properties whose enclosing object the engine currently reports as unknown. It does so to learn
 * which resources have to be replaced together with the ones that they name.
 */
function unknownDeletedWith({ deletedWith }: AnyResource, state: State, inputs: State): string[] {
  return deletedWith.filter((path) => {
    const [whole = "", part] = path.split(".");
    const recorded = state[whole] as Readonly<Record<string, unknown>> | undefined;
    return part !== undefined && recorded?.[part] !== undefined && isUnknown(inputs[whole]);
  });
}

/** The interfaces that the resource depends on; an earlier version recorded a list. */
const interfaceLivesIn = ({ standsOn }: Properties): string[] =>
  Array.isArray(standsOn) ? standsOn.map(String) : typeof standsOn === "string" ? standsOn.split(", ") : [];

/** Whether an interface that the resource depended on no longer exists. Additional interfaces do not matter. */
function hasLostInterface(olds: Properties, news: Properties): boolean {
  const lives = interfaceLivesIn(news);
  return interfaceLivesIn(olds).some((life) => {
    const index = lives.indexOf(life);
    if (index !== -1) lives.splice(index, 1);
    return index === -1;
  });
}
