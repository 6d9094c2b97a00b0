import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import path from "node:path";
import type { Lab } from "../examples/lab/lab.ts";
import type { Answer, Order } from "./provider-alone.ts";

/** The provider in a separate process, in the network of the lab's operator. */
export class ProviderProcess {
  private constructor(private readonly child: ChildProcess) {}

  /** Runs the body with a new process. */
  static async with<T>(
    lab: Lab,
    host: string,
    body: (provider: ProviderProcess) => Promise<T>,
    inventory: object = lab.inventory(),
  ): Promise<T> {
    const child = startScript(lab, "provider-alone.ts", JSON.stringify(inventory), host);
    try {
      return await body(new ProviderProcess(child));
    } finally {
      child.kill("SIGKILL");
    }
  }

  /**
   * Has the process execute an order.
   * @throws Error with the message of what failed in the process.
   */
  async order(order: Order): Promise<Answer> {
    const answer = await ask<Answer>(this.child, order);
    if (answer.error !== undefined) throw new Error(`The provider could not ${order.action}: ${answer.error}`);
    return answer;
  }
}

/**
 * The argument list that runs one of this folder's scripts. The types are stripped here, because a type stripper in the
 * new process would add to its memory.
 */
export function scriptCommand(name: string, ...args: readonly string[]): string[] {
  const script = stripTypeScriptTypes(readFileSync(path.join(import.meta.dirname, name), "utf8"));
  const flags = ["--expose-gc", "--no-warnings", "--input-type=module", "--eval", script, "--"];
  return [process.execPath, ...flags, ...args];
}

/** Starts a script with a message channel (IPC). The script ends with this process. */
export function startCommand([program, ...args]: readonly string[]): ChildProcess {
  return spawn(program!, args, { cwd: import.meta.dirname, stdio: ["ignore", "ignore", "inherit", "ipc"] });
}

/** Starts one of this folder's scripts in the operator's network. */
export function startScript(lab: Lab, name: string, ...args: readonly string[]): ChildProcess {
  return startCommand(lab.operatorCommand(scriptCommand(name, ...args)));
}

/**
 * Sends a message and waits for the answer to it.
 * @throws Error if the process ends before it answers.
 */
export async function ask<T>(child: ChildProcess, message: object): Promise<T> {
  const ended = new AbortController();
  const end = once(child, "exit", { signal: ended.signal }).then(([code, signal]) => {
    throw new Error(`The process ended by itself, with ${String(code ?? signal)}`);
  });
  const answer = once(child, "message", { signal: ended.signal });
  child.send(message);
  try {
    const [value] = (await Promise.race([answer, end])) as [T];
    return value;
  } finally {
    ended.abort();
    await Promise.allSettled([answer, end]);
  }
}
