import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { run } from "../../provider/cli/program.js";
import type { Need } from "../../provider/commands/probes.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import { createLocalTransport } from "../../provider/transport/local.js";
import { type Transport, TransportError } from "../../provider/transport/transport.js";
import { allCases } from "../kinds/index.js";
import { lackingNote } from "../kinds/kernel-support.js";
import { exported, listener, makeProject } from "../unit/cli-stack.js";
import { useLegacyIptables } from "./iptables-backend.js";
import { ageProgram, hidePrograms, useBusyBoxIp } from "./programs.js";
import { lackingKinds } from "./unsupported.js";
import { TestHost } from "./test-host.js";

/** The hosts' transports, by address. */
const transports = vi.hoisted(() => new Map<string, Transport>());
vi.mock("../../provider/transport/pool.js", () => ({
  createPool: () => ({
    transport({ name, address }: { name: string; address: string }) {
      const transport = transports.get(address);
      if (transport) return transport;
      throw new TransportError("unreachable", "not-started", name, `Host ${name} cannot be reached: nobody is there`);
    },
    close: () => Promise.resolve(),
  }),
}));

let host: TestHost;
/** The kinds that the kernel lacks. */
let lacking: readonly string[];
beforeEach(async () => {
  host = await TestHost.start();
  transports.set("192.0.2.1", host.transport);
  lacking = lackingKinds(host);
});
afterEach(async () => {
  transports.clear();
  await host.stop();
});

/** The output of doctor for a stack whose state has these kinds. */
async function doctor({ kinds = [], hosts = {} }: { kinds?: string[]; hosts?: object } = {}, ...args: string[]) {
  const resources = kinds.map((kind) => exported(kind, kind.toLowerCase(), "one", {}));
  const folder = makeProject({ hosts: { one: { address: "192.0.2.1" }, ...hosts }, states: [resources] });
  const terminal = listener();
  const exitCode = await run(["doctor", "--cwd", folder, ...args], terminal);
  const [table = "", ...notes] = terminal.printed.split("\n\n");
  const rows = table.trimEnd().split("\n");
  return { exitCode, said: terminal.said, printed: terminal.printed, rows, below: withoutLacking(notes.join("\n\n")) };
}

/**
 * The notes about kinds that the kernel lacks and no stack needs. One test covers them; for the other tests, they are
 * removed from the output.
 */
const lackingNotes = () => lacking.map((kind) => `${lackingNote("warning", "one", kind)}\n`);
const withoutLacking = (text: string) => lackingNotes().reduce((rest, note) => rest.replace(note, ""), text);

/** The end of a host's line if these kinds can't be created. */
function canMake(...missing: string[]): RegExp {
  const all = [...new Set([...missing, ...lacking])].sort();
  return new RegExp(` all${all.length > 0 ? ` but ${all.join(", ")}` : ""}$`);
}

const every =
  /^one +root@192\.0\.2\.1:22 +\d\S+ +\d+\.\d+\.\d+ +iptables \d\S+ \(nf_tables\), nft \d\S+ +IPv4 on, IPv6 on +\S+( \S+)* +\d{4}-\d\d-\d\d \d\d:\d\d +all(?: but [\w, ]+)?$/;

test("a host that has everything is a line, and nothing on it is changed", async () => {
  const before = [host.dump(), host.sh("find /run /tmp/linuxnet-doctor 2>/dev/null || true")];
  const { exitCode, rows, below, said } = await doctor();
  expect(rows[0]).toMatch(
    /^HOST +REACHED AS +KERNEL +IPROUTE2 +FIREWALL +FORWARDS +SERVICES +BOOTED \(UTC\) +CAN MAKE$/,
  );
  expect(rows.slice(1)).toEqual([expect.stringMatching(every)]);
  expect(rows[1]).toMatch(canMake());
  expect({ exitCode, below, said }).toEqual({ exitCode: 0, below: "", said: "" });
  expect([host.dump(), host.sh("find /run /tmp/linuxnet-doctor 2>/dev/null || true")]).toEqual(before);
});

