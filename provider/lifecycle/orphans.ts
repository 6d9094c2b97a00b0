/** Finds what a machine has of a stack that the stack's state does not: compares a survey with the state. */
import type { Rule } from "../commands/rules.js";
import type { Link } from "../commands/link.js";
import type { MarkedInterface } from "../commands/marked-interfaces.js";
import { temporaryPath, pathOf, parseFoundFile } from "../commands/netns-files.js";
import { type NetnsFileProperty, fileNameOf, netnsFileProperties } from "../commands/name-resolution.js";
import { type PolicyRule, selectorArguments } from "../commands/policy-rule.js";
import { type TableRoute, isDefault, tableName } from "../commands/route.js";
import type { Family } from "../schema/address.js";
import { type InterfaceGroup, findOrphanInterfaces, kindOfLink } from "./orphan-interfaces.js";
import {
  type StackName,
  chainOf,
  groupOf,
  isOfStack,
  parseMark,
  parseStack,
  protocolOf,
  stackLabel,
} from "./ownership.js";
import { type Recorded, hasPolicyRule, hasRoute, hasRules, holdsFile, holdsSetting, isNamespace } from "./recorded.js";
import type { Survey, SurveyedNamespace } from "./survey.js";

export { isDefault };

/** One object in the kernel, in the namespace of this name; undefined: the host's own. */
export type Part =
  | { readonly type: "interface"; readonly namespace: string | undefined; readonly link: Link }
  | {
      readonly type: "namespace";
      readonly namespace: string;
      readonly mark: string;
      /** All of its names, including `namespace`. */
      readonly names: readonly string[];
    }
  | {
      readonly type: "rules";
      readonly namespace: string | undefined;
      readonly family: Family;
      readonly mark: string;
      readonly rules: readonly Rule[];
      /** Names of chains that were created for them. */
      readonly chains: readonly string[];
    }
  | ProtocolMarkedPart
  | UnnamedPart
  | { readonly type: "setting"; readonly namespace: undefined; readonly mark: string; readonly key: string }
  | {
      readonly type: "file";
      /** The namespace's name, whether it exists or not. */
      readonly namespace: string;
      readonly property: NetnsFileProperty;
      readonly path: string;
      /** Undefined if a run was killed while it was writing the file. */
      readonly mark: string | undefined;
    };

/** Objects that are identified by a protocol number instead of a mark. */
export type ProtocolMarkedPart =
  | { readonly type: "route"; readonly namespace: string | undefined; readonly route: TableRoute }
  | { readonly type: "policy-rule"; readonly namespace: string | undefined; readonly rule: PolicyRule };

/**
 * In a namespace that has a process but no name: the namespace as a whole, which its `lo` represents, or an interface.
 */
export interface UnnamedPart {
  readonly type: "unnamed-namespace" | "unnamed-interface";
  readonly namespace: undefined;
  readonly process: number;
  readonly found: MarkedInterface;
}

/** A routing policy rule in the format of `ip rule`: `1000: from 10.1.0.0/24 lookup 77`. */
export function describePolicyRule(rule: PolicyRule): string {
  const does = rule.type === "lookup" ? `lookup ${tableName(rule.table ?? "0")}` : rule.type;
  return [`${rule.priority}:`, ...selectorArguments(rule), does].join(" ");
}

/** What belongs to one resource of a stack and is not in its state. */
export interface Orphan {
  readonly kind: string;
  /** The resource's name as it appears in the mark; undefined if there is no mark. */
  readonly name: string | undefined;
  readonly mark: string | undefined;
  readonly parts: readonly Part[];
  /** The state has the resource in another place. */
  readonly elsewhere: boolean;
  /** Why it must not be removed. */
  readonly keepReason: string | undefined;
}

/** All marks on a machine, of any stack. */
export function marksIn({ namespaces, notes, files }: Survey): string[] {
  const texts = [
    ...namespaces.flatMap(({ links, rules }) => [
      ...links.map(({ alias }) => alias ?? ""),
      ...rules.map(({ mark }) => mark),
    ]),
    ...[...notes.values()].flatMap(({ holders }) => Object.keys(holders)),
    ...[...files.values()].flatMap((there) =>
      netnsFileProperties.flatMap((property) => parseFoundFile(property, there)?.mark ?? []),
    ),
  ];
  return [...new Set(texts)].filter((text) => parseMark(text) !== undefined);
}

/** The other stacks that have marks on a machine, as PROJECT/STACK@ID. */
export function otherStacks(survey: Survey, own: StackName): string[] {
  const owners = marksIn(survey)
    .filter((mark) => !isOfStack(mark, own))
    .map((mark) => parseMark(mark)!.owner);
  return [...new Set(owners.map(stackLabel))].sort();
}

