import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { identify, type ProcessIdentity } from "./process-identity.ts";
import { hostEnvironment } from "./run-program.ts";

/**
 * Starts QEMU in the background.
 * @param writeDown Records the process where a later run finds it. QEMU is not started before this has returned.
 */
export async function startQemu(
  command: readonly string[],
  { survives, temporary, log }: { readonly survives: boolean; readonly temporary: string; readonly log: string },
  writeDown: (qemu: ProcessIdentity) => void,
): Promise<void> {
  const wait = ["sh", "-c", 'read -r written_down || exit 1; exec "$@" </dev/null', "start-qemu", ...command];
  // The kernel kills the process when this one ends. nsenter and QEMU replace the shell by exec, which keeps this
  // setting.
  const [program = "", ...args] = survives ? wait : ["setpriv", "--pdeathsig", "KILL", ...wait];
  const output = openSync(log, "a");
  const child = spawn(program, args, {
    // A new session, so that a Ctrl-C in the terminal does not reach the machine.
    detached: true,
    cwd: "/",
    env: { ...hostEnvironment, TMPDIR: temporary },
    stdio: ["pipe", output, output],
  });
  closeSync(output);
  await once(child, "spawn");
  const qemu = identify(child.pid ?? 0);
  if (qemu) writeDown(qemu);
  child.stdin?.on("error", () => undefined); // The caller that waits for the machine detects its end.
  child.stdin?.end("written down\n");
  child.unref();
}
