import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { descendants, kill } from "../processes.ts";

/** To the host, or from it. */
export type Direction = "up" | "down";

/** A position in the bytes that pass. */
export interface Alarm {
  readonly direction: Direction;
  /** After this many bytes, counted over all connections since `watch`. */
  readonly bytes: number;
  /** Milliseconds for the bytes before the position to take effect. */
  readonly pause: number;
  readonly ring: () => void;
}

interface Connection {
  readonly socket: Socket;
  readonly server: ChildProcess;
}

/**
 * The only way to a host: a port of 127.0.0.1 where each connection gets its own sshd, as from inetd, with pipes
 * instead of a socket. So every byte of SSH passes here, is counted, and can be the last one.
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

  /** Opens the door. `sshd` is the argument list that starts `sshd -i` on the host. */
  static async open(sshd: readonly [string, ...string[]]): Promise<SshDoor> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new SshDoor(server, sshd);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Counts from 0 again. An alarm rings once, at its position. */
  watch(alarm?: Alarm): void {
    this.counted = { up: 0, down: 0 };
    this.alarm = alarm;
  }

  /** Bytes since `watch`. */
  get passed(): Readonly<Record<Direction, number>> {
    return { ...this.counted };
  }

  /** Cuts every connection, as a network failure does. */
  cut(): void {
    for (const { socket } of this.connections) socket.destroy();
  }

  /** Kills the sshd of every connection, but nothing that it started. */
  killSessions(): void {
    for (const { server } of this.connections) {
      for (const { pid, program } of descendants(server.pid!)) if (program.startsWith("sshd")) kill(pid);
      kill(server.pid!);
    }
  }

  /** Kills the shell of every connection, with its process group. If there is no shell yet, kills the sshd. */
  killScripts(): void {
    // sshd makes each session's program the leader of a process group.
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
      // One of the two sides closed the connection.
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

/** The error codes of a stream that ends prematurely. */
const ended = new Set(["ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EPIPE"]);
