/**
 * Converts a batch into text for a POSIX shell (dash, bash, busybox), and the shell's reply into results. Pure.
 *
 * How a script is built, and why:
 * - It is one `( … )`. A shell reads a compound command completely before it runs any of it, so a connection that is
 * cut during transmission runs nothing; and nothing in it can alter or end the shell.
 * - Everything that the commands print is collected in variables and printed once, at the very end: a script that
 * prints to a dead connection would be killed in the middle of its work.
 * - Two substitutions collect the whole batch, one for standard output and one for standard error; the shell writes a
 * marker into both after each command. So a command costs one fork and one exec, as in a plain script.
 * - The markers contain a nonce, new for each batch, that no program can guess, so output cannot pose as a marker.
 */
import { quote } from "./quoting.js";
import { type Batch, type Command, type CommandResult, notRun } from "./transport.js";

/**
 * The file whose lock is the host's linuxnet lock. Only root can open it (in /run/lock, which all users may write,
 * anybody could hold it forever). It is empty, on a tmpfs, and must stay: a lock on a file that one writer removes does
 * not lock out the next.
 */
export const LOCK_PATH = "/run/linuxnet.lock";

/** How a script takes the host's lock. */
export interface LockOptions {
  /** Default {@link LOCK_PATH}. */
  readonly path?: string;
  /** Seconds to wait for it; default 30. */
  readonly wait?: number;
}

/**
 * What a new shell is sent first. A dying connection sends HUP and PIPE; with these ignored, a running script continues
 * to its end. The variables that scripts use are unset because a variable inherited from the environment would be
 * exported to every command. The reply ends with {@link readyMark}; before it comes a line that {@link parseIdentity}
 * reads, and any text before that is noise from the login shell.
 */
export function greetingScript(nonce: string): string {
  return [
    "trap '' HUP PIPE",
    "umask 022",
    "LC_ALL=C PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin",
    "export LC_ALL PATH",
    "unset m f r e o s l ENV BASH_ENV",
    "read -r s </proc/$$/stat; printf '%s\\n' \"$s\"; unset s",
    // The shell assembles the marker's text, so that a terminal or `set -v` that echoes the input is not mistaken for
    // it.
    `m=${nonce}; printf '%s\\n' "$m:ready;"; unset m`,
    "",
  ].join("\n");
}

/** Ends the reply to {@link greetingScript}. */
export function readyMark(nonce: string): string {
  return `${nonce}:ready;`;
}

/** Identifies a shell's process: its PID and its start time, since PIDs are reused. */
export interface ShellIdentity {
  readonly pid: string;
  /** In clock ticks since the host was booted: proc_pid_stat(5). */
  readonly started: string;
}

/** Parses the shell's own line of /proc in the reply to {@link greetingScript}; undefined if there is none. */
export function parseIdentity(reply: string): ShellIdentity | undefined {
  const [, pid, fields] = [...reply.matchAll(/^(\d+) \(.*\) (\S .*)$/gm)].at(-1) ?? [];
  const started = fields?.split(" ")[19];
  return pid !== undefined && started !== undefined ? { pid, started } : undefined;
}

/**
 * Waits until a former shell has ended, for longer than one of its scripts waits for the lock. It may still be
 * executing what it was told when its connection broke: anything observed before it has ended may not be the final
 * state.
 */
export function awaitShellEnd({ pid, started }: ShellIdentity): Command {
  const script = [
    "# waits for the end of what ran when the connection broke",
    "p=$1 t=$2 n=0",
    'while [ $n -lt 800 ] && read -r s <"/proc/$p/stat"; do',
    "  set -- ${s##*) }",
    '  if [ "${20}" != "$t" ] || [ "$1" = Z ]; then break; fi',
    "  sleep 0.05; n=$((n + 1))",
    "done 2>/dev/null",
    "true",
  ];
  return { argv: ["sh", "-c", script.join("\n"), "sh", pid, started] };
}

/** Ends the reply to {@link batchScript}. */
export function endMark(nonce: string): string {
  return `${nonce}:over;`;
}

/** The text that makes a greeted shell run a batch and reply to it once, ending with {@link endMark}. */
export function batchScript(batch: Batch, nonce: string, lock: LockOptions = {}): string {
  const locked = batch.lock === true;
  const body = [
    // PIPE returns to its default for the commands: `yes | head` in one of them must end as usual. HUP stays ignored.
    "r=$(trap - PIPE; exec 3>&1",
    "e=$(exec 2>&1 >&3 3>&-",
    ...batch.commands.map((command, index) => commandLine(command, index, locked)),
    ")",
    'printf %s "$e$m:end;")',
  ];
  return [
    `( m=${nonce} f=`,
    'd() { printf %s "$m:o$1:$2;"; printf %s "$m:e$1;" >&2; [ "$2" = 0 ] || f=1; }',
    ...(locked ? underLock(body, lock) : body),
    // After the lock is released: a slow reader of the reply must not delay other stacks.
    'printf %s "$m:begin;$r"',
    ")",
    // Printed by the shell itself, so that it also reports the end of a script that was killed (out of memory) and gave
    // no reply.
    `printf '%s:over;\\n' ${nonce}`,
    "",
  ].join("\n");
}

