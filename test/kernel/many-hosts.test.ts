import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunReport } from "./many-hosts-run.js";
import { TestHost } from "./test-host.js";
import { generateKey } from "./transport-sshd.js";

const execute = promisify(execFile);
const program = path.join(import.meta.dirname, "many-hosts-run.ts");

/** The hosts are loopback addresses of one test host, with one sshd behind them; the provider runs there too. */
let machine: TestHost;
let folder: string;
const file = (name: string) => path.join(folder, name);

const alive = Array.from({ length: 95 }, (_, index) => ({ name: `h${index + 1}`, address: `127.0.1.${index + 1}` }));

/** Hosts that are unreachable, each for a different reason, with the text of the error. */
const dead = [
  { name: "refused", address: "127.0.2.1", port: 2222, says: "the connection was refused" },
  { name: "silent", address: "127.0.2.2", port: 2222, says: "it did not answer within" },
  { name: "stuck", address: "127.0.2.3", port: 2222, says: "it did not answer within" },
  { name: "dropped", address: "127.0.2.4", says: "it did not answer within" },
  { name: "unroutable", address: "192.0.2.1", says: "there is no route to its network" },
];

beforeAll(async () => {
  machine = await TestHost.start();
  folder = await mkdtemp(path.join(tmpdir(), "linuxnet-many-"));
  await Promise.all(["host_key", "user_key"].map((key) => generateKey(file(key))));
  const hostKey = (await readFile(file("host_key.pub"), "utf8")).split(" ").slice(0, 2).join(" ");
  await writeFile(file("known_hosts"), [...alive, ...dead].map(({ address }) => `${address} ${hostKey}\n`).join(""));
  await writeFile(
    file("sshd_config"),
    [
      `HostKey ${file("host_key")}`,
      `AuthorizedKeysFile ${file("user_key.pub")}`,
      "PidFile none",
      "PermitRootLogin yes",
      "UsePAM no",
      "StrictModes no",
      // This sshd stands for 95 servers with one connection each.
      "MaxStartups 200",
    ].join("\n"),
  );
  // Hide root's own login files: the programs that they start take longer than everything else, and are killed half-way
  // when this machine stops.
  machine.sh("mount -t tmpfs root /root; mkdir -m 755 /run/sshd; iptables -A INPUT -d 127.0.2.4 -j DROP");
  start("/usr/sbin/sshd", "-D", "-f", file("sshd_config"));
  // One accepts and never sends anything, the other sends its greeting and then nothing more.
  for (const [address, greeting] of [
    ["127.0.2.2", ""],
    ["127.0.2.3", "SSH-2.0-stuck\\r\\n"],
  ])
    start(
      process.execPath,
      "-e",
      `require("node:net").createServer((socket) => socket.on("error", () => {}).write("${greeting}")).listen(2222, "${address}")`,
    );
  machine.sh("until [ $(ss -Hltn | wc -l) = 4 ]; do sleep 0.05; done");
});
afterAll(async () => {
  await machine.stop();
  await rm(folder, { recursive: true });
});

/** Starts a server that ends with the machine. */
function start(...argv: [string, ...string[]]): void {
  const [nsenter, ...args] = machine.argv(...argv);
  spawn(nsenter, args, { stdio: ["ignore", "ignore", "inherit"] });
}

async function run(hosts: readonly { name: string; address: string; port?: number }[]): Promise<RunReport> {
  const entries = hosts.map(({ name, address, port = 22 }) => {
    const keys = { privateKeyPath: file("user_key"), knownHostsPath: file("known_hosts") };
    return [name, { address, port, ...keys }];
  });
  const [nsenter, ...args] = machine.argv(process.execPath, program, JSON.stringify(Object.fromEntries(entries)));
  const { stdout } = await execute(nsenter, args);
  return JSON.parse(stdout) as RunReport;
}

test(
  "95 hosts finish beside 5 dead ones, which are named, and cost one wait together",
  { timeout: 150_000 },
  async () => {
    const before = machine.dump();
    const without = await run(alive);
    expect(without.hosts.filter(({ error }) => error !== undefined)).toEqual([]);

    // Among the others.
    const together = await run(alive.toSpliced(40, 0, ...dead));
    const failed = together.hosts.filter(({ error }) => error !== undefined);
    expect(failed.map(({ host }) => host)).toEqual(dead.map(({ name }) => name));
    for (const [index, { name, address, port = 22, says }] of dead.entries())
      expect(failed[index]!.error).toContain(
        `Bridge "br-${name}" on ${name}: Host ${name} (root@${address}:${port}) cannot be reached: ${says}`,
      );
    expect(together.seconds).toBeLessThan(without.seconds + 30);
    expect(machine.dump()).toBe(before);
  },
);
