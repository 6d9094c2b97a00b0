import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LabError } from "./lab-error.ts";
import { identify, type ProcessIdentity } from "./process-identity.ts";
import { hostEnvironment, type RunOptions, type RunResult, runProgram } from "./run-program.ts";

const initScript = fileURLToPath(new URL("host-init.sh", import.meta.url));

/** The host or wire that namespaces are created for. */
export interface Housing {
  /** The host's name, or "wire". */
  readonly name: string;
  /** The lab's folder. */
  readonly folder: string;
  /** The path of a root file system with another Debian suite. Default: this machine's root. */
  readonly root?: string | undefined;
  /** Whether the namespaces outlive this process. */
  readonly survives: boolean;
}

/**
 * Creates network, mount, PID and UTS namespaces, with a process 1 that keeps them.
 * @param writeDown Records the processes, outermost first, where a later run finds them. Process 1 does nothing in the
 *   namespaces before this has returned.
 * @throws LabError if the namespaces cannot be set up.
 */
export async function makeNamespaces(
  { name, folder, root = "", survives }: Housing,
  writeDown: (processes: ProcessIdentity[]) => void,
): Promise<void> {
  const namespaces = ["--net", "--mount", "--pid", "--uts", "--fork", "--kill-child"];
  const init = ["/bin/sh", initScript, name, survives ? "kept" : "bound", folder, root];
  const child = spawn("unshare", [...namespaces, ...init], {
    // A new session, so that a Ctrl-C in the terminal does not reach the lab.
    detached: true,
    env: hostEnvironment,
    cwd: "/",
    stdio: ["pipe", "pipe", "pipe"],
  });
  await once(child, "spawn");
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const processes = [identify(child.pid ?? 0), identify(Number((await lines.next()).value ?? 0))];
  writeDown(processes.filter((identity) => identity !== undefined));
  child.stdin.on("error", () => undefined); // If the process has ended, the next line is missing.
  child.stdin.write("written down\n");
  if ((await lines.next()).value !== "ready") {
    throw new LabError(
      `The namespaces of ${name} could not be made: ${complaint.trim() || "unshare ended without a word"}`,
    );
  }
  letGo(child);
}

/** Lets this process end without waiting for the child. A child that is bound to it ends when its stdin pipe closes. */
function letGo(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  // Node types the pipe as a stream, but it is a socket, and an open socket keeps the event loop running.
  (child.stdin as unknown as { unref(): void }).unref();
  child.unref();
}

/** The argument list that runs `argv` in all namespaces of process 1, or only in its network namespace. */
export function enter(init: ProcessIdentity, argv: readonly string[], which: "all" | "network" = "all"): string[] {
  const namespaces = which === "all" ? ["--mount", "--net", "--pid", "--uts"] : ["--net"];
  return ["nsenter", `--target=${init.pid}`, ...namespaces, "--", ...argv];
}

/** A place where a host's programs run: namespaces or a virtual machine. */
export interface Place {
  /** Runs a program in this place as root, with a host's environment, and waits until it ends. */
  exec(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** The argument list that starts `argv` in this place. */
  command(argv: readonly string[]): readonly string[];
}

/** The place that consists of all namespaces of process 1. */
export const namespacesOf = (init: ProcessIdentity): Place => ({
  exec: (argv, options = {}) => runProgram(enter(init, argv), options, { ...hostEnvironment }),
  command: (argv) => enter(init, argv),
});
