/** Finds a stack's interfaces on a machine that no recorded resource represents. */
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
  /** Undefined if the run that created them was killed before it marked them. */
  readonly mark: string | undefined;
  readonly places: readonly Place[];
  /** Why they must not be removed. */
  readonly keepReason: string | undefined;
}

/** The kind of resource that creates interfaces of a kernel's kind: `vxlan` is a Vxlan. */
export const kindOfLink = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

/** The stack's interfaces that no resource represents, grouped by mark and by pair. */
export function findOrphanInterfaces(survey: Survey, stack: StackName, here: readonly Recorded[]): InterfaceGroup[] {
  const all = survey.namespaces.flatMap((namespace) => namespace.links.map((link): Place => ({ namespace, link })));
  const own = all.filter(({ link }) => isOfThisStack(link, stack));
  const recordedPlaces = own.filter((place) => here.some((resource) => represents(resource, place)));
  // Deleting one end of a pair deletes the other, so the two ends are treated alike.
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
 * The interfaces that may be the other end of a pair. The kernel reports the index of that end but not its namespace,
 * and indexes repeat across namespaces. If some candidates have the same mark, it is one of these.
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

/** If the other end is not marked, it must not be removed along with this one. */
function foreignOtherEnd(ends: readonly Place[], own: readonly Place[]): string | undefined {
  const [end] = ends;
  if (end === undefined || ends.some((candidate) => own.includes(candidate))) return undefined;
  return `its other end ${end.link.name} is not marked as this stack's`;
}
