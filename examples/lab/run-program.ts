import { execa } from "execa";
import { LabError } from "./lab-error.ts";

/** How a program is run, on a host or as the operator. */
export interface RunOptions {
  /** Text for the program's standard input. Default: empty. */
  readonly input?: string;
  /** Whether an exit code other than 0 is an error. Default true. */
  readonly reject?: boolean;
  /** Environment variables in addition to those of the host or, for the operator, of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory. */
  readonly cwd?: string;
  /** Seconds after which the program is stopped and counts as failed. Default 120. */
  readonly timeout?: number;
  /** Whether the program also writes to this process's terminal. Default false. */
  readonly show?: boolean;
}

/** A program's exit code and output. */
export interface RunResult {
  /** 128+n for signal n. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a host's programs. It has nothing from the environment of the lab's starter. */
export const hostEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  USER: "root",
  LANG: "C.UTF-8",
};

/**
 * Runs a program and waits until it ends.
 * @throws LabError with its output if it fails and `reject` is not false.
 */
export async function runProgram(
  argv: readonly string[],
  { input = "", reject = true, env = {}, cwd, timeout = 120, show = false }: RunOptions = {},
  inherited: NodeJS.ProcessEnv = process.env,
): Promise<RunResult> {
  const [program = "", ...args] = argv;
  const output = show ? (["inherit", "pipe"] as const) : "pipe";
  const result = await execa(program, args, {
    input,
    env: { ...inherited, ...env },
    extendEnv: false,
    ...(cwd === undefined ? {} : { cwd }),
    stdout: output,
    stderr: output,
    timeout: timeout * 1000,
    reject: false,
  });
  const exitCode = result.exitCode ?? (result.signal === "SIGKILL" ? 137 : 143);
  if (reject && exitCode !== 0) {
    const reason = result.timedOut ? `was stopped after ${timeout} s` : `failed with exit code ${exitCode}`;
    const said = (result.stderr || result.stdout || result.originalMessage || "").slice(-2000);
    throw new LabError(`"${argv.join(" ").slice(0, 300)}" ${reason}.\n${said}`.trimEnd());
  }
  return { exitCode, stdout: result.stdout, stderr: result.stderr };
}
