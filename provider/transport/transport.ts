/**
 * The seam between the provider and a host. Everything above it plans argument lists and reads replies;
 * everything below it moves them: over SSH, locally, or (in tests) nowhere.
 */

/** One program to start on a host: an argument list, never a line for a shell. */
export interface Command {
  /** Program and arguments, each passed on byte for byte. */
  readonly argv: readonly string[];
  /** Text for its standard input; left out, it reads /dev/null. */
  readonly stdin?: string;
  /** Run it even after an earlier command of the batch failed. Default false. */
  readonly always?: boolean;
  /** It counts as failed unless it prints exactly this on standard output (one final newline aside). */
  readonly expectStdout?: string;
  /** It counts as failed unless this stands somewhere in what it prints on standard output. */
  readonly expectInStdout?: string;
  /** How it shares a process with others of its kind. Default: it has one of its own. */
  readonly joining?: Joining;
}

/**
 * One process for two commands or more: starting one costs a host more than what most of them do. Commands of equal `key`
 * can be joined; who joins them knows nothing of what they mean.
 */
export interface Joining {
  readonly key: string;
  /** The one process. `continueOnError`: what fails keeps it from nothing that follows; else it ends there. */
  readonly join: (commands: readonly Command[], continueOnError: boolean) => Pick<Command, "argv" | "stdin">;
  /** What came of each command. */
  readonly split: (
    result: CommandResult,
    commands: readonly Command[],
    continueOnError: boolean,
  ) => readonly PartResult[];
}

/** One command's part of a joint result. "unreached": it did not run, for certain; "unknown": nobody knows whether it did. */
export type PartResult = CommandResult | "unreached" | "unknown";

/** What came of one command. */
export interface CommandResult {
  /** False for a command that never started because an earlier one of its batch failed. */
  readonly ran: boolean;
  /** As the host's shell saw it: 127 for a missing program, 128+n for signal n. -1 where it did not run. */
  readonly exitCode: number;
  /** Without one final newline. */
  readonly stdout: string;
  /** Without one final newline. */
  readonly stderr: string;
  /** The joined question whose reply this is, where it answers more than what was asked. */
  readonly asked?: Pick<Command, "argv" | "stdin">;
}

/** The result of a command that did not run. */
export const notRun: CommandResult = { ran: false, exitCode: -1, stdout: "", stderr: "" };

/**
 * Commands that run one after the other on one host, in one round trip whatever their number. After the
 * first that fails (exit code not 0, or not what it is expected to print), only those marked `always` still run.
 */
export interface Batch {
  readonly commands: readonly Command[];
  /** Hold the host's linuxnet lock (flock, shared by all stacks) while the batch runs. Default false. */
  readonly lock?: boolean;
  /** Join no command of it with those of other batches. Default false. */
  readonly alone?: boolean;
}

/** A host that runs batches. Batches of one host may be queued; each is run once or fails. */
export interface Transport {
  /** Results in the order of the commands. Rejects with a TransportError where the host gave no whole answer. */
  run(batch: Batch): Promise<CommandResult[]>;
  /** Waits for what runs, then lets go of the host. */
  close(): Promise<void>;
}

/** Why a host gave no answer. */
export type TransportFailure =
  /** No connection: refused, no route, timeout, name not found. */
  | "unreachable"
  /** The host refused every key. */
  | "authentication"
  /** The host's key is not the known one, or none is known. */
  | "host-key"
  /** No root: sudo refused or asked for a password. */
  | "privilege"
  /** The connection ended before the whole answer came. */
  | "lost"
  /** No answer in time. */
  | "timeout"
  /** The answer was longer than the buffer that is kept for it. */
  | "output-limit"
  /** The host's lock stayed held by somebody else. */
  | "locked"
  /** The inventory names no such host, or a file that it names is missing. */
  | "configuration";

/** A host gave no answer, or not a whole one. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  constructor(
    readonly reason: TransportFailure,
    /** "not-started": nothing of the batch ran. "unknown": any part of it may have run, or still runs. */
    readonly outcome: "not-started" | "unknown",
    /** The host as the user calls it. */
    readonly host: string,
    /** What happened and what to do next, in a sentence or two, without secrets. */
    message: string,
  ) {
    super(message);
  }
}
