/** Surveys everything on a host that may carry a stack's mark, in two round trips if there is not much. */
import type { Found, Fact } from "../commands/command.js";
import { CommandFailure } from "../commands/failure.js";
import { rulesOfAnyStack } from "../commands/firewall.js";
import { type MarkedInterface, markedInUnnamed } from "../commands/marked-interfaces.js";
import type { Rule } from "../commands/rules.js";
import { type Link, links, candidateLinks } from "../commands/link.js";
import {
  everySysctlNote,
  machineIdentity,
  namespaceIdentity,
  namespaceNames,
  routesOfProtocol,
} from "../commands/marked-objects.js";
import { type NetnsFiles, allNetnsFiles } from "../commands/netns-files.js";
import { candidateNamespaces } from "../commands/candidate-namespaces.js";
import { type PolicyRule, policyRulesOfProtocol } from "../commands/policy-rule.js";
import type { TableRoute } from "../commands/route.js";
import type { SysctlNote } from "../commands/sysctl.js";
import type { Family } from "../schema/address.js";
import { namespaceName } from "../schema/text.js";
import type { Command, CommandResult, Transport } from "../transport/transport.js";
import { isLost } from "./errors.js";
import { type StackName, groupOf, protocolOf, stackMark } from "./ownership.js";

/** One network namespace of a machine. */
export interface SurveyedNamespace {
  /** Its names in /run/netns, with undefined for the host's own. Commands use the first. */
  readonly names: readonly [string | undefined, ...(string | undefined)[]];
  readonly links: readonly Link[];
  /** The routes with the requested protocol number. */
  readonly routes: readonly TableRoute[];
  /** The routing policy rules with that number. */
  readonly policyRules: readonly PolicyRule[];
  /** The rules with any stack's mark. */
  readonly rules: readonly SurveyedRule[];
}

/** A rule with any stack's mark. */
export interface SurveyedRule extends Rule {
  readonly family: Family;
}

/** Everything on a machine that may carry a mark. */
export interface Survey {
  /** Identifies the machine: two hosts with the same value are one. */
  readonly machine: string;
  readonly namespaces: readonly SurveyedNamespace[];
  /** This stack's interfaces in namespaces that have a process but no name, because somebody deleted it. */
  readonly unnamed: readonly MarkedInterface[];
  /** The notes about the host's settings, by their keys with slashes. */
  readonly notes: ReadonlyMap<string, SysctlNote>;
  /** The files under /etc/netns, by namespace name, whether the namespace exists or not. */
  readonly files: ReadonlyMap<string, NetnsFiles>;
}

/** How often a question is repeated if its answer was cut short. */
const attempts = 5;

/** Identifies the machine behind a host, in one round trip. */
export async function identifyMachine(transport: Transport): Promise<string> {
  const [machine] = await ask(transport, [machineIdentity()]);
  return required(machine);
}

/**
 * How many namespaces one round trip asks about: a batch that takes minutes would look like a host that does not
 * answer.
 */
const namespacesPerRound = 50;

/**
 * Surveys a host and every named namespace that may hold something of a stack. Of routes and routing policy rules, only
 * those with this stack's number are listed. Throws if any of it cannot be read.
 */
export async function survey(transport: Transport, stack: StackName): Promise<Survey> {
  const protocol = protocolOf(stack);
  const facts = [
    ...([machineIdentity(), everySysctlNote(), allNetnsFiles(), namespaceNames()] as const),
    candidateNamespaces(protocol, groupOf(stack)),
    markedInUnnamed(stackMark(stack)),
    ...factsIn(undefined, protocol, candidateLinks(groupOf(stack))),
  ] as const;
  const [machine, notes, files, names, candidates, unnamed, ...own] = await ask(transport, facts);
  // Namespaces with other names than the schema allows hold nothing of ours, and iproute2 takes some of these names for
  // options.
  const isAsked = (name: string) => namespaceName().safeParse(name).success && (candidates?.has(name) ?? true);
  const host = interpretNamespace([undefined], own);
  if (!host) throw new Error("the host's own network namespace can't be read");
  const namespaces = [host];
  for (const [name, answers] of await askIn(transport, required(names).filter(isAsked), protocol)) {
    const found = interpretNamespace([name], answers);
    // Deleted since the first round trip, or a file without a namespace behind it.
    if (!found) continue;
    const same = namespaces.findIndex(({ identity }) => identity === found.identity);
    if (same === -1) namespaces.push(found);
    else namespaces[same] = { ...namespaces[same]!, names: [...namespaces[same]!.names, name] };
  }
  return { machine: required(machine), notes: required(notes), files: required(files), namespaces, unnamed };
}

