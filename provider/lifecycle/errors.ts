import type { CommandFailure } from "../commands/failure.js";
import { displayCommand, escapeForDisplay } from "../transport/quoting.js";
import { TransportError } from "../transport/transport.js";

/** The resource that an error is about, in the user's terms. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly host: string;
}

/** The error that Pulumi's user reads: resource, host, what happened, what to do next. */
export class ResourceError extends Error {
  override readonly name = "ResourceError";
  constructor(
    readonly subject: Subject,
    /** What happened, without the resource and the host. */
    readonly what: string,
    /** What to do next. */
    readonly advice?: string,
    /** Supporting details: commands, exit codes, replies. */
    readonly details: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    const head = `${subject.kind} "${subject.name}" on ${subject.host}: ${what}`;
    super([head, ...details.map((line) => `  ${line}`), ...(advice ? [`  → ${advice}`] : [])].join("\n"), options);
  }
}

/** The resource exists only in part, and what was created could not be removed: Pulumi has to keep it in the state. */
export class PartialError extends ResourceError {
  constructor(
    error: ResourceError,
    /** What exists, as the state has to record it. */
    readonly state: Readonly<Record<string, unknown>>,
  ) {
    super(error.subject, error.what, error.advice, error.details, { cause: error });
  }
}

/** A script begins with a comment that says what it does; the rest is not shown. */
const firstLine = (word: string) => word.replace(/\n[^]*/, " …");

/** A failed command as a ResourceError. `more`: lines of the host's reply to the follow-up question. */
export function commandError(
  subject: Subject,
  failure: CommandFailure,
  advice: string | undefined,
  more: readonly string[] = [],
): ResourceError {
  const { command, result, step } = failure;
  const stdin = command.stdin?.trimEnd().split("\n") ?? [];
  // The host's message may contain anything. iptables always mentions its other backend, ip the number of a batch line,
  // and a shell a line number of a script that nobody sees.
  const words = result.stderr
    .trim()
    .replaceAll(/^sh: (?:line )?\d+: /gm, "")
    .split("\n");
  const isNoise = (line: string) => line.startsWith("# Warning: ip") || /^Command failed -:\d+$/.test(line);
  const [said, ...others] = words.filter((line) => !isNoise(line)).map(escapeForDisplay);
  if (failure.selfExplanatory) return new ResourceError(subject, said!, advice, others, { cause: failure });
  return new ResourceError(
    subject,
    said || `a command failed with exit code ${result.exitCode}`,
    advice,
    [
      `${step ? `step ${step[0]} of ${step[1]}: ` : ""}${displayCommand(command.argv.map(firstLine))}`,
      ...stdin.map((line) => `| ${line}`),
      `exit code ${result.exitCode}${others.length > 0 ? `: ${[said, ...others].join("\n  ")}` : ""}`,
      ...more.map(escapeForDisplay),
    ],
    { cause: failure },
  );
}

/** Whether a batch's connection ended before its reply arrived: it is unknown how far the batch went. */
export const isLost = (error: unknown) => error instanceof TransportError && error.reason === "lost";
