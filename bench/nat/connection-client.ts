/** Makes connections, as its parent orders, and tells how long each took. */
import { connect } from "node:net";
import { performance } from "node:perf_hooks";

/** So many connections, or as many as can be made in so many seconds; each is ended as soon as it is there. */
export interface ConnectOrder {
  readonly address: string;
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  readonly atOnce: number;
}

/** Connections a second, and the microseconds that one takes. */
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
        // Ended by a reset, a port can be used again at once.
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
