/**
 * A way to a host that is so many milliseconds longer there and back, and counts round trips. A process of its own, where
 * the operator sits: node latency-proxy.ts ADDRESS PORT
 */
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

/** What it is told. The answer to each is its count, from which on it counts anew. */
export interface ProxyOrder {
  /** Added to each round trip of connections, also of those that are open. */
  readonly milliseconds: number;
}

export interface ProxyCount {
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
  readonly connections: number;
  /**
   * The longest chain of bytes of which each may be the other's answer: sent by the client after it had got what the
   * host sent after it had got … As time is at least this many times the delay, it counts what waiting costs.
   */
  readonly roundTrips: number;
}

const [address, port] = process.argv.slice(1) as [string, string];
let delay = 0;
let connections = 0;
let roundTrips = 0;
const resets: (() => void)[] = [];

const server = createServer((client) => {
  connections++;
  const host = connect(Number(port), address);
  client.setNoDelay(true);
  host.setNoDelay(true);
  // How long the chain is that ends in the last byte which each side has got.
  const chain = { host: 0, client: 0 };
  let counted = roundTrips;
  carry(client, host, () => {
    const length = chain.client + 1;
    return () => {
      if (length <= chain.host) return;
      chain.host = length;
      counted++;
      roundTrips = Math.max(roundTrips, counted);
    };
  });
  carry(host, client, () => {
    const length = chain.host;
    return () => (chain.client = length);
  });
  resets.push(() => (counted = 0));
});
/** `sent` is called as bytes leave, and what it gives as they arrive. */
function carry(from: Socket, to: Socket, sent: () => () => void): void {
  const later = (arrive: () => void) => (delay === 0 ? arrive() : setTimeout(arrive, delay / 2));
  from.on("data", (bytes: Buffer) => {
    const arrived = sent();
    later(() => {
      arrived();
      to.write(bytes);
    });
  });
  from.on("end", () => later(() => to.end()));
  from.on("error", () => to.destroy());
}

server.listen(0, "127.0.0.1");
process.on("message", ({ milliseconds }: ProxyOrder) => {
  const count: ProxyCount = { port: (server.address() as AddressInfo).port, connections, roundTrips };
  delay = milliseconds;
  connections = 0;
  roundTrips = 0;
  for (const reset of resets) reset();
  process.send!(count);
});
process.on("disconnect", () => process.exit());
