/**
 * The one place that knows Pulumi's dynamic-provider shape; the rest of the provider hears of resources, hosts and
 * states only.
 */
import { isDeepStrictEqual } from "node:util";
import { check as checkInputs, holdsUnknown } from "./lifecycle/check.js";
import { Claims } from "./lifecycle/claims.js";
import { touches } from "./lifecycle/compare.js";
import { withDefaults, withoutDefaults } from "./lifecycle/defaults.js";
import type { AnyResource, Context } from "./lifecycle/define-resource.js";
import { PartialError, ResourceError } from "./lifecycle/errors.js";
import { WayToHost } from "./lifecycle/lockout.js";
import { marksIn } from "./lifecycle/orphans.js";
import { type Life, Lives, lifeOn, machineOf, newLife } from "./lifecycle/lives.js";
import {
  type Owner,
  type StackName,
  groupOf,
  isOfStack,
  markOf,
  namesOf,
  parseMark,
  protocolOf,
} from "./lifecycle/ownership.js";
import { type HostFacts, bootOf, machineIdOf, preflight, rebootedSince, warningsAbout } from "./lifecycle/preflight.js";
import { SharedLooks } from "./lifecycle/shared-looks.js";
import { survey } from "./lifecycle/survey.js";
import { MarkLooks } from "./lifecycle/strays.js";
import { type State, type Task, ensure, look, remove, unmet } from "./lifecycle/reconcile.js";
import { mayStandOn } from "./lifecycle/unspoken-dependents.js";
import { catalogue } from "./resources/catalogue.js";
import { withoutLength } from "./schema/address.js";
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

/** What the SDK sends: a resource's properties, which kind it is, whose it is, and Pulumi's own `__provider`. */
type Given = Record<string, unknown> & { kind: string; owner: Owner & { readonly organization?: string } };
/**
 * What is stored, in inputs and in outputs. The mark says both kind and owner; `numberedAs` belongs to the owner. `standsOn` says which interfaces the
 * resource was made on: one that was made anew has taken along what others had on it, such as routes. `bootId`, in
 * outputs only, says in which boot of the host it was made or changed last; of each kind, a run's first on a host has it,
 * since the engine writes each value of a state again with every resource. `life`, in outputs only, tells a life of the
 * resource from its others.
 */
type Properties = Record<string, unknown> & {
  mark: string;
  numberedAs?: string;
  host: string | HostArgs;
  adopt?: boolean;
  allowLockout?: boolean;
  standsOn?: unknown;
  bootId?: string;
  life?: string;
};

/** What a run keeps of a host that it was at. */
interface VisitedHost {
  readonly looks: SharedLooks;
  readonly markLooks: MarkLooks;
  /** Undefined where they can't be had: the resources' own errors say why. */
  readonly facts: Promise<HostFacts | undefined>;
  /** The kinds of which a resource has the boot in its state. */
  readonly booted: Set<string>;
  /** The tools that were found new enough. */
  readonly checkedTools: Set<string>;
  readonly way: WayToHost;
  /** That there are things of the stack on it which its state did not have was said, or is about to be. */
  foundAgain?: Promise<void>;
}

/** The text that Pulumi puts in the place of a value that is not known yet. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const isUnknown = (value: unknown) => value === unknownValue;

/**
 * The methods that Pulumi's dynamic-provider plugin calls, for one run of Pulumi: its inventory, its connections, and
 * what its program has claimed so far.
 */
