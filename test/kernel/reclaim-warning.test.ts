/** The warning before the provider takes over an object that carries the stack's mark and is not in its state. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { clearHost } from "./clear-host.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeAll(async () => {
  host = await TestHost.start();
});
afterAll(() => host.stop());

const program = {
  lan: { kind: "Bridge", name: "lan", addresses: ["10.1.0.1/24"] },
  out: { kind: "MasqueradeRule", source: "10.1.0.0/24", exceptOutInterface: "lan", allowOverlap: true },
  web: { kind: "PortForward", protocol: "tcp", listenPort: 8001, targetAddress: "10.1.0.2", exceptInInterface: "lan" },
  dns: { kind: "PortForward", protocol: "udp", listenPort: 8053, targetAddress: "10.1.0.2" },
  hole: { kind: "Route", destination: "10.9.0.0/16", type: "blackhole" },
  con: { kind: "Namespace", name: "con1" },
};

const rulesOnly = { out: program.out, web: program.web, dns: program.dns };

/** A run without a state; returns its warnings. */
async function run(program: Record<string, object & { kind: string }>): Promise<string[]> {
  const warnings: string[] = [];
  const provider = new DynamicProvider({ transport: () => host.transport }, (line) => warnings.push(line));
  await Promise.all(
    Object.entries(program).map(async ([name, given]) => {
      const owner = { project: "shop", stack: "dev", name };
      const { inputs, failures } = await provider.check({}, { ...given, owner, host: { name: "kernel", local: true } });
      expect(failures).toEqual([]);
      await provider.create(inputs as never);
    }),
  );
  return warnings.filter((line) => line.includes("not in its state"));
}

describe.each([
  ["accepts what it forwards", "ACCEPT"],
  ["drops what it forwards", "DROP"],
])("a host that %s", (_title, policy) => {
  beforeEach(() => {
    const cleared = ["iptables", "ip6tables"].map(
      (name) => `${name} -w -F; ${name} -w -X; ${name} -w -P FORWARD ${policy}`,
    );
    host.sh([clearHost, ...cleared].join("\n"));
  });

  // A route has no mark.
  test.each([
    ["every sort", program, 5],
    ["rules alone", rulesOnly, 3],
  ])(
    "%s: nothing is said of what the run itself has created; what an earlier run has created is counted, once",
    async (_, all, count) => {
      expect(await run(all)).toEqual([]);
      expect(await run(all)).toEqual([
        expect.stringMatching(`^warning: host kernel: ${count} resources carry this stack's mark there`),
      ]);
    },
  );
});
