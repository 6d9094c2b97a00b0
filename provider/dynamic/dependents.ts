/** What stands on interfaces and in namespaces without a reference to them: what it loses in a run is put back in the same one. */
import { ResourceError } from "../lifecycle/errors.js";
import type { Life, Lives } from "../lifecycle/lives.js";
import { type State, type Task, ensure } from "../lifecycle/reconcile.js";
import { mayDependOn } from "../lifecycle/implicit-dependents.js";
import { withoutLength } from "../schema/address.js";
import { hostName } from "../schema/host.js";
import { type Properties, keyOf, resourceOfMark } from "./properties.js";

/** What there is to know of them in one run of Pulumi. */
export class Dependents {
  /** The resources that the program has, by `keyOf`; and the marks of those that are as it wants them. */
  private readonly inProgram = new Set<string>();
  private readonly upToDateMarks = new Set<string>();
  /** What interfaces and namespaces were that went in this run: those whose next life is still to come, by `keyOf`, and all, by hosts. */
  private readonly recreations = new Map<string, Properties>();
  private readonly lostByHost = new Map<string, Properties[]>();
  /** What is put back on a host is put back one after the other: each looks at what the one before has done. */
  private readonly restoreQueues = new Map<string, Promise<void>>();

  constructor(
    private readonly lives: Lives<Properties>,
    private readonly taskOf: (life: Life<Properties>) => Task,
  ) {}

  register(mark: string): void {
    this.inProgram.add(keyOf(mark));
  }

  isRegistered = (mark: string): boolean => this.inProgram.has(keyOf(mark));

  /** Takes note of whether a resource is as the program wants it. */
  setUpToDate(mark: string, isUpToDate: boolean): void {
    if (isUpToDate) this.upToDateMarks.add(mark);
    else this.upToDateMarks.delete(mark);
  }

  get upToDate(): ReadonlySet<string> {
    return this.upToDateMarks;
  }

  /** That this goes, and comes again in this run. */
  expectRecreation(going: Properties, mark = going.mark): void {
    this.recreations.set(keyOf(mark), going);
  }

  /** What went before the resource with this mark, if it has not come yet. */
  awaitingRecreation = (mark: string): Properties | undefined => this.recreations.get(keyOf(mark));

  noteRecreated(mark: string): void {
    this.recreations.delete(keyOf(mark));
  }

  /** Whether what it may stand on without a reference went in this run, and has come again. */
  hasLostDependency(news: Properties): boolean {
    if (!canLoseDependency(news)) return false;
    const host = hostName(news.host);
    const dependedOn = (lost: Properties) => mayDependOn(news, lost);
    const awaited = [...this.recreations.values()].filter((lost) => hostName(lost.host) === host);
    return !awaited.some(dependedOn) && (this.lostByHost.get(host) ?? []).some(dependedOn);
  }

  /**
   * Puts back what stood on an interface or in a namespace without a reference to it: it went with it, and the engine calls it
   * unchanged. What the engine comes to later is told by its diff.
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
    const awaited = [...this.recreations.values()].filter((gone) => hostName(gone.host) === host);
    const dependedOn = (news: Properties, gone: readonly Properties[]) => gone.some((one) => mayDependOn(news, one));
    let left = [...this.upToDateMarks]
      .flatMap((mark) => this.lives.of(mark) ?? [])
      .filter(({ news }) => hostName(news.host) === host && canLoseDependency(news))
      .filter(({ news }) => dependedOn(news, lost) && !dependedOn(news, awaited))
      .map((life) => ({ life, task: this.taskOf(life) }));
    // One may need another, such as a route whose gateway is behind another route.
    for (let before = left.length + 1; left.length > 0 && left.length < before;) {
      before = left.length;
      const tries = await Promise.allSettled(left.map(({ task }) => ensure(task)));
      // An interface that had gone has taken along what stood on it in turn.
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

/** Whether others may stand on it: what has a name on its host is an interface or a namespace. */
export const canHaveDependents = ({ definition }: Pick<Task, "definition">) => "name" in definition.schema.shape;

/** Whether it is of those that lose something when an interface goes. */
function canLoseDependency(properties: Properties): boolean {
  const { standsOn } = resourceOfMark(properties.mark).definition;
  return standsOn?.some((property) => properties[property] !== undefined) ?? true;
}

/**
 * What of an interface others may have lost by its change: all of it, where it was made anew or its ends went up or down; the
 * addresses that it has no more, which routes may start from.
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
