/** A sample of the generated valid inputs, created on a real host. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { type GoodInputs, goodInputs } from "../inputs/good-inputs.js";
import { casesOf } from "../kinds/index.js";
import { seeding } from "../seed.js";
import { isUnsupported } from "./unsupported.js";
import { TestHost } from "./test-host.js";

const count = 150;
let host: TestHost;
let before: string;

beforeAll(async () => {
  host = await TestHost.start();
  host.sh(`
    ip netns add con1
    ip netns exec con1 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ip link add port9 type veth peer name eth9 netns con1
    ip link set port9 up
    ip address add 10.251.0.1/24 dev port9
    ip address add fd00:251::1/64 dev port9 nodad
    ip -n con1 link set lo up
    ip -n con1 address add 10.250.0.2/24 dev eth9
    ip -n con1 address add fd00:250::2/64 dev eth9 nodad
    ip -n con1 link set eth9 up`);
  before = host.dump();
});
afterAll(() => host.stop());

/** What iproute2, iptables and /proc should show of the resource and do not. */
function missing({ kind, inputs }: GoodInputs): string[] {
  return casesOf(kind)
    .shown(inputs)
    .flatMap(({ command, texts, inOneLine = false }) => {
      const printed = host.sh(command);
      const has = (text: string) => texts.every((wanted) => text.includes(wanted));
      if (inOneLine ? printed.split("\n").some((line) => has(`${line} `)) : has(printed)) return [];
      const absent = inOneLine ? [texts.join()] : texts.filter((wanted) => !printed.includes(wanted));
      return absent.map((text) => `${text} in ${command}:\n${printed}`);
    });
}

test(
  `${count} generated inputs arrive as they are meant, are read back as they are, and go without a trace`,
  { timeout: 300_000 },
  async () => {
    const owner = { project: "shop", stack: "dev", name: "one" };
    const property = fc.asyncProperty(goodInputs, async (good) => {
      const provider = new DynamicProvider({ transport: () => host.transport });
      const { inputs, failures } = await provider.check(
        {},
        {
          ...good.inputs,
          kind: good.kind,
          owner,
          host: { local: true },
        },
      );
      expect(failures).toEqual([]);
      if (isUnsupported(host, good.kind)) {
        await expect(provider.create(inputs as never)).rejects.toThrow("Error: Unknown device type.");
        expect(host.dump()).toBe(before);
        return;
      }
      const { id, outs } = await provider.create(inputs as never);
      try {
        expect(missing(good)).toEqual([]);
        const read = await provider.read(id, outs as never);
        expect(read.props).toEqual(outs);
        expect(await provider.diff(id, read.props as never, inputs as never)).toMatchObject({ changes: false });
      } finally {
        await provider.delete(id, outs as never);
      }
      expect(host.dump()).toBe(before);
    });
    await fc.assert(property, { numRuns: count, ...seeding, endOnFailure: true });
  },
);
