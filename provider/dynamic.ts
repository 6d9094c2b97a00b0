/**
 * The only module, together with its folder, that knows Pulumi's dynamic-provider interface; the rest of the provider
 * only deals with resources, hosts and states.
 */
import { Dependents, canHaveDependents, lostWithChange } from "./dynamic/dependents.js";
import { claimConflict, claimedPlace, claimedPlaces, lifeOf, placeOf } from "./dynamic/places.js";
import {
  type Given,
  type Properties,
  contextOf,
  definitionOf,
  isUnknown,
  keyOf,
  resourceOfMark,
  propertiesOf,
  withImplied,
  withPulumi,
} from "./dynamic/properties.js";
import { StackNames } from "./dynamic/stack-names.js";
import { check as checkInputs, holdsUnknown } from "./lifecycle/check.js";
import { Claims } from "./lifecycle/claims.js";
import { touches } from "./lifecycle/compare.js";
import { withoutDefaults } from "./lifecycle/defaults.js";
import type { AnyResource } from "./lifecycle/define-resource.js";
import { PartialError, ResourceError } from "./lifecycle/errors.js";
import { LockoutGuard } from "./lifecycle/lockout.js";
import { marksIn } from "./lifecycle/orphans.js";
import { Lives, lifeOn, machineOf, newLife } from "./lifecycle/lives.js";
import { isOfStack, markOf } from "./lifecycle/ownership.js";
import { type HostFacts, bootOf, machineIdOf, preflight, rebootedSince, warningsAbout } from "./lifecycle/preflight.js";
import { SharedObservations } from "./lifecycle/shared-observations.js";
import { survey } from "./lifecycle/survey.js";
import { catalogue } from "./resources/catalogue.js";
import { MarkSearch } from "./lifecycle/displaced.js";
import { type State, type Task, ensure, observeForRefresh, remove, stateDifferences } from "./lifecycle/reconcile.js";
import {
  type FirewallChoice,
  type HostArgs,
  type HostDefaults,
  hostName,
  sameHost,
  withHostDefaults,
} from "./schema/host.js";
import { type HostInventory, readInventory } from "./schema/inventory.js";
import type { FullStackName } from "./stack-id.js";
import { connectionTo, findHost } from "./transport/inventory.js";
import type { Pool } from "./transport/pool.js";
import { type Transport, TransportError } from "./transport/transport.js";

/** What a run remembers about a host that it has contacted. */
interface VisitedHost {
  readonly sharedObservations: SharedObservations;
  readonly markSearch: MarkSearch;
  /** Undefined if they cannot be read: the resources' own errors then say why. */
  readonly facts: Promise<HostFacts | undefined>;
  /** The kinds of resources of which one has recorded the host's boot ID. */
  readonly kindsWithBootId: Set<string>;
  /** The tools that were found to be recent enough. */
  readonly checkedTools: Set<string>;
  readonly lockoutGuard: LockoutGuard;
  /**
   * Settles when the warning about objects of the stack that its state does not have has been shown, if there are any.
   */
  unrecordedWarning?: Promise<void>;
}

/**
 * The methods that Pulumi's dynamic-provider plugin calls, for one run of Pulumi: its inventory, its connections and
 * the claims of its program.
 */
export class DynamicProvider {
  private readonly claims = new Claims();
  /** The same by machine: one machine may have two names in the inventory. */
  private readonly machineClaims = new Claims();
  private readonly lives = new Lives<Properties>();
  /** What is recorded of the resources whose replacement is created before they are deleted, by `keyOf`. */
  private readonly predecessors = new Map<string, Properties>();
  private readonly names: StackNames;
  private readonly dependents = new Dependents(this.lives, ({ news, recorded }) =>
    this.taskOf(this.withCurrentHost(news), recorded),
  );
  private inventory: HostInventory["hosts"] = {};
  private hostDefaults: HostDefaults = {};
  /**
   * How this run's program reaches its inline hosts, by host name or else by the resource's mark: a state may be older
   * than the program.
   */
  private readonly inlineHosts = new Map<string, HostArgs>();
  private configurationProblem: string | undefined;
  private readonly warnings = new Set<string>();
  private readonly visited = new Map<Transport, VisitedHost>();

