import { execa } from "execa";
import { LabError } from "./lab-error.ts";

/** How a program is run, in a host or as the operator. */
export interface RunOptions {
  /** Text for its standard input; left out, it reads nothing. */
  readonly input?: string;
  /** Whether an exit code other than 0 is an error. Default true. */
  readonly reject?: boolean;
  /** Variables beside those of the host or, for the operator, of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder that it runs in. */
  readonly cwd?: string;
  /** Seconds after which it is stopped and counts as failed. Default 120. */
  readonly timeout?: number;
  /** Let it write to this process's terminal instead of into the result. Default false. */
  readonly show?: boolean;
}

/** What a program said and how it ended. */
export interface RunResult {
  /** 128+n for signal n. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a host's programs find in their environment: nothing of the starter's. */
export const hostEnvironment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  USER: "root",
  LANG: "C.UTF-8",
};

/**
 * Runs a program to its end.
 * @throws LabError with what it said, where it fails and `reject` is not false.
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