/** The answers from the namespaces with these names, in turn. */
async function askIn(
  transport: Transport,
  names: readonly string[],
  protocol: number,
): Promise<[name: string, answers: NamespaceAnswers][]> {
  const answers: [string, NamespaceAnswers][] = [];
  for (let first = 0; first < names.length; first += namespacesPerRound) {
    const some = names.slice(first, first + namespacesPerRound);
    const replies = await ask(
      transport,
      some.flatMap((name) => factsIn(name, protocol)),
    );
    const each = replies.length / some.length;
    for (const [index, name] of some.entries())
      answers.push([name, replies.slice(index * each, (index + 1) * each) as unknown as NamespaceAnswers]);
  }
  return answers;
}

const factsIn = (namespace: string | undefined, protocol: number, interfaces = links(namespace)) =>
  [
    namespaceIdentity(namespace),
    interfaces,
    routesOfProtocol(namespace, 4, protocol),
    routesOfProtocol(namespace, 6, protocol),
    policyRulesOfProtocol(namespace, 4, protocol),
    policyRulesOfProtocol(namespace, 6, protocol),
    rulesOfAnyStack(namespace, 4),
    rulesOfAnyStack(namespace, 6),
  ] as const;

type AnswersOf<F> = { [K in keyof F]: F[K] extends Fact<infer T> ? T : never };
type NamespaceAnswers = AnswersOf<ReturnType<typeof factsIn>>;

function interpretNamespace(
  names: SurveyedNamespace["names"],
  [identity, links, ipv4Routes, ipv6Routes, ipv4Policy, ipv6Policy, ipv4Rules, ipv6Rules]: NamespaceAnswers,
): (SurveyedNamespace & { readonly identity: string }) | undefined {
  if (identity.missing) return undefined;
  const rules = (family: Family, { value = [] }: Found<readonly Rule[]>) => value.map((rule) => ({ ...rule, family }));
  return {
    names,
    identity: identity.value,
    links: links.value ?? [],
    routes: [...(ipv4Routes.value ?? []), ...(ipv6Routes.value ?? [])],
    policyRules: [...(ipv4Policy.value ?? []), ...(ipv6Policy.value ?? [])],
    rules: [...rules(4, ipv4Rules), ...rules(6, ipv6Rules)],
  };
}

function required<T>({ value }: Found<T>): T {
  if (value === undefined) throw new Error("the host does not say what every Linux says");
  return value;
}

/** The answers to questions, which change nothing and can therefore be repeated. */
async function ask<const F extends readonly Fact<unknown>[]>(transport: Transport, facts: F): Promise<AnswersOf<F>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const replies = await transport.run({ commands: facts.map(({ command }) => ({ ...command, always: true })) });
      if (attempt === attempts || !replies.some(isCutShort))
        return facts.map((fact, index) => fact.parse(replies[index]!)) as AnswersOf<F>;
    } catch (error) {
      if (attempt === attempts || !isLost(error)) throw error;
    }
  }
}

/**
 * The kernel changed the table during the dump; iproute2 reports that and prints what it received (lib/libnetlink.c).
 */
const isCutShort = ({ stderr }: CommandResult) => stderr.includes("Dump was interrupted");

/** A failure as one paragraph: what could not be done and what to do. */
export function explain(error: unknown): string {
  if (error instanceof CommandFailure) {
    // Which shell reports it, and on which line, helps nobody.
    if (error.kind === "missing-program" && error.result.exitCode === 127) return error.advice ?? error.message;
    const said = error.result.stderr.trim().split("\n")[0]?.replace(/\.$/, "");
    return [said || `${commandName(error.command)} failed with exit code ${error.result.exitCode}`, error.advice]
      .filter(Boolean)
      .join(". ");
  }
  return error instanceof Error ? error.message : String(error);
}

const commandName = ({ argv }: Command) => argv.slice(0, 4).join(" ");
