import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Lab } from "../../examples/lab/lab.ts";
import { sshCommand } from "../bench-lab.ts";
import { secondsOf } from "../measure.ts";

/** Seconds that connecting took, until a shell was there, and what was done over the connection. */
export interface Seconds {
  readonly connect: number;
  readonly work: number;
}

/** Has a program on the host read a file, over one connection of OpenSSH. */
export async function feed(lab: Lab, host: string, command: string, file: string): Promise<Seconds> {
  const [program, ...args] = lab.operatorCommand(sshCommand(lab, host, `echo ready; exec ${command}`));
  const child = spawn(program!, args);
  const complaint = text(child.stderr);
  const end = once(child, "close");
  const connect = await secondsOf(() => Promise.race([once(child.stdout, "data"), end]));
  child.stdin.on("error", () => undefined); // Its end is told by the exit code.
  const work = await secondsOf(() => {
    child.stdin.end(file);
    return end;
  });
  if (child.exitCode !== 0) throw new Error(`"${command}" on ${host} failed: ${(await complaint).slice(-2000)}`);
  return { connect, work };
}
