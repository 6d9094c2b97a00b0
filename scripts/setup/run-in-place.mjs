import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import os from "node:os";

/**
 * Runs a program as if it stood in this one's place: same terminal, signals passed on, and its exit code
 * becomes this process's.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
export function runInPlace(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: "inherit", env });
    // A Ctrl-C reaches every process of the terminal's foreground group. The program has it already, and would take a
    // second one for "at once": Pulumi leaves its state locked then.
    process.on("SIGINT", () => hasTerminal() || child.kill("SIGINT"));
    for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? 128 + os.constants.signals[signal ?? "SIGTERM"];
      resolve();
    });
  });
}

/** Whether a terminal sends this process its Ctrl-C, wherever standard input comes from. */
function hasTerminal() {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
