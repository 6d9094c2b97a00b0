import { afterEach, beforeEach, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { preflight } from "../../provider/lifecycle/preflight.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
  // The configuration of the tests' machine is neither looked at nor changed.
  host.sh("mount -t tmpfs etc /etc && mkdir -p /etc/systemd/networkd.conf.d /etc/firewalld /etc/ufw /etc/default");
});
afterEach(() => host.stop());

/** A process of this name: its program is another one, since services don't run without their system. */
function runs(name: string): void {
  host.sh(`cp "$(command -v sleep)" /run/${name}; /run/${name} 600 >/dev/null 2>&1 &`);
}

const configured = (file: string, line: string) => host.sh(`echo '${line}' >${file}`);

test.each<[string, () => void, RegExp | undefined]>([
  ["nothing of the kind", () => runs("cron"), undefined],
  ["networkd as it comes", () => runs("systemd-networkd"), /systemd-networkd .* routes .*ManageForeignRoutes=no/],
  [
    "networkd that lets others' routes be",
    () => {
      runs("systemd-networkd");
      configured("/etc/systemd/networkd.conf.d/routes.conf", "ManageForeignRoutes=no");
    },
    undefined,
  ],
  ["firewalld as it comes", () => runs("firewalld"), undefined],
  [
    "firewalld that writes iptables",
    () => {
      runs("firewalld");
      configured("/etc/firewalld/firewalld.conf", "FirewallBackend=iptables");
    },
    /firewalld .* rules .*FirewallBackend=nftables/,
  ],
  [
    "ufw as it comes",
    () => {
      runs("cron");
      configured("/etc/ufw/ufw.conf", "ENABLED=yes");
      configured("/etc/default/ufw", "MANAGE_BUILTINS=no");
    },
    undefined,
  ],
  [
    "ufw that flushes everything",
    () => {
      runs("cron");
      configured("/etc/ufw/ufw.conf", "ENABLED=yes");
      configured("/etc/default/ufw", "MANAGE_BUILTINS=yes");
    },
    /ufw .* rules .*MANAGE_BUILTINS=no/,
  ],
])("a host with %s", async (_, prepare, warning) => {
  prepare();
  expect(await preflight(host.transport)).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
});

test("a run looks at a host once, and says it once", async () => {
  runs("systemd-networkd");
  const lines: string[] = [];
  const provider = new DynamicProvider({ transport: () => host.transport }, (line) => lines.push(line));
  provider.configure({
    config: { get: (key) => (key === "linuxnet:hosts" ? JSON.stringify({ web: { local: true } }) : undefined) },
  });
  for (const name of ["lan1", "lan2"]) {
    const owner = { project: "shop", stack: "dev", name };
    const { inputs } = await provider.check({}, { kind: "Bridge", owner, host: "web" });
    await provider.create(inputs as Parameters<typeof provider.create>[0]);
  }
  expect(lines).toEqual([expect.stringMatching(/^warning: host web: systemd-networkd runs there/)]);
});
