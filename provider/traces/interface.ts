/** Interfaces, marked by their alias; one without an alias, left by a killed run, is known by its group. */
import { type Answers, ip } from "../commands/command.js";
import { type Link, candidateLinks, link, links } from "../commands/link.js";
import { type StackName, groupOf, isOfStack } from "../lifecycle/ownership.js";
import {
  type SurveyedNamespace,
  type Trace,
  type TraceClaim,
  claimTraces,
  defineTraceSort,
  gone,
  notAsFound,
  removal,
} from "../lifecycle/trace.js";
import { endsOf, isIn, isOrHidden, within } from "./recorded-properties.js";
import { unnamedTraces } from "./unnamed.js";

/** The interfaces of a namespace; in the host's own, which may have thousands, only those that may be the stack's. */
export const linksIn = (namespace: string | undefined, stack: StackName) => ({
  links: namespace === undefined ? candidateLinks(groupOf(stack)) : links(namespace),
});

type Namespace = SurveyedNamespace<Answers<ReturnType<typeof linksIn>>>;

/** An interface with the namespace that it is in. */
interface Place {
  readonly namespace: Namespace;
  readonly link: Link;
}

/** The place of an interface, as what disappears with it names it. */
export const interfacePlace = (namespace: string | undefined, name: string | undefined) =>
  `interface ${name ?? ""}${within(namespace)}`;

const sort = defineTraceSort({
  name: "interface",
  inNamespace: linksIn,
  marks: ({ namespaces }) =>
    namespaces.flatMap(({ answers }) => (answers.links.value ?? []).map(({ alias = "" }) => alias)),
  find({ namespaces }, stack) {
    const all = namespaces.flatMap((namespace) =>
      (namespace.answers.links.value ?? []).map((link): Place => ({ namespace, link })),
    );
    const own = all.filter(({ link }) => isOfThisStack(link, stack));
    return own.map((place): Trace<Place> => {
      const { namespace, link } = place;
      const [name] = namespace.names;
      return {
        object: place,
        mark: link.alias,
        noun: "interface",
        description: `${link.name}${within(name)}`,
        identity: `${link.name} ${link.ifindex} ${link.alias ?? ""}${within(name)}`,
        companions: otherEnds(place, own),
        place: interfacePlace(name, link.name),
        keepReason: foreignOtherEnd(otherEnds(place, all), own),
        stage: "interface",
        removal: interfaceRemoval(name, link),
      };
    });
  },
});

/**
 * The interfaces of a resource: one that its properties name, and one that its property `peer` names.
 * @param kernelKind The kernel's kind for them: `bridge`.
 */
export const interfaceTraces = (kernelKind: string): TraceClaim[] => [
  claimTraces(
    sort,
    (properties, { namespace, link }) =>
      (link.alias !== undefined || link.kind === kernelKind) &&
      endsOf(properties).some((end) => isIn(end.namespace, namespace) && isOrHidden(end.name, link.name)),
    ({ link }) => link.kind === kernelKind,
  ),
  unnamedTraces,
];

function isOfThisStack({ name, kind, alias, group }: Link, stack: StackName): boolean {
  if (name === "lo" || kind === undefined) return false;
  return alias === undefined ? group === groupOf(stack) : isOfStack(alias, stack);
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

const interfaceRemoval = (namespace: string | undefined, found: Link) =>
  removal(
    [link(namespace, found.name)],
    ([{ value }]) => {
      if (!value) return gone;
      return isSameLink(value, found) ? [ip(namespace, "link", "delete", "dev", found.name)] : notAsFound;
    },
    // Without -d: a bridge's details contain running timers.
    [ip(namespace, "-j", "link", "show", "dev", found.name)],
  );

const isSameLink = (a: Link, b: Link) => a.ifindex === b.ifindex && a.alias === b.alias && a.group === b.group;
