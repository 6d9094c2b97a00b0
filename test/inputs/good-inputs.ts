/** Inputs of every kind of resource that are right, in a namespace `con1` with an interface `eth9` (10.250.0.2/24, fd00:250::2/64). */
import fc from "fast-check";
import { addressOf, cidr, interfaceName, mac, namespaceName, networkOf } from "./well-formed.js";

export interface GoodInputs {
  readonly kind: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const namespace = fc.constant("con1");
/** None that are there already. */
const newName = interfaceName.filter((name) => !["eth9", "port9"].includes(name));
const addresses = fc.uniqueArray(cidr, { maxLength: 3, selector: (text) => text.replace(/\/.*/, "") });
const mtu = fc.integer({ min: 1280, max: 9000 });
const port = fc.integer({ min: 1, max: 65_535 });

const inNamespace = fc.record({
  name: namespaceName.filter((name) => name !== "con1"),
  sysctls: maybe(fc.constantFrom({ "net.ipv4.ip_forward": 1 }, { "net.ipv6.conf.all.forwarding": "1" }, {})),
});

const bridge = fc
  .record({
    namespace: maybe(namespace),
    name: newName,
    addresses: maybe(addresses),
    mac: maybe(mac),
    mtu: maybe(mtu),
    stp: maybe(fc.boolean()),
    forwardDelay: maybe(fc.integer({ min: 2, max: 30 })),
    ageingTime: maybe(fc.integer({ min: 0, max: 100_000 })),
    up: maybe(fc.boolean()),
  })
  .map(present);

const end = { addresses: maybe(addresses), mac: maybe(mac), up: maybe(fc.boolean()) };
const veth = fc
  .record({
    namespace,
    name: newName,
    mtu: maybe(mtu),
    ...end,
    peer: fc.record({ name: newName, ...end }).map(present),
  })
  .map(present);

const route = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc
    .record({
      namespace,
      destination: networkOf[family].filter((network) => !/^(10\.250\.0\.|fd00:250:)/.test(network)),
      metric: maybe(fc.integer({ min: 1, max: 4_294_967_295 })),
      table: maybe(fc.oneof(fc.constant("main"), fc.integer({ min: 1000, max: 4_294_967_295 }))),
      way: fc.oneof(
        fc.record({
          via: fc.constant(family === 4 ? "10.250.0.1" : "fd00:250::1"),
          device: maybe(fc.constant("eth9")),
          mtu: maybe(mtu),
        }),
        fc.record({ type: fc.constantFrom("blackhole", "unreachable", "prohibit") }),
      ),
    })
    .map(({ way, ...rest }) => present({ ...rest, ...present(way) })),
);

const rule = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc
    .record({
      namespace,
      priority: fc.integer({ min: 1, max: 32_765 }),
      prefixes: fc.oneof(
        fc.constant({ family: family === 4 ? "ipv4" : "ipv6" }),
        fc.record({ from: networkOf[family], to: maybe(networkOf[family]) }),
        fc.record({ to: networkOf[family] }),
      ),
      iif: maybe(fc.oneof(fc.constantFrom("lo", "eth9"), interfaceName)),
      oif: maybe(interfaceName),
      fwmark: maybe(
        fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom("0x0/0x1", "0xF0/0xff", "7", "0xffffffff")),
      ),
      does: fc.oneof(
        fc.record({
          table: fc.oneof(fc.constantFrom("main", "local", "default"), fc.integer({ min: 1, max: 4_294_967_295 })),
          suppressPrefixLength: maybe(fc.integer({ min: 0, max: family === 4 ? 32 : 128 })),
        }),
        fc.record({ type: fc.constantFrom("blackhole", "unreachable", "prohibit") }),
      ),
    })
    .map(({ prefixes, does, ...rest }) => present({ ...rest, ...present(prefixes), ...present(does) })),
);

const masquerade = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc
    .record({
      namespace: maybe(namespace),
      source: networkOf[family],
      side: fc.oneof(
        fc.constant({}),
        fc.record({ outInterface: interfaceName }),
        fc.record({ exceptOutInterface: interfaceName }),
      ),
      exceptDestinations: maybe(fc.uniqueArray(networkOf[family], { minLength: 1, maxLength: 3 })),
      allowOverlap: maybe(fc.boolean()),
    })
    .map(({ side, ...rest }) => present({ ...rest, ...side })),
);

const forward = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc
    .record({
      namespace: maybe(namespace),
      protocol: fc.constantFrom("tcp", "udp", "sctp"),
      listenAddress: maybe(addressOf[family]),
      ports: fc.oneof(
        fc.record({ listenPort: port, targetPort: maybe(port) }),
        fc
          .tuple(
            fc.integer({ min: 1, max: 60_000 }),
            fc.integer({ min: 1, max: 100 }),
            maybe(fc.integer({ min: 1, max: 60_000 })),
          )
          .map(([first, more, targetPort]) => ({ listenPort: `${first}-${first + more}`, targetPort })),
      ),
      targetAddress: addressOf[family],
      side: fc.oneof(
        fc.constant({}),
        fc.record({ inInterface: interfaceName }),
        fc.record({ exceptInInterface: interfaceName, hairpin: maybe(fc.boolean()) }),
      ),
    })
    .map(({ ports, side, ...rest }) => present({ ...rest, ...present(ports), ...present(side) })),
);

const sysctl = fc.constantFrom(
  { key: "net.ipv4.ip_forward", value: 1 },
  { namespace: "con1", key: "net.ipv4.tcp_rmem", value: "4096  131072\t6291456" },
  { namespace: "con1", key: "net/ipv4/conf/eth9/rp_filter", value: "2" },
  { namespace: "con1", key: "net.ipv6.conf.all.forwarding", value: "1" },
);

export const goodInputs: fc.Arbitrary<GoodInputs> = fc.oneof(
  ...Object.entries({
    Namespace: inNamespace,
    Bridge: bridge,
    Veth: veth,
    Route: route,
    Rule: rule,
    MasqueradeRule: masquerade,
    PortForward: forward,
    Sysctl: sysctl,
  }).map(([kind, inputs]) =>
    fc.record({ kind: fc.constant(kind), inputs: inputs as fc.Arbitrary<Record<string, unknown>> }),
  ),
);

function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
