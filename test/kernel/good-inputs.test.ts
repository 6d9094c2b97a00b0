/** A share of the generated good inputs, made for real. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DynamicProvider } from "../../provider/dynamic.js";
import { type GoodInputs, goodInputs } from "../inputs/good-inputs.js";
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

/** As programs print it: what is an IPv6 address in the canonical form of RFC 5952, here by the URL standard's own serializer. */
function printed(text: string): string {
  const [address = "", ...length] = text.split("/");
  if (!/^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*$/.test(address) || /^(..:){5}..$/.test(address)) return text;
  return [new URL(`http://[${address}]`).hostname.slice(1, -1), ...length].join("/");
}

/** What iproute2, iptables and /proc must show of it, by a text that stands in what they print. */
function traces({ kind, inputs }: GoodInputs, host: TestHost): string[] {
  const { namespace } = inputs as { namespace?: string };
  const inside = namespace === undefined ? "" : `ip netns exec ${namespace} `;
  const texts = (value: unknown): string[] =>
    [value]
      .flat()
      .filter((part) => part !== undefined)
      .map((part) => printed(String(part as string | number | boolean)));
  const missing = (command: string, wanted: readonly string[]) => {
    const shown = host.sh(command);
    return wanted.filter((text) => !shown.includes(text)).map((text) => `${text} in ${command}:\n${shown}`);
  };
  switch (kind) {
    case "Namespace": {
      const { name, dns, hosts = {}, hostname } = inputs as Record<string, object | undefined>;
      const names = [dns ?? {}, hosts].flatMap((table) => Object.values(table as Record<string, string>).flat());
      return [
        ...missing("ls /run/netns", texts(name)),
        ...missing(`ip netns exec ${texts(name)[0]!} cat /etc/resolv.conf /etc/hosts /etc/hostname`, [
          ...texts(names),
          ...Object.keys(hosts),
          ...texts(hostname),
        ]),
      ];
    }
    case "Bridge":
    case "Veth":
    case "Macvlan":
    case "Ipvlan":
      return missing(`${inside}ip -d address show dev ${String(inputs.name)}`, [
        ...texts(inputs.addresses),
        ...texts(inputs.mac),
        ...texts(inputs.mtu).map((mtu) => `mtu ${mtu} `),
        ...texts(inputs.parent && (inputs.mode ?? (kind === "Macvlan" ? "bridge" : "l2"))).map(
          (mode) => `mode ${mode} `,
        ),
        ...texts(inputs.stp).map((stp) => `stp_state ${stp === "true" ? 1 : 0}`),
      ]);
    case "Vxlan": {
      const link = String(inputs.name);
      const inNamespace = namespace === undefined ? "" : `-n ${namespace} `;
      return [
        ...missing(`ip ${inNamespace}-d address show dev ${link}`, [
          `vxlan id ${String(inputs.vni)} `,
          ...texts(inputs.local).map((local) => `local ${local} `),
          ...texts(inputs.group).map((group) => `group ${group} `),
          `dstport ${texts(inputs.port)[0] ?? "4789"} `,
          `mtu ${texts(inputs.mtu)[0] ?? String(1500 - (String(inputs.local).includes(":") ? 70 : 50))} `,
          ...texts(inputs.learning).map((learning) => (learning === "true" ? " ttl " : " nolearning ")),
          ...texts(inputs.addresses),
          ...texts(inputs.mac),
        ]),
        ...missing(
          `bridge ${inNamespace}fdb show dev ${link}`,
          texts(inputs.remotes).map((remote) => `00:00:00:00:00:00 dst ${remote} `),
        ),
      ];
    }
    case "Route": {
      const family = String(inputs.destination).includes(":") ? "-6" : "-4";
      const lines = host.sh(`${inside}ip ${family} route show table ${texts(inputs.table)[0] ?? "main"}`).split("\n");
      const wanted = [
        ...texts(inputs.destination),
        ...texts(inputs.via).map((via) => `via ${via} `),
        ...texts(inputs.type),
        ...texts(inputs.metric).map((metric) => `metric ${metric} `),
        ...texts(inputs.mtu).map((mtu) => `mtu ${mtu}`),
      ];
      return lines.some((line) => wanted.every((text) => `${line} `.includes(text)))
        ? []
        : [`${wanted.join()} in\n${lines.join("\n")}`];
    }
    case "Rule": {
      const prefix = [...texts(inputs.from), ...texts(inputs.to)].join();
      const family = prefix.includes(":") || inputs.family === "ipv6" ? "-6" : "-4";
      return missing(`${inside}ip ${family} rule show priority ${String(inputs.priority)}`, [
        ...texts(inputs.from).map((from) => `from ${from} `),
        ...texts(inputs.to).map((to) => `to ${to} `),
        ...texts(inputs.iif).map((name) => `iif ${name} `),
        ...texts(inputs.oif).map((name) => `oif ${name} `),
        ...texts(inputs.table).map((table) => `lookup ${table.replace("254", "main")} `),
        ...texts(inputs.suppressPrefixLength).map((length) => `suppress_prefixlength ${length} `),
        ...texts(inputs.type).map((type) => ` ${type} `),
        ...(typeof inputs.fwmark === "number" ? [`fwmark ${inputs.fwmark && "0x"}${inputs.fwmark.toString(16)} `] : []),
      ]);
    }
    case "MasqueradeRule":
    case "PortForward": {
      const program = String(inputs.source ?? inputs.targetAddress).includes(":") ? "ip6tables" : "iptables";
      return missing(`${inside}${program}-save -t nat`, [
        ...texts(inputs.source).map((source) => `-s ${source} `),
        ...texts(inputs.exceptDestinations),
        ...texts(inputs.listenPort).map((port) => `--dport ${port.replace("-", ":")} `),
        ...texts(inputs.targetAddress),
        ...texts(inputs.exceptInInterface).map((name) => `! -i ${name} `),
      ]);
    }
    default:
      return missing(`${inside}cat /proc/sys/${String(inputs.key).replaceAll(/[./]/g, "/")}`, [
        String(inputs.value).replaceAll(/\s+/g, "\t"),
      ]);
  }
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
        expect(traces(good, host)).toEqual([]);
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