describe("what is missing is a problem", () => {
  const without = (...names: string[]) => hidePrograms(host, ...names);
  /** Replaces `ip` with one that fails like a kernel without this kind of interface. */
  const lackKind = (kind: string) =>
    host.sh(`ip=$(readlink -f "$(command -v ip)"); cp "$ip" /run/ip
      printf '%s\\n' '#!/bin/sh' 'case "$*" in *"type ${kind}"*) echo "Error: Unknown device type." >&2; exit 2 ;; esac' \\
        'exec /run/ip "$@"' >/run/no-${kind}
      chmod +x /run/no-${kind}; mount --bind /run/no-${kind} "$ip"`);

  const kindsWith = (has: (needs: readonly Need[]) => boolean) =>
    catalogue
      .filter(({ needs }) => has(needs))
      .map(({ kind }) => kind)
      .sort();
  const needIp = kindsWith((needs) => needs.includes("ip"));

  test.each<[string, () => void, string[], string]>([
    [
      "iptables",
      () => without("*tables*", "nft"),
      ["MasqueradeRule", "PortForward"],
      "MasqueradeRule, PortForward cannot be created there: The program iptables is missing on the host: install the package iptables (1.8.4 or newer).",
    ],
    [
      "ip",
      () => without("ip"),
      needIp,
      `${needIp.join(", ")} cannot be created there: The program ip is missing on the host: install the package iproute2 (5.5 or newer).`,
    ],
    [
      "an ip of iproute2",
      () => useBusyBoxIp(host),
      needIp,
      `${needIp.join(", ")} cannot be created there: the host's \`ip\` is BusyBox's (1.`,
    ],
    [
      "util-linux's flock",
      () => without("flock"),
      ["MasqueradeRule", "PortForward", "Sysctl"],
      "MasqueradeRule, PortForward, Sysctl cannot be created there: The program flock is missing on the host: install the package util-linux.",
    ],
    [
      "bridges in its kernel",
      () => lackKind("bridge"),
      ["Bridge"],
      "Bridge cannot be created there: Error: Unknown device type. The host's kernel has no bridge interfaces: load its module there (`modprobe bridge`), or install the kernel's modules.",
    ],
    [
      "veth pairs in its kernel",
      () => lackKind("veth"),
      ["Veth"],
      "Veth cannot be created there: Error: Unknown device type. The host's kernel has no veth interfaces: load its module there (`modprobe veth`), or install the kernel's modules.",
    ],
  ])("%s", async (_, take, cannot, problem) => {
    take();
    const { exitCode, rows, below } = await doctor();
    expect(rows[1]).toMatch(canMake(...cannot));
    expect(below).toContain(`problem: one: ${problem}`);
    expect(exitCode).toBe(1);
  });

  test("the right to change the network", async () => {
    const shell = host.argv("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/bin/sh");
    const transport = createLocalTransport({ kind: "local", name: "one", sudo: false }, { shell });
    transports.set("192.0.2.1", transport);
    const { exitCode, rows, below } = await doctor();
    await transport.close();
    // The probes of the other kinds change nothing.
    const cannot = kindsWith((needs) => needs.some((need) => need !== "ip" && need !== "flock")).join(", ");
    expect(rows[1]).toMatch(new RegExp(` all but ${cannot}$`));
    expect(below.trim().split("\n")).toEqual([
      `problem: one: ${cannot} cannot be created there: unshare: unshare failed: Operation not permitted. ` +
        "Changing the network needs root: log in as root, or set `sudo: true` for this host and allow that with the sudoers line `USER ALL=(root) NOPASSWD: /bin/sh`.",
    ]);
    expect(exitCode).toBe(1);
  });

  test("an iproute2 that is new enough, in the table and as JSON", async () => {
    ageProgram(host, "ip", "ip utility, iproute2-ss161212");
    const problem = `${needIp.join(", ")} cannot be created there: iproute2 4.9.0 is too old: 5.5 or newer is needed. Update the package iproute2 on the host.`;
    const { exitCode, rows, below } = await doctor();
    expect(rows[1]).toMatch(/ 4\.9\.0 +iptables /);
    expect(rows[1]).toMatch(canMake(...needIp));
    expect({ exitCode, below }).toEqual({ exitCode: 1, below: `problem: one: ${problem}\n` });
    const { printed } = await doctor({}, "--json");
    expect(JSON.parse(printed)).toMatchObject([{ versions: { ip: "4.9.0" }, missing: needIp, problems: [problem] }]);
  });

  test("an iptables that is new enough, only where the stack has rules", async () => {
    ageProgram(host, "iptables", "iptables v1.4.21");
    const problem =
      "one: MasqueradeRule, PortForward cannot be created there: iptables 1.4.21 is too old: 1.8.4 or newer is needed. Update the package iptables on the host.\n";
    const unused = await doctor({ kinds: ["Bridge", "Sysctl"] });
    expect([unused.exitCode, unused.below]).toEqual([0, `warning: ${problem}`]);
    const used = await doctor({ kinds: ["PortForward"] });
    expect([used.exitCode, used.below]).toEqual([1, `problem: ${problem}`]);
  });

  test("of few kinds only where the stack has one: a host may well do without", async () => {
    lackKind("macvlan");
    const words = /Macvlan cannot be created there: Error: Unknown device type\. .*\(`modprobe macvlan`\)/;
    const { exitCode, rows, below } = await doctor();
    expect(rows[1]).toMatch(canMake("Macvlan"));
    expect(below).toMatch(new RegExp(`^warning: one: ${words.source}`));
    expect(exitCode).toBe(0);
    const used = await doctor({ kinds: ["Macvlan"] });
    expect(used.below).toMatch(new RegExp(`^problem: one: ${words.source}`));
    expect(used.exitCode).toBe(1);
  });

  test.each(allCases().filter(({ kernelMayLack }) => kernelMayLack))(
    "$kind, where this kernel lacks it; where it has it, nothing is",
    async ({ kind }) => {
      const isLacking = lacking.includes(kind);
      const unused = await doctor();
      const note = lackingNote("warning", "one", kind);
      expect([unused.exitCode, unused.printed.includes(note)]).toEqual([0, isLacking]);
      const used = await doctor({ kinds: [kind] });
      expect(used.exitCode).toBe(isLacking ? 1 : 0);
      expect(used.below).toBe(isLacking ? `${lackingNote("problem", "one", kind)}\n` : "");
    },
  );

  test("only where the stack has something that needs it", async () => {
    without("*tables*", "nft");
    const { exitCode, below } = await doctor({ kinds: ["Bridge"] });
    expect(below).toMatch(/^warning: one: MasqueradeRule, PortForward cannot be created there/);
    expect(exitCode).toBe(0);
    expect((await doctor({ kinds: ["Bridge", "PortForward"] })).exitCode).toBe(1);
  });
});

