// @ts-check

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { SetupError } from "../setup/step.mjs";

/**
 * The folder for what all clones of the repository on this machine share. It can be deleted when nothing runs from it.
 */
export function cacheFolder() {
  const { LINUXNET_CACHE, XDG_CACHE_HOME } = process.env;
  return LINUXNET_CACHE || path.join(XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "linuxnet");
}

/**
 * Builds a folder in the cache if it is missing. If several processes ask at the same time, one builds and the others
 * wait.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} build Creates the folder. It is called with a temporary path that is
 *   renamed afterwards, so that an interrupted build leaves nothing that looks complete.
 * @returns {Promise<string>} the path of the folder
 */
export async function ensureCached(name, build) {
  const folder = path.join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  mkdirSync(cacheFolder(), { recursive: true });
  const unlock = await lock(name);
  const partial = `${folder}.partial-${process.pid}`;
  try {
    if (existsSync(folder)) return folder;
    removeAbandoned(folder);
    await build(partial);
    renameSync(partial, folder);
    return folder;
  } finally {
    rmSync(partial, { recursive: true, force: true });
    await unlock();
  }
}

/**
 * Removes the partial folders of interrupted builds. No other build is running, because this process holds the lock.
 * @param {string} folder
 */
function removeAbandoned(folder) {
  for (const name of readdirSync(path.dirname(folder))) {
    if (name.startsWith(`${path.basename(folder)}.partial-`))
      rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
  }
}

/**
 * Takes the lock for a name. It is released when this process ends, even if it is killed.
 * @param {string} name
 * @returns {Promise<() => Promise<void>>} releases the lock
 */
async function lock(name) {
  // flock's child holds the lock until its standard input, a pipe from this process, is closed.
  const file = path.join(cacheFolder(), `.${name}.lock`);
  const holder = spawn("flock", [file, "sh", "-c", "echo locked; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const note = setTimeout(
    () => process.stderr.write(`  Another process builds ${name}; this one waits for it.\n`),
    1000,
  );
  try {
    const ended = once(holder, "exit");
    const locked = await Promise.race([once(holder.stdout, "data").then(() => true), ended.then(() => false)]);
    if (!locked) throw new SetupError(`${file} could not be locked; see that the folder can be written to.`);
    return async () => {
      holder.stdin.end();
      await ended;
    };
  } finally {
    clearTimeout(note);
  }
}
