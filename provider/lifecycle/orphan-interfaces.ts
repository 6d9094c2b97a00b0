/** Of a stack's interfaces on a machine, those that no recorded resource stands for. */
import type { Link } from "../commands/link.js";
import { type StackName, groupOf, isOfStack } from "./ownership.js";
import { type Recorded, hasInterface } from "./recorded.js";
import type { Survey, SurveyedNamespace } from "./survey.js";

/** An interface with the namespace that it is in. */
export interface Place {
  readonly namespace: SurveyedNamespace;
  readonly link: Link;
}

/** Interfaces that belong together. */
export interface InterfaceGroup {
  /** Undefined where the run that made them died before it marked them. */
  readonly mark: string | undefined;
  readonly places: readonly Place[];
  /** Why they are not for us to remove. */
  readonly keepReason: string | undefined;
}

/** The kind of the resources that make interfaces of a kernel's kind: `vxlan` is a Vxlan. */
export const kindOfLink = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

/** The stack's interfaces that no resource stands for: those of one mark together, and the two ends of a pair. */
export function findOrphanInterfaces(survey: Survey, stack: StackName, here: readonly Recorded[]): InterfaceGroup[] {
  const all = survey.namespaces.flatMap((namespace) => namespace.links.map((link): Place => ({ namespace, link })));
  const own = all.filter(({ link }) => isOfThisStack(link, stack));
  const recordedPlaces = own.filter((place) => here.some((resource) => represents(resource, place)));
  // The two ends of a pair stand and fall together: what takes one away takes the other along.
  const orphans = own.filter(
    (place) =>
      !recordedPlaces.includes(place) && !otherEnds(place, own).some((other) => recordedPlaces.includes(other)),
  );
  const groups = new Map<string, InterfaceGroup>();
  for (const [index, place] of orphans.entries()) {
    const [other] = otherEnds(place, orphans);
    const mark = place.link.alias ?? other?.link.alias;
    const key = mark ?? String(Math.min(index, other ? orphans.indexOf(other) : index));
    const group = groups.get(key);
    groups.set(key, {
      mark,
      places: [...(group?.places ?? []), place],
      keepReason: group?.keepReason ?? foreignOtherEnd(otherEnds(place, all), own),
    });
  }
  return [...groups.values()];
}

function isOfThisStack({ name, kind, alias, group }: Link, stack: StackName): boolean {
  if (name === "lo" || kind === undefined) return false;
  return alias === undefined ? group === groupOf(stack) : isOfStack(alias, stack);
}

function represents(resource: Recorded, { namespace, link }: Place): boolean {
  const same = link.alias === undefined ? resource.kind === kindOfLink(link.kind!) : resource.mark === link.alias;
  return same && hasInterface(resource, namespace, link.name);
}

/**
 * The interfaces that may be the other end of a pair. The kernel tells that end's number and not its namespace, and
 * numbers repeat: where some of them have the same mark, it is one of these.
 */
function otherEnds(place: Place, among: readonly Place[]): Place[] {
  const ends = among.filter((candidate) => isPair(place, candidate));
  const marked = ends.filter(({ link }) => link.alias !== undefined && link.alias === place.link.alias);
  return marked.length > 0 ? marked : ends;
}

function isPair(a: Place, b: Place): boolean {
  if (a.link === b.link || a.link.kind !== "veth" || b.link.kind !== "veth") return false;
  const nameOf = ({ link }: Place) => (a.namespace === b.namespace ? link.name : link.ifindex);
  return a.link.peer === nameOf(b) && b.link.peer === nameOf(a);
}

/** Where the other end is not marked, it is not ours to take along. */
function foreignOtherEnd(ends: readonly Place[], own: readonly Place[]): string | undefined {
  const [end] = ends;
  if (end === undefined || ends.some((candidate) => own.includes(candidate))) return undefined;
  return `its other end ${end.link.name} is not marked as this stack's`;
}