test("whether it forwards, and drops what no rule accepts", async () => {
  host.sh("iptables -P FORWARD DROP; sysctl -qw net.ipv6.conf.all.forwarding=0");
  const { exitCode, rows, below } = await doctor();
  expect(rows[1]).toContain(" IPv4 on (drops the rest), IPv6 off ");
  expect({ exitCode, below }).toEqual({ exitCode: 0, below: "" });
});

describe("the firewall that a host's rules are made with", () => {
  const hosts = (firewall: string) => ({ one: { address: "192.0.2.1", firewall } });

  test("a host without iptables that has nft can make all, unless iptables was chosen", async () => {
    hidePrograms(host, "*tables*");
    const { rows } = await doctor();
    expect(rows[1]).toMatch(/ nft \d\S+ /);
    expect(rows[1]).toMatch(canMake());
    const { exitCode, below } = await doctor({ hosts: hosts("iptables") });
    expect(exitCode).toBe(1);
    expect(below).toMatch(
      /^problem: one: MasqueradeRule, PortForward cannot be created there: .* install the package iptables \(1\.8\.4 or newer\)\.$/m,
    );
  });

  test("where nft was chosen, it has to be there", async () => {
    hidePrograms(host, "nft");
    expect((await doctor()).rows[1]).toMatch(canMake());
    expect((await doctor({ hosts: hosts("nftables") })).below).toBe(
      "problem: one: MasqueradeRule, PortForward cannot be created there: The program nft is missing on the host: install the package nftables (0.9.8 or newer).\n",
    );
  });
});

describe("what its user should know is a warning", () => {
  test("iptables' other backend, and rules in both", async () => {
    host.sh("iptables -A FORWARD -j ACCEPT");
    useLegacyIptables(host);
    expect((await doctor()).rows[1]).toMatch(/ iptables \d\S+ \(legacy\), nft /);
    host.sh("iptables -A FORWARD -j ACCEPT");
    expect((await doctor()).below).toMatch(/^warning: one: both backends of iptables hold rules there/);
  });
});

describe("hosts", () => {
  const hosts = { two: { address: "192.0.2.2", user: "ops", sudo: true }, here: { local: true } };

  test("one that is not reached is a line too, and the others are looked at", async () => {
    const { exitCode, rows, below } = await doctor({ hosts }, "one", "two");
    expect(rows.slice(1)).toEqual([
      expect.stringMatching(every),
      expect.stringMatching(/^two +ops@192\.0\.2\.2:22, sudo(?: +-){6} +not reached$/),
    ]);
    expect(below).toBe("problem: two: Host two cannot be reached: nobody is there\n");
    expect(exitCode).toBe(2);
  });

  test("one that nobody knows is a mistake", async () => {
    const { exitCode, printed, said } = await doctor({ hosts }, "three");
    expect({ exitCode, printed }).toEqual({ exitCode: 2, printed: "" });
    expect(said).toBe(
      "linuxnet: three: no such host in the inventory (linuxnet:hosts) or the state, which have here, one, two\n",
    );
  });

  test("as JSON", async () => {
    host.sh("iptables -P FORWARD DROP");
    const { exitCode, printed } = await doctor({ hosts }, "one", "two", "--json");
    expect(JSON.parse(printed)).toMatchObject([
      {
        host: "one",
        reachedAs: "root@192.0.2.1:22",
        reached: true,
        iptablesBackend: "nf_tables",
        forwarding: { ipv4: { on: true, drops: true }, ipv6: { on: true, drops: false } },
        missing: lacking,
        problems: [],
        warnings: lacking.map((kind): unknown => expect.stringMatching(`^${kind} cannot be created there`)),
      },
      { host: "two", reached: false, kernel: null, problems: [expect.stringMatching(/nobody is there/)] },
    ]);
    expect(exitCode).toBe(2);
  });
});
