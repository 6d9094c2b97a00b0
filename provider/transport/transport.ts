/**
 * The interface between the provider and a host. Everything above it plans argument lists and interprets replies;
 * everything below it transfers them: over SSH, locally, or (in tests) nowhere.
 */

/** One program to run on a host: an argument list, never a shell command line. */
export interface Command {
  /** Program and arguments, each passed unchanged, byte for byte. */
  readonly argv: readonly string[];
  /** Text for its standard input. Default: /dev/null. */
  readonly stdin?: string;
  /** Runs even after an earlier command of the batch failed. Default false. */
  readonly always?: boolean;
  /** It counts as failed unless its standard output is exactly this (one final newline aside). */
  readonly expectStdout?: string;
  /** It counts as failed unless its standard output contains this. */
  readonly expectInStdout?: string;
  /** How it shares a process with others of its kind. Default: it has its own process. */
  readonly joining?: Joining;
}

/**
 * One process for several commands: starting a process costs a host more than what most commands do. Commands with
 * equal `key` can be joined; the code that joins them does not know what they mean.
 */
export interface Joining {
  readonly key: string;
  /** The joint process. `continueOnError`: whether it continues after a failure instead of ending there. */
  readonly join: (commands: readonly Command[], continueOnError: boolean) => Pick<Command, "argv" | "stdin">;
  /** The result of each command. */
  readonly split: (
    result: CommandResult,
    commands: readonly Command[],
    continueOnError: boolean,
  ) => readonly PartResult[];
}

/**
 * One command's part of a joint result. "unreached": it certainly did not run; "unknown": it may or may not have run.
 */
export type PartResult = CommandResult | "unreached" | "unknown";

/** The result of one command. */
export interface CommandResult {
  /** False for a command that never started because an earlier one of its batch failed. */
  readonly ran: boolean;
  /** As reported by the host's shell: 127 for a missing program, 128+n for signal n. -1 if it did not run. */
  readonly exitCode: number;
  /** Without one final newline. */
  readonly stdout: string;
  /** Without one final newline. */
  readonly stderr: string;
  /** The joined question that this is the reply to, if it covers more than this command asked. */
  readonly asked?: Pick<Command, "argv" | "stdin">;
}

/** The result of a command that did not run. */
export const notRun: CommandResult = { ran: false, exitCode: -1, stdout: "", stderr: "" };

/**
 * Commands that run one after the other on one host, in one round trip whatever their number. After the first failure
 * (exit code not 0, or unexpected output), only those marked `always` still run.
 */
export interface Batch {
  readonly commands: readonly Command[];
  /** Holds the host's linuxnet lock (flock, shared by all stacks) while the batch runs. Default false. */
  readonly lock?: boolean;
  /** Does not join its commands with those of other batches. Default false. */
  readonly alone?: boolean;
}

/** A host that runs batches. Batches of one host may be queued; each runs once or fails. */
export interface Transport {
  /**
   * Resolves with results in the order of the commands. Rejects with a TransportError if the host gave no complete
   * reply.
   */
  run(batch: Batch): Promise<CommandResult[]>;
  /** Waits for running batches, then disconnects from the host. */
  close(): Promise<void>;
}

/** Why a host gave no reply. */
export type TransportFailure =
  /** No connection: refused, no route, timeout, name not found. */
  | "unreachable"
  /** The host refused every key. */
  | "authentication"
  /** The host's key differs from the known one, or none is known. */
  | "host-key"
  /** No root: sudo refused or asked for a password. */
  | "privilege"
  /** The connection ended before the complete reply arrived. */
  | "lost"
  /** No reply in time. */
  | "timeout"
  /** The reply was larger than the output limit. */
  | "output-limit"
  /** Another run kept holding the host's lock. */
  | "locked"
  /** The inventory does not contain the host, or a file that it names is missing. */
  | "configuration";

/** A host gave no reply, or an incomplete one. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  constructor(
    readonly reason: TransportFailure,
    /** "not-started": nothing of the batch ran. "unknown": any part of it may have run or may still be running. */
    readonly outcome: "not-started" | "unknown",
    /** The host as the user calls it. */
    readonly host: string,
    /** What happened and what to do next, in a sentence or two, without secrets. */
    message: string,
  ) {
    super(message);
  }
}
