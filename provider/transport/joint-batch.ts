/**
 * Several batches as one, with as few processes as can be. Pure.
 *
 * Each command keeps its place in its own batch; those of different batches that can share a process do. What fails
 * ends the joint batch for all of its members, so that nothing runs behind a failure of its own batch: what the others
 * had left is given back, to be run without company.
 */
import { hasFailed } from "./shell-script.js";
import { type Batch, type Command, type CommandResult, notRun } from "./transport.js";

/** What came of one of the batches: all of its results, or what it still has to run. */
export type Settled =
  | { readonly results: CommandResult[]; readonly rest?: undefined }
  | {
      readonly rest: Batch;
      /** All of its results, from those of the rest. */
      readonly complete: (restResults: readonly CommandResult[]) => CommandResult[];
    };

/** A batch that stands for several. */
export interface JointBatch {
  readonly batch: Batch;
  /** From the results of the joint batch to those of its members, in their order. */
  settle(results: readonly CommandResult[]): Settled[];
}

/** A command of one of the batches. */
interface Member {
  readonly batch: number;
  readonly index: number;
  readonly command: Command;
}

/** A process, and the commands that it runs. */
interface Process {
  readonly members: readonly Member[];
  /** Whether it asks only, so that a failure in it is no reason to stop. */
  readonly goOn: boolean;
}

const asks = ({ always }: Command) => always === true;

/** Joins batches of which either all or none hold the lock. */
export function joinBatches(batches: readonly Batch[]): JointBatch {
  const processes = inStages(batches);
  const lock = batches[0]?.lock;
  return {
    batch: { commands: processes.map(commandOf), ...(lock === undefined ? {} : { lock }) },
    settle: (results) => settle(batches, processes, results),
  };
}

/** Stage by stage: of each batch what its next processes can take, and of all of them together those that can be one. */
function inStages(batches: readonly Batch[]): Process[] {
  const left = batches.map(({ commands }, batch) =>
    commands.map((command, index): Member => ({ batch, index, command })),
  );
  const processes: Process[] = [];
  for (;;) {
    const stage = new Map<string, { members: Member[]; goOn: boolean }>();
    for (const members of left) {
      for (const run of nextRuns(members)) {
        const [{ batch, index, command }] = run as [Member];
        const goOn = run.every(({ command }) => asks(command));
        const key = `${keyOf(command) ?? `own ${batch} ${index}`} ${goOn ? "asks" : "acts"}`;
        const process = stage.get(key);
        if (process) process.members.push(...run);
        else stage.set(key, { members: [...run], goOn });
      }
    }
    if (stage.size === 0) return processes;
    processes.push(...stage.values());
  }
}

/** Takes away what comes next: what one process can run, or questions, which have no order among themselves. */
function nextRuns(members: Member[]): Member[][] {
  const [first] = members;
  if (!first) return [];
  const key = keyOf(first.command);
  const same = members.findIndex(({ command }) => key === undefined || keyOf(command) !== key);
  const run = members.slice(0, key === undefined ? 1 : same === -1 ? undefined : same);
  if (!run.every(({ command }) => asks(command))) return [members.splice(0, run.length)];
  const end = members.findIndex(({ command }) => !asks(command));
  return members.splice(0, end === -1 ? members.length : end).map((question) => [question]);
}

/** Commands of equal keys can be one process: by their joining, or because they are the same question. */
function keyOf({ argv, stdin, always, expectStdout, joining }: Command): string | undefined {
  if (expectStdout === undefined && joining !== undefined) return joining.key;
  return always === true || expectStdout !== undefined ? JSON.stringify([argv, stdin, expectStdout]) : undefined;
}

function commandOf({ members, goOn }: Process): Command {
  const [{ command }] = members as [Member];
  const { joining, ...own } = command;
  if (joining === undefined || own.expectStdout !== undefined) return own;
  const commands = members.map(({ command }) => command);
  return { ...joining.join(commands, goOn), ...(goOn && { always: true }) };
}

function settle(
  batches: readonly Batch[],
  processes: readonly Process[],
  results: readonly CommandResult[],
): Settled[] {
  const found = batches.map(({ commands }): (CommandResult | undefined)[] => commands.map(() => undefined));
  for (const [place, { members, goOn }] of processes.entries()) {
    const result = results[place]!;
    if (!result.ran) continue;
    const [{ command }] = members as [Member];
    const each =
      command.joining === undefined || command.expectStdout !== undefined
        ? members.map(() => result)
        : command.joining.split(
            result,
            members.map(({ command }) => command),
            goOn,
          );
    for (const [index, member] of members.entries()) found[member.batch]![member.index] = each[index];
  }
  return batches.map((batch, index) => settleOne(batch, found[index]!));
}

function settleOne(batch: Batch, found: readonly (CommandResult | undefined)[]): Settled {
  const results: CommandResult[] = [];
  let failed = false;
  for (const [index, command] of batch.commands.entries()) {
    if (failed && !asks(command)) {
      results.push(notRun);
      continue;
    }
    const result = found[index];
    if (result === undefined) {
      // Answers that came too early, before what was not reached, are asked for again.
      const left = batch.commands.slice(index);
      const runs = (command: Command) => !failed || asks(command);
      return {
        rest: { ...batch, commands: left.filter(runs) },
        complete(restResults) {
          const following = restResults.values();
          return [...results, ...left.map((command) => (runs(command) ? following.next().value! : notRun))];
        },
      };
    }
    results.push(result);
    failed ||= !result.ran || hasFailed(command, result.exitCode, result.stdout);
  }
  return { results };
}
