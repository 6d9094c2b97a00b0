/**
 * Hosts whose kernel or tools are too old, or whose `ip` is BusyBox's: resources are refused before anything is
 * changed, with the same words as in doctor.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { diagnose } from "../../provider/lifecycle/doctor.js";
import { catalogue } from "../../provider/resources/catalogue.js";
import type { FirewallChoice } from "../../provider/schema/host.js";
import type { Batch } from "../../provider/transport/transport.js";
import { casesOf } from "../kinds/index.js";
import type { Life } from "../kinds/kind-cases.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { isUnsupported } from "./unsupported.js";
import { ageProgram, restorePrograms, hidePrograms, useBusyBoxIp } from "./programs.js";
import { TestHost } from "./test-host.js";
import { traces } from "./traces.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());
afterEach(() => {
  makeFit();
  host.sh(clearHost);
});

const release = "/proc/sys/kernel/osrelease";

function makeFit(): void {
  host.sh(`umount ${release} 2>/dev/null || true`);
  restorePrograms(host);
}

/** One life cycle of each kind. */
const lifeOf = (kind: string): Life => casesOf(kind).lives[0]!;
const kinds = catalogue.map(({ kind }) => kind);
const byRules = ["MasqueradeRule", "PortForward"];
const byIp = kinds.filter((kind) => kind !== "Sysctl" && !byRules.includes(kind));

interface OldHost {
  readonly title: string;
  readonly firewall?: FirewallChoice;
  readonly age: () => void;
  /** Whether the host has lost the means to create such resources, and is not merely old. */
  readonly lost?: boolean;
  readonly refused: readonly string[];
  readonly says: string;
  readonly advice: string;
}

const hosts: readonly OldHost[] = [
  {
    title: "iproute2 of Debian 9",
    age: () => ageProgram(host, "ip", "ip utility, iproute2-ss161212"),
    refused: byIp,
    says: "iproute2 4.9.0 is too old: 5.5 or newer is needed",
    advice: "Update the package iproute2 on the host.",
  },
  {
    title: "iptables of Ubuntu 18.04",
    age: () => ageProgram(host, "iptables", "iptables v1.6.1"),
    refused: byRules,
    says: "iptables 1.6.1 is too old: 1.8.4 or newer is needed",
    advice: "Update the package iptables on the host.",
  },
  {
    title: "nft of Debian 10, where rules are made with it",
    firewall: "nftables",
    age: () => ageProgram(host, "nft", "nftables v0.9.0 (Fearless Fosdick)"),
    refused: byRules,
    says: "nft 0.9.0 is too old: 0.9.8 or newer is needed",
    advice: 'Update the package nftables on the host, or use iptables there (`firewall: "iptables"`).',
  },
  {
    title: "nft of Debian 10, where rules are made with iptables",
    age: () => ageProgram(host, "nft", "nftables v0.9.0 (Fearless Fosdick)"),
    refused: [],
    says: "",
    advice: "",
  },
  {
    title: "nft of RHEL 8, and no iptables",
    age: () => {
      ageProgram(host, "nft", "nftables v0.9.3 (Topsy)");
      host.sh("rm -f /usr/bin/*tables* /usr/sbin/*tables*");
    },
    lost: true,
    refused: byRules,
    says: "nft 0.9.3 is too old: 0.9.8 or newer is needed",
    advice: 'Update the package nftables on the host, or use iptables there (`firewall: "iptables"`).',
  },
  {
    title: "the kernel of CentOS 7",
    age: () => host.sh(`echo 3.10.0-1160.el7.x86_64 >/run/osrelease; mount --bind /run/osrelease ${release}`),
    refused: [...byIp, ...byRules],
    says: "kernel 3.10.0-1160.el7.x86_64 is too old: 4.18 or newer is needed",
    advice: "Update the host's kernel.",
  },
  {
    title: "iptables of RHEL 8 and iproute2 of Ubuntu 20.04, which will do",
    age: () => {
      ageProgram(host, "iptables", "iptables v1.8.4 (nf_tables)");
      host.sh("cp /usr/bin/iptables /run/iptables");
      host.sh(
        `cp "$(command -v ip)" /run/real/ip && rm /usr/bin/ip && sed 's/iptables v1.8.4 (nf_tables)/ip utility, iproute2-ss200127/; s,/iptables,/ip,' /run/iptables >/usr/bin/ip && chmod +x /usr/bin/ip`,
      );
    },
    refused: [],
    says: "",
    advice: "",
  },
];

