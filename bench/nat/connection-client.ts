/** Opens connections on order of the parent process and measures how long each takes. */
import { connect } from "node:net";
import { performance } from "node:perf_hooks";

/**
 * How many connections to open, at most for this many seconds, with `atOnce` of them in parallel. Each is closed as
 * soon as it is established.
 */
export interface ConnectOrder {
  readonly address: string;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly atOnce: number;
}

/** Connections per second (`rate`), and the microseconds until a connection is established. */
export interface ConnectAnswer {
  readonly rate: number;
  readonly median: number;
  readonly p99: number;
  readonly error?: string;
}

function makeConnections({ address, port, connections, seconds, atOnce }: ConnectOrder): Promise<ConnectAnswer> {
  const took: number[] = [];
  const start = performance.now();
  const isOver = () => took.length >= connections || performance.now() - start >= seconds * 1000;
  return new Promise((resolve, reject) => {
    let running = 0;
    const next = () => {
      running++;
      const asked = performance.now();
      const socket = connect({ host: address, port, autoSelectFamily: false }, () => {
        took.push(performance.now() - asked);
        // After a reset, the local port can be reused at once.
        socket.resetAndDestroy();
        running--;
        if (!isOver()) next();
        else if (running === 0) resolve(summary(took, performance.now() - start));
      });
      socket.on("error", reject);
    };
    for (let number = 0; number < atOnce; number++) next();
  });
}

function summary(took: readonly number[], milliseconds: number): ConnectAnswer {
  const sorted = Float64Array.from(took).sort();
  const part = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]! * 1000;
  return { rate: (took.length * 1000) / milliseconds, median: part(0.5), p99: part(0.99) };
}

process.on("message", (order: ConnectOrder) => {
  void makeConnections(order)
    .catch((error: unknown) => ({ error: String(error) }))
    .then((answer) => process.send!(answer));
});
process.on("disconnect", () => process.exit());
