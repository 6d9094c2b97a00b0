/** Inputs of every kind of resource that are right, in a namespace `con1` with an interface `eth9` (10.250.0.2/24, fd00:250::2/64) whose other end is `port9` of the host. */
import fc from "fast-check";
import { address, addressOf, cidr, domain, interfaceName, mac, namespaceName, networkOf } from "./well-formed.js";

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

const some = <T>(each: fc.Arbitrary<T>) => fc.uniqueArray(each, { minLength: 1, maxLength: 3 });
const hosts = fc
  .uniqueArray(fc.tuple(domain, fc.oneof(address, some(address))), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 5,
  })
  .map((entries) => Object.fromEntries(entries));
const dns = fc
  .record({
    servers: some(address),
    search: maybe(some(fc.oneof(domain, fc.constantFrom(".", "_tcp.example.org.")))),
    options: maybe(fc.constantFrom(["ndots:2"], ["rotate", "timeout:3", "trust-ad"])),
  })
  .map(present);
const inNamespace = fc.record({
  name: namespaceName.filter((name) => name !== "con1"),
  sysctls: maybe(fc.constantFrom({ "net.ipv4.ip_forward": 1 }, { "net.ipv6.conf.all.forwarding": "1" }, {})),
  dns: maybe(dns),
  hosts: maybe(hosts),
  hostname: maybe(domain),
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

const stacked = {
  namespace: maybe(namespace),
  name: newName,
  parent: fc.constant("port9"),
  addresses: maybe(addresses),
  mtu: maybe(fc.integer({ min: 1280, max: 1500 })),
  up: maybe(fc.boolean()),
};
const macvlan = fc
  .record({
    ...stacked,
    way: fc.oneof(
      fc.record({ mode: maybe(fc.constantFrom("bridge", "private", "vepa")), mac: maybe(mac) }),
      fc.constant({ mode: "passthru" }),
    ),
  })
  .map(({ way, ...rest }) => present({ ...rest, ...present(way) }));
const ipvlan = fc
  .record({
    ...stacked,
    mode: maybe(fc.constantFrom("l2", "l3", "l3s")),
    flag: maybe(fc.constantFrom("bridge", "private", "vepa")),
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

/** Its packets come from an address of the host's own. */
const vxlan = fc.constantFrom(4 as const, 6 as const).chain((family) =>
  fc
    .record({
      namespace: maybe(namespace),
      name: newName,
      vni: fc.integer({ min: 0, max: 16_777_215 }),
      local: fc.constant(family === 4 ? "10.251.0.1" : "fd00:251::1"),
      others: fc.oneof(
        fc.record({ remotes: fc.uniqueArray(addressOf[family], { maxLength: 4 }) }),
        fc.constant({ group: family === 4 ? "239.1.1.1" : "ff05::100", device: "port9" }),
        fc.constant({ device: "port9" }),
      ),
      port: maybe(port),
      mtu: maybe(fc.integer({ min: 1280, max: 1430 })),
      learning: maybe(fc.boolean()),
      addresses: maybe(addresses),
      mac: maybe(mac),
      up: maybe(fc.boolean()),
    })
    .filter(({ local, others }) => !("remotes" in others && others.remotes.includes(local)))
    .map(({ others, ...rest }) => present({ ...rest, ...others })),
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
    Macvlan: macvlan,
    Ipvlan: ipvlan,
    Route: route,
    Rule: rule,
    MasqueradeRule: masquerade,
    PortForward: forward,
    Sysctl: sysctl,
    Vxlan: vxlan,
  }).map(([kind, inputs]) =>
    fc.record({ kind: fc.constant(kind), inputs: inputs as fc.Arbitrary<Record<string, unknown>> }),
  ),
);

function present<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
