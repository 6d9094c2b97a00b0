// Plain JavaScript without dependencies, like all of scripts/setup: it runs before node_modules exists, on Node 18.

import { execFile } from "node:child_process";

/** The set-up cannot continue. The message says what to do. */
export class SetupError extends Error {}

/**
 * Runs one step and prints its label and duration. Call it only if there is something to do, so that a set-up without
 * work prints nothing. Work that returns `false` was an attempt that did not succeed and that has an alternative.
 * @template T
 * @param {string} label
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(label, work) {
  const started = Date.now();
  const live = process.stderr.isTTY;
  process.stderr.write(live ? `… ${label}` : `… ${label}\n`);
  try {
    const result = await work();
    const outcome = result === false ? `– ${label}: not possible here` : `✓ ${label}`;
    process.stderr.write(`${live ? "\r" : ""}${outcome} (${duration(Date.now() - started)})\n`);
    return result;
  } catch (error) {
    process.stderr.write(`${live ? "\r" : ""}✗ ${label} (${duration(Date.now() - started)})\n`);
    throw error;
  }
}

/** @param {number} milliseconds */
function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Runs a program and collects its output. A failure does not reject.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, seconds?: number }} [options]
 * @returns {Promise<{ ok: boolean, missing: boolean, stdout: string, stderr: string, tail: string }>} missing: the
 *   program does not exist; tail: the last lines of its output, for an error message
 */
export function run(program, args, { cwd, env, seconds = 1800 } = {}) {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { cwd, env: env ?? process.env, timeout: seconds * 1000, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-12).join("\n");
        const tail = error?.killed ? `${said}\n(stopped after ${seconds} s)` : said;
        resolve({ ok: !error, missing: error?.code === "ENOENT", stdout, stderr, tail });
      },
    );
    child.stdin?.end();
  });
}
