/**
 * A host's rules move from one firewall to the other under traffic: no connection breaks, and no port stops working.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { useLegacyIptables } from "./iptables-backend.js";
import { startFlow } from "./traffic.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
const started: ChildProcess[] = [];
beforeEach(async () => {
  host = await TestHost.start();
  const end = (name: string, port: string, number: number) => `
    ip netns add ${name}; ip link add ${port} type veth peer name eth0 netns ${name}
    ip link set ${port} up; ip -n ${name} link set lo up; ip -n ${name} link set eth0 up
    ip address add 10.${number}.0.1/24 dev ${port}; ip -n ${name} address add 10.${number}.0.2/24 dev eth0
    ip address add fd00:${number}::1/64 dev ${port} nodad; ip -n ${name} address add fd00:${number}::2/64 dev eth0 nodad`;
  host.sh(`
    sysctl -qw net.ipv6.conf.default.accept_dad=0
    ${end("outside", "out0", 1)}
    ${end("web", "web0", 2)}
    ip -n web route add default via 10.2.0.1; ip -n web route add default via fd00:2::1`);
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  await host.stop();
});

/** Runs a Node program in a namespace; resolves when it prints a line. */
async function run(namespace: string, program: string, ...args: string[]): Promise<ChildProcess> {
  const [command, ...argv] = host.argv("ip", "netns", "exec", namespace, process.execPath, "-e", program, ...args);
  const child = spawn(command, argv, { stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout, "data");
  return child;
}

/** Answers on TCP and UDP with the client's address. */
const server = `
const plain = (address) => address.replace(/^::ffff:/, "");
const udp = require("node:dgram").createSocket({ type: "udp6" });
udp.on("message", (_, from) => udp.send(plain(from.address), from.port, from.address));
udp.bind(80);
require("node:net").createServer((socket) => {
  socket.on("error", () => {});
  socket.on("data", () => socket.write(plain(socket.remoteAddress) + "\\n"));
}).listen(80, "::", () => console.log("ready"));`;

/** Keeps one connection busy, and opens a new one every few milliseconds; prints the results when it reads a line. */
const client = `
const [address, port] = process.argv.slice(1);
const net = require("node:net");
const told = { connections: 0, failed: 0, broken: 0, answers: 0, seen: [] };
const seen = (data) => { for (const text of String(data).trim().split("\\n")) if (!told.seen.includes(text)) told.seen.push(text); };
const one = net.connect(Number(port), address, () => setInterval(() => one.write("?"), 10));
one.on("data", (data) => { told.answers++; seen(data); if (told.answers === 1) console.log("ready"); });
one.on("error", () => { told.broken++; });
one.on("close", () => { told.broken++; });
const again = () => {
  told.connections++;
  const socket = net.connect(Number(port), address, () => socket.write("?"));
  const timer = setTimeout(() => { told.failed++; socket.destroy(); }, 3000);
  socket.on("error", () => { told.failed++; clearTimeout(timer); });
  socket.on("data", (data) => { seen(data); clearTimeout(timer); socket.destroy(); });
};
setInterval(again, 5);
process.stdin.on("data", () => { const before = told.answers; setTimeout(() => console.log(JSON.stringify({ ...told, alive: told.answers > before })), 200); });`;

interface Told {
  readonly connections: number;
  readonly failed: number;
  readonly broken: number;
  readonly alive: boolean;
  readonly seen: readonly string[];
}

async function tell(child: ChildProcess): Promise<Told> {
  child.stdin!.write("\n");
  const [text] = (await once(child.stdout!, "data")) as [Buffer];
  return JSON.parse(text.toString()) as Told;
}

const families = [
  { family: "IPv4", host: "10.1.0.1", outside: "10.1.0.2", web: "10.2.0.2", net: "10.2.0.0/24" },
  { family: "IPv6", host: "fd00:1::1", outside: "fd00:1::2", web: "fd00:2::2", net: "fd00:2::/64" },
];

test.each(families.flatMap((family) => ["nf_tables", "legacy"].map((backend) => ({ ...family, backend }))))(
  "$family, between $backend and nftables: no connection breaks, no new one fails, and a flow of UDP goes on",
  async ({ host: address, outside, web, net, backend }) => {
    if (backend === "legacy") useLegacyIptables(host);
    const forward = (protocol: string) => ({ protocol, listenPort: 8080, targetAddress: web, targetPort: 80 });
    const tcp = new TestResource(host, "PortForward", "tcp");
    const udp = new TestResource(host, "PortForward", "udp");
    const out = new TestResource(host, "MasqueradeRule", "out");
    host.firewall = "iptables";
    const everything = async () => {
      await Promise.all([tcp.up(forward("tcp")), udp.up(forward("udp")), out.up({ source: net })]);
    };
    await everything();
    await Promise.all([run("web", server), run("outside", server)]);
    const way = await run("outside", client, address, "8080");
    // Masqueraded: `outside` sees the host's address, and has no route to the container's.
    const wayOut = await run("web", client, outside, "80");
    const flow = startFlow(host, "outside", address, 8080);
    try {
      expect(await flow.next()).toBe(outside);
      for (const firewall of ["nftables", "iptables", "nftables"] as const) {
        host.firewall = firewall;
        expect(tcp.changes(forward("tcp"))).toEqual(["firewall"]);
        await everything();
        expect(tcp.state?.firewall).toBe(firewall === "nftables" ? "nftables" : undefined);
        expect(await flow.next()).toBe(outside);
        for (const [child, client] of [
          [way, outside],
          [wayOut, address],
        ] as const) {
          const told = await tell(child);
          expect(told).toMatchObject({ failed: 0, broken: 0, alive: true, seen: [client] });
          expect(told.connections).toBeGreaterThan(20);
        }
      }
      expect(udp.warnings).toEqual([]);
    } finally {
      flow.stop();
    }
  },
);
