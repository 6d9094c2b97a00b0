/** Removes orphans. Each part is observed once more, and is only removed if it is still what was found. */
import { isDeepStrictEqual } from "node:util";
import { type Command, type Fact, type Found, ip } from "../commands/command.js";
import { CommandFailure } from "../commands/failure.js";
import { changeRules, markedRules, rulesOfAnyStack } from "../commands/firewall.js";
import { inEveryBackend } from "../commands/nat.js";
import { noRules } from "../commands/rules.js";
import { type Link, link, links } from "../commands/link.js";
import { detach } from "../commands/attachment.js";
import { interfacesOfProcess, removeMarked } from "../commands/marked-interfaces.js";
import { processesIn, routesOfProtocol } from "../commands/marked-objects.js";
import { netnsFilesOf, parseFoundFile } from "../commands/netns-files.js";
import { restoreFile } from "../commands/netns-file-plan.js";
import { fileNameOf } from "../commands/name-resolution.js";
import { type PolicyRule, policyRules, policyRulesOfProtocol } from "../commands/policy-rule.js";
import { PolicyRuleChanges } from "../commands/policy-rule-changes.js";
import { routesTo } from "../commands/route.js";
import { setSysctl, setSysctlNote, sysctl, sysctlNote } from "../commands/sysctl.js";
import { familyOf } from "../schema/address.js";
import type { CommandResult, Transport } from "../transport/transport.js";
import { kernelKind } from "./displaced.js";
import { isLost } from "./errors.js";
import type { Orphan, Part, UnnamedPart } from "./orphans.js";
import { type StackName, groupOf, isOfStack, protocolOf } from "./ownership.js";
import { explain } from "./survey.js";

/** How often the host may change between observation and removal. */
const attempts = 5;

/** The outcome for each orphan: undefined if it is gone, else the reason why it is not. */
export type Outcome = ReadonlyMap<Orphan, string | undefined>;

/**
 * Whatever uses an interface is removed before it, and the contents of a namespace before the namespace. Its files stay
 * as long as it exists.
 */
const order: readonly Part["type"][] = [
  "rules",
  "setting",
  "policy-rule",
  "route",
  "interface",
  "unnamed-interface",
  "namespace",
  "unnamed-namespace",
  "file",
];

/** Removes a stack's orphans from one machine. */
export async function removeOrphans(
  transport: Transport,
  stack: StackName,
  orphans: readonly Orphan[],
): Promise<Outcome> {
  const outcome = new Map<Orphan, string | undefined>(orphans.map((orphan) => [orphan, orphan.keepReason]));
  for (const type of order) {
    for (const orphan of orphans) {
      for (const part of orphan.parts.filter((part) => part.type === type)) {
        if (outcome.get(orphan) !== undefined) break;
        outcome.set(orphan, await removePart(transport, removalOf(part, stack)));
      }
    }
  }
  return outcome;
}

/** How a part is removed. */
interface Removal {
  readonly facts: readonly Fact<unknown>[];
  /** Commands whose answers must be unchanged when the plan runs; default: the commands of the facts. */
  readonly guards?: readonly Command[];
  /** The commands, none if it is gone; or the reason why it cannot be removed. */
  readonly plan: (answers: never) => readonly Command[] | string;
}

const removal = <F extends readonly Fact<unknown>[]>(
  facts: readonly [...F],
  plan: (answers: { [K in keyof F]: F[K] extends Fact<infer T> ? T : never }) => readonly Command[] | string,
  guards?: readonly Command[],
): Removal => ({ facts, plan, ...(guards && { guards }) });

async function removePart(transport: Transport, removal: Removal): Promise<string | undefined> {
  const { facts, plan } = removal;
  const asked = facts.map(({ command }) => command);
  const guards = removal.guards ?? asked;
  const questions = [...asked, ...guards].map((command) => ({ ...command, always: true }));
  const read = (replies: readonly CommandResult[]) =>
    plan(facts.map((fact, index) => fact.parse(replies[index]!)) as never);
  try {
    let seen: readonly CommandResult[] | undefined;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      seen ??= await run(transport, questions, false);
      if (!seen) continue;
      const commands = read(seen);
      if (typeof commands === "string") return commands;
      if (commands.length === 0) return undefined;
      const expected = seen.slice(facts.length);
      const guardCommands = guards.map(({ argv }, index): Command => {
        const { stdout, asked = { argv } } = expected[index]!;
        return { ...asked, expectStdout: stdout };
      });
      const replies = await run(transport, [...guardCommands, ...commands, ...questions], true);
      const ran = replies?.slice(guardCommands.length, guardCommands.length + commands.length) ?? [];
      seen = replies?.slice(guardCommands.length + commands.length);
      const failed = ran.findIndex((result) => result.ran && result.exitCode !== 0);
      if (failed !== -1 && seen && isDeepStrictEqual(commands, read(seen)))
        throw new CommandFailure(commands[failed]!, ran[failed]!);
    }
    const last = seen && read(seen);
    if (last?.length === 0) return undefined;
    return typeof last === "string" ? last : "it changes, or comes back, as often as it is removed";
  } catch (error) {
    return explain(error);
  }
}

