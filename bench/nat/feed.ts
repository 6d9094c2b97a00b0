import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Lab } from "../../examples/lab/lab.ts";
import { sshCommand } from "../bench-lab.ts";
import { secondsOf } from "../measure.ts";

/** The seconds until the shell on the host was ready, and the seconds of the work after that. */
export interface Seconds {
  readonly connect: number;
  readonly work: number;
}

/**
 * Feeds a file to the standard input of a program on a host, over one OpenSSH connection.
 * @param file The content of the file.
 * @throws Error with the program's error output if it fails.
 */
export async function feed(lab: Lab, host: string, command: string, file: string): Promise<Seconds> {
  const [program, ...args] = lab.operatorCommand(sshCommand(lab, host, `echo ready; exec ${command}`));
  const child = spawn(program!, args);
  const complaint = text(child.stderr);
  const end = once(child, "close");
  const connect = await secondsOf(() => Promise.race([once(child.stdout, "data"), end]));
  child.stdin.on("error", () => undefined); // The exit code shows a failure.
  const work = await secondsOf(() => {
    child.stdin.end(file);
    return end;
  });
  if (child.exitCode !== 0) throw new Error(`"${command}" on ${host} failed: ${(await complaint).slice(-2000)}`);
  return { connect, work };
}
