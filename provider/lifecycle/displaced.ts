/** Searches by mark for objects that are not in their place, because somebody moved or renamed them by hand. */
import { type MarkedInterface, markedInterfaces, removeMarked } from "../commands/marked-interfaces.js";
import type { Command, Transport } from "../transport/transport.js";
import { type StackName, isOfStack, kernelKindOf, parseMark, stackMark } from "./ownership.js";
import type { State, Task } from "./reconcile.js";

/** Milliseconds for which a search is valid. Whatever it finds is verified once more when it is removed. */
const freshness = 60_000;

/** The searches of one host in one run: one search of all namespaces serves all resources that miss something. */
export class MarkSearch {
  private readonly searches = new Map<string, { readonly at: number; readonly found: Promise<MarkedInterface[]> }>();

  constructor(private readonly transport: Transport) {}

  /** A stack's interfaces. `maxNamespaces`: on a host with more namespaces, only the host's own is searched. */
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
    // A failed search is repeated by the next asker.
    found.catch(() => this.searches.delete(key));
    return await found;
  }
}

const markSearchOf = ({ markSearch, transport }: Task) => markSearch ?? new MarkSearch(transport);

/** What carries the resource's mark and is in none of the resource's own places. */
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
 * Two resources in different components of a program may have the same name and therefore the same mark. An interface's
 * Ethernet address tells whose it is. The group of a namespace's lo and the namespace's contents tell whose the
 * namespace is; if it has no name but contains a process, its name was deleted by hand.
 */
function isProven(task: Task, one: MarkedInterface, found: readonly MarkedInterface[]): boolean {
  const { inputs, definition, context } = task;
  const { recorded } = context;
  if (one.name === "lo")
    return (
      one.process !== undefined ||
      (definition.displaced?.isNamespaceOf?.(inputs, one, context) ?? false) ||
      markedInSameNamespace(one, found).some((each) => definition.displaced?.contains?.(inputs, each, context))
    );
  const ends = [inputs, inputs.peer, recorded, recorded?.peer] as ({ readonly mac?: unknown } | undefined)[];
  return one.mac !== undefined && ends.some((end) => end?.mac === one.mac);
}

/** The other marked objects in the same namespace. */
const markedInSameNamespace = ({ number, name, namespace }: MarkedInterface, found: readonly MarkedInterface[]) =>
  found.filter((other) => other.number === number && (other.name !== name || other.namespace !== namespace));

/**
 * The maximum number of namespaces that are searched alongside an ordinary delete, which does not wait for the search.
 */
const maxSpeculativeNamespaces = 64;

/**
 * What was in the resource's namespace and is now elsewhere, and the namespace itself under another name that somebody
 * gave it. `speculative`: nothing suggests that there is anything.
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

/** The commands that remove displaced objects. Each does nothing if its object is no longer there. */
export function displacedRemoval({ definition, context }: Task, displaced: readonly MarkedInterface[]): Command[] {
  return displaced.map((one) => {
    const kind =
      one.name === "lo" ? "lo" : definition.displaced?.contains ? kernelKindOf(one.alias) : definition.displaced!.kind;
    return removeMarked(kind, one, context.group);
  });
}

/** Whether it is where the resource belongs, or where the resource's current life is. */
function isInOwnPlace({ inputs, successor }: Task, { namespace, process, name }: MarkedInterface): boolean {
  if (process !== undefined) return false;
  if (name === "lo") return [inputs, successor].some((life) => life !== undefined && life.name === namespace);
  const ends = [inputs, successor].flatMap((life) => [life, life?.peer as State | undefined]);
  return ends.some((end) => end?.name === name && end.namespace === namespace);
}
