import { hostFacts } from "../../provider/commands/host-facts.js";
import { quote } from "../../provider/transport/quoting.js";
import { readFileSync } from "node:fs";
import { release } from "node:os";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { preflight, warningsAbout } from "../../provider/lifecycle/preflight.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
  // The configuration of the machine that runs the tests is neither read nor changed.
  host.sh(
    "cp -a /etc/alternatives /run && mount -t tmpfs etc /etc && mv /run/alternatives /etc && " +
      "mkdir -p /etc/systemd/networkd.conf.d /etc/firewalld /etc/ufw /etc/default",
  );
});
afterEach(() => host.stop());

const configured = (file: string, line: string) => host.sh(`echo '${line}' >${file}`);

function flushingUfw(): void {
  configured("/etc/ufw/ufw.conf", "ENABLED=yes");
  configured("/etc/default/ufw", "MANAGE_BUILTINS=yes");
}

// The services themselves are covered by test/machines/neighbours.machine.ts.
test.each<[string, () => void, RegExp | undefined]>([
  ["nothing of the kind", () => undefined, undefined],
  [
    "ufw as it comes",
    () => {
      configured("/etc/ufw/ufw.conf", "ENABLED=yes");
      configured("/etc/default/ufw", "MANAGE_BUILTINS=no");
    },
    undefined,
  ],
  ["ufw that flushes everything", flushingUfw, /ufw .* rules .*MANAGE_BUILTINS=no/],
])("a host with %s", async (_, prepare, warning) => {
  prepare();
  const facts = await preflight(host.transport);
  expect(warningsAbout(facts!, "auto")).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
});

test("a host says of itself what it is", async () => {
  expect(await preflight(host.transport)).toEqual({
    bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    bootedAt: new Date(Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))![1]) * 1000),
    machine: expect.stringMatching(/^[0-9a-f-]{36} net:\[\d+\]$/) as string,
    kernel: release(),
    services: [],
    flushing: [],
    rejecting: [],
    // This host is not reached by SSH.
    way: undefined,
  });
});

test("the way to a host is known where sudo keeps it to itself", () => {
  const facts = hostFacts();
  const outer = "127.0.0.1 40000 127.0.0.1 22";
  const stdout = host.sh(
    `SSH_CONNECTION=${quote(outer)} sh -c 'env -u SSH_CONNECTION sh -c "$1"; :' sh ${quote(facts.command.argv[2]!)}`,
  );
  expect(facts.parse({ ran: true, exitCode: 0, stdout, stderr: "" }).value?.managementPath).toEqual({
    client: "127.0.0.1",
    server: "127.0.0.1",
    device: "lo",
    addresses: expect.arrayContaining(["127.0.0.1/8"]) as string[],
  });
});

/** A Pulumi run with this host in its inventory, and its warnings. */
function startRun() {
  const lines: string[] = [];
  const provider = new DynamicProvider({ transport: () => host.transport }, (line) => lines.push(line));
  provider.configure({
    config: { get: (key) => (key === "linuxnet:hosts" ? JSON.stringify({ web: { local: true } }) : undefined) },
  });
  async function make(kind: string, name: string, properties: object = {}) {
    const given = { kind, owner: { project: "shop", stack: "dev", name }, host: "web", ...properties };
    const { inputs, failures } = await provider.check({}, given);
    expect(failures).toEqual([]);
    const { id, outs } = await provider.create(inputs as Parameters<typeof provider.create>[0]);
    return { id, state: outs as Parameters<typeof provider.read>[1] };
  }
  return { provider, lines, make };
}

test("a run looks at a host once, and says it once", async () => {
  flushingUfw();
  const { lines, make } = startRun();
  for (const name of ["lan1", "lan2"]) await make("Bridge", name);
  expect(lines).toEqual([expect.stringMatching(/^warning: host web: ufw is enabled there/)]);
});

/* The effects of a reboot. */

const bootIdFile = "/proc/sys/kernel/random/boot_id";
/** Imitates a reboot: another boot_id, and none of what was created. */
function reboot(): void {
  host.sh(`echo 00000000-1111-2222-3333-444444444444 >/run/boot_id; mount --bind /run/boot_id ${bootIdFile}`);
  host.sh("ip link delete lan1; ip link delete lan2");
}

test("a refresh says once that the host was booted since", async () => {
  const before = startRun();
  const made = [await before.make("Bridge", "lan1"), await before.make("Bridge", "lan2")];
  expect(made[0]!.state.bootId).toBe(readFileSync(bootIdFile, "utf8").slice(0, 8));
  reboot();

  const { provider, lines } = startRun();
  for (const { id, state } of made) expect(await provider.read(id, state)).toEqual({});
  expect(lines).toEqual([
    expect.stringMatching(
      /^warning: host web: it was booted at \d{4}-\d\d-\d\d \d\d:\d\d UTC, after this stack had made what is gone now; `pulumi up` puts it back$/,
    ),
  ]);
});

test("without a reboot nothing is said of what is gone, and what is there keeps its boot in the state", async () => {
  const before = startRun();
  const gone = await before.make("Bridge", "lan1");
  const there = await before.make("Bridge", "lan2");
  host.sh("ip link delete lan1");

  const { provider, lines } = startRun();
  expect(await provider.read(gone.id, gone.state)).toEqual({});
  const { props, inputs } = await provider.read(there.id, there.state);
  expect(props).toEqual(there.state);
  expect(inputs).not.toHaveProperty("bootId");
  expect(lines).toEqual([]);
});

test("a state of a version that recorded no boot is read as before", async () => {
  const before = startRun();
  const { id, state } = await before.make("Bridge", "lan1");
  const { bootId: _, ...older } = state;
  const { provider, lines } = startRun();
  expect((await provider.read(id, older as typeof state)).props).toEqual(older);
  host.sh("ip link delete lan1");
  expect(await provider.read(id, older as typeof state)).toEqual({});
  expect(lines).toEqual([]);
});