/**
 * A stack's objects on a machine that no recorded resource represents. `rivals` are stacks, as PROJECT/STACK@ID, that
 * may have routes there too: if one has the same protocol number, the number does not tell whose a route or a rule is.
 */
export function findOrphans(
  survey: Survey,
  stack: StackName,
  recorded: readonly Recorded[],
  rivals: readonly string[],
): Orphan[] {
  const here = recorded.filter(({ machine }) => machine === undefined || machine === survey.machine);
  const interfaces = findOrphanInterfaces(survey, stack, here);
  const parts = [
    ...interfaces.filter(({ keepReason }) => keepReason === undefined).flatMap(partsOf),
    ...survey.namespaces.flatMap((namespace) => [
      ...orphanRules(namespace, stack, here),
      ...orphanNamespace(namespace, stack, here),
    ]),
    ...orphansInUnnamed(survey, stack, recorded),
    ...orphanSettings(survey, stack, here),
    ...orphanFiles(survey, stack, here),
  ];
  const byMark = new Map<string, Part[]>();
  for (const { mark, part } of parts) if (mark !== undefined) byMark.set(mark, [...(byMark.get(mark) ?? []), part]);
  const orphans = [
    ...[...byMark].map(([mark, found]) => ofMark(mark, found, recorded)),
    ...interfaces
      .filter(({ mark, keepReason }) => mark === undefined || keepReason !== undefined)
      .map((group) => ({
        ...ofMark(
          group.mark,
          partsOf(group).map(({ part }) => part),
          recorded,
        ),
        keepReason: group.keepReason,
      })),
    ...orphanRoutesAndRules(survey, stack, here, interfaces, rivals),
    ...leftoverFiles(survey, stack),
  ];
  const order = ({ kind, name = "" }: Orphan) => `${kind} ${name}`;
  return orphans.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** A part with the mark of the resource that it belongs to. */
interface MarkedPart {
  readonly mark: string | undefined;
  readonly part: Part;
}

const partsOf = ({ mark, places }: InterfaceGroup): MarkedPart[] =>
  places.map(({ namespace, link }) => ({ mark, part: { type: "interface", namespace: namespace.names[0], link } }));

function ofMark(mark: string | undefined, parts: readonly Part[], recorded: readonly Recorded[]): Orphan {
  const parsed = mark === undefined ? undefined : parseMark(mark);
  const [first] = parts;
  const linkKind = first?.type === "interface" ? kindOfLink(first.link.kind ?? "interface") : undefined;
  return {
    kind: parsed?.kind ?? linkKind ?? "interface",
    name: parsed?.owner.name,
    mark,
    parts,
    elsewhere: mark !== undefined && recorded.some((resource) => resource.mark === mark),
    keepReason: undefined,
  };
}

function orphanRules(namespace: SurveyedNamespace, stack: StackName, here: readonly Recorded[]): MarkedPart[] {
  const own = namespace.rules.filter(({ mark }) => isOfStack(mark, stack));
  return ([4, 6] as const).flatMap((family) => {
    const ofFamily = own.filter((rule) => rule.family === family);
    return [...new Set(ofFamily.map(({ mark }) => mark))]
      .filter((mark) => !here.some((resource) => resource.mark === mark && hasRules(resource, namespace, family)))
      .map((mark): MarkedPart => {
        const rules = ofFamily.filter((rule) => rule.mark === mark);
        const chain = chainOf(mark);
        const used = rules.some(({ match, target }) => match.split(" ")[1] === chain || target === chain);
        const chains = used ? [chain] : [];
        return { mark, part: { type: "rules", namespace: namespace.names[0], family, mark, rules, chains } };
      });
  });
}

function orphanNamespace(namespace: SurveyedNamespace, stack: StackName, here: readonly Recorded[]): MarkedPart[] {
  const names = namespace.names.filter((name) => name !== undefined);
  const mark = namespace.links.find(({ name }) => name === "lo")?.alias;
  // The host's own namespace is never deleted, whatever names and marks it was given.
  if (mark === undefined || !isOfStack(mark, stack) || namespace.names.includes(undefined)) return [];
  if (here.some((resource) => resource.mark === mark && isNamespace(resource, namespace))) return [];
  return [{ mark, part: { type: "namespace", namespace: names[0]!, mark, names } }];
}

/**
 * Only what no recorded resource has the mark of, on whatever machine: the namespace of a process may be another host of
 * the inventory, such as a container with an SSH server of its own, and the other end of a pair may be in its place.
 */
function orphansInUnnamed({ unnamed }: Survey, stack: StackName, recorded: readonly Recorded[]): MarkedPart[] {
  return unnamed
    .filter(({ alias }) => isOfStack(alias, stack) && !recorded.some(({ mark }) => mark === alias))
    .map((found) => ({
      mark: found.alias,
      part: {
        type: found.name === "lo" ? "unnamed-namespace" : "unnamed-interface",
        namespace: undefined,
        process: found.process!,
        found,
      },
    }));
}

function orphanSettings({ notes }: Survey, stack: StackName, here: readonly Recorded[]): MarkedPart[] {
  return [...notes].flatMap(([key, { holders }]) =>
    Object.keys(holders)
      .filter((mark) => isOfStack(mark, stack))
      .filter((mark) => !here.some((resource) => resource.mark === mark && holdsSetting(resource, key)))
      .map((mark): MarkedPart => ({ mark, part: { type: "setting", namespace: undefined, mark, key } })),
  );
}

function orphanFiles({ files }: Survey, stack: StackName, here: readonly Recorded[]): MarkedPart[] {
  return [...files].flatMap(([namespace, there]) =>
    netnsFileProperties.flatMap((property): MarkedPart[] => {
      const mark = parseFoundFile(property, there)?.mark;
      if (mark === undefined || !isOfStack(mark, stack)) return [];
      if (here.some((resource) => resource.mark === mark && holdsFile(resource, namespace, property))) return [];
      const path = pathOf(namespace, fileNameOf[property]);
      return [{ mark, part: { type: "file", namespace, property, path, mark } }];
    }),
  );
}

/** Files that a killed run was writing. */
function leftoverFiles({ files }: Survey, stack: StackName): Orphan[] {
  const group = groupOf(stack);
  return [...files].flatMap(([namespace, { leftovers }]) =>
    netnsFileProperties
      .filter((property) => leftovers.some((left) => left.group === group && left.file === fileNameOf[property]))
      .map((property) => {
        const path = temporaryPath(namespace, fileNameOf[property], group);
        const parts: Part[] = [{ type: "file", namespace, property, path, mark: undefined }];
        return { kind: "Namespace", name: undefined, mark: undefined, parts, elsewhere: false, keepReason: undefined };
      }),
  );
}

/** The types of a Route; the kernel creates others by itself. */
const routeTypes = ["unicast", "blackhole", "unreachable", "prohibit"];

function orphanRoutesAndRules(
  survey: Survey,
  stack: StackName,
  here: readonly Recorded[],
  interfaces: readonly InterfaceGroup[],
  rivals: readonly string[],
): Orphan[] {
  const protocol = protocolOf(stack);
  const doubtful = rivals.filter((rival) => {
    const { project = "", stack: name = "", id } = parseStack(rival) ?? {};
    // A stack that version 0.1.0 began has the number derived from its names, whatever id it got later.
    return [
      { project, stack: name, id },
      { project, stack: name },
    ].some((one) => protocolOf(one) === protocol);
  });
  const keepReason =
    doubtful.length === 0
      ? undefined
      : `it is of this stack or of ${doubtful.join(" or ")}: both mark their routes and policy rules with the number ${protocol}`;
  const kinds = { route: "Route", "policy-rule": "Rule" };
  return survey.namespaces
    .flatMap((namespace) => [
      ...orphanRoutes(namespace, protocol, here, interfaces),
      ...orphanPolicyRules(namespace, protocol, here),
    ])
    .map((part) => ({
      kind: kinds[part.type],
      name: undefined,
      mark: undefined,
      parts: [part],
      elsewhere: false,
      keepReason,
    }));
}

function orphanRoutes(
  namespace: SurveyedNamespace,
  protocol: number,
  here: readonly Recorded[],
  interfaces: readonly InterfaceGroup[],
): ProtocolMarkedPart[] {
  const going = interfaces.flatMap(({ places }) => places);
  return (
    namespace.routes
      .filter((route) => route.protocol === protocol && routeTypes.includes(route.type))
      .filter((route) => !here.some((resource) => hasRoute(resource, namespace, route)))
      // A pair's gateway is removed with the pair.
      .filter(
        (route) =>
          !isDefault(route) ||
          !going.some((place) => place.namespace === namespace && place.link.name === route.device),
      )
      .map((route) => ({ type: "route", namespace: namespace.names[0], route }))
  );
}

const orphanPolicyRules = (
  namespace: SurveyedNamespace,
  protocol: number,
  here: readonly Recorded[],
): ProtocolMarkedPart[] =>
  namespace.policyRules
    .filter((rule) => rule.protocol === protocol)
    .filter((rule) => !here.some((resource) => hasPolicyRule(resource, namespace, rule)))
    .map((rule) => ({ type: "policy-rule", namespace: namespace.names[0], rule }));