  /** @param print Shows the user a line that belongs to no resource. */
  constructor(
    private readonly pool: Pick<Pool, "transport">,
    private readonly print: (line: string) => void = () => undefined,
    stackIdOf: (stack: FullStackName) => string | undefined = () => undefined,
  ) {
    this.names = new StackNames(stackIdOf);
  }

  /** Called once by the plugin. It is synchronous, since other calls may follow before its promise is awaited. */
  configure(request: { config: { get(key: string): string | undefined } }): void {
    const read = (key: string) => parseJson(request.config.get(key));
    const { hosts, defaults, problems } = readInventory({
      hosts: read("linuxnet:hosts"),
      defaults: read("linuxnet:defaults"),
    });
    this.inventory = hosts;
    this.hostDefaults = defaults;
    if (problems.length > 0) this.configurationProblem = `the stack configuration is wrong: ${problems.join("; ")}`;
  }

  /** Returns canonical inputs with defaults, or the problems of each property. */
  check(
    olds: Partial<Properties> | undefined,
    news: Given,
  ): Promise<{ inputs: State; failures: { property: string; reason: string }[] }> {
    const { kind, owner: ownNames, standsOn, __provider, ...given } = news;
    const definition = definitionOf(kind);
    const owner = this.names.ownerOf(kind, ownNames, olds);
    const mark = markOf(kind, owner);
    this.dependents.register(mark);
    const { inputs, failures } = checkInputs(definition, given, owner, isUnknown);
    const problem =
      failures.length > 0 ? undefined : (this.hostProblem(given.host) ?? this.formerHostProblem(olds, given.host));
    const host = inputs.host as string | HostArgs | undefined;
    if (typeof host === "object" && !holdsUnknown(host, isUnknown)) this.inlineHosts.set(host.name ?? mark, host);
    const refused = [...failures, ...(problem === undefined ? [] : [{ property: "host", reason: problem }])];
    const extraInputs = Object.entries({ numberedAs: owner.numberedAs, standsOn, __provider }).filter(
      ([, value]) => value !== undefined,
    );
    return Promise.resolve({
      inputs: { mark, ...withoutDefaults(definition.schema, inputs, given), ...Object.fromEntries(extraInputs) },
      failures: refused.length > 0 ? refused : this.claimProblem(definition, { ...inputs, mark } as Properties),
    });
  }

