import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LabError } from "./lab-error.ts";
import { identify, type ProcessIdentity } from "./process-identity.ts";
import { hostEnvironment, type RunOptions, type RunResult, runProgram } from "./run-program.ts";

const initScript = fileURLToPath(new URL("host-init.sh", import.meta.url));

/** What namespaces are made for. */
export interface Housing {
  /** The host's name. */
  readonly name: string;
  /** The lab's folder. */
  readonly folder: string;
  /** The root file system of another Debian; left out, this machine's own. */
  readonly root?: string | undefined;
  /** Whether they outlive this process. */
  readonly survives: boolean;
}

/**
 * Makes network, mount, process and host-name namespaces, with a process 1 that keeps them.
 * @param writeDown Notes the processes, outermost first, where a later run finds them; nothing is made before it is done.
 */
export async function makeNamespaces(
  { name, folder, root = "", survives }: Housing,
  writeDown: (processes: ProcessIdentity[]) => void,
): Promise<void> {
  const namespaces = ["--net", "--mount", "--pid", "--uts", "--fork", "--kill-child"];
  const init = ["/bin/sh", initScript, name, survives ? "kept" : "bound", folder, root];
  const child = spawn("unshare", [...namespaces, ...init], {
    // A session of its own: a Ctrl-C in the terminal is not for the lab.
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
  child.stdin.on("error", () => undefined); // Its end is told by the next line that does not come.
  child.stdin.write("written down\n");
  if ((await lines.next()).value !== "ready") {
    throw new LabError(
      `The namespaces of ${name} could not be made: ${complaint.trim() || "unshare ended without a word"}`,
    );
  }
  letGo(child);
}

/** Lets this process end without waiting for the namespaces. A bound one still ends with it, by the pipe. */
function letGo(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  // Node types the pipe as a stream; it is a socket, and those hold the event loop.
  (child.stdin as unknown as { unref(): void }).unref();
  child.unref();
}

/** The argument list that runs `argv` in the namespaces of process 1, all of them or the network's only. */
export function enter(init: ProcessIdentity, argv: readonly string[], which: "all" | "network" = "all"): string[] {
  const namespaces = which === "all" ? ["--mount", "--net", "--pid", "--uts"] : ["--net"];
  return ["nsenter", `--target=${init.pid}`, ...namespaces, "--", ...argv];
}

/** Where a host's programs run. */
export interface Place {
  /** Runs a program there to its end, as root, with a host's environment. */
  exec(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** The argument list that starts `argv` there. */
  command(argv: readonly string[]): readonly string[];
}

/** All the namespaces of process 1. */
export const namespacesOf = (init: ProcessIdentity): Place => ({
  exec: (argv, options = {}) => runProgram(enter(init, argv), options, { ...hostEnvironment }),
  command: (argv) => enter(init, argv),
});
