/** Surveys everything on a host that may carry a stack's mark, in two round trips if there is not much. */
import { candidateNamespaces } from "../commands/candidate-namespaces.js";
import type { Answers, Fact, FactTable, Found } from "../commands/command.js";
import { CommandFailure } from "../commands/failure.js";
import { machineIdentity, namespaceIdentity, namespaceNames } from "../commands/marked-objects.js";
import { namespaceName } from "../schema/text.js";
import type { Command, CommandResult, Transport } from "../transport/transport.js";
import type { AnyResource } from "./define-resource.js";
import { isLost } from "./errors.js";
import { type StackName, groupOf, protocolOf } from "./ownership.js";
import type { AnyTraceSort, Findings, SurveyedNamespace } from "./trace.js";

/** Everything on a machine that may carry a mark. */
export interface Survey {
  /** Identifies the machine: two hosts with the same value are one. */
  readonly machine: string;
  /** The names of each namespace that was surveyed. */
  readonly namespaces: readonly SurveyedNamespace["names"][];
  /** The kinds of resources that it was surveyed for. */
  readonly kinds: readonly AnyResource[];
  /** What there is of each sort that these kinds create. */
  readonly findings: ReadonlyMap<AnyTraceSort, Findings>;
}

/** How often a question is repeated if its answer was cut short. */
const attempts = 5;

/** Identifies the machine behind a host, in one round trip. */
export async function identifyMachine(transport: Transport): Promise<string> {
  const [{ machine }] = await ask(transport, [{ machine: machineIdentity() }]);
  return required(machine);
}

/**
 * How many namespaces one round trip asks about: a batch that takes minutes would look like a host that does not
 * answer.
 */
const namespacesPerRound = 50;

/** A namespace with each sort's answers. */
interface AskedNamespace {
  readonly names: SurveyedNamespace["names"];
  /** Equal for two names of one namespace. */
  readonly identity: string;
  readonly answers: readonly unknown[];
}

/**
 * Surveys a host and every named namespace that may hold something of a stack, for what these kinds of resources create.
 * Throws if any of it cannot be read.
 */
export async function survey(transport: Transport, stack: StackName, kinds: readonly AnyResource[]): Promise<Survey> {
  const sorts = [...new Set(kinds.flatMap(({ traces }) => traces.map(({ sort }) => sort)))];
  const factsIn = (namespace: string | undefined): FactTable[] =>
    sorts.map((sort) => (sort.inNamespace?.(namespace, stack) ?? {}) as FactTable);
  const onHost = sorts.map((sort) => (sort.onHost?.(stack) ?? {}) as FactTable);
  const first = {
    machine: machineIdentity(),
    names: namespaceNames(),
    candidates: candidateNamespaces(
      protocolOf(stack),
      groupOf(stack),
      sorts.flatMap(({ dump }) => dump ?? []),
    ),
    own: namespaceIdentity(undefined),
  };
  const [{ machine, names, candidates, own }, ...answers] = await ask(transport, [
    first,
    ...onHost,
    ...factsIn(undefined),
  ]);
  // Namespaces with other names than the schema allows hold nothing of ours, and iproute2 takes some of these names for
  // options.
  const isAsked = (name: string) => namespaceName().safeParse(name).success && (candidates?.has(name) ?? true);
  const namespaces: AskedNamespace[] = [
    { names: [undefined], identity: required(own), answers: answers.slice(sorts.length) },
  ];
  for (const found of await askIn(transport, required(names).filter(isAsked), factsIn)) {
    const same = namespaces.findIndex(({ identity }) => identity === found.identity);
    if (same === -1) namespaces.push(found);
    else namespaces[same] = { ...namespaces[same]!, names: [...namespaces[same]!.names, ...found.names] };
  }
  const findingsOf = (index: number): Findings => ({
    host: answers[index],
    namespaces: namespaces.map(({ names, answers }) => ({ names, answers: answers[index] })),
  });
  return {
    machine: required(machine),
    namespaces: namespaces.map(({ names }) => names),
    kinds,
    findings: new Map(sorts.map((sort, index) => [sort, findingsOf(index)])),
  };
}

/** Those of the namespaces with these names that exist. */
async function askIn(
  transport: Transport,
  names: readonly string[],
  factsIn: (namespace: string) => readonly FactTable[],
): Promise<AskedNamespace[]> {
  const found: AskedNamespace[] = [];
  for (let first = 0; first < names.length; first += namespacesPerRound) {
    const some = names.slice(first, first + namespacesPerRound);
    const tables = some.map((name) => [{ identity: namespaceIdentity(name) }, ...factsIn(name)] as const);
    const answers = await ask(transport, tables.flat());
    const size = answers.length / some.length;
    for (const [index, name] of some.entries()) {
      const [identified, ...ofSorts] = answers.slice(index * size, (index + 1) * size);
      const { value: identity } = identified!.identity as Found<string>;
      // Otherwise it was deleted since the first round trip, or it is a file without a namespace behind it.
      if (identity !== undefined) found.push({ names: [name], identity, answers: ofSorts });
    }
  }
  return found;
}

function required<T>({ value }: Found<T>): T {
  if (value === undefined) throw new Error("the host does not say what every Linux says");
  return value;
}

type AnswersOf<T extends readonly FactTable[]> = { [K in keyof T]: Answers<T[K]> };

/**
 * The answers to tables of questions, which change nothing and can therefore be repeated. Equal questions are asked once.
 */
async function ask<const T extends readonly FactTable[]>(transport: Transport, tables: T): Promise<AnswersOf<T>> {
  const keyOf = ({ argv, stdin }: Command) => JSON.stringify([argv, stdin]);
  const facts = tables.flatMap((table) => Object.values(table)).filter((fact) => fact !== undefined);
  const commands = new Map(facts.map(({ command }) => [keyOf(command), { ...command, always: true }]));
  for (let attempt = 1; ; attempt++) {
    try {
      const replies = await transport.run({ commands: [...commands.values()] });
      if (attempt < attempts && replies.some(isCutShort)) continue;
      const byKey = new Map([...commands.keys()].map((key, index) => [key, replies[index]!]));
      const answerTo = (fact: Fact<unknown>) => fact.parse(byKey.get(keyOf(fact.command))!);
      return tables.map((table) =>
        Object.fromEntries(Object.entries(table).flatMap(([name, fact]) => (fact ? [[name, answerTo(fact)]] : []))),
      ) as AnswersOf<T>;
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
