/**
 * Joins several batches into one, with as few processes as possible. Pure.
 *
 * Each command keeps its position in its own batch; commands of different batches that can share a process do. A
 * failure ends the joint batch for all of its members, so that nothing runs after a failure in its own batch: whatever
 * the other batches had left is returned, to be run separately.
 */
import { hasFailed } from "./shell-script.js";
import { type Batch, type Command, type CommandResult, type PartResult, notRun } from "./transport.js";

/** The outcome of one of the batches: all of its results, or what it still has to run. */
export type BatchOutcome =
  | { readonly results: CommandResult[]; readonly rest?: undefined }
  | {
      readonly rest: Batch;
      /** Combines the results of the rest into all of its results. */
      readonly complete: (restResults: readonly CommandResult[]) => CommandResult[];
    };

/** A batch that represents several. */
export interface JointBatch {
  readonly batch: Batch;
  /** Splits the results of the joint batch into those of its members, in their order. */
  splitResults(results: readonly CommandResult[]): BatchOutcome[];
}

/** A command of one of the batches. */
interface Member {
  readonly batch: number;
  readonly index: number;
  readonly command: Command;
  /** Equal for commands that can share a process; undefined: the command has its own. */
  readonly key: string | undefined;
}

/** A process and the commands that it runs. */
interface Process {
  readonly members: readonly Member[];
  /** Whether it only asks questions, so that a failure in it is no reason to stop. */
  readonly continueOnError: boolean;
}

const isQuestion = ({ always }: Command) => always === true;
const hasExpectation = ({ expectStdout, expectInStdout }: Command) =>
  expectStdout !== undefined || expectInStdout !== undefined;
/** A command with an expectation is not joined, so that its output is compared as it is. */
const joiningOf = (command: Command) => (hasExpectation(command) ? undefined : command.joining);
const commandsOf = (members: readonly Member[]) => members.map(({ command }) => command);

/** Joins batches, all or none of which hold the lock. */
export function joinBatches(batches: readonly Batch[]): JointBatch {
  const processes = planProcesses(batches);
  const lock = batches[0]?.lock;
  return {
    batch: { commands: processes.map(commandOf), ...(lock === undefined ? {} : { lock }) },
    splitResults: (results) => splitResults(batches, processes, results),
  };
}

/**
 * Plans processes stage by stage: takes from each batch what its next processes can run, and merges what can share a
 * process.
 */
function planProcesses(batches: readonly Batch[]): Process[] {
  const left = batches.map(({ commands }, batch) =>
    commands.map((command, index): Member => ({ batch, index, command, key: keyOf(command) })),
  );
  const processes: Process[] = [];
  for (;;) {
    const stage = new Map<string, { members: Member[]; continueOnError: boolean }>();
    for (const members of left) {
      for (const run of nextRuns(members)) {
        const [{ batch, index, key = `own ${batch} ${index}` }] = run as [Member];
        const continueOnError = commandsOf(run).every(isQuestion);
        const place = `${key} ${continueOnError ? "asks" : "acts"}`;
        const process = stage.get(place);
        if (process) process.members.push(...run);
        else stage.set(place, { members: run, continueOnError });
      }
    }
    if (stage.size === 0) return processes;
    processes.push(...stage.values());
  }
}

/**
 * Removes and returns the next members: what one process can run, or questions, which have no order among themselves.
 */
function nextRuns(members: Member[]): Member[][] {
  const [first] = members;
  if (!first) return [];
  const others = members.findIndex(({ key }, index) => index > 0 && (key === undefined || key !== first.key));
  const run = members.slice(0, others === -1 ? undefined : others);
  if (!commandsOf(run).every(isQuestion)) return [members.splice(0, run.length)];
  const end = members.findIndex(({ command }) => !isQuestion(command));
  return members.splice(0, end === -1 ? members.length : end).map((question) => [question]);
}

/** The key of its joining, or of the question itself, since equal questions are asked once. */
function keyOf(command: Command): string | undefined {
  const isShareable = isQuestion(command) || hasExpectation(command);
  return joiningOf(command)?.key ?? (isShareable ? questionKey(command) : undefined);
}

/**
 * The keys of questions by their argument lists: many guards refer to one answer, whose question and reply are long.
 */
const questionKeys = new WeakMap<readonly string[], { readonly command: Command; readonly key: string }>();

function questionKey(command: Command): string {
  const { argv, stdin, expectStdout, expectInStdout } = command;
  const known = questionKeys.get(argv);
  const isSame =
    known?.command.stdin === stdin &&
    known?.command.expectStdout === expectStdout &&
    known?.command.expectInStdout === expectInStdout;
  if (known && isSame) return known.key;
  const key = JSON.stringify([argv, stdin, expectStdout, expectInStdout]);
  questionKeys.set(argv, { command, key });
  return key;
}

/** How several commands form one process. */
function joiningAmong(members: readonly Member[]) {
  return members.length > 1 ? joiningOf(members[0]!.command) : undefined;
}

function commandOf({ members, continueOnError }: Process): Command {
  const joined = joiningAmong(members)?.join(commandsOf(members), continueOnError);
  if (joined) return { ...joined, ...(continueOnError && { always: true }) };
  const { joining: _joining, ...own } = members[0]!.command;
  return own;
}

function splitResults(
  batches: readonly Batch[],
  processes: readonly Process[],
  results: readonly CommandResult[],
): BatchOutcome[] {
  const found = batches.map(({ commands }): PartResult[] => commands.map(() => "unreached"));
  for (const [place, { members, continueOnError }] of processes.entries()) {
    const result = results[place]!;
    if (!result.ran) continue;
    const each =
      joiningAmong(members)?.split(result, commandsOf(members), continueOnError) ?? members.map(() => result);
    for (const [index, member] of members.entries()) found[member.batch]![member.index] = each[index]!;
  }
  return batches.map((batch, index) => splitBatchResults(batch, found[index]!));
}

function splitBatchResults(batch: Batch, found: readonly PartResult[]): BatchOutcome {
  const results: CommandResult[] = [];
  let failed = false;
  for (const [index, command] of batch.commands.entries()) {
    if (failed && !isQuestion(command)) {
      results.push(notRun);
      continue;
    }
    const part = found[index]!;
    if (part === "unreached") {
      // Questions that were answered before the unreached command are asked again.
      const left = batch.commands.slice(index);
      const runs = (command: Command) => !failed || isQuestion(command);
      return {
        rest: { ...batch, commands: left.filter(runs) },
        complete(restResults) {
          const following = restResults.values();
          return [...results, ...left.map((command) => (runs(command) ? following.next().value! : notRun))];
        },
      };
    }
    const result = part === "unknown" ? notRun : part;
    results.push(result);
    failed ||= !result.ran || hasFailed(command, result.exitCode, result.stdout);
  }
  return { results };
}