export class DynamicProvider {
  private readonly claims = new Claims();
  /** The same by machines: one may have two names in the inventory. */
  private readonly machineClaims = new Claims();
  private readonly lives = new Lives<Properties>();
  /** What the stack is called in what Pulumi has recorded, by the beginnings of marks: renamed or moved, it was called otherwise. */
  private readonly recordedAs = new Map<string, StackName>();
  private readonly recordedMarks = new Set<string>();
  private stackId: string | undefined;
  /** Whose each resource is, by kind and name: the engine tells what is recorded of it at some checks only. */
  private readonly owners = new Map<string, Owner>();
  /** What is put back on a host is put back one after the other: each looks at what the one before has done. */
  private readonly putBacks = new Map<string, Promise<void>>();
  /** The resources that the program has, by `keyOf`; and the marks of those that are as it wants them. */
  private readonly inProgram = new Set<string>();
  private readonly settled = new Set<string>();
  /** What interfaces and namespaces were that went in this run: those whose next life is still to come, by `keyOf`, and all, by hosts. */
  private readonly toComeAgain = new Map<string, Properties>();
  private readonly lostOn = new Map<string, Properties[]>();
  private inventory: HostInventory["hosts"] = {};
  private hostDefaults: HostDefaults = {};
  /** How this run's program reaches its inline hosts, by their names or else by the resource's mark: a state may be older. */
  private readonly inlineHosts = new Map<string, HostArgs>();
  private configurationProblem: string | undefined;
  private readonly warnings = new Set<string>();
  private readonly visited = new Map<Transport, VisitedHost>();

  /** `print` shows the user a line that belongs to no resource. */
  constructor(
    private readonly pool: Pick<Pool, "transport">,
    private readonly print: (line: string) => void = () => undefined,
    private readonly stackIdOf: (stack: FullStackName) => string | undefined = () => undefined,
  ) {}

  /** Called once by the plugin. All of it happens before the first await, since calls may follow while this one is still awaited. */
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

  /** Canonical inputs with defaults, or what is wrong with each property. */
  check(
    olds: Partial<Properties> | undefined,
    news: Given,
  ): Promise<{ inputs: State; failures: { property: string; reason: string }[] }> {
    const { kind, owner: ownNames, standsOn, __provider, ...given } = news;
    const definition = definitionOf(kind);
    const owner = this.ownerFrom(kind, ownNames, olds);
    const mark = markOf(kind, owner);
    this.inProgram.add(keyOf(mark));
    const { inputs, failures } = checkInputs(definition, given, owner, isUnknown);
    const problem =
      failures.length > 0 ? undefined : (this.hostProblem(given.host) ?? this.leftBehind(olds, given.host));
    const host = inputs.host as string | HostArgs | undefined;
    if (typeof host === "object" && !holdsUnknown(host, isUnknown)) this.inlineHosts.set(host.name ?? mark, host);
    const refused = [...failures, ...(problem === undefined ? [] : [{ property: "host", reason: problem }])];
    const beside = Object.entries({ numberedAs: owner.numberedAs, standsOn, __provider }).filter(
      ([, value]) => value !== undefined,
    );
    return Promise.resolve({
      inputs: { mark, ...withoutDefaults(definition.schema, inputs, given), ...Object.fromEntries(beside) },
      failures: refused.length > 0 ? refused : this.claimProblem(definition, { ...inputs, mark } as Properties),
    });
  }

  /** Whose the resource is: of the stack by the id that its state has, whatever it is called now. */
  private ownerFrom(
    kind: string,
    { organization, project, stack, name }: Given["owner"],
    olds: Partial<Properties> | undefined,
  ): Owner {
    const now = { project, stack, name };
    // Which files tell it is looked up once: a run is of one stack.
    if (organization !== undefined) this.stackId ??= this.stackIdOf({ organization, project, stack });
    const id = this.stackId;
    if (id === undefined) return now;
    const key = `${kind} ${name}`;
    const own = this.note(olds);
    const earlier = this.owners.get(key);
    if (!own && earlier) return earlier;
    const recorded = own ?? [...this.recordedAs.values()][0] ?? { ...now, id };
    // Recorded without an id, it was made by version 0.1.0.
    const numberedAs = recorded.id === undefined ? namesOf(recorded) : recorded.numberedAs;
    const owner = { ...now, id: recorded.id ?? id, ...(numberedAs !== undefined && { numberedAs }) };
    this.owners.set(key, owner);
    return owner;
  }

  /** Takes note of the stack that something recorded belongs to. */
  private note(recorded: Partial<Properties> | undefined): StackName | undefined {
    if (recorded?.mark === undefined) return undefined;
    this.recordedMarks.add(recorded.mark);
    const { project, stack, id } = markedAs(recorded.mark).owner;
    const { numberedAs } = recorded;
    const found: StackName = { project, stack, ...(id && { id }), ...(numberedAs !== undefined && { numberedAs }) };
    this.recordedAs.set(`${namesOf(found)} ${id ?? ""}`, found);
    return found;
  }

