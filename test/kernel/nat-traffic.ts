import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

export const protocols = ["tcp", "udp", "sctp"] as const;
export type Protocol = (typeof protocols)[number];

// The program's text, because the host may be a machine that does not have the file.
const program = ["perl", "-e", readFileSync(path.join(import.meta.dirname, "nat-traffic.pl"), "utf8")] as const;

/** Seconds to wait when no answer is expected, and when one is expected on a busy machine. */
const silence = 0.3;
const patience = 5;

/** Serves ports in a place, and sends questions from there, until its process ends. */
export class TrafficEndpoint {
  private readonly waiting = new Map<number, (answer: string) => void>();
  /** Each question has its own source port, so that it is not taken for an earlier one. */
  private lastPort = 20_000;
  private lastSctp = Promise.resolve("");

  private constructor(private readonly child: ChildProcessByStdio<Writable, Readable, null>) {
    createInterface(child.stdout).on("line", (line) => {
      const [, id, answer] = /^(\d+) (.*)$/.exec(line)!;
      this.waiting.get(Number(id))?.(answer!);
    });
  }

  /**
   * Answers on each port with `NAME:PORT ADDRESS` over TCP, UDP and SCTP, where ADDRESS is the client's as it sees it.
   */
  static async start(
    inPlace: (...argv: [string, ...string[]]) => [string, ...string[]],
    name: string,
    ports: readonly number[],
  ): Promise<TrafficEndpoint> {
    const [command, ...args] = inPlace(...program, name, ...ports.map(String));
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const over = once(child, "exit").then(() => Promise.reject(new Error("nat-traffic.pl has ended")));
    await Promise.race([once(child.stdout, "data"), over]);
    return new TrafficEndpoint(child);
  }

  /** The answer, or an empty text; the time to wait depends on what is expected. */
  ask(protocol: Protocol, address: string, port: number, expected: string): Promise<string> {
    const ask = () => this.askNow(protocol, address, port, expected === "" ? silence : patience);
    if (protocol !== "sctp") return ask();
    // Raw sockets know no ports: a refusal of one question would count for all questions to that address.
    return (this.lastSctp = this.lastSctp.then(ask));
  }

  /** Ends the process. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.stdin.end();
    await once(this.child, "exit");
  }

  private async askNow(protocol: Protocol, address: string, port: number, seconds: number): Promise<string> {
    if (this.child.exitCode !== null) throw new Error("nat-traffic.pl has ended");
    const id = (this.lastPort += 1);
    const say = (...words: (string | number)[]) => this.child.stdin.write(`${words.join(" ")}\n`);
    const answer = await new Promise<string>((resolve) => {
      this.waiting.set(id, resolve);
      say(id, protocol, address, port, id);
      setTimeout(resolve, 1000 * seconds, "").unref();
    });
    this.waiting.delete(id);
    say(id);
    return answer;
  }
}
