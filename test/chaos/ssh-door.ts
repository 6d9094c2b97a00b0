import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { descendants, kill } from "../processes.ts";

/** Toward the host, or from it. */
export type Direction = "up" | "down";

/** A place in the bytes that pass. */
export interface Alarm {
  readonly direction: Direction;
  /** After so many bytes, counted over all connections since `watch`. */
  readonly bytes: number;
  /** Milliseconds that the bytes before are given to have their effect. */
  readonly pause: number;
  readonly ring: () => void;
}

interface Connection {
  readonly socket: Socket;
  readonly server: ChildProcess;
}

/**
 * The one way to a host: a port of 127.0.0.1 where each connection gets an sshd of its own, as inetd would give it, with
 * pipes for its network. So every byte of SSH passes here, is counted, and can be the last one.
 */
export class SshDoor {
  private readonly connections = new Set<Connection>();
  private counted: Record<Direction, number> = { up: 0, down: 0 };
  private alarm: Alarm | undefined;

  private constructor(
    private readonly server: Server,
    private readonly sshd: readonly [string, ...string[]],
  ) {
    server.on("connection", (socket) => this.admit(socket));
  }

  /** Opens the door; `sshd` is the argument list that starts `sshd -i` in the host. */
  static async open(sshd: readonly [string, ...string[]]): Promise<SshDoor> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SshDoor(server, sshd);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Counts from 0 again, and rings once where an alarm says so. */
  watch(alarm?: Alarm): void {
    this.counted = { up: 0, down: 0 };
    this.alarm = alarm;
  }

  /** Bytes since `watch`. */
  get passed(): Readonly<Record<Direction, number>> {
    return { ...this.counted };
  }

  /** Cuts every connection, as a broken network does. */
  cut(): void {
    for (const { socket } of this.connections) socket.destroy();
  }

  /** Kills the sshd of every connection, and nothing of what it had started. */
  killSessions(): void {
    for (const { server } of this.connections) {
      for (const { pid, program } of descendants(server.pid!)) if (program.startsWith("sshd")) kill(pid);
      kill(server.pid!);
    }
  }

  /** Kills every connection's shell with all that runs in its group; where there is none yet, its sshd. */
  killScripts(): void {
    // sshd makes each session's program the leader of a group.
    const shells = [...this.connections].flatMap(({ server }) =>
      descendants(server.pid!)
        .filter(({ program }) => !/^(?:sshd|nsenter)/.test(program))
        .slice(0, 1),
    );
    for (const { pid } of shells) kill(-pid);
    if (shells.length === 0) this.killSessions();
  }

  async close(): Promise<void> {
    const ended = [...this.connections].map(
      ({ server }) => server.exitCode ?? server.signalCode ?? once(server, "exit"),
    );
    this.killSessions();
    this.cut();
    this.server.close();
    await Promise.all([once(this.server, "close"), ...ended]);
  }

  private admit(socket: Socket): void {
    const [program, ...args] = this.sshd;
    const server = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    const connection = { socket, server };
    this.connections.add(connection);
    const end = () => {
      socket.destroy();
      server.stdin.destroy();
      server.stdout.destroy();
    };
    for (const stream of [socket, server.stdin, server.stdout]) stream.on("error", () => undefined).on("close", end);
    server.on("exit", () => this.connections.delete(connection));
    socket.setNoDelay(true);
    void this.carry("up", socket, server.stdin);
    void this.carry("down", server.stdout, socket);
  }

  private async carry(direction: Direction, from: NodeJS.ReadableStream, to: NodeJS.WritableStream): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) await this.pass(direction, chunk, to);
    } catch (error) {
      // The connection ended, from either side.
      if (!ended.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }

  private async pass(direction: Direction, chunk: Buffer, to: NodeJS.WritableStream): Promise<void> {
    const { alarm } = this;
    const left = alarm?.direction === direction ? alarm.bytes - this.counted[direction] : Infinity;
    this.counted[direction] += chunk.length;
    if (alarm === undefined || left > chunk.length) {
      to.write(chunk);
      return;
    }
    this.alarm = undefined;
    to.write(chunk.subarray(0, left));
    await delay(alarm.pause);
    alarm.ring();
    to.write(chunk.subarray(left));
  }
}

/** What a stream's end is called when it comes in the middle. */
const ended = new Set(["ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EPIPE"]);