  /** Two resources of one program that stand for the same thing on the same host. */
  private claimProblem(definition: AnyResource, inputs: Properties): { property: string; reason: string }[] {
    if (holdsUnknown(inputs, isUnknown)) return [];
    const { hostName } = placeOf(definition, inputs);
    const relied = definition.reliesOn?.(propertiesOf(inputs)) ?? [];
    this.claims.use(
      relied.map(({ kind, identity }) => `${kind} ${hostName}/${identity}`),
      inputs.mark,
    );
    const problem = takenAlready(this.claims, hostName, definition, inputs);
    return problem ? [{ property: problem.property, reason: `${problem.property}: ${problem.words}` }] : [];
  }

  /** Inputs against the recorded state; no host is asked. */
  diff(
    _id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace: boolean }> {
    this.note(olds);
    const { definition } = markedAs(news.mark);
    const state = withImplied(olds);
    const inputs = propertiesOf(news);
    const context = contextOf(news, olds, this.firewallOf(news.host));
    const changed = unmet(definition, inputs, context, state).map(({ path }) => path);
    const known = !holdsUnknown(inputs, isUnknown);
    const { deleteBeforeReplace = true } = definition;
    const otherHost = isUnknown(news.host) || !sameHost(olds.host, news.host);
    const replaces = [
      ...(otherHost ? ["host"] : []),
      ...changed.filter((path) => touches(path, ["namespace", ...definition.replaceOn])),
      ...(known ? (definition.replaceWhen?.(state, inputs) ?? []) : diesWithUnknown(definition, state, inputs)),
    ];
    // Of an interface that is changed in this run too, a preview cannot tell whether it will be another one.
    const moved = !holdsUnknown(news.standsOn, isUnknown) && hasLostFooting(olds, news);
    if (replaces.length === 0 && known) this.lives.set(news.mark, lifeOf(news, olds));
    const changes =
      changed.length > 0 ||
      replaces.length > 0 ||
      olds.mark !== news.mark ||
      moved ||
      (known && this.hasLostUnspoken(news));
    if (!changes && known) this.settled.add(news.mark);
    else this.settled.delete(news.mark);
    // A delete may be left out, where it goes with its namespace.
    if (replaces.length > 0 && carriesOthers({ definition })) this.toComeAgain.set(keyOf(news.mark), olds);
    return Promise.resolve({
      changes,
      replaces,
      // On two hosts there is no clash. Where both names are one machine's, the new one takes the old one's place.
      deleteBeforeReplace:
        replaces.length > 0 &&
        !otherHost &&
        (typeof deleteBeforeReplace === "function" ? deleteBeforeReplace(state, inputs) : deleteBeforeReplace),
    });
  }

  /** Makes the resource; what an earlier run made and could not record is taken over. */
  async create(news: Properties): Promise<{ id: string; outs: State }> {
    const newTask = this.taskOf(news, undefined);
    const task = { ...newTask, foundAgain: () => this.tellWhatIsFound(newTask) };
    const id = `${task.subject.host}/${task.definition.identify(task.inputs, task.context)}`;
    // Of a replacement that was cut short before, a diff in this run tells what was recorded.
    const before = this.toComeAgain.get(keyOf(news.mark)) ?? this.lives.of(news.mark)?.recorded;
    const outs = await this.ensureRecorded(id, news, task, newLife());
    this.toComeAgain.delete(keyOf(news.mark));
    if (before && carriesOthers(task)) await this.putBackWhatStoodOn(task, [before, news]);
    return { id, outs };
  }

  /** Changes the resource in place. */
  async update(id: string, olds: Properties, news: Properties): Promise<{ outs: State }> {
    const task = this.taskOf(news, olds);
    await this.expectMachine({ ...olds, host: news.host }, task);
    const outs = await this.ensureRecorded(id, news, task, olds.life ?? newLife());
    if (carriesOthers(task)) await this.putBackWhatStoodOn(task, takenAlong(olds, news, outs));
    return { outs };
  }