/** The replies; undefined if the connection ended and it is unknown how far the batch went. */
async function run(
  transport: Transport,
  commands: readonly Command[],
  lock: boolean,
): Promise<CommandResult[] | undefined> {
  try {
    return await transport.run({ commands, lock });
  } catch (error) {
    if (isLost(error)) return undefined;
    throw error;
  }
}

const gone: readonly Command[] = [];
const notAsFound = "it is not what was found any more; look again";

function removalOf(part: Part, stack: StackName): Removal {
  switch (part.type) {
    case "rules":
      return rulesRemoval(part);
    case "setting":
      return removal([sysctlNote(part.key), sysctl(undefined, part.key)], (answers) => planSetting(part, ...answers), [
        sysctlNote(part.key).command,
      ]);
    case "route":
      return removal([routesTo(part.namespace, part.route.destination, part.route.table)], ([{ value = [] }]) =>
        value.some((there) => isSameRoute({ ...there, table: part.route.table }, part.route))
          ? [deleteRoute(part)]
          : gone,
      );
    case "policy-rule":
      return removal([policyRules(part.namespace, part.rule.family, part.rule.priority)], ([{ value = [] }]) =>
        deletePolicyRule(part, value),
      );
    case "interface":
      return removal(
        [link(part.namespace, part.link.name)],
        ([{ value }]) =>
          !value ? gone : isSameLink(value, part.link) ? [deleteLink(part.namespace, part.link.name)] : notAsFound,
        // Without -d: a bridge's details contain running timers.
        [ip(part.namespace, "-j", "link", "show", "dev", part.link.name)],
      );
    case "file":
      return fileRemoval(part, groupOf(stack));
    case "namespace":
      return namespaceRemoval(part, stack);
    case "unnamed-interface":
    case "unnamed-namespace":
      return unnamedRemoval(part, stack);
  }
}

const deleteLink = (namespace: string | undefined, name: string) => ip(namespace, "link", "delete", "dev", name);

const isSameLink = (a: Link, b: Link) => a.ifindex === b.ifindex && a.alias === b.alias && a.group === b.group;

type PartOf<T extends Part["type"]> = Extract<Part, { type: T }>;
type AnswerOf<F> = F extends Fact<infer T> ? T : never;

function planSetting(
  { key, mark }: PartOf<"setting">,
  note: AnswerOf<ReturnType<typeof sysctlNote>>,
  { value }: Found<string>,
): readonly Command[] {
  if (!note.value || !(mark in note.value.holders)) return gone;
  const { [mark]: _going, ...holders } = note.value.holders;
  if (Object.keys(holders).length > 0) return [setSysctlNote(key, { ...note.value, holders })];
  const { found } = note.value;
  const restoreValue = value === undefined || value === found ? [] : [setSysctl(undefined, key, found)];
  return [...restoreValue, setSysctlNote(key, undefined)];
}

function fileRemoval({ namespace, property, mark }: PartOf<"file">, group: number): Removal {
  const place = { namespace, property, group, marks: mark === undefined ? [] : [mark] };
  return removal([netnsFilesOf(namespace)], ([{ value: there = { files: {}, leftovers: [], missingOnHost: [] } }]) => {
    const isLeft = there.leftovers.some((left) => left.group === group && left.file === fileNameOf[property]);
    const file = parseFoundFile(property, there);
    const isThere = mark === undefined ? isLeft : file?.mark === mark;
    return isThere ? [restoreFile(place, mark === undefined ? undefined : file?.original)] : gone;
  });
}

function rulesRemoval({ namespace, family, mark, rules, chains }: PartOf<"rules">): Removal {
  const marked = markedRules(namespace, family, [mark], chains);
  const change = ({ value }: AnswerOf<typeof marked>) => changeRules(namespace, family, value ?? noRules, noRules);
  const [guarded] = rules.flatMap((rule) => inEveryBackend((words) => words.guardedInterface(rule))).filter(Boolean);
  if (guarded === undefined) return removal([marked], ([found]) => change(found));
  // A PortForward's guard of 127.0.0.0/8: `route_localnet` is switched off before the last guard is removed. Whether it
  // was on before the PortForward was created is only recorded in a state.
  const key = `net/ipv4/conf/${guarded}/route_localnet`;
  const guards = inEveryBackend((words) => words.guard(guarded, mark));
  return removal(
    [marked, sysctl(namespace, key), rulesOfAnyStack(namespace, 4, guards)],
    ([found, localnet, guards]) => {
      const commands = change(found);
      const others = (guards.value ?? []).some((rule) => rule.mark !== mark);
      return commands.length > 0 && localnet.value === "1" && !others
        ? [setSysctl(namespace, key, "0"), ...commands]
        : commands;
    },
    // Without the setting: it no longer exists if the bridge is gone, so it cannot be guarded.
    [marked.command],
  );
}

