/**
 * Resources that depend on interfaces and namespaces without a reference to them: what they lose in a run is restored
 * in the same run.
 */
import { ResourceError } from "../lifecycle/errors.js";
import type { Life, Lives } from "../lifecycle/lives.js";
import { type State, type Task, ensure } from "../lifecycle/reconcile.js";
import { mayDependOn } from "../lifecycle/implicit-dependents.js";
import { withoutLength } from "../schema/address.js";
import { hostName } from "../schema/host.js";
import { type Properties, keyOf, resourceOfMark } from "./properties.js";

/** The dependents of one run of Pulumi. */
export class Dependents {
  /** The resources of the program, by `keyOf`; and the marks of those that are up to date. */
  private readonly inProgram = new Set<string>();
  private readonly upToDateMarks = new Set<string>();
  /**
   * The former properties of interfaces and namespaces that were deleted in this run: those that have yet to be
   * recreated, by `keyOf`, and all of them, by host.
   */
  private readonly recreations = new Map<string, Properties>();
  private readonly lostByHost = new Map<string, Properties[]>();
  /** Restorations on the same host run one at a time, because each must observe the changes made by the one before. */
  private readonly restoreQueues = new Map<string, Promise<void>>();

  constructor(
    private readonly lives: Lives<Properties>,
    private readonly taskOf: (life: Life<Properties>) => Task,
  ) {}

  register(mark: string): void {
    this.inProgram.add(keyOf(mark));
  }

  isRegistered = (mark: string): boolean => this.inProgram.has(keyOf(mark));

  /** Records whether a resource is as the program wants it. */
  setUpToDate(mark: string, isUpToDate: boolean): void {
    if (isUpToDate) this.upToDateMarks.add(mark);
    else this.upToDateMarks.delete(mark);
  }

  get upToDate(): ReadonlySet<string> {
    return this.upToDateMarks;
  }

  /** Records that this resource is being deleted and will be recreated in this run. */
  expectRecreation(going: Properties, mark = going.mark): void {
    this.recreations.set(keyOf(mark), going);
  }

  /**
   * The former properties of the resource with this mark, if it was deleted in this run and has yet to be recreated.
   */
  awaitingRecreation = (mark: string): Properties | undefined => this.recreations.get(keyOf(mark));

  noteRecreated(mark: string): void {
    this.recreations.delete(keyOf(mark));
  }

  /**
   * Whether something that the resource may depend on without a reference was deleted in this run and has been
   * recreated.
   */
  hasLostDependency(news: Properties): boolean {
    if (!canLoseDependency(news)) return false;
    const host = hostName(news.host);
    return !dependsOnAny(news, this.awaitedOn(host)) && dependsOnAny(news, this.lostByHost.get(host) ?? []);
  }

  /** The former properties of what has yet to be recreated on a host. */
  private awaitedOn = (host: string): Properties[] =>
    [...this.recreations.values()].filter((gone) => hostName(gone.host) === host);

  /**
   * Restores the resources that depended on an interface or a namespace without a reference to it: they disappeared
   * with it, but the engine considers them unchanged. Resources that the engine has yet to process are handled by their
   * own diff.
   */
  async restore(cause: Task, replaced: Properties[]): Promise<void> {
    const { host } = cause.subject;
    if (replaced.length === 0) return;
    const restoration = (this.restoreQueues.get(host) ?? Promise.resolve()).then(() =>
      this.restoreNow(cause, replaced),
    );
    this.restoreQueues.set(host, restoration);
    await restoration;
  }

  private async restoreNow({ subject: { kind, name, host } }: Task, lost: readonly Properties[]): Promise<void> {
    this.lostByHost.set(host, [...(this.lostByHost.get(host) ?? []), ...lost]);
    const awaited = this.awaitedOn(host);
    let left = [...this.upToDateMarks]
      .flatMap((mark) => this.lives.of(mark) ?? [])
      .filter(({ news }) => hostName(news.host) === host && canLoseDependency(news))
      .filter(({ news }) => dependsOnAny(news, lost) && !dependsOnAny(news, awaited))
      .map((life) => ({ life, task: this.taskOf(life) }));
    // One may need another, such as a route whose gateway is behind another route.
    for (let before = left.length + 1; left.length > 0 && left.length < before;) {
      before = left.length;
      const tries = await Promise.allSettled(left.map(({ task }) => ensure(task)));
      // An interface that had disappeared also took its own dependents with it.
      for (const [index, { life, task }] of left.entries()) {
        const attempt = tries[index]!;
        const isAnother = attempt.status === "fulfilled" && attempt.value.ifindex !== life.recorded.ifindex;
        if (isAnother && canHaveDependents(task)) await this.restoreNow(task, [{ ...life.recorded, ...life.news }]);
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
}

const dependsOnAny = (news: Properties, gone: readonly Properties[]) => gone.some((one) => mayDependOn(news, one));

/** Whether others may depend on it: a resource with a name on its host is an interface or a namespace. */
export const canHaveDependents = ({ definition }: Pick<Task, "definition">) => "name" in definition.schema.shape;

/** Whether it is a resource that loses something when an interface is deleted. */
function canLoseDependency(properties: Properties): boolean {
  const { standsOn } = resourceOfMark(properties.mark).definition;
  return standsOn?.some((property) => properties[property] !== undefined) ?? true;
}

/**
 * What other resources may have lost by a change of an interface: all of it, if it was recreated or one of its ends
 * went up or down; otherwise the addresses that it no longer has, which routes may use as their source.
 */
export function lostWithChange(olds: Properties, news: Properties, outs: State): Properties[] {
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
