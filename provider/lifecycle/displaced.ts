/** What is not in its place is looked for by its mark: somebody may have moved or renamed it by hand. */
import { type MarkedInterface, markedInterfaces, removeMarked } from "../commands/marked-interfaces.js";
import type { Command, Transport } from "../transport/transport.js";
import { type StackName, isOfStack, parseMark, stackMark } from "./ownership.js";
import type { State, Task } from "./reconcile.js";

/** Milliseconds for which a look holds: what is found is proven once more where it is taken away. */
const freshness = 60_000;

/** One host's, in one run: a look at all of its namespaces is for all resources that miss something. */
export class MarkSearch {
  private readonly searches = new Map<string, { readonly at: number; readonly found: Promise<MarkedInterface[]> }>();

  constructor(private readonly transport: Transport) {}

  /** A stack's interfaces; `most`: on a host with more namespaces, those in its own one alone. */
  async find(stack: StackName, maxNamespaces?: number): Promise<readonly MarkedInterface[]> {
    const mark = stackMark(stack);
    const key = `${mark} ${maxNamespaces ?? ""}`;
    const last = this.searches.get(key);
    if (last && Date.now() - last.at < freshness) return await last.found;
    const fact = markedInterfaces(mark, maxNamespaces);
    const found = this.transport
      .run({ commands: [{ ...fact.command, always: true }] })
      .then(([reply]) => fact.parse(reply!));
    this.searches.set(key, { at: Date.now(), found });
    // What failed is asked again.
    found.catch(() => this.searches.delete(key));
    return await found;
  }
}

const markSearchOf = ({ markSearch, transport }: Task) => markSearch ?? new MarkSearch(transport);

/** What carries the resource's mark and is in none of the places that are its own. */
export async function findDisplaced(task: Task): Promise<readonly MarkedInterface[]> {
  const { marks } = task.context;
  if (task.definition.displaced?.applies?.(task.inputs) === false) return [];
  const owners = marks.flatMap((mark) => parseMark(mark)?.owner ?? []);
  const stacks = new Map(owners.map((owner) => [stackMark(owner), owner]));
  const markSearch = markSearchOf(task);
  const found = (await Promise.all([...stacks.values()].map((stack) => markSearch.find(stack)))).flat();
  const isWhole = task.definition.displaced?.kind === "lo";
  return found.filter(
    (one) =>
      marks.includes(one.alias) &&
      isWhole === (one.name === "lo") &&
      !isInOwnPlace(task, one) &&
      isProven(task, one, found),
  );
}

/**
 * Two resources of a program that are in different components may have one name, and so one mark: its Ethernet address tells whose an
 * interface is. Whose a namespace is, those of what is in it tell; what has no name any more, and a process inside, was deleted by hand.
 */
function isProven(task: Task, one: MarkedInterface, found: readonly MarkedInterface[]): boolean {
  const { inputs, definition, context } = task;
  const { recorded } = context;
  if (one.name === "lo")
    return (
      one.process !== undefined ||
      markedInSameNamespace(one, found).some((each) => definition.displaced?.contains?.(inputs, each, context))
    );
  const ends = [inputs, inputs.peer, recorded, recorded?.peer] as ({ readonly mac?: unknown } | undefined)[];
  return one.mac !== undefined && ends.some((end) => end?.mac === one.mac);
}

/** What else has a mark in the same namespace. */
const markedInSameNamespace = ({ number, name, namespace }: MarkedInterface, found: readonly MarkedInterface[]) =>
  found.filter((other) => other.number === number && (other.name !== name || other.namespace !== namespace));

/** So many namespaces are looked at beside what an ordinary delete does, without anybody waiting for it. */
const maxSpeculativeNamespaces = 64;

/**
 * What was in what the resource stands for, and is elsewhere now, and that itself by another name that somebody gave it; `beside`: where
 * nothing tells that there is anything.
 */
export async function findDisplacedContents(task: Task, speculative = false): Promise<readonly MarkedInterface[]> {
  const { definition, inputs, context } = task;
  const { contains } = definition.displaced ?? {};
  if (!contains) return [];
  const found = await markSearchOf(task).find(context.owner, speculative ? maxSpeculativeNamespaces : undefined);
  const isOwn = ({ name, namespace, alias }: MarkedInterface) =>
    name === "lo" && namespace === inputs.name && context.marks.includes(alias);
  return found.filter((one) => {
    if (one.name !== "lo") return isOfStack(one.alias, context.owner) && contains(inputs, one, context);
    return !isOwn(one) && context.marks.includes(one.alias) && markedInSameNamespace(one, found).some(isOwn);
  });
}

/** The commands that take strays away. Each of them is nothing where that is not there any more. */
export function displacedRemoval({ definition, context }: Task, displaced: readonly MarkedInterface[]): Command[] {
  return displaced.map((one) => {
    const kind =
      one.name === "lo" ? "lo" : definition.displaced?.contains ? kernelKind(one.alias) : definition.displaced!.kind;
    return removeMarked(kind, one, context.group);
  });
}

/** What the kernel calls the interfaces of the resource with a mark. */
const kernelKind = (mark: string) => parseMark(mark)!.kind.toLowerCase();

/** Whether it is where the resource is to be, or where its present life is. */
function isInOwnPlace({ inputs, successor }: Task, { namespace, process, name }: MarkedInterface): boolean {
  if (process !== undefined) return false;
  const ends = [inputs, successor].flatMap((life) => [life, life?.peer as State | undefined]);
  return ends.some((end) => end?.name === name && end.namespace === namespace);
}