type Route = PartOf<"route">["route"];

const isSameRoute = (a: Route, b: Route) =>
  (["type", "via", "device", "metric", "protocol", "table"] as const).every((key) => a[key] === b[key]);

function deleteRoute({ namespace, route }: PartOf<"route">): Command {
  const { type, destination, via, device, metric, table, protocol } = route;
  const unicast = type === "unicast";
  return ip(
    namespace,
    `-${familyOf(destination)}`,
    "route",
    "delete",
    ...(unicast ? [] : [type]),
    destination,
    ...(unicast && via !== undefined ? ["via", via] : []),
    // IPv6 lists routes that lead nowhere with lo as their device.
    ...(unicast && device !== undefined ? ["dev", device] : []),
    ...(metric === 0 ? [] : ["metric", metric]),
    "table",
    table,
    "proto",
    protocol,
  );
}

function deletePolicyRule(
  { namespace, rule }: PartOf<"policy-rule">,
  there: readonly PolicyRule[],
): readonly Command[] {
  const changes = new PolicyRuleChanges(namespace, there);
  for (const found of there) if (isDeepStrictEqual(found, rule)) changes.delete(found);
  return changes.commands;
}

/** Interfaces that the kernel adds to each namespace once their module is loaded. */
const fallbackDevice = /^(lo|tunl0|sit0|gre0|gretap0|erspan0|ip6tnl0|ip6gre0|ip_vti0|ip6_vti0)$/;

/**
 * A namespace is only removed if it is empty: removing it would also remove its other contents, whoever owns them. If a
 * process runs in it, as in an attached container's namespace, the namespace lives on. Then only its name and mark are
 * removed, and only remaining objects of this stack prevent that.
 */
function namespaceRemoval({ namespace, mark, names }: PartOf<"namespace">, stack: StackName): Removal {
  const protocol = protocolOf(stack);
  const inside = [
    rulesOfAnyStack(namespace, 4),
    rulesOfAnyStack(namespace, 6),
    routesOfProtocol(namespace, 4, protocol),
    routesOfProtocol(namespace, 6, protocol),
    policyRulesOfProtocol(namespace, 4, protocol),
    policyRulesOfProtocol(namespace, 6, protocol),
  ] as const;
  const guards = [ip(namespace, "-j", "link", "show"), ...inside.map(({ command }) => command)];
  return removal(
    [links(namespace), processesIn(namespace), ...inside],
    ([{ value: there = [] }, { value: hasProcesses = false }, ...contents]) => {
      const isOwn = ({ alias, group }: Link) => isOfStack(alias ?? "", stack) || group === groupOf(stack);
      const left = there.filter((link) => !fallbackDevice.test(link.name) && (!hasProcesses || isOwn(link)));
      if (there.length === 0) return gone;
      if (!there.some(({ name, alias }) => name === "lo" && alias === mark)) return notAsFound;
      if (left.length > 0) return `there is something in it: ${left.map(({ name }) => name).join(", ")}`;
      if (contents.some(({ value = [] }) => value.length > 0)) return "there are rules or routes in it";
      const [first, ...others] = names.map((name) => ip(undefined, "netns", "delete", name));
      return [...others, hasProcesses ? detach(namespace) : first!];
    },
    guards,
  );
}

/**
 * The namespace itself belongs to the processes in it: the stack's interfaces in it are removed, and then its mark, if
 * nothing of the stack is left in it.
 */
function unnamedRemoval({ type, process, found }: UnnamedPart, stack: StackName): Removal {
  return removal([interfacesOfProcess(process)], ([there]) => {
    if (!there.some(({ name, alias }) => name === found.name && alias === found.alias)) return gone;
    const kind = type === "unnamed-namespace" ? "lo" : kernelKind(found.alias);
    const left = there.filter(
      ({ name, alias, group }) => name !== "lo" && (isOfStack(alias ?? "", stack) || group === groupOf(stack)),
    );
    return type === "unnamed-namespace" && left.length > 0
      ? `there is something in it: ${left.map(({ name }) => name).join(", ")}`
      : [removeMarked(kind, found, groupOf(stack))];
  });
}
