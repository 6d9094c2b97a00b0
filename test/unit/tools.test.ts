import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { classify } from "../../provider/commands/failure.js";
import { toolChecks } from "../../provider/commands/probes.js";
import { type ToolName, toolCheck, tools } from "../../provider/commands/tools.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import type { Command } from "../../provider/transport/transport.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tools-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Installs a program that prints this, on a host that has no other. */
function install(program: string, says: string, exitCode = 0): void {
  const file = path.join(folder, program);
  writeFileSync(file, `#!/bin/sh\ncat >&${exitCode === 0 ? 1 : 2} <<'EOF'\n${says}\nEOF\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
}

const shells = { dash: ["dash"], bash: ["bash", "--posix"], busybox: ["busybox", "sh"] } as const;

/** The result of a check on that host, in this shell. */
function run({ argv }: Command, shell: readonly string[] = shells.dash) {
  for (const program of ["cat", "sh"])
    symlinkSync(execFileSync("which", [program], { encoding: "utf8" }).trim(), path.join(folder, program));
  const [name, ...options] = shell;
  const program = execFileSync("which", [name!], { encoding: "utf8" }).trim();
  // Debian's `busybox sh` has its own `ip`.
  const args = argv.slice(1).map((word) => (word === "ip" ? path.join(folder, word) : word));
  const { status, stdout, stderr } = spawnSync(program, [...options, ...args], {
    encoding: "utf8",
    env: { PATH: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result = { ran: true, exitCode: status!, stdout: stdout.trim(), stderr: stderr.trim() };
  return { ...result, advice: status === 0 ? undefined : classify(result, argv).advice };
}

/** The program's output, the parsed version, and whether it is sufficient. */
const sayings: [ToolName, says: string, version: string, fit: boolean][] = [
  ["ip", "ip utility, iproute2-6.15.0, libbpf 1.5.0", "6.15.0", true],
  ["ip", "ip utility, iproute2-6.1.0, libbpf 1.1.0", "6.1.0", true],
  ["ip", "ip utility, iproute2-5.9.0, libbpf 0.3.0", "5.9.0", true],
  ["ip", "ip utility, iproute2-5.18.0", "5.18.0", true],
  ["ip", "ip utility, iproute2-v5.7.0-77-gb687d1067169", "5.7.0", true],
  ["ip", "ip utility, iproute2-v5.4.0-3-gb687d1067169", "5.4.0", false],
  ["ip", "ip utility, iproute2-ss200602", "5.7.0", true],
  ["ip", "ip utility, iproute2-ss200127", "5.5.0", true],
  ["ip", "ip utility, iproute2-ss200301", "ss200301", true],
  ["ip", "ip utility, iproute2-ss191125", "5.4.0", false],
  ["ip", "ip utility, iproute2-ss190107", "4.20.0", false],
  ["ip", "ip utility, iproute2-ss180129", "4.15.0", false],
  ["ip", "ip utility, iproute2-ss170501", "4.11.0", false],
  ["ip", "ip utility, iproute2-ss161212", "4.9.0", false],
  ["ip", "ip utility, iproute2-ss130716", "ss130716", false],
  ["iptables", "iptables v1.8.11 (nf_tables)", "1.8.11", true],
  ["iptables", "iptables v1.8.7 (nf_tables)", "1.8.7", true],
  ["iptables", "iptables v1.8.4 (nf_tables)", "1.8.4", true],
  ["iptables", "iptables v1.10.0 (legacy)", "1.10.0", true],
  ["iptables", "iptables v2.0", "2.0", true],
  ["iptables", "iptables v1.8.3 (legacy)", "1.8.3", false],
  ["iptables", "iptables v1.8", "1.8", false],
  ["iptables", "iptables v1.6.1", "1.6.1", false],
  ["iptables", "iptables v1.4.21", "1.4.21", false],
  ["nft", "nftables v1.1.3 (Commodore Bullmoose #4)", "1.1.3", true],
  ["nft", "nftables v1.0.0 (Fearless Fosdick)", "1.0.0", true],
  ["nft", "nftables v0.9.8 (E.D.S.)", "0.9.8", true],
  ["nft", "nftables v0.9.3 (Topsy)", "0.9.3", false],
];

describe.each(Object.entries(shells))("in %s", (_, shell) => {
  test.each(sayings)("the %s that says %j is %s: fit: %s", (tool, says, version, fit) => {
    const { name, oldest, question, advice } = tools[tool];
    install(question[0], says);
    expect(run(toolCheck(tool), shell)).toEqual(
      fit
        ? { ran: true, exitCode: 0, stdout: version, stderr: "", advice: undefined }
        : {
            ran: true,
            exitCode: 1,
            stdout: version,
            stderr: `${name} ${version} is too old: ${oldest} or newer is needed`,
            advice,
          },
    );
  });

  test("BusyBox's ip is not iproute2's", () => {
    install("ip", spawnSync("busybox", ["ip", "-V"], { encoding: "utf8" }).stderr, 1);
    expect(run(toolCheck("ip"), shell)).toEqual({
      ran: true,
      exitCode: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^the host's `ip` is BusyBox's \(1(\.\d+)+\): iproute2 5\.5 or newer is needed$/,
      ) as string,
      advice: "Install the package iproute2 on the host.",
    });
  });

  test("a program that is missing", () => {
    const { exitCode, advice } = run(toolCheck("nft"), shell);
    expect([exitCode, advice]).toEqual([
      127,
      "The program nft is missing on the host: install the package nftables (0.9.8 or newer).",
    ]);
  });

  test.each(["ip utility, iproute2-git", "a company's own ip", ""])("a version that can't be read: %j", (says) => {
    install("ip", says);
    expect(run(toolCheck("ip"), shell)).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

test("of two tools, the other one counts where only that one is there", () => {
  const either = toolCheck("iptables", "nft");
  install("nft", "nftables v1.0.6 (Lester Gooch #5)");
  expect(run(either).stdout).toBe("1.0.6");
});

test("of two tools, the first counts where both are there, or none is", () => {
  const either = toolCheck("iptables", "nft");
  install("iptables", "iptables v1.8.9 (nf_tables)");
  install("nft", "nftables v0.9.3 (Topsy)");
  expect(run(either)).toMatchObject({ exitCode: 0, stdout: "1.8.9" });
});

test("a kind is held to the tools that it needs", () => {
  const checked = (kind: string, firewall: "auto" | "iptables" | "nftables" = "auto") =>
    toolChecks(catalogue.find((one) => one.kind === kind)!.needs, firewall).map(({ argv }) =>
      argv.filter((word) => word in tools),
    );
  const byIp = catalogue.filter(({ needs }) => needs.includes("ip")).map(({ kind }) => kind);
  expect(byIp).toEqual(expect.arrayContaining(["Bridge", "Namespace", "Route", "Veth"]));
  for (const kind of byIp) expect([kind, checked(kind)]).toEqual([kind, [["ip"]]]);
  expect(checked("PortForward")).toEqual([["iptables", "iptables", "nft", "nft"]]);
  expect(checked("PortForward", "iptables")).toEqual([["iptables", "iptables"]]);
  expect(checked("MasqueradeRule", "nftables")).toEqual([["nft", "nft"]]);
  expect(checked("Sysctl")).toEqual([]);
});