function underLock(body: readonly string[], lock: LockOptions): string[] {
  return [
    'r="$m:l2:The lock file cannot be opened.$m:end;"',
    "umask 077",
    "{ umask 022",
    `if l=$(exec flock -w ${lock.wait ?? 30} 9 2>&1 </dev/null); then`,
    ...body,
    'else r="$m:l$?:$l$m:end;"',
    "fi",
    `} 9>>${quote(lock.path ?? LOCK_PATH)}`,
  ];
}

function commandLine(command: Command, index: number, locked: boolean): string {
  const program = command.argv[0];
  if (program === undefined || program === "" || program.startsWith("-")) {
    throw new RangeError(
      `A command has to begin with a program's name, not with ${JSON.stringify(program ?? "nothing")}.`,
    );
  }
  // `exec` in a subshell starts a program and never a builtin, function or keyword of that name, at the cost of a plain
  // command. The lock's descriptor is closed: a daemon left behind would hold the lock forever.
  const start = `(exec ${command.argv.map(quote).join(" ")})`;
  const close = locked ? " 9>&-" : "";
  const run =
    command.stdin === undefined || command.stdin === ""
      ? `${start} </dev/null${close}`
      : `printf %s ${quote(command.stdin)} 2>/dev/null | ${start}${close}`;
  const expectation = expectationOf(command);
  const line = expectation === undefined ? `${run}; d ${index} $?` : expectingLine(run, expectation, index);
  return index === 0 || command.always === true ? line : `[ "$f" ] || { ${line}; }`;
}

/** Shell code for "the value of `o`, followed by an `x`, is as expected". */
function expectationOf({ expectStdout, expectInStdout }: Command): string | undefined {
  if (expectInStdout !== undefined) return `case $o in (*${quote(expectInStdout)}*x) ;; (*) false ;; esac`;
  if (expectStdout === undefined) return undefined;
  const expected = withoutFinalNewline(expectStdout);
  return `[ "$o" = ${quote(`${expected}x`)} ] || [ "$o" = ${quote(`${expected}\nx`)} ]`;
}

/** A substitution drops all trailing newlines, so an `x` is appended to the output while it is compared. */
function expectingLine(run: string, expectation: string, index: number): string {
  return [
    `o=$( ${run}; s=$?; printf x; exit $s ); s=$?`,
    'printf %s "${o%x}"',
    `{ ${expectation}; } || f=1`,
    `d ${index} $s`,
  ].join("; ");
}

/** The contents of a reply: results, or that the lock was not available. */
export type Reply =
  | { readonly kind: "results"; readonly results: CommandResult[] }
  | { readonly kind: "not-locked"; readonly exitCode: number; readonly text: string }
  /** The shell was interrupted (out of memory, killed) and its reply is incomplete. */
  | { readonly kind: "broken" };

/** Parses the reply to {@link batchScript}, with or without {@link endMark}. */
export function parseReply(reply: Buffer, batch: Batch, nonce: string): Reply {
  const begin = `${nonce}:begin;`;
  const start = reply.indexOf(begin);
  if (start === -1) return { kind: "broken" };
  const outputs = new Map<number, { stdout: string; exitCode: number }>();
  const errors = new Map<number, string>();
  let from = start + begin.length;
  for (;;) {
    const at = reply.indexOf(`${nonce}:`, from);
    if (at === -1) return { kind: "broken" };
    const text = reply.toString("utf8", from, at);
    const mark = /^(?:(end);|o(\d+):(\d+);|e(\d+);|l(\d+):)/.exec(
      reply.toString("latin1", at + nonce.length + 1, at + nonce.length + 40),
    );
    if (mark === null) return { kind: "broken" };
    from = at + nonce.length + 1 + mark[0].length;
    const [, end, output, exitCode, error, lockCode] = mark;
    if (end !== undefined) break;
    if (output !== undefined)
      outputs.set(Number(output), { stdout: withoutFinalNewline(text), exitCode: Number(exitCode) });
    if (error !== undefined) errors.set(Number(error), withoutFinalNewline(text));
    if (lockCode !== undefined) {
      const rest = reply.toString("utf8", from, reply.indexOf(`${nonce}:end;`, from));
      return { kind: "not-locked", exitCode: Number(lockCode), text: rest };
    }
  }
  return inOrder(batch, outputs, errors);
}

function inOrder(
  batch: Batch,
  outputs: Map<number, { stdout: string; exitCode: number }>,
  errors: Map<number, string>,
): Reply {
  const results: CommandResult[] = [];
  let failed = false;
  for (const [index, command] of batch.commands.entries()) {
    const output = outputs.get(index);
    const stderr = errors.get(index);
    if (failed && command.always !== true) {
      results.push(notRun);
      continue;
    }
    if (output === undefined || stderr === undefined) return { kind: "broken" };
    results.push({ ran: true, exitCode: output.exitCode, stdout: output.stdout, stderr });
    failed ||= hasFailed(command, output.exitCode, output.stdout);
  }
  return { kind: "results", results };
}

/** Whether a command that ran counts as failed. `stdout` is without its final newline. */
export function hasFailed(command: Command, exitCode: number, stdout: string): boolean {
  const { expectStdout, expectInStdout = "" } = command;
  const isOther = expectStdout !== undefined && stdout !== withoutFinalNewline(expectStdout);
  return exitCode !== 0 || isOther || !stdout.includes(expectInStdout);
}

/** Removes one newline at the end, if there is one. */
export function withoutFinalNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