  /** Finds another resource of the program that manages the same thing on the same host. */
  private claimProblem(definition: AnyResource, inputs: Properties): { property: string; reason: string }[] {
    if (holdsUnknown(inputs, isUnknown)) return [];
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
  diff(
    _id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace: boolean }> {
    this.names.note(olds);
    const { definition } = resourceOfMark(news.mark);
    const state = withImplied(olds);
    const inputs = propertiesOf(news);
    const context = contextOf(news, olds, this.firewallOf(news.host));
    const changed = stateDifferences(definition, inputs, context, state).map(({ path }) => path);
    const known = !holdsUnknown(inputs, isUnknown);
    const { deleteBeforeReplace = true } = definition;
    const otherHost = isUnknown(news.host) || !sameHost(olds.host, news.host);
    const replaces = [
      ...(otherHost ? ["host"] : []),
      ...changed.filter((path) => touches(path, ["namespace", ...definition.replaceOn])),
      ...(known ? (definition.replaceWhen?.(state, inputs) ?? []) : unknownDeletedWith(definition, state, inputs)),
    ];
    // If an interface is changed in this run as well, a preview cannot tell whether it will be recreated.
    const hasLostInterfaces = !holdsUnknown(news.standsOn, isUnknown) && hasLostInterface(olds, news);
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
    return Promise.resolve({ changes, replaces, deleteBeforeReplace: deletesFirst });
  }

  /** Creates the resource. What an earlier run created and could not record is taken over. */
  async create(news: Properties): Promise<{ id: string; outs: State }> {
    const predecessor = await this.predecessorInPlace(news);
    const newTask = this.taskOf(news, predecessor);
    if (predecessor) await this.checkMachine({ ...predecessor, host: news.host }, newTask);
    const task = { ...newTask, beforeReclaim: () => this.warnOfUnrecorded(newTask) };
    const id = `${task.subject.host}/${task.definition.identify(task.inputs, task.context)}`;
    // If the resource replaces one in an interrupted replacement, a diff in this run has told what was recorded.
    const before = this.dependents.awaitingRecreation(news.mark) ?? this.lives.of(news.mark)?.recorded;
    const outs = await this.ensureRecorded(id, news, task, newLife());
    this.dependents.noteRecreated(news.mark);
    if (before && canHaveDependents(task)) await this.dependents.restore(task, [before, news]);
    return { id, outs };
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
    const [former, wanted] = [placeOf(definition, this.withCurrentHost(before)), placeOf(definition, news)];
    if (former.identity !== wanted.identity) return undefined;
    if (former.hostName === wanted.hostName) return before;
    // Only what a resource has found is worth waiting for an answer from the other host, which may be gone for good.
    const isWorthIt = definition.remember !== undefined && this.hostEntryOf(before.host).deleteUnreachable !== true;
    return isWorthIt && (await this.isSameMachine(this.withCurrentHost(before), news)) ? before : undefined;
  }

  /** Whether two hosts of the inventory are one machine, as far as both can be reached. */
  private async isSameMachine(one: Properties, other: Properties): Promise<boolean> {
    const [here, there] = await Promise.all([one, other].map(async (each) => await this.factsOf(each)));
    return here !== undefined && here.machine === there?.machine;
  }

  private async factsOf(properties: Properties): Promise<HostFacts | undefined> {
    try {
      return await this.visited.get(this.taskOf(properties, undefined).transport)!.facts;
    } catch (error) {
      // Nobody knows any more how that host was reached.
      if (error instanceof ResourceError) return undefined;
      throw error;
    }
  }

  /** Changes the resource in place. */
  async update(id: string, olds: Properties, news: Properties): Promise<{ outs: State }> {
    const task = this.taskOf(news, olds);
    await this.checkMachine({ ...olds, host: news.host }, task);
    const outs = await this.ensureRecorded(id, news, task, olds.life ?? newLife());
    if (canHaveDependents(task)) await this.dependents.restore(task, lostWithChange(olds, news, outs));
    return { outs };
  }

  /** Returns what the host has as outputs and as inputs; no ID if the resource is proven to be gone. */
  async read(id: string, props: Properties): Promise<{ id?: string; props?: State; inputs?: State }> {
    this.names.note(props);
    return await withoutStackTrace(async () => {
      const task = this.taskOf(this.withCurrentHost(props), props);
      const [{ state }] = await Promise.all([observeForRefresh(task), this.checkMachine(props, task)]);
      if (!state) {
        await this.explainLoss(task, props.bootId);
        return {};
      }
      const { bootId } = props;
      // A machine that was unknown when the resource was recorded is not drift.
      const life =
        props.life === undefined || machineOf(props.life) === undefined
          ? props.life
          : lifeOn(props.life, await this.machineIdAt(task.transport));
      const { outputs } = task.definition;
      const found = withPulumi(props, state);
      const inputs = Object.fromEntries(Object.entries(found).filter(([key]) => !(key in outputs)));
      return {
        id,
        props: { ...found, ...(bootId !== undefined && { bootId }), ...(life !== undefined && { life }) },
        inputs,
      };
    });
  }

  /** Deletes the resource; already gone is success. */
  async delete(_id: string, props: Properties): Promise<void> {
    this.names.note(props);
    await withoutStackTrace(async () => {
      try {
        const task = this.taskOf(this.withCurrentHost(props), props);
        const { place, hostName } = placeOf(task.definition, props);
        const holder = this.claims.holder(place);
        // Renamed without `aliases`: the resource with the new name has taken it over in this same run.
        if (holder !== undefined && holder !== props.mark) return;
        await this.checkMachine(props, task);
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
        if (this.hostEntryOf(this.withCurrentHost(props).host).deleteUnreachable) return;
        throw new ResourceError(
          error.subject,
          error.what,
          "The state is kept. Where the host is gone for good, set deleteUnreachable: true for it (in linuxnet:hosts, or the resource's host) and run `pulumi destroy --run-program`, or `pulumi up` without the resource: a plain destroy or refresh has the inventory of the last `pulumi up`.",
        );
      }
    });
  }

  /**
   * Warns once per host how many of the stack's resources exist there that its state does not have, before the first of
   * them is taken over.
   */
  private async warnOfUnrecorded({ transport, warn, context }: Task): Promise<void> {
    const visited = this.visited.get(transport)!;
    visited.unrecordedWarning ??= (async () => {
      const known = new Set([...this.names.marks, ...this.dependents.upToDate]);
      const marks = marksIn(await survey(transport, context.owner, catalogue));
      const count = marks.filter((mark) => isOfStack(mark, context.owner) && !known.has(mark)).length;
      if (count === 0) return;
      const resources = count === 1 ? "1 resource carries" : `${count} resources carry`;
      warn?.(
        `${resources} this stack's mark there, but not in its state: a run was killed, the state was lost, or they are about to be replaced. What the program describes is taken over; list the rest with \`npx linuxnet orphans\``,
      );
      // A survey that fails is no reason to stop: if something is wrong, the resource's own commands fail as well.
    })().catch(() => undefined);
    await visited.unrecordedWarning;
  }

  /** The host's machine ID, if the host provides one. */
  private async machineIdAt(transport: Transport): Promise<string | undefined> {
    const facts = await this.visited.get(transport)?.facts;
    return facts && machineIdOf(facts);
  }

  /**
   * Throws if the host is not the machine that the resource was created on, unless the user states that it is the right
   * one.
   */
  private async checkMachine({ host, life }: Properties, { transport, subject }: Task): Promise<void> {
    const { machineId } = this.hostEntryOf(host);
    const now = await this.machineIdAt(transport);
    const wanted = machineId ?? machineOf(life);
    if (now === undefined || wanted === undefined || now === wanted) return;
    throw new ResourceError(
      subject,
      `${subject.host} is another machine (${now}) than the one ${machineId === undefined ? "that this was made on" : "that its machineId asks for"} (${wanted}); nothing was changed for this resource`,
      `Correct the host's address. Or, where it has taken the other one's place, set machineId: "${now}" for it in the inventory (linuxnet:hosts) and run \`pulumi up --refresh --run-program\`: what is missing there is made again.`,
    );
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
    const news = this.withCurrentHost(life.news);
    if (hostName(news.host) !== subject.host && !(await this.isSameMachine(this.withCurrentHost(props), news)))
      return undefined;
    return { news, recorded: life.recorded, takesAll: life.identity === identity };
  }

  private taskOf(news: Properties, olds: Properties | undefined): Task {
    const { definition, owner } = resourceOfMark(news.mark);
    const subject = { kind: definition.kind, name: owner.name, host: hostName(news.host) };
    try {
      if (this.configurationProblem !== undefined)
        throw new TransportError("configuration", "not-started", subject.host, this.configurationProblem);
      const entry = this.hostEntryOf(news.host);
      const connection = connectionTo(subject.host, entry, this.inventory);
      const transport = this.pool.transport(connection);
      const warn = (text: string) => this.warnOnce(`warning: host ${subject.host}: ${text}`);
      const { sharedObservations, markSearch, checkedTools } =
        this.visited.get(transport) ?? this.addVisitedHost(transport, this.firewallOf(news.host) ?? "auto", warn);
      return {
        definition,
        inputs: propertiesOf(news),
        context: contextOf(
          news,
          // What was found on another machine must not be restored on this one.
          isOfOtherMachine(entry, olds) ? undefined : olds,
          this.firewallOf(news.host),
          this.names.recorded,
        ),
        transport,
        sharedObservations,
        markSearch,
        checkedTools,
        subject,
        warn,
      };
    } catch (error) {
      if (error instanceof TransportError)
        throw new ResourceError(subject, error.message, undefined, [], { cause: error });
      throw error;
    }
  }

  /** Called once per host. No change waits for the preflight. */
  private addVisitedHost(transport: Transport, firewall: FirewallChoice, warn: (text: string) => void): VisitedHost {
    const facts = preflight(transport).catch(() => undefined);
    void facts.then((facts) => facts && warningsAbout(facts, firewall).forEach(warn));
    const host = {
      sharedObservations: new SharedObservations(transport),
      markSearch: new MarkSearch(transport),
      facts,
      kindsWithBootId: new Set<string>(),
      checkedTools: new Set<string>(),
      lockoutGuard: new LockoutGuard(facts.then((facts) => facts?.managementPath)),
    };
    this.visited.set(transport, host);
    return host;
  }

  /**
   * Returns a state for Pulumi. A failure that leaves something behind becomes the error that makes the engine record
   * it.
   */
  private async ensureRecorded(id: string, properties: Properties, task: Task, life: string): Promise<State> {
    const record = async (state: State) => {
      const { facts, kindsWithBootId } = this.visited.get(task.transport)!;
      const known = await facts;
      const isFirst = known !== undefined && !kindsWithBootId.has(task.definition.kind);
      if (isFirst) kindsWithBootId.add(task.definition.kind);
      const recorded = {
        ...withPulumi(properties, state),
        ...(isFirst && { bootId: bootOf(known) }),
        life: lifeOn(life, await this.machineIdAt(task.transport)),
      };
      this.lives.set(properties.mark, lifeOf(properties, recorded as unknown as Properties));
      this.dependents.setUpToDate(properties.mark, true);
      return recorded;
    };
    try {
      await this.claimOnMachine(properties, task);
      if (!properties.allowLockout) await this.visited.get(task.transport)!.lockoutGuard.check(task);
      return await record(await ensure(task));
    } catch (error) {
      if (error instanceof PartialError)
        throw Object.assign(error, { id, properties: await record(error.state), reasons: [error.message] });
      throw error;
    }
  }

  /** Refuses what another resource of the program has on the same machine under another host name. */
  private async claimOnMachine(properties: Properties, { definition, subject, transport }: Task): Promise<void> {
    const facts = await this.visited.get(transport)?.facts;
    const conflict = facts && claimConflict(this.machineClaims, facts.machine, definition, properties);
    if (conflict)
      throw new ResourceError(
        subject,
        `${conflict.property}: ${conflict.words}`,
        "Two names of the inventory are this one machine: give both resources the same.",
      );
  }

  private async explainLoss({ transport, warn }: Task, madeIn: string | undefined): Promise<void> {
    const facts = await this.visited.get(transport)?.facts;
    const why = facts && madeIn !== undefined ? rebootedSince(facts, madeIn) : undefined;
    if (why !== undefined) warn?.(why);
  }

  /** Shows a line once: every resource of a host would repeat what concerns the host. */
  private warnOnce(line: string): void {
    if (!this.warnings.has(line)) this.print(line);
    this.warnings.add(line);
  }

  private hostEntryOf(host: string | HostArgs): HostArgs {
    if (typeof host === "string") return findHost(host, this.inventory);
    return withHostDefaults(host, hostName(host), this.hostDefaults);
  }

  /** The firewall that the host's rules are created with, if it is known. */
  private firewallOf(host: string | HostArgs): FirewallChoice | undefined {
    if (holdsUnknown(host, isUnknown) || (typeof host === "string" && !Object.hasOwn(this.inventory, host)))
      return undefined;
    return this.hostEntryOf(host).firewall;
  }

  /** The recorded properties, with the program's current connection details for the host if it has any. */
  private withCurrentHost(props: Properties): Properties {
    const { host, mark } = props;
    return typeof host === "string" ? props : { ...props, host: this.inlineHosts.get(host.name ?? mark) ?? host };
  }

  /**
   * The problem with the former host of a resource that moves to another one: it has to be reached there to be deleted.
   */
  private formerHostProblem(olds: Partial<Properties> | undefined, host: unknown): string | undefined {
    const before = olds?.host;
    if (typeof before !== "string" || before === host || this.hostProblem(before) === undefined) return undefined;
    return `host: it was "${before}", which the inventory (linuxnet:hosts) does not have any more. Leave its entry there for this \`pulumi up\`, which deletes the resource on it; with deleteUnreachable: true in it where that machine is gone for good`;
  }

  private hostProblem(host: unknown): string | undefined {
    if (this.configurationProblem !== undefined) return this.configurationProblem;
    if (holdsUnknown(host, isUnknown) || host === undefined || host === null) return undefined;
    try {
      if (typeof host === "string") connectionTo(host, findHost(host, this.inventory), this.inventory);
      return undefined;
    } catch (error) {
      if (error instanceof TransportError) return error.message;
      throw error;
    }
  }
}

/** Whether the user has chosen another machine for the host than the one on which this was recorded. */
function isOfOtherMachine({ machineId }: HostArgs, olds: Properties | undefined): boolean {
  const recordedOn = machineOf(olds?.life);
  return machineId !== undefined && recordedOn !== undefined && machineId !== recordedOn;
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

/**
 * The plugin prints the stack trace of a failed read or delete next to the engine's message; users only need the
 * message.
 */
async function withoutStackTrace<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ResourceError) {
      const { kind, name, host } = error.subject;
      Object.defineProperties(error, {
        toString: { value: () => "linuxnet" },
        stack: { value: `${kind} "${name}" on ${host} failed; the error is below` },
      });
    }
    throw error;
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
