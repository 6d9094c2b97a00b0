/** Real traffic between namespaces of a test's host: servers that answer with the client's address. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestHost } from "./test-host.js";

export type Protocol = "tcp" | "udp";

const server = `
const { createServer } = require("node:net");
const { createSocket } = require("node:dgram");
const port = Number(process.argv[1]);
const plain = (address) => address.replace(/^::ffff:/, "");
createServer((socket) => { socket.on("error", () => {}); socket.end(process.argv[2] + " " + plain(socket.remoteAddress)); }).listen(port, "::", () => {
  const udp = createSocket({ type: "udp6" });
  udp.on("message", (_, from) => udp.send(process.argv[2] + " " + plain(from.address), from.port, from.address));
  udp.bind(port, () => console.log("ready"));
});`;

const client = `
const [protocol, address, port] = process.argv.slice(1);
const over = (text) => { process.stdout.write(text); process.exit(0); };
setTimeout(() => over(""), 1500);
if (protocol === "tcp") {
  const socket = require("node:net").connect(Number(port), address);
  socket.on("error", () => over(""));
  socket.on("data", (data) => over(String(data)));
} else {
  const socket = require("node:dgram").createSocket(address.includes(":") ? "udp6" : "udp4");
  socket.on("error", () => over(""));
  socket.on("message", (data) => over(String(data)));
  socket.connect(Number(port), address, () => { socket.send("?"); setTimeout(() => socket.send("?"), 400); });
}`;

const inside = (host: TestHost, namespace: string | undefined, ...argv: [string, ...string[]]) =>
  namespace === undefined ? host.argv(...argv) : host.argv("ip", "netns", "exec", namespace, ...argv);

/**
 * Serves TCP and UDP on a port, IPv4 and IPv6, until the host stops. Answers `NAME ADDRESS`, where ADDRESS is the
 * client's as it sees it.
 */
export async function serve(host: TestHost, namespace: string | undefined, port: number, name: string): Promise<void> {
  const [program, ...args] = inside(host, namespace, process.execPath, "-e", server, String(port), name);
  const child: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout!, "data");
}

/** The server's answer, or an empty text if none arrives in time. */
export function ask(
  host: TestHost,
  from: string | undefined,
  protocol: Protocol,
  address: string,
  port: number,
): string {
  const [program, ...args] = inside(host, from, process.execPath, "-e", client, protocol, address, String(port));
  return execFileSync(program, args, { encoding: "utf8" });
}

const sender = `
const [address, port] = process.argv.slice(1);
const socket = require("node:dgram").createSocket(address.includes(":") ? "udp6" : "udp4");
let last = "";
let since = 0;
socket.on("error", () => {});
socket.on("message", (data) => { last = String(data); since = Date.now(); });
socket.bind(0, () => setInterval(() => socket.send("?", Number(port), address, () => {}), 50));
// On each line: what has answered since, after a while for what was on its way.
process.stdin.on("data", () => {
  setTimeout(() => { const asked = Date.now(); setTimeout(() => console.log(since >= asked ? last : ""), 400); }, 150);
});`;

/** A flow of UDP packets from one source port, without pauses. */
export interface Flow {
  /** What answers the flow from now on; an empty text if nothing does. */
  next(): Promise<string>;
  stop(): void;
}

/** Starts a flow to a port. */
export function startFlow(host: TestHost, from: string | undefined, address: string, port: number): Flow {
  const [program, ...args] = inside(host, from, process.execPath, "-e", sender, address, String(port));
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  return {
    async next() {
      child.stdin.write("\n");
      const [answer] = (await once(child.stdout, "data")) as [Buffer];
      return answer.toString().trimEnd();
    },
    stop: () => child.kill(),
  };
}
