/** Finds what a machine has of a stack that the stack's state does not: compares a survey with the state. */
import { type StackName, isOfStack, parseMark, parseStack, protocolOf, stackLabel } from "./ownership.js";
import type { Recorded } from "./recorded.js";
import type { Survey } from "./survey.js";
import type { AnyTraceSort, Trace } from "./trace.js";

/** What belongs to one resource of a stack and is not in its state. */
export interface Orphan {
  readonly kind: string;
  /** The resource's name as it appears in the mark; undefined if there is no mark. */
  readonly name: string | undefined;
  readonly mark: string | undefined;
  readonly parts: readonly Trace[];
  /** The state has the resource in another place. */
  readonly elsewhere: boolean;
  /** Why it must not be removed. */
  readonly keepReason: string | undefined;
}

/** All marks on a machine, of any stack. */
export function marksIn({ findings }: Survey): string[] {
  const texts = [...findings].flatMap(([sort, found]) => sort.marks?.(found as never) ?? []);
  return [...new Set(texts)].filter((text) => parseMark(text) !== undefined);
}

/** The other stacks that have marks on a machine, as PROJECT/STACK@ID. */
export function otherStacks(survey: Survey, own: StackName): string[] {
  const owners = marksIn(survey)
    .filter((mark) => !isOfStack(mark, own))
    .map((mark) => parseMark(mark)!.owner);
  return [...new Set(owners.map(stackLabel))].sort();
}

/** A trace that no recorded resource represents. */
interface Left {
  readonly sort: AnyTraceSort;
  readonly trace: Trace;
  /** Its own mark, or that of what is deleted together with it. */
  readonly mark: string | undefined;
}

/**
 * A stack's objects on a machine that no recorded resource represents. `rivals` are stacks, as PROJECT/STACK@ID, that
 * may have objects there too: if one has the same protocol number, the number does not tell whose a route or a rule is.
 */
export function findOrphans(
  survey: Survey,
  stack: StackName,
  recorded: readonly Recorded[],
  rivals: readonly string[],
): Orphan[] {
  const all = [...survey.findings.keys()].flatMap((sort) => leftOf(sort, survey, stack, recorded));
  const places = new Set(all.map(({ trace }) => trace.place).filter((place) => place !== undefined));
  const left = all.filter(({ trace: { goesWith } }) => goesWith === undefined || !places.has(goesWith));
  const doubt = doubtOf(stack, rivals);
  const orphans = groupsOf(left).map((group): Orphan => {
    const [{ sort, trace, mark }] = group;
    const parsed = mark === undefined ? undefined : parseMark(mark);
    return {
      kind: parsed?.kind ?? kindOf(survey, sort, trace) ?? sort.name,
      name: parsed?.owner.name,
      mark,
      parts: group.map((one) => one.trace),
      elsewhere: mark !== undefined && recorded.some((resource) => resource.mark === mark),
      keepReason: keepReasonOf(group) ?? (sort.isNumbered ? doubt : undefined),
    };
  });
  const order = ({ kind, name = "" }: Orphan) => `${kind} ${name}`;
  return orphans.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** A sort's traces that neither a recorded resource represents nor goes with one that does. */
function leftOf(sort: AnyTraceSort, survey: Survey, stack: StackName, recorded: readonly Recorded[]): Left[] {
  const traces: readonly Trace[] = sort.find(survey.findings.get(sort) as never, stack);
  const here = recorded.filter(({ machine }) => machine === undefined || machine === survey.machine);
  const represents = ({ kind, mark, properties }: Recorded, trace: Trace) => {
    if (trace.mark !== undefined && trace.mark !== mark) return false;
    const definition = survey.kinds.find((definition) => definition.kind === kind);
    // A newer version created the resource: nobody here knows what it consists of.
    if (!definition) return true;
    return definition.traces.some((claim) => claim.sort === sort && claim.has(properties, trace.object as never));
  };
  const represented = new Set(
    traces
      .filter((trace) => (sort.isPlaceless ? recorded : here).some((resource) => represents(resource, trace)))
      .map(({ object }) => object),
  );
  const isLeft = ({ object, companions = [] }: Trace) => ![object, ...companions].some((one) => represented.has(one));
  const left = traces.filter(isLeft);
  return left.map((trace) => {
    const others = left.filter(({ object }) => trace.companions?.includes(object));
    return { sort, trace, mark: trace.mark ?? others.find(({ mark }) => mark !== undefined)?.mark };
  });
}

/** The kind of resource that an object without a mark belongs to. */
const kindOf = ({ kinds }: Survey, sort: AnyTraceSort, { object }: Trace) =>
  kinds.find(({ traces }) => traces.some((claim) => claim.sort === sort && claim.isOfKind?.(object as never)))?.kind;

const keepReasonOf = (group: readonly Left[]) =>
  group.map(({ trace }) => trace.keepReason).find((reason) => reason !== undefined);

/**
 * What belongs to one resource: everything with its mark, or what is deleted together. Where something must not be
 * removed, the resource's objects of that sort are listed apart from the others.
 */
function groupsOf(left: readonly Left[]): [Left, ...Left[]][] {
  const bySort = Map.groupBy(left, ({ sort, mark, trace }) =>
    [sort.name, mark ?? clusterOf(left, sort, trace)].join(" "),
  );
  const groups = Map.groupBy(
    [...bySort].flatMap(([key, group]) => {
      const isApart = keepReasonOf(group) !== undefined;
      return group.map((one) => ({ one, key: one.mark === undefined || isApart ? key : one.mark }));
    }),
    ({ key }) => key,
  );
  return [...groups.values()].map((group) => group.map(({ one }) => one) as [Left, ...Left[]]);
}

/** A text that is equal for traces without marks that are deleted together. */
const clusterOf = (left: readonly Left[], sort: AnyTraceSort, { object, companions = [] }: Trace) =>
  `#${left.findIndex((other) => other.sort === sort && [object, ...companions].includes(other.trace.object))}`;

/** Why what only the protocol number marks must stay, if it may be another stack's. */
function doubtOf(stack: StackName, rivals: readonly string[]): string | undefined {
  const protocol = protocolOf(stack);
  const doubtful = rivals.filter((rival) => {
    const { project = "", stack: name = "", id } = parseStack(rival) ?? {};
    // A stack that version 0.1.0 began has the number derived from its names, whatever id it got later.
    return [
      { project, stack: name, id },
      { project, stack: name },
    ].some((one) => protocolOf(one) === protocol);
  });
  return doubtful.length === 0
    ? undefined
    : `it is of this stack or of ${doubtful.join(" or ")}: both mark their routes and policy rules with the number ${protocol}`;
}
