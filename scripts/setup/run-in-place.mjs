import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import os from "node:os";

/**
 * Runs a program in place of this one: it uses the same terminal, signals are forwarded to it, and its exit code
 * becomes this process's exit code.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
export function runInPlace(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: "inherit", env });
    // A Ctrl-C reaches every process in the terminal's foreground group, so the program already has it. A second SIGINT
    // makes Pulumi exit at once and leave its state locked.
    process.on("SIGINT", () => hasTerminal() || child.kill("SIGINT"));
    for (const signal of /** @type {const} */ (["SIGTERM", "SIGHUP"])) process.on(signal, () => child.kill(signal));
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? 128 + os.constants.signals[signal ?? "SIGTERM"];
      resolve();
    });
  });
}

/** Whether this process has a controlling terminal, which sends it Ctrl-C even if standard input is redirected. */
function hasTerminal() {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
