import fc from "fast-check";
import { output } from "../engine/network.js";
import { networkOf } from "../inputs/well-formed.js";
import { followed } from "./advice-case.js";
import { families, maybe, mtu, namespace, present } from "./arbitrary-properties.js";
import { commands, ip } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { createdFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { routeDrifts } from "./route.drifts.js";
import { routePlans } from "./route.plans.js";
import { inside, texts } from "./shown-texts.js";
import { addNamespace } from "./surroundings.js";

const route = { destination: "10.7.0.0/16", via: "10.0.0.9" };

export const cases: KindCases = {
  kind: "Route",
  good: { namespace: "con1", destination: "10.1.0.0/24", via: "10.0.0.1", device: "eth0" },
  domains: {
    ...routed,
    destination: "network",
    via: "address",
    device: "interfaceName",
    source: "address",
    metric: "metric",
    table: "table",
    scope: "scope",
    type: "routeType",
    mtu: "mtu",
  },
  least: route,
  defaults: [
    [
      { destination: "10.0.0.0/8", via: "10.1.0.1" },
      { destination: "10.0.0.0/8", via: "10.1.0.1", metric: 0, table: "main", scope: "global", type: "unicast" },
    ],
    [
      { destination: "10.0.0.0/8", device: "eth0" },
      { destination: "10.0.0.0/8", device: "eth0", metric: 0, table: "main", scope: "link", type: "unicast" },
    ],
    [
      { destination: "default6", via: "FD00::1", table: 77 },
      { destination: "default6", via: "fd00::1", metric: 1024, table: 77, type: "unicast" },
    ],
    [
      { destination: "10.0.0.0/8", type: "blackhole" },
      { destination: "10.0.0.0/8", metric: 0, table: "main", scope: "global", type: "blackhole" },
    ],
  ],
  unknown: [{ destination: unknown, via: unknown, metric: unknown, table: unknown, type: unknown }],
  refused: [
    [{}, { destination: /is a network such as 172\.17\.0\.0\/24, or "default" or "default6"/ }],
    [
      { destination: "10.0.0.1/8", via: "10.0.0.1" },
      { destination: /the network is 10\.0\.0\.0\/8; "default" and "default6" are accepted too$/ },
    ],
    [{ destination: "default", via: "10.0.0.1", table: "mine" }, { table: /main, local, default or a number from 1/ }],
    [{ destination: "default", via: "10.0.0.1", type: "throw" }, { type: /unicast.*blackhole.*unreachable.*prohibit/ }],
    [{ destination: "10.0.0.0/8" }, { via: /or device is needed/ }],
    [{ destination: "default", via: "fd00::1" }, { via: /for the IPv6 default route write destination: "default6"/ }],
    [
      { destination: "fd00::/8", via: "10.0.0.1", source: "10.0.0.2", scope: "link" },
      { via: /other address family/, source: /other address family/, scope: /IPv4 only/ },
    ],
    [{ destination: "0.0.0.0/0", via: "10.0.0.1" }, { destination: /write "default"$/ }],
    [{ destination: "::/0", via: "fd00::1" }, { destination: /write "default6"$/ }],
    [{ destination: "10.0.0.0/8", type: "blackhole", device: "eth0" }, { type: /leads nowhere/ }],
  ],
  diffs: [
    [route, { ...route, metric: 0, table: "main", scope: "global", type: "unicast" }, "same"],
    [route, { ...route, destination: "10.8.0.0/16" }, createdFirst("destination")],
    [route, { ...route, metric: 5 }, createdFirst("metric")],
    [route, { ...route, table: 77 }, createdFirst("table")],
    [route, { ...route, namespace: "box" }, createdFirst("namespace")],
    [route, { ...route, via: "10.0.0.8" }, "in place"],
    [route, { ...route, device: "eth0" }, "in place"],
    [route, { destination: route.destination, device: "eth0" }, "in place"],
    [route, { ...route, source: "10.0.0.1" }, "in place"],
    [route, { ...route, mtu: 1400 }, "in place"],
    [{ ...route, mtu: 1400 }, route, "in place"],
    [route, { destination: route.destination, type: "blackhole" }, "in place"],
    [route, { ...route, via: unknown }, "in place"],
    [{ destination: "fd00::/8", via: "fd01::1" }, { destination: "FD00::/8", via: "fd01:0::1", metric: 1024 }, "same"],
  ],
  plans: routePlans,
  lives: [
    {
      around:
        "ip link add d0 type veth peer name d1; ip addr add 10.6.0.1/24 dev d0; ip link set d0 up; ip link set d1 up",
      made: { destination: "10.7.0.0/16", via: "10.6.0.2" },
      shows: { "ip route show 10.7.0.0/16": /via 10\.6\.0\.2 dev d0 proto \d+/ },
      changes: [
        {
          to: { destination: "10.7.0.0/16", via: "10.6.0.3", device: "d0", source: "10.6.0.1", mtu: 1400 },
          paths: ["via", "device", "source", "mtu"],
          shows: { "ip route show 10.7.0.0/16": /via 10\.6\.0\.3 dev d0 proto \d+ src 10\.6\.0\.1 mtu 1400/ },
        },
        {
          to: { destination: "10.7.0.0/16", device: "d0" },
          paths: ["via", "source", "mtu", "scope"],
          shows: { "ip route show 10.7.0.0/16": /dev d0 proto \d+ scope link/ },
        },
        {
          to: { destination: "10.7.0.0/16", type: "unreachable" },
          paths: ["device", "scope", "type"],
          shows: { "ip route show type unreachable": /10\.7\.0\.0\/16/ },
        },
        {
          to: { destination: "10.7.0.0/16", via: "10.6.0.2" },
          paths: ["via", "type"],
          shows: { "ip route show 10.7.0.0/16": /via 10\.6\.0\.2/ },
        },
      ],
      damages: [
        {
          by: "p=$(ip route show 10.7.0.0/16 | sed 's/.*proto \\([0-9]*\\).*/\\1/'); ip route replace 10.7.0.0/16 via 10.6.0.9 proto $p",
          paths: ["via"],
        },
        { by: "ip route del 10.7.0.0/16", paths: "gone" },
        { by: "ip link set d0 down; ip link set d0 up", paths: "gone" },
      ],
    },
    {
      title: "for IPv6, in a namespace and a table of its own",
      around: `${addNamespace}; ip -n box link add d0 type veth peer name d1; ip -n box addr add fd00:6::1/64 dev d0 nodad; ip -n box link set d0 up; ip -n box link set d1 up`,
      made: { namespace: "box", destination: "default6", via: "fd00:6::2", table: 77 },
      shows: { "ip -n box -6 route show table 77": /default via fd00:6::2/ },
      changes: [
        {
          to: { namespace: "box", destination: "default6", via: "fd00:6::3", table: 77, mtu: 1400 },
          paths: ["via", "mtu"],
          shows: { "ip -n box -6 route show table 77": /default via fd00:6::3 .*mtu 1400/ },
        },
        {
          to: { namespace: "box", destination: "default6", type: "blackhole", table: 77 },
          paths: ["via", "type", "mtu"],
          shows: { "ip -n box -6 route show table 77": /blackhole default/ },
        },
        {
          to: { namespace: "box", destination: "default6", via: "fd00:6::3", table: 77 },
          paths: ["via", "type"],
          shows: { "ip -n box -6 route show table 77": /default via fd00:6::3/ },
        },
      ],
      damages: [{ by: "ip -n box -6 route flush table 77", paths: "gone" }],
    },
  ],
  drifts: routeDrifts,
  byHand: ({ namespace, destination, table }) => {
    const family = String(destination).includes(":") ? "-6" : "-4";
    return [
      commands(`${ip(namespace)} ${family} route flush table ${String(table)} exact ${String(destination)}`),
      // The main table also has routes that only the kernel itself creates.
      ...(table === "main" ? [] : [commands(`${ip(namespace)} ${family} route flush table ${String(table)}`)]),
    ];
  },
  advice: {
    "Give the new one another metric or table": followed("Give the new one another metric or table"),
  },
  unalterable: {
    destination: "part of the kernel's key of a route: with another one the route is gone",
    metric: "the same",
    table: "the same",
  },
  inNetwork: {
    far: {
      args: { destination: "10.11.0.0/16", via: "10.1.0.2" },
      dependsOn: ["lan"],
      changed: { via: "10.1.0.40" },
    },
    hole: {
      args: { namespace: output("box.name"), destination: "10.200.0.0/16", type: "blackhole" },
      changed: { type: "unreachable" },
    },
  },
  orphans: [
    {
      name: "far",
      needs: ["box", "eth"],
      inputs: { namespace: "box", destination: "10.9.0.0/16", via: "10.1.0.1", table: 77, metric: 5 },
      line: "Route -: route 10.9.0.0/16 via 10.1.0.1 dev eth metric 5 table 77 in box",
    },
    {
      name: "hole",
      inputs: { destination: "10.8.0.0/16", type: "blackhole" },
      line: "Route -: blackhole route 10.8.0.0/16",
    },
    {
      name: "hole6",
      inputs: { destination: "fd00:8::/64", type: "unreachable" },
      line: "Route -: unreachable route fd00:8::/64",
    },
  ],
  arbitraryInputs: families.chain((family) =>
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
  ),
  shown: (inputs) => [
    {
      command: `${inside(inputs)}ip ${String(inputs.destination).includes(":") ? "-6" : "-4"} route show table ${texts(inputs.table)[0] ?? "main"}`,
      inOneLine: true,
      texts: [
        ...texts(inputs.destination),
        ...texts(inputs.via).map((via) => `via ${via} `),
        ...texts(inputs.type),
        ...texts(inputs.metric).map((metric) => `metric ${metric} `),
        ...texts(inputs.mtu).map((mtu) => `mtu ${mtu}`),
      ],
    },
  ],
  isSimulated: true,
};
