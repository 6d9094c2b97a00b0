import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { useLegacyIptables, useOwnIptables } from "./iptables-backend.js";
import { restorePrograms, hidePrograms } from "./programs.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());
afterEach(() => {
  restorePrograms(host);
  host.sh("umount /etc/alternatives 2>/dev/null; rm -rf /run/alternatives");
  host.sh(clearHost);
  for (const program of ["iptables-legacy", "ip6tables-legacy"])
    for (const table of ["nat", "mangle", "raw"]) host.sh(`${program} -t ${table} -F; ${program} -t ${table} -X`);
});

const legacyPrograms = "*tables-legacy*";

describe.each([
  ["IPv4", "ip", "10.1.0.0/16", "10.2.0.0/16", "10.1.0.2"],
  ["IPv6", "ip6", "fd00:1::/64", "fd00:2::/64", "fd00:1::2"],
])("%s rules in the backend that iptables is no longer", (_, ip, source, exception, targetAddress) => {
  const rules = (backend: "nft" | "legacy") => {
    const saved = host.sh(`${ip}tables-${backend}-save | grep linuxnet: || true`);
    return saved === "" ? 0 : saved.split("\n").length;
  };
  const masquerade = { source, exceptDestinations: [exception] };
  const forward = { protocol: "tcp", listenPort: 80, targetAddress, exceptInInterface: "br0" };
  const cases = [
    ["MasqueradeRule", masquerade, { ...masquerade, exceptOutInterface: "br0" }, 3],
    ["PortForward", forward, { ...forward, targetPort: 8080 }, 5],
  ] as const;

  test.each(cases)("%s: are found, changed and deleted there", async (kind, wanted, changed, count) => {
    const resource = new TestResource(host, kind, "own");
    expect(await resource.up(wanted)).toMatchObject({ backend: "nf_tables" });
    useLegacyIptables(host);
    expect(await resource.refresh()).toMatchObject({ backend: "nf_tables" });
    expect(resource.changes(wanted)).toEqual([]);
    expect(await resource.up(changed)).toMatchObject({ backend: "nf_tables" });
    expect([rules("nft"), rules("legacy")]).toEqual([count, 0]);
    expect(resource.warnings).toEqual([]);
    await resource.down();
    expect([rules("nft"), rules("legacy")]).toEqual([0, 0]);
  });

  test.each(cases)("%s: are found from the other side too", async (kind, wanted, changed, count) => {
    useLegacyIptables(host);
    const resource = new TestResource(host, kind, "own");
    expect(await resource.up(wanted)).toMatchObject({ backend: "legacy" });
    useOwnIptables(host);
    expect(await resource.refresh()).toMatchObject({ backend: "legacy" });
    expect(resource.changes(wanted)).toEqual([]);
    expect(await resource.up(changed)).toMatchObject({ backend: "legacy" });
    expect([rules("nft"), rules("legacy")]).toEqual([0, count]);
    await resource.down();
    expect([rules("nft"), rules("legacy")]).toEqual([0, 0]);
  });

  test.each(cases)("%s: a second set in the other one is drift, and goes", async (kind, wanted, _changed, count) => {
    const resource = new TestResource(host, kind, "own");
    await resource.up(wanted);
    host.sh(`${ip}tables-nft-save -t nat | ${ip}tables-legacy-restore --noflush`);
    expect(rules("legacy")).toBeGreaterThan(0);
    await resource.refresh();
    expect(resource.changes(wanted)).toContain("rules");
    await resource.up(wanted);
    expect([rules("nft"), rules("legacy")]).toEqual([count, 0]);
    expect(resource.changes(wanted)).toEqual([]);
  });

  test("what is flushed is made again where iptables leads now", async () => {
    const resource = new TestResource(host, "MasqueradeRule", "own");
    await resource.up(masquerade);
    useLegacyIptables(host);
    host.sh("nft flush ruleset");
    expect(await resource.refresh()).toBeUndefined();
    expect(await resource.up(masquerade)).toMatchObject({ backend: "legacy" });
    expect([rules("nft"), rules("legacy")]).toEqual([0, 3]);
  });

  test("where both hold rules, whoever made them, the user is told", async () => {
    host.sh(`${ip}tables-legacy -t nat -A POSTROUTING -s ${source} -j ACCEPT`);
    const resource = new TestResource(host, "MasqueradeRule", "own");
    await resource.up(masquerade);
    const warning = expect.stringMatching(/both backends of iptables hold rules/) as string;
    expect(resource.warnings).toEqual([warning]);
    await resource.refresh();
    expect(resource.warnings).toEqual([warning, warning]);
  });

  test("what a backend without its programs may hold is not called gone", async () => {
    useLegacyIptables(host);
    const resource = new TestResource(host, "MasqueradeRule", "own");
    await resource.up(masquerade);
    useOwnIptables(host);
    hidePrograms(host, legacyPrograms);
    const missing = new RegExp(
      `The program ${ip}tables-legacy-save is missing on the host: install the package iptables`,
    );
    await expect(resource.refresh()).rejects.toThrow(missing);
    await expect(resource.down()).rejects.toThrow(missing);
    // A resource that was never in that backend is not affected.
    const other = new TestResource(host, "MasqueradeRule", "other");
    expect(await other.up(masquerade)).toMatchObject({ backend: "nf_tables" });
  });
});

test("after a reboot there is nothing to look for in the recorded backend", async () => {
  const resource = new TestResource(host, "MasqueradeRule", "own");
  useLegacyIptables(host);
  await resource.up({ source: "10.1.0.0/16" });
  const rebooted = await TestHost.start();
  try {
    hidePrograms(rebooted, legacyPrograms);
    const same = new TestResource(rebooted, "MasqueradeRule", "own");
    same.state = resource.state;
    expect(await same.refresh()).toBeUndefined();
  } finally {
    await rebooted.stop();
  }
});
