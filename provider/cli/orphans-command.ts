import path from "node:path";
import { type Outcome, removeOrphans } from "../lifecycle/orphan-removal.js";
import { type Orphan, findOrphans, otherStacks } from "../lifecycle/orphans.js";
import { type StackName, isOfStack, namesOf, parseMark, parseStack, stackLabel } from "../lifecycle/ownership.js";
import type { Trace } from "../lifecycle/trace.js";
import { catalogue } from "../resources/catalogue.js";
import { type Pool, createPool } from "../transport/pool.js";
import { CommandError, exitCodes } from "./command-error.js";
import { type Machine, surveyHosts } from "./machines.js";
import { type Finding, findingLines, findingsJson } from "./orphans-report.js";
import { PulumiStack } from "./pulumi-stack.js";
import type { SkippedHost } from "./stack-hosts.js";
import type { StateResource } from "./stack-state.js";
import type { Terminal } from "./terminal.js";

/** The command-line options. */
export interface OrphansOptions {
  readonly stack?: string;
  readonly cwd?: string;
  readonly of?: string;
  readonly remove?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** A stack's orphans, by machine. */
interface Listing {
  readonly found: ReadonlyMap<Machine, readonly Orphan[]>;
  readonly skipped: readonly SkippedHost[];
}

/** Lists the orphans of a stack and removes them if requested. Returns the exit code. */
export async function orphans(hosts: readonly string[], options: OrphansOptions, terminal: Terminal): Promise<number> {
  if (options.yes && !options.remove) throw new CommandError("--yes says to remove without a question: add --remove");
  if (options.remove && !options.yes && !terminal.interactive)
    throw new CommandError("there is no terminal to ask before something is removed: add --yes");
  const stack = await PulumiStack.open(path.resolve(options.cwd ?? "."), options.stack);
  const resources = await stack.resources();
  refuseUnknownKinds(resources);
  const owners = await ownersOf(stack, resources, options);
  const pool = createPool({ warn: (host, text) => terminal.log(`${host}: ${text}\n`) });
  try {
    const codes: number[] = [];
    const shown: Finding[] = [];
    const show = (findings: readonly Finding[]) => {
      if (options.json) shown.push(...findings);
      else terminal.print(findingLines(findings));
    };
    for (const owner of owners) {
      const listing = await findStackOrphans(pool, stack, owner, hosts, resources);
      const listAgain = async () => await findStackOrphans(pool, stack, owner, hosts, await stack.resources());
      codes.push(await report(listing, owner, options, terminal, show, listAgain));
    }
    if (options.json) terminal.print(findingsJson(shown));
    return Math.max(...codes);
  } finally {
    await pool.close();
  }
}

/** Only the version that knows a kind can tell what belongs to a resource of that kind. */
function refuseUnknownKinds(resources: readonly StateResource[]): void {
  const unknown = resources.find(({ kind }) => !catalogue.some((definition) => definition.kind === kind));
  if (unknown)
    throw new CommandError(
      `the state has a resource of the kind ${unknown.kind}, which this version of pulumi-linuxnet does not know: install the version that the stack was made with, or a newer one`,
    );
}

/** The owners whose orphans are searched for: a stack has several ids if other stacks' resources were moved to it. */
async function ownersOf(
  stack: PulumiStack,
  resources: readonly StateResource[],
  { of }: OrphansOptions,
): Promise<StackName[]> {
  if (of === undefined) return stackNamesIn(resources, stack.name) ?? [{ ...stack.name, id: await stack.id() }];
  const lost = parseStack(of);
  if (lost === undefined)
    throw new CommandError(
      `--of ${of}: write the lost stack as PROJECT/STACK or PROJECT/STACK@ID, as its marks have it`,
    );
  const own = lost.project === stack.name.project && lost.stack === stack.name.stack;
  // Whatever is in a stack's state is not an orphan, and only that state can tell.
  if (!own && (await stack.stacksWithState()).includes(namesOf(lost)))
    throw new CommandError(
      `--of ${of}: this stack has a state: run \`linuxnet orphans --stack ${lost.stack}\` in its project's folder`,
    );
  // Without an id, the orphans are those that version 0.1.0 created, and those with the id that such a stack gets here.
  return lost.id === undefined ? [lost, { ...lost, id: await stack.id(lost) }] : [lost];
}

/**
 * The stack's names in the marks of its state, limited to its current names: others remain in the state until the next
 * `pulumi up`, and other stacks may use the same. Undefined if there are none.
 */
function stackNamesIn(resources: readonly StateResource[], present: StackName): StackName[] | undefined {
  const names = resources.flatMap(({ mark, properties: { numberedAs } }): StackName[] => {
    const owner = parseMark(mark)?.owner;
    const names = owner && { ...present, id: owner.id };
    if (!names || !isOfStack(mark, names)) return [];
    return [{ ...names, ...(typeof numberedAs === "string" && { numberedAs }) }];
  });
  const found = new Map(names.map((name) => [`${name.id ?? namesOf(name)} ${name.numberedAs ?? ""}`, name]));
  return found.size > 0 ? [...found.values()] : undefined;
}

async function findStackOrphans(
  pool: Pool,
  stack: PulumiStack,
  owner: StackName,
  hosts: readonly string[],
  before: readonly StateResource[],
): Promise<Listing> {
  const inventory = await stack.inventory();
  const hostsSurvey = await surveyHosts(pool, owner, inventory, before, hosts);
  // The state is read again after the survey: it now contains what a run of Pulumi created in the meantime.
  const recorded = hostsSurvey.locate([...before, ...(await stack.resources())]);
  const rivals = [...new Set(hostsSurvey.machines.flatMap(({ survey }) => otherStacks(survey, owner)))];
  return {
    skipped: hostsSurvey.skipped,
    found: new Map(
      hostsSurvey.machines.map((machine) => [machine, findOrphans(machine.survey, owner, recorded, rivals)] as const),
    ),
  };
}

async function report(
  listing: Listing,
  owner: StackName,
  { remove, yes }: OrphansOptions,
  terminal: Terminal,
  show: (findings: readonly Finding[]) => void,
  listAgain: () => Promise<Listing>,
): Promise<number> {
  const { skipped } = listing;
  const listed = findingsOf(listing);
  const removable = listed.filter(({ orphan }) => orphan.keepReason === undefined).length;
  let rest = listed;
  if (!remove || removable === 0) show(listed);
  else {
    if (!yes) {
      terminal.log(findingLines(listed));
      const answer = await terminal.ask(`Remove ${orphanCount(removable)} of ${stackLabel(owner)}? [y/N] `);
      if (!/^y(es)?$/i.test(answer.trim())) {
        terminal.log("Nothing was removed.\n");
        return skipped.length > 0 ? exitCodes.failed : exitCodes.found;
      }
    }
    // While the user was deciding, a run of Pulumi may have taken over some of it.
    const current = yes ? listing : onlyListed(await listAgain(), listing);
    const findings = await removeAll(current);
    show(findings);
    rest = findings.filter(({ removed }) => !removed);
    terminal.log(`Removed ${findings.length - rest.length} of ${orphanCount(findings.length)}.\n`);
  }
  for (const { host, problem } of skipped) terminal.log(`${host} was not looked at: ${problem}\n`);
  const seen = [...listing.found.keys()].map(({ host }) => host).join(", ");
  if (listed.length === 0 && listing.found.size > 0) terminal.log(`No orphans of ${stackLabel(owner)} on ${seen}.\n`);
  if (!remove && removable > 0) terminal.log(`${orphanCount(removable)} can be removed: add --remove.\n`);
  return skipped.length > 0 ? exitCodes.failed : rest.length > 0 ? exitCodes.found : exitCodes.clean;
}

const orphanCount = (count: number) => `${count} ${count === 1 ? "orphan" : "orphans"}`;

function findingsOf({ found }: Listing, outcomes?: ReadonlyMap<Machine, Outcome>): Finding[] {
  return [...found].flatMap(([machine, orphans]) =>
    orphans.map((orphan) => {
      const outcome = outcomes?.get(machine);
      const problem = outcome?.get(orphan);
      return { host: machine.host, orphan, removed: outcome !== undefined && problem === undefined, problem };
    }),
  );
}

async function removeAll(listing: Listing): Promise<Finding[]> {
  const outcomes = await Promise.all(
    [...listing.found].map(
      async ([machine, orphans]) => [machine, await removeOrphans(machine.transport, orphans)] as const,
    ),
  );
  return findingsOf(listing, new Map(outcomes));
}

/** The part of a later listing that the user has seen and agreed to. */
function onlyListed(later: Listing, listed: Listing): Listing {
  const keyOf = ({ survey }: Machine, { stage, identity }: Trace) => [survey.machine, stage, identity].join(" ");
  const agreed = new Set(
    [...listed.found].flatMap(([machine, orphans]) =>
      orphans.flatMap(({ parts }) => parts.map((part) => keyOf(machine, part))),
    ),
  );
  const found = [...later.found].map(([machine, orphans]) => {
    const kept = orphans.map((orphan) => ({
      ...orphan,
      parts: orphan.parts.filter((part) => agreed.has(keyOf(machine, part))),
    }));
    return [machine, kept.filter(({ parts }) => parts.length > 0)] as const;
  });
  return { ...later, found: new Map(found) };
}
