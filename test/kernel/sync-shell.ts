/** A shell at the other end of a slow connection, which runs one line at a time synchronously. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { quote } from "../../provider/transport/quoting.js";

const patience = 180_000;

/** One process for many lines: a new connection for each would take longer than most of them. */
export class SyncShell {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), "linuxnet-shell-"));
  private readonly child: ChildProcess;
  private readonly input: number;
  private readonly output: number;
  private said = "";
  private count = 0;

  /** @param argv Starts a POSIX shell that reads its standard input. */
  constructor([program = "", ...args]: readonly string[]) {
    const [input, output] = ["in", "out"].map((name) => path.join(this.folder, name)) as [string, string];
    execFileSync("mkfifo", [input, output]);
    // Opened for reading and writing: neither side waits until the other side opens it.
    const both = constants.O_RDWR;
    const theirs = [openSync(input, both), openSync(output, both)] as const;
    this.input = openSync(input, both);
    this.output = openSync(output, both | constants.O_NONBLOCK);
    this.child = spawn(program, args, { stdio: [...theirs, "inherit"] });
    theirs.forEach(closeSync);
  }

  /** Runs a line in a subshell; throws if it fails. */
  run(line: string): string {
    const end = `end of ${++this.count}`;
    const script = [
      `{ said=$(sh -c ${quote(line)} 2>&1 1>&3 </dev/null); code=$?; } 3>&1`,
      `printf '\\n%s %s\\n%s\\n%s\\n' ${quote(end)} "$code" "$said" ${quote(`${end}.`)}\n`,
    ].join("\n");
    writeSync(this.input, script);
    const [, stdout = "", code, stderr = ""] = this.readUntil(
      new RegExp(`^([^]*)\\n${end} (\\d+)\\n([^]*)\\n${end}\\.\\n`),
      line,
    );
    if (code !== "0") throw new Error(`${line}\nfailed with exit code ${code}: ${stderr}`);
    return stdout.trim();
  }

  private readUntil(pattern: RegExp, line: string): RegExpExecArray {
    const chunk = Buffer.alloc(1 << 16);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (const until = Date.now() + patience; ;) {
      try {
        this.said += chunk.toString("utf8", 0, readSync(this.output, chunk));
        const found = pattern.exec(this.said);
        if (found) {
          this.said = this.said.slice(found[0].length);
          return found;
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        if (Date.now() > until) throw new Error(`${line}\ndid not end within ${patience / 1000} s: ${this.said}`);
        Atomics.wait(pause, 0, 0, 2);
      }
    }
  }

  /** Ends the shell. */
  close(): void {
    closeSync(this.input);
    closeSync(this.output);
    this.child.kill();
    rmSync(this.folder, { recursive: true });
  }
}
