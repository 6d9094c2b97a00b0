/**
 * Every text that a user can write is tried as a command that would create a file, here or on a host. No file may
 * appear.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { createPool } from "../../provider/transport/pool.js";
import { withValue } from "../inputs/with-value.js";
import { allCases } from "../kinds/index.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
/** The same folder here and on the host. */
let folder: string;
let before: string;

beforeAll(async () => {
  host = await TestHost.start();
  folder = mkdtempSync(path.join(tmpdir(), "canary-"));
  host.sh(`
    ip netns add con1
    ip netns exec con1 sysctl -qw net.ipv4.ip_forward=1
    ip link add br0 type bridge; ip -n con1 link add br0 type bridge
    ip link set br0 up; ip -n con1 link set br0 up; ip -n con1 link set lo up
    ip -n con1 link add eth0 type veth peer name eth9
    ip -n con1 link set eth0 up; ip -n con1 link set eth9 up; ip -n con1 address add 10.0.0.9/24 dev eth0`);
  before = host.dump();
});
afterAll(async () => {
  await host.stop();
  rmSync(folder, { recursive: true });
});

/** Texts that create the file if a shell, ssh, ip's batches or iproute2 treat them as more than text. */
const payloads = (file: string): string[] => [
  `$(touch ${file})`,
  `\`touch ${file}\``,
  `a; touch ${file}; `,
  `a' ; touch ${file} ; '`,
  `a" ; touch ${file} ; "`,
  `a\ntouch ${file}\n`,
  `a\nEOF\ntouch ${file}\n`,
  `a\nEND\ntouch ${file}\n`,
  `| touch ${file}`,
  `a && touch ${file} #`,
  `a\nnetns exec con1 touch ${file}\n`,
  `-oProxyCommand=touch ${file}`,
  `--to-command=touch ${file}`,
];

let count = 0;
const nextFile = () => path.join(folder, String((count += 1)));
/** Whether a file has appeared; removes it. */
function sang(): boolean {
  const files = readdirSync(folder);
  for (const file of files) rmSync(path.join(folder, file));
  return files.length > 0;
}

/** The life cycle of a resource with hostile values, with a provider whose host is the test host under this name. */
async function live(
  given: Record<string, unknown>,
  { checked = true, firewall = "auto" } = {},
): Promise<"refused" | "failed" | "lived"> {
  const provider = new DynamicProvider({ transport: () => host.transport });
  const inventory = { [String(given.host)]: { local: true, firewall } };
  provider.configure({
    config: { get: (key) => (key === "linuxnet:hosts" ? JSON.stringify(inventory) : undefined) },
  });
  const { inputs, failures } = await provider.check({}, given as never);
  if (checked && failures.length > 0) return "refused";
  // A state that was edited by hand has passed no check.
  const { kind: _kind, owner: _owner, ...unchecked } = given;
  const news = (checked ? inputs : { ...unchecked, mark: inputs.mark }) as never;
  try {
    const { id, outs } = await provider.create(news);
    await provider.read(id, outs as never);
    await provider.delete(id, outs as never);
    return "lived";
  } catch {
    await provider.delete("", news).catch(() => undefined);
    return "failed";
  }
}

test("the canaries would sing: a shell that takes such a text for a command makes the file", () => {
  const file = nextFile();
  const singing = (line: (text: string) => string) =>
    payloads(file).filter((text) => {
      spawnSync("sh", ["-c", line(text)], { stdio: "ignore" });
      return sang();
    });
  expect(singing((text) => `echo ${text}\n:`).length).toBeGreaterThanOrEqual(7);
  expect(singing((text) => `echo '${text}'`)).toHaveLength(1);
  expect(singing((text) => `cat <<EOF\n${text}\nEOF`).length).toBeGreaterThanOrEqual(3);
  host.sh(`printf 'netns exec con1 touch ${file}\n' | ip -batch -`);
  expect(sang()).toBe(true);
});