describe.each(hosts)("$title", ({ firewall = "auto", age, lost = false, refused, says, advice }) => {
  const fit = kinds.filter((kind) => !refused.includes(kind));
  const resourceOf = (kind: string) => new TestResource({ transport: host.transport, firewall }, kind, "own");

  if (refused.length > 0)
    test("what needs it is refused, and nothing is touched", async () => {
      for (const kind of refused) {
        const { around = "true", made } = lifeOf(kind);
        host.sh(around);
        const before = [host.dump(), traces(host)];
        age();
        const error = (await resourceOf(kind)
          .up(made)
          .catch((error: unknown) => error)) as Error;
        makeFit();
        expect(error.message).toBe(
          `${kind} "own" on kernel: ${says}; nothing was changed for this resource\n  → ${advice}`,
        );
        expect([host.dump(), traces(host)]).toEqual(before);
        // Once it was updated, it is made.
        if (!isUnsupported(host, kind)) {
          const updated = resourceOf(kind);
          await updated.up(made);
          await updated.down();
        }
        host.sh(clearHost);
      }
    });

  test("what does not need it is made", async () => {
    for (const kind of fit) {
      if (isUnsupported(host, kind)) continue;
      const { around = "true", made } = lifeOf(kind);
      host.sh(around);
      age();
      const resource = resourceOf(kind);
      await resource.up(made);
      await resource.down();
      makeFit();
      host.sh(clearHost);
    }
  });

  test("the doctor agrees", async () => {
    age();
    const { lacks } = await diagnose(host.transport, catalogue, firewall);
    const told = lacks.filter(({ kinds }) => !(kinds.length === 1 && isUnsupported(host, kinds[0]!)));
    expect(told).toEqual(
      refused.length === 0 ? [] : [{ kinds: refused.toSorted(), special: false, problem: `${says}. ${advice}` }],
    );
  });

  const lasting = lost ? [] : refused;
  if (lasting.length > 0)
    test("what is there already is refreshed and deleted all the same", async () => {
      for (const kind of lasting) {
        const { around = "true", made } = lifeOf(kind);
        if (isUnsupported(host, kind)) continue;
        host.sh(around);
        const before = traces(host);
        const resource = resourceOf(kind);
        await resource.up(made);
        age();
        expect(await resource.refresh()).toBeDefined();
        await resource.down();
        makeFit();
        expect(traces(host)).toEqual(before);
        host.sh(clearHost);
      }
    });
});

/* In a Pulumi run, in which many resources are created at the same time. */

/** A run with this host in its inventory. */
function startRun() {
  const batches: Batch[] = [];
  const transport = {
    run: (batch: Batch) => (batches.push(batch), host.transport.run(batch)),
    close: () => Promise.resolve(),
  };
  const provider = new DynamicProvider({ transport: () => transport });
  provider.configure({
    config: { get: (key) => (key === "linuxnet:hosts" ? JSON.stringify({ web: { local: true } }) : undefined) },
  });
  async function make(kind: string, name: string, properties: object) {
    const given = { kind, owner: { project: "shop", stack: "dev", name }, host: "web", ...properties };
    const { inputs, failures } = await provider.check({}, given);
    expect(failures).toEqual([]);
    return (await provider.create(inputs as Parameters<typeof provider.create>[0])).outs;
  }
  return { make, batches };
}

/** The result of each: an error's message, or undefined. */
const outcomes = async (results: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(results)).map((result) =>
    result.status === "rejected" ? (result.reason as Error).message : undefined,
  );

test("on a host with BusyBox's ip, each kind that needs it is refused in the first round trip, and nothing is left", async () => {
  for (const kind of byIp) host.sh(`{ ${lifeOf(kind).around ?? "true"}; } || true`);
  const before = [host.dump(), traces(host)];
  useBusyBoxIp(host);
  const wanted: [kind: string, name: string, properties: object][] = [
    ...byIp.map((kind): [string, string, object] => [kind, "own", lifeOf(kind).made]),
    ["Bridge", "lan0", { addresses: ["10.77.0.1/24"] }],
    ["Namespace", "web", {}],
  ];
  // Some would conflict with each other in one program: each has a run of its own.
  const runs = wanted.map(() => startRun());
  const made = wanted.map((one, index) => runs[index]!.make(...one));
  const sysctl = startRun().make("Sysctl", "forwarding", { key: "net.ipv4.conf.all.rp_filter", value: "2" });
  const said = await outcomes(made);
  expect(await sysctl).toMatchObject({ value: "2" });
  makeFit();
  host.sh("sysctl -qw net.ipv4.conf.all.rp_filter=0; rm -rf /run/linuxnet");
  expect([host.dump(), traces(host)]).toEqual(before);
  const words =
    "the host's `ip` is BusyBox's \\(1\\.[\\d.]+\\): iproute2 5\\.5 or newer is needed; nothing was changed for this resource\n  → Install the package iproute2 on the host\\.";
  expect(said).toEqual(
    wanted.map(([kind, name]) => expect.stringMatching(new RegExp(`^${kind} "${name}" on web: ${words}$`)) as string),
  );
  // The query of the host's facts, and the batch that is refused.
  for (const { batches } of runs) expect(batches.length).toBeLessThanOrEqual(2);
});

test("once it was installed, the next run makes it", async () => {
  useBusyBoxIp(host);
  const lan = { addresses: ["10.77.0.1/24"] };
  const [refused] = await outcomes([startRun().make("Bridge", "lan0", lan)]);
  expect(refused).toMatch(/BusyBox/);
  makeFit();
  expect(await startRun().make("Bridge", "lan0", lan)).toMatchObject({ name: "lan0" });
});

test("a check that has passed is not made again in a run", async () => {
  const { make, batches } = startRun();
  const checks = () => batches.flatMap(({ commands }) => commands).filter(({ argv }) => argv.includes("5.5")).length;
  await make("Bridge", "lan0", {});
  expect(checks()).toBe(1);
  // One round trip for the host's facts, and one for the bridge: the check needs none of its own.
  expect(batches).toHaveLength(2);
  await make("Bridge", "lan1", {});
  await make("Namespace", "box", {});
  expect(checks()).toBe(1);
});

test("a missing program is refused likewise", async () => {
  const before = traces(host);
  hidePrograms(host, "ip");
  const said = await outcomes([startRun().make("Bridge", "lan0", {})]);
  makeFit();
  expect(said).toEqual([
    'Bridge "lan0" on web: the program ip is missing on the host; nothing was changed for this resource\n  → Install the package iproute2 (5.5 or newer).',
  ]);
  expect(traces(host)).toEqual(before);
});