  /** What the host has, as outputs and as inputs; no id where the resource is proven to be gone. */
  async read(id: string, props: Properties): Promise<{ id?: string; props?: State; inputs?: State }> {
    this.note(props);
    return await quietly(async () => {
      const task = this.taskOf(this.reachedNow(props), props);
      const [{ state }] = await Promise.all([look(task), this.expectMachine(props, task)]);
      if (!state) {
        await this.explainLoss(task, props.bootId);
        return {};
      }
      const { bootId } = props;
      // A machine that was not known when it was recorded is no drift.
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

  /** Takes the resource away; gone already is success. */
  async delete(_id: string, props: Properties): Promise<void> {
    this.note(props);
    await quietly(async () => {
      try {
        const task = this.taskOf(this.reachedNow(props), props);
        const { place } = placeOf(task.definition, props);
        const holder = this.claims.holder(place);
        // Renamed without `aliases`: the resource of the new name has taken it over in this very run.
        if (holder !== undefined && holder !== props.mark) return;
        await this.expectMachine(props, task);
        const successor = await this.successorOf(props, task);
        if (successor?.takesAll) return;
        if (!successor) this.settled.delete(props.mark);
        await remove({
          ...task,
          successor: successor && propertiesOf(successor.news),
          context: { ...task.context, used: this.claims.isUsed(place) },
        });
        // What both are known by may have led to parts of the new one.
        if (successor) await ensure(this.taskOf(successor.news, successor.recorded));
        if (!carriesOthers(task)) return;
        if (!successor && this.inProgram.has(keyOf(props.mark))) this.toComeAgain.set(keyOf(props.mark), props);
        else await this.putBackWhatStoodOn(task, [props]);
      } catch (error) {
        const cause = error instanceof ResourceError ? error.cause : undefined;
        if (!(error instanceof ResourceError) || !(cause instanceof TransportError) || cause.reason !== "unreachable")
          throw error;
        if (this.entryOf(this.reachedNow(props).host).deleteUnreachable) return;
        throw new ResourceError(
          error.subject,
          error.what,
          "The state is kept. Where the host is gone for good, set deleteUnreachable: true for it (in linuxnet:hosts, or the resource's host) and run `pulumi destroy --run-program`, or `pulumi up` without the resource: a plain destroy or refresh has the inventory of the last `pulumi up`.",
        );
      }
    });
  }

  /** Says once a host how much of the stack is there that its state does not have, before the first of it is taken over. */
  private async tellWhatIsFound({ transport, warn, context }: Task): Promise<void> {
    const visited = this.visited.get(transport)!;
    visited.foundAgain ??= (async () => {
      const known = new Set([...this.recordedMarks, ...this.settled]);
      const marks = marksIn(await survey(transport, context.owner));
      const count = marks.filter((mark) => isOfStack(mark, context.owner) && !known.has(mark)).length;
      if (count === 0) return;
      const resources = count === 1 ? "1 resource carries" : `${count} resources carry`;
      warn?.(
        `${resources} this stack's mark there, but not in its state: a run was killed, the state was lost, or they are about to be replaced. What the program describes is taken over; list the rest with \`npx linuxnet orphans\``,
      );
      // A look that fails is no reason not to go on: the resource's own would have failed too.
    })().catch(() => undefined);
    await visited.foundAgain;
  }

  /** Whether what it may stand on without a reference went in this run, and has come again. */
  private hasLostUnspoken(news: Properties): boolean {
    if (!stands(news)) return false;
    const host = hostName(news.host);
    const stoodOn = (lost: Properties) => mayStandOn(news, lost);
    const toCome = [...this.toComeAgain.values()].filter((lost) => hostName(lost.host) === host);
    return !toCome.some(stoodOn) && (this.lostOn.get(host) ?? []).some(stoodOn);
  }

  /**
   * Puts back what stood on an interface or in a namespace without a reference to it: it went with it, and the engine calls it
   * unchanged. What the engine comes to later is told by its diff.
   */
  private async putBackWhatStoodOn(cause: Task, lost: Properties[]): Promise<void> {
    const { host } = cause.subject;
    if (lost.length === 0) return;
    const turn = (this.putBacks.get(host) ?? Promise.resolve()).then(() => this.putBackNow(cause, lost));
    this.putBacks.set(host, turn);
    await turn;
  }

  private async putBackNow({ subject: { kind, name, host } }: Task, lost: readonly Properties[]): Promise<void> {
    this.lostOn.set(host, [...(this.lostOn.get(host) ?? []), ...lost]);
    const toCome = [...this.toComeAgain.values()].filter((gone) => hostName(gone.host) === host);
    const stoodOn = (news: Properties, gone: readonly Properties[]) => gone.some((one) => mayStandOn(news, one));
    let left = [...this.settled]
      .flatMap((mark) => this.lives.of(mark) ?? [])
      .filter(({ news }) => hostName(news.host) === host && stands(news))
      .filter(({ news }) => stoodOn(news, lost) && !stoodOn(news, toCome))
      .map((life) => ({ life, task: this.taskOf(this.reachedNow(life.news), life.recorded) }));
    // One may need another, such as a route whose gateway is behind another route.
    for (let before = left.length + 1; left.length > 0 && left.length < before;) {
      before = left.length;
      const tries = await Promise.allSettled(left.map(({ task }) => ensure(task)));
      // An interface that had gone has taken along what stood on it in turn.
      for (const [index, { life, task }] of left.entries()) {
        const made = tries[index]!;
        const isAnother = made.status === "fulfilled" && made.value.ifindex !== life.recorded.ifindex;
        if (isAnother && carriesOthers(task)) await this.putBackNow(task, [{ ...life.recorded, ...life.news }]);
      }
      const failed = left.filter((_, index) => tries[index]!.status === "rejected");
      if (failed.length < before) left = failed;
      else
        for (const [index, { task }] of left.entries())
          task.warn?.(
            `${task.subject.kind} "${task.subject.name}" went when ${kind} "${name}" changed, and could not be put back: ${reasonOf((tries[index] as PromiseRejectedResult).reason)}`,
          );
    }
  }

  /** Which machine a host is, as far as it says so. */
  private async machineIdAt(transport: Transport): Promise<string | undefined> {
    const facts = await this.visited.get(transport)?.facts;
    return facts && machineIdOf(facts);
  }

  /** Throws where the host is another machine than the one that the resource was made on, unless its user says that it is to be this one. */
  private async expectMachine({ host, life }: Properties, { transport, subject }: Task): Promise<void> {
    const { machineId } = this.entryOf(host);
    const now = await this.machineIdAt(transport);
    const wanted = machineId ?? machineOf(life);
    if (now === undefined || wanted === undefined || now === wanted) return;
    throw new ResourceError(
      subject,
      `${subject.host} is another machine (${now}) than the one ${machineId === undefined ? "that this was made on" : "that its machineId asks for"} (${wanted}); nothing was changed for this resource`,
      `Correct the host's address. Or, where it has taken the other one's place, set machineId: "${now}" for it in the inventory (linuxnet:hosts) and run \`pulumi up --refresh --run-program\`: what is missing there is made again.`,
    );
  }

  /** The life that came in the place of this one, if any, on the same machine; it takes all of it where it has the same identity. */
  private async successorOf(
    props: Properties,
    { definition, transport, subject }: Task,
  ): Promise<{ news: Properties; recorded: Properties; takesAll: boolean } | undefined> {
    const { identity } = placeOf(definition, props);
    const life = this.lives.successorOf(props.mark, props.life);
    if (!life) return undefined;
    const news = this.reachedNow(life.news);
    if (hostName(news.host) !== subject.host) {
      const there = this.taskOf(news, life.recorded).transport;
      const [here, other] = await Promise.all([this.visited.get(transport)!.facts, this.visited.get(there)!.facts]);
      if (here === undefined || here.machine !== other?.machine) return undefined;
    }
    return { news, recorded: life.recorded, takesAll: life.identity === identity };
  }

  private taskOf(news: Properties, olds: Properties | undefined): Task {
    const { definition, owner } = markedAs(news.mark);
    const subject = { kind: definition.kind, name: owner.name, host: hostName(news.host) };
    try {
      if (this.configurationProblem !== undefined)
        throw new TransportError("configuration", "not-started", subject.host, this.configurationProblem);
      const connection = connectionTo(subject.host, this.entryOf(news.host), this.inventory);
      const transport = this.pool.transport(connection);
      const warn = (text: string) => this.warnOnce(`warning: host ${subject.host}: ${text}`);
      const { looks, markLooks, checkedTools } =
        this.visited.get(transport) ?? this.visit(transport, this.firewallOf(news.host) ?? "auto", warn);
      return {
        definition,
        inputs: propertiesOf(news),
        context: contextOf(news, olds, this.firewallOf(news.host), [...this.recordedAs.values()]),
        transport,
        looks,
        markLooks,
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

  /** Once a host. Nobody waits for the preflight before a change. */
  private visit(transport: Transport, firewall: FirewallChoice, warn: (text: string) => void): VisitedHost {
    const facts = preflight(transport).catch(() => undefined);
    void facts.then((facts) => facts && warningsAbout(facts, firewall).forEach(warn));
    const host = {
      looks: new SharedLooks(transport),
      markLooks: new MarkLooks(transport),
      facts,
      booted: new Set<string>(),
      checkedTools: new Set<string>(),
      way: new WayToHost(facts.then((facts) => facts?.way)),
    };
    this.visited.set(transport, host);
    return host;
  }

  /** A state for Pulumi; a failure that leaves something behind becomes the error which makes the engine record that. */
  private async ensureRecorded(id: string, properties: Properties, task: Task, life: string): Promise<State> {
    const record = async (state: State) => {
      const { facts, booted } = this.visited.get(task.transport)!;
      const known = await facts;
      const isFirst = known !== undefined && !booted.has(task.definition.kind);
      if (isFirst) booted.add(task.definition.kind);
      const recorded = {
        ...withPulumi(properties, state),
        ...(isFirst && { bootId: bootOf(known) }),
        life: lifeOn(life, await this.machineIdAt(task.transport)),
      };
      this.lives.set(properties.mark, lifeOf(properties, recorded as unknown as Properties));
      this.settled.add(properties.mark);
      return recorded;
    };
    try {
      await this.claimOnMachine(properties, task);
      if (!properties.allowLockout) await this.visited.get(task.transport)!.way.keep(task);
      return await record(await ensure(task));
    } catch (error) {
      if (error instanceof PartialError)
        throw Object.assign(error, { id, properties: await record(error.state), reasons: [error.message] });
      throw error;
    }
  }

  /** Refuses what another resource of the program has on the same machine, under another name of it. */
  private async claimOnMachine(properties: Properties, { definition, subject, transport }: Task): Promise<void> {
    const facts = await this.visited.get(transport)?.facts;
    const taken = facts && takenAlready(this.machineClaims, facts.machine, definition, properties);
    if (taken)
      throw new ResourceError(
        subject,
        `${taken.property}: ${taken.words}`,
        "Two names of the inventory are this one machine: give both resources the same.",
      );
  }

  private async explainLoss({ transport, warn }: Task, madeIn: string | undefined): Promise<void> {
    const facts = await this.visited.get(transport)?.facts;
    const why = facts && madeIn !== undefined ? rebootedSince(facts, madeIn) : undefined;
    if (why !== undefined) warn?.(why);
  }

  /** What is so of a host, all of its resources would say. */
  private warnOnce(line: string): void {
    if (!this.warnings.has(line)) this.print(line);
    this.warnings.add(line);
  }

  private entryOf(host: string | HostArgs): HostArgs {
    if (typeof host === "string") return findHost(host, this.inventory);
    return withHostDefaults(host, hostName(host), this.hostDefaults);
  }

  /** What the host's rules are to be made with, as far as that is known. */
  private firewallOf(host: string | HostArgs): FirewallChoice | undefined {
    if (holdsUnknown(host, isUnknown) || (typeof host === "string" && !Object.hasOwn(this.inventory, host)))
      return undefined;
    return this.entryOf(host).firewall;
  }

  /** What is recorded, with its host reached as the program says now, where it says so. */
  private reachedNow(props: Properties): Properties {
    const { host, mark } = props;
    return typeof host === "string" ? props : { ...props, host: this.inlineHosts.get(host.name ?? mark) ?? host };
  }

  /** What moves to another host is deleted on the one that it was on, which has to be reached for that. */
  private leftBehind(olds: Partial<Properties> | undefined, host: unknown): string | undefined {
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

/** What another resource of the program has already that this one is about to claim. @param host What it is called, or which machine it is. */
function takenAlready(claims: Claims, host: string, definition: AnyResource, inputs: Properties) {
  const { identity, hostName } = placeOf(definition, inputs);
  const place = `${definition.kind} ${host}/${identity}`;
  const takings = (definition.takes?.(propertiesOf(inputs)) ?? []).map((taking) => {
    const { property, what, anywhere = false, advice } = taking;
    const namespace = anywhere ? undefined : "namespace" in taking ? taking.namespace : inputs.namespace;
    const inside = typeof namespace === "string" ? ` in ${namespace}` : "";
    return { property, what: `${what}${inside}`, place: `${host}${inside}: ${what}`, advice };
  });
  const other = claims.claim([place, ...takings.map(({ place }) => place)], inputs.mark);
  if (!other) return undefined;
  const taken = takings.find(({ place }) => place === other.place);
  const owner = parseMark(other.holder);
  const name = `${owner?.kind ?? definition.kind} "${owner?.owner.name ?? other.holder}" of this program`;
  const says = taken ? `has ${taken.what}` : `is ${identity}`;
  return {
    property: taken?.property ?? definition.replaceOn[0] ?? "host",
    words: `${name} ${says} on ${hostName} already; ${taken?.advice ?? "let one of the two go"}`,
  };
}

/** Where a resource's thing is: two with the same place are about the same one. */
function placeOf(definition: AnyResource, properties: Properties) {
  const context = contextOf(properties, undefined);
  const identity = definition.identify(propertiesOf(properties), context);
  return { place: `${definition.kind} ${context.hostName}/${identity}`, identity, hostName: context.hostName };
}

/** A life of the resource as the program has it, or as it will be recorded. */
function lifeOf(news: Properties, recorded: Properties): Life<Properties> {
  const { identity } = placeOf(markedAs(news.mark).definition, news);
  return { number: recorded.life, identity, news, recorded };
}

/**
 * The properties that name what it dies with, where the engine asks about the whole object that they are in as about something
 * unknown: it does so to learn what has to be replaced along with what they name.
 */
function diesWithUnknown({ diesWith }: AnyResource, state: State, inputs: State): string[] {
  return diesWith.filter((path) => {
    const [whole = "", part] = path.split(".");
    const recorded = state[whole] as Readonly<Record<string, unknown>> | undefined;
    return part !== undefined && recorded?.[part] !== undefined && isUnknown(inputs[whole]);
  });
}

/** A resource by its kind and name, whatever its stack is called. */
function keyOf(mark: string): string {
  const { definition, owner } = markedAs(mark);
  return `${definition.kind} ${owner.name}`;
}

/** Whether others may stand on it: what has a name on its host is an interface or a namespace. */
const carriesOthers = ({ definition }: Pick<Task, "definition">) => "name" in definition.schema.shape;

/** Whether it is of those that lose something when an interface goes. */
function stands(properties: Properties): boolean {
  const { standsOn } = markedAs(properties.mark).definition;
  return standsOn?.some((property) => properties[property] !== undefined) ?? true;
}

/**
 * What of an interface others may have lost by its change: all of it, where it was made anew or its ends went up or down; the
 * addresses that it has no more, which routes may start from.
 */
function takenAlong(olds: Properties, news: Properties, outs: State): Properties[] {
  type End = { readonly up?: boolean; readonly addresses?: readonly string[] };
  const ends = (properties: Properties) => [properties, properties.peer ?? {}] as End[];
  const [before, now] = [ends(olds), ends(news)];
  const isAnother = olds.ifindex !== undefined && olds.ifindex !== outs.ifindex;
  if (isAnother || before.some(({ up = true }, index) => up !== (now[index]!.up ?? true))) return [olds, news];
  const gone = before.flatMap(({ addresses = [] }, index) =>
    addresses.filter((address) => !now[index]!.addresses?.includes(address)).map(withoutLength),
  );
  const { peer } = olds as Properties & { peer?: object };
  const lost = { name: undefined, addresses: gone };
  return gone.length === 0 ? [] : [{ ...olds, ...lost, peer: peer && { ...peer, ...lost } }];
}

const reasonOf = (error: unknown) => (error instanceof ResourceError ? error.what : String(error));

/** The interfaces that it stands on; an earlier version recorded a list. */
const livesIn = ({ standsOn }: Properties): string[] =>
  Array.isArray(standsOn) ? standsOn.map(String) : typeof standsOn === "string" ? standsOn.split(", ") : [];

/** Whether an interface that it stood on is not there any more. That it stands on more than was recorded changes nothing. */
function hasLostFooting(olds: Properties, news: Properties): boolean {
  const lives = livesIn(news);
  return livesIn(olds).some((life) => {
    const index = lives.indexOf(life);
    if (index !== -1) lives.splice(index, 1);
    return index === -1;
  });
}

/* From Pulumi's properties to a task, and back. */

function definitionOf(kind: string): AnyResource {
  const definition = catalogue.find((definition) => definition.kind === kind);
  if (!definition)
    throw new Error(
      `this version of pulumi-linuxnet has no resource ${kind}; install the one that the stack was made with, or a newer one`,
    );
  return definition;
}

function markedAs(mark: string): { definition: AnyResource; owner: Owner } {
  const { kind, owner } = parseMark(mark) ?? { kind: mark, owner: { project: "", stack: "", name: "" } };
  return { definition: definitionOf(kind), owner };
}

/** A resource's own properties, with the defaults that are not recorded. */
function propertiesOf({
  mark,
  numberedAs: _numberedAs,
  adopt: _adopt,
  allowLockout: _allowLockout,
  standsOn: _standsOn,
  bootId: _bootId,
  life: _life,
  __provider,
  ...properties
}: Properties): State {
  return withDefaults(markedAs(mark).definition.schema, properties);
}

function contextOf(
  { mark, host, adopt, numberedAs }: Properties,
  olds: Properties | undefined,
  firewall: FirewallChoice = "auto",
  stacks: readonly StackName[] = [],
): Context {
  const { definition, owner: marked } = markedAs(mark);
  const owner = { ...marked, ...(numberedAs !== undefined && { numberedAs }) };
  // Of a forced replacement, the engine does not say what it replaces.
  const earlier = olds ? [olds.mark] : stacks.map((stack) => markOf(definition.kind, { ...stack, name: owner.name }));
  return {
    owner,
    hostName: hostName(host),
    mark,
    marks: [...new Set([mark, ...earlier])],
    stacks,
    group: groupOf(owner),
    protocol: protocolOf(owner),
    firewall,
    adopt: adopt === true,
    recorded: olds && propertiesOf(olds),
  };
}

/** What the outputs that need not be recorded are, of a resource with these properties. */
function impliedBy(properties: Properties, state: State): State {
  const { definition } = markedAs(properties.mark);
  const derived = definition.derive?.(state, contextOf(properties, undefined)) ?? {};
  return Object.fromEntries(Object.entries(derived).filter(([key]) => definition.outputs[key]?.implied));
}

/** A recorded state, whole. */
function withImplied(properties: Properties): State {
  const state = propertiesOf(properties);
  return { ...impliedBy(properties, state), ...state };
}

/** A state with what Pulumi needs beside it; left out are absent properties, implied ones, and defaults that were not given. */
function withPulumi(properties: Properties, state: State): State {
  const { mark, numberedAs, host, adopt, allowLockout, standsOn, __provider } = properties;
  const implied = impliedBy(properties, state);
  const own = withoutDefaults(markedAs(mark).definition.schema, state, properties);
  const kept = Object.entries({ ...own, adopt, allowLockout, standsOn, __provider }).filter(
    ([key, value]) => value !== undefined && !(key in implied && isDeepStrictEqual(value, implied[key])),
  );
  return {
    mark,
    ...(numberedAs !== undefined && { numberedAs }),
    host,
    ...(JSON.parse(JSON.stringify(Object.fromEntries(kept))) as State),
  };
}

/** The plugin prints a failed read's or delete's stack trace beside the engine's message; the message is all that users need. */
async function quietly<T>(body: () => Promise<T>): Promise<T> {
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