const owner = { project: "shop", stack: "dev", name: "one" };
/** Properties that may hold such texts: a host's name, and a setting's value, which the kernel itself refuses. */
const free = ["host", "value", "sysctls.net.ipv4.ip_forward"];
const paths = allCases().flatMap(({ kind, good, domains }) => Object.keys(domains).map((at) => ({ kind, good, at })));

describe("properties", () => {
  test.each(paths)("$kind $at", async ({ kind, good, at }) => {
    for (const text of payloads(nextFile())) {
      const given = { kind, owner, host: "host1", ...withValue(good, at, text) };
      const outcome = await live(given);
      expect(sang(), text).toBe(false);
      if (!free.includes(at)) expect(outcome, text).toBe("refused");
    }
    expect(host.dump()).toBe(before);
  });

  test.each<[string, (text: string) => object]>([
    ["keys of sysctls", (text) => ({ sysctls: { [`net.${text}`]: "1" } })],
    ["names of hosts", (text) => ({ hosts: { [text]: "10.0.0.2" } })],
  ])("%s", async (_, properties) => {
    for (const text of payloads(nextFile())) {
      const given = { kind: "Namespace", owner, host: "host1", name: "box", ...properties(text) };
      expect(await live(given), text).toBe("refused");
      expect(sang(), text).toBe(false);
    }
  });
});

// Projects and stacks only have letters, digits, dots, hyphens and underscores: Pulumi enforces that.
test.each(allCases())("the Pulumi name of a $kind", async ({ kind, good }) => {
  for (const name of payloads(nextFile())) {
    for (const firewall of ["iptables", "nftables"]) {
      await live({ kind, owner: { ...owner, name }, host: "host1", ...good }, { firewall });
      expect(sang(), name).toBe(false);
    }
  }
  expect(host.dump()).toBe(before);
});

/** With the real pool: nothing listens there. The local host is this machine, on which a Sysctl is only read. */
describe("ways to a host", () => {
  const way = { address: "127.0.0.1", port: 9, connectionAttempts: 1, connectTimeout: 1 };
  const fields = {
    address: {},
    user: {},
    name: {},
    privateKeyPath: {},
    knownHostsPath: {},
    sshConfig: {},
    jump: {},
    privateKey: {},
    passphrase: {},
    password: {},
    sudoPassword: {},
    passphrasePath: {},
    passwordPath: {},
    sudoPasswordPath: {},
    "hostKeys[]": {},
    "address, by OpenSSH's configuration": { sshConfig: true },
    "user, by OpenSSH's configuration": { sshConfig: true },
    "sudoPassword, here": { address: undefined, port: undefined, local: true, sudo: true },
  };

  test.each(Object.entries(fields))("%s", async (field, more) => {
    const at = field.replace(/,.*/, "");
    for (const text of payloads(nextFile())) {
      const pool = createPool();
      const provider = new DynamicProvider(pool);
      const reached = withValue({ ...way, ...more }, at, text);
      const sysctl = { kind: "Sysctl", owner, key: "net.ipv4.ip_forward", value: "1" };
      try {
        const { inputs, failures } = await provider.check({}, { ...sysctl, host: reached });
        if (failures.length === 0) await provider.read("id", { ...inputs } as never).catch(() => undefined);
      } finally {
        await pool.close();
      }
      expect(sang(), text).toBe(false);
    }
  });
});

// Last, because values that passed no check may remain on the host.
describe("past the check", () => {
  test.each(paths)("$kind $at", { timeout: 120_000 }, async ({ kind, good, at }) => {
    for (const text of payloads(nextFile())) {
      for (const firewall of kind === "MasqueradeRule" || kind === "PortForward"
        ? ["iptables", "nftables"]
        : ["auto"]) {
        await live({ kind, owner, host: "host1", ...withValue(good, at, text) }, { checked: false, firewall });
        expect(sang(), text).toBe(false);
      }
    }
  });
});
