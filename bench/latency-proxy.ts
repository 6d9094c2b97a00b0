/**
 * A TCP proxy to a host that adds a delay to each round trip and counts round trips. It is a separate process in the
 * operator's network: node latency-proxy.ts ADDRESS PORT
 */
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

/** A message to the proxy. The proxy answers with its counts and resets them. */
export interface ProxyOrder {
  /** The delay that is added to each round trip, also on open connections. */
  readonly milliseconds: number;
}

export interface ProxyCount {
  /** The port that the proxy listens on, on 127.0.0.1. */
  readonly port: number;
  readonly connections: number;
  /**
   * The length of the longest chain of requests on one connection in which each request may be a reaction to the answer
   * to the one before: the client sent it after that answer had arrived. The elapsed time is at least this many delays.
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
  // For each side, the length of the chain that ends with the last byte that it has received.
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
/**
 * Forwards bytes with half the delay. `sent` is called when bytes leave, and the function that it returns is called
 * when they arrive.
 */
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
