import fc from "fast-check";
import { interfaceName, networkOf } from "../inputs/well-formed.js";
import { followed } from "./advice-case.js";
import { families, maybe, namespace, present } from "./arbitrary-properties.js";
import { commands, ip } from "./by-hand.js";
import { routed } from "./common-domains.js";
import { createdFirst, unknown } from "./diff-answers.js";
import { insideOf } from "./random-surroundings.js";
import type { KindCases } from "./kind-cases.js";
import { ruleDrifts } from "./rule.drifts.js";
import { rulePlans } from "./rule.plans.js";
import { inside, texts } from "./shown-texts.js";
import { addNamespace } from "./surroundings.js";

const rule = { priority: 1000, from: "10.0.0.0/24", table: 77 };

export const cases: KindCases = {
  kind: "Rule",
  good: { namespace: "con1", priority: 1000, from: "10.0.0.0/24", table: 77 },
  domains: {
    ...routed,
    priority: "metric",
    from: "network",
    to: "network",
    iif: "incomingInterface",
    oif: "interfaceName",
    fwmark: "packetMark",
    not: "boolean",
    family: "family",
    table: "table",
    suppressPrefixLength: "prefixLength",
    type: "ruleType",
  },
  least: rule,
  defaults: [
    [
      { priority: 1, to: "FD00:0::/64", fwmark: "0X0F/255", iif: "lo", table: 77 },
      {
        ...{ priority: 1, to: "fd00::/64", iif: "lo", fwmark: "0xf/0xff", not: false, family: "ipv6", table: 77 },
        type: "lookup",
      },
    ],
    [
      { priority: 1, fwmark: 0, type: "blackhole" },
      { priority: 1, fwmark: "0x0", not: false, family: "ipv4", type: "blackhole" },
    ],
  ],
  unknown: [
    { priority: unknown, from: unknown, iif: unknown, fwmark: unknown, table: unknown, not: unknown, type: unknown },
  ],
  refused: [
    [{ from: "10.0.0.0/8" }, { priority: /^priority: is missing$/ }],
    [
      { priority: 1, from: "10.0.0.1/8", iif: "all", fwmark: "0x100/0xff", table: "mine", type: "goto", family: 4 },
      {
        from: /the network is 10\.0\.0\.0\/8$/,
        iif: /can't be all, default, \., \.\.: these mean/,
        fwmark: /has bits outside its mask; did you mean "0x0\/0xff"\?$/,
        table: /a routing table is main, local, default or a number/,
        type: /lookup/,
        family: /ipv4/,
      },
    ],
    [{ priority: 1, table: 77, fwmark: "1/0" }, { fwmark: /the mask of 1\/0 has no bits/ }],
    [{ priority: 1, table: 77, fwmark: "mark" }, { fwmark: /is a number from 0 to 4294967295, or a text such as/ }],
    [{ priority: 1 }, { table: /^table is missing: which routing table/ }],
    [
      { priority: 1, type: "blackhole", table: 77, suppressPrefixLength: 0 },
      { table: /beside type blackhole, which looks into none$/, suppressPrefixLength: /which looks into no table$/ },
    ],
    [{ priority: 1, table: 77, from: "::/0" }, { from: /is every address: leave it out, and write family: "ipv6"/ }],
    [{ priority: 1, table: 77, to: "0.0.0.0/0" }, { to: /write family: "ipv4"/ }],
    [
      { priority: 1, table: 77, from: "10.0.0.0/8", to: "fd00::/8" },
      { to: /^to is of the other address family than from 10\.0\.0\.0\/8$/ },
    ],
    [
      { priority: 1, table: 77, to: "10.0.0.0/8", family: "ipv6" },
      { family: /^family is ipv6, and 10\.0\.0\.0\/8 is not: leave it out$/ },
    ],
    [{ priority: 1, table: 77, not: true }, { not: /is for no packets at all/ }],
    [{ priority: 1, table: 77, suppressPrefixLength: 33 }, { suppressPrefixLength: /at most 32 for IPv4$/ }],
  ],
  diffs: [
    [rule, { ...rule, from: "10.0.0.0/24", not: false, type: "lookup", family: "ipv4" }, "same"],
    [{ ...rule, fwmark: 16 }, { ...rule, fwmark: "0x10/0xFFFFFFFF" }, "same"],
    [{ ...rule, from: "fd00::/64" }, { ...rule, from: "FD00:0::/64", family: "ipv6" }, "same"],
    [rule, { ...rule, table: 78 }, "in place"],
    [rule, { ...rule, table: "main" }, "in place"],
    [rule, { ...rule, suppressPrefixLength: 0 }, "in place"],
    [{ ...rule, suppressPrefixLength: 0 }, rule, "in place"],
    [rule, { priority: 1000, from: rule.from, type: "blackhole" }, "in place"],
    [rule, { ...rule, table: unknown }, "in place"],
    [rule, { ...rule, priority: 1001 }, createdFirst("priority")],
    [rule, { ...rule, from: "10.0.1.0/24" }, createdFirst("from")],
    [rule, { ...rule, from: "fd00::/64" }, createdFirst("family", "from")],
    [rule, { ...rule, from: unknown }, createdFirst("from")],
    [rule, { ...rule, to: "10.9.0.0/16" }, createdFirst("to")],
    [rule, { ...rule, iif: "br0" }, createdFirst("iif")],
    [rule, { ...rule, oif: "eth0" }, createdFirst("oif")],
    [rule, { ...rule, fwmark: 1 }, createdFirst("fwmark")],
    [{ ...rule, fwmark: 1 }, { ...rule, fwmark: "1/0xff" }, createdFirst("fwmark")],
    [rule, { ...rule, not: true }, createdFirst("not")],
    [{ priority: 1, table: 77 }, { priority: 1, table: 77, family: "ipv6" }, createdFirst("family")],
    [rule, { ...rule, namespace: "box" }, createdFirst("namespace")],
  ],
  plans: rulePlans,
  lives: [
    {
      made: { priority: 1000, from: "10.6.0.0/24", table: 77 },
      shows: { "ip rule": /^1000:\tfrom 10\.6\.0\.0\/24 lookup 77 proto \d+$/m },
      changes: [
        {
          to: { priority: 1000, from: "10.6.0.0/24", table: "main", suppressPrefixLength: 0 },
          paths: ["table", "suppressPrefixLength"],
          shows: { "ip rule": /^1000:\tfrom 10\.6\.0\.0\/24 lookup main suppress_prefixlength 0 proto \d+$/m },
        },
        {
          to: { priority: 1000, from: "10.6.0.0/24", type: "unreachable" },
          paths: ["table", "suppressPrefixLength", "type"],
          shows: { "ip rule": /^1000:\tfrom 10\.6\.0\.0\/24 unreachable proto \d+$/m },
        },
        {
          to: { priority: 1000, from: "10.6.0.0/24", table: 77 },
          paths: ["table", "type"],
          shows: { "ip rule": /^(?![^]*unreachable)[^]*1000:\tfrom 10\.6\.0\.0\/24 lookup 77 proto \d+$/m },
        },
      ],
      damages: [
        { by: "ip rule del from 10.6.0.0/24 priority 1000 table 77", paths: "gone" },
        { by: "ip rule add from 10.6.0.0/24 iif d0 priority 1000 table 77", paths: [] },
        { by: "ip rule del from 10.6.0.0/24 iif d0 priority 1000 table 77", paths: [] },
      ],
    },
    {
      title: "for IPv6, in a namespace, with every selector",
      around: addNamespace,
      made: {
        ...{
          namespace: "box",
          priority: 1000,
          not: true,
          from: "fd00:6::/64",
          to: "fd00:7::/64",
          iif: "lo",
          oif: "d0",
        },
        ...{ fwmark: "0x10/0xf0", table: 77 },
      },
      shows: {
        "ip -n box -6 rule":
          /^1000:\tnot from fd00:6::\/64 to fd00:7::\/64 fwmark 0x10\/0xf0 iif lo oif d0 \[detached\] lookup 77 proto \d+$/m,
      },
      changes: [],
      damages: [{ by: "ip netns del box; ip netns add box", paths: "gone" }],
    },
  ],
  drifts: ruleDrifts,
  byHand: ({ namespace, priority, family }) => [
    commands(`${ip(namespace)} ${family === "ipv6" ? "-6" : "-4"} rule del priority ${String(priority)}`),
  ],
  advice: {
    "Give the new one another priority": followed("Give the new one another priority"),
  },
  unalterable: {
    priority: "part of what a rule is known by: with another one the rule is gone",
    from: "the same",
    to: "the same",
    iif: "the same",
    oif: "the same",
    fwmark: "the same",
    not: "the same",
    family: "where it is looked for: elsewhere it is gone",
  },
  inNetwork: {
    policy: { args: { priority: 1000, from: "10.1.0.0/24", table: "main" }, changed: { table: "default" } },
  },
  orphans: [
    {
      name: "policy",
      inputs: { priority: 1000, from: "10.1.0.0/24", iif: "lan", fwmark: "0x1/0xff", table: 77 },
      line: "Rule -: IPv4 policy rule 1000: from 10.1.0.0/24 fwmark 0x1/0xff iif lan lookup 77",
    },
    {
      name: "policy6",
      needs: ["box"],
      inputs: { namespace: "box", priority: 7, to: "fd00:7::/64", not: true, type: "prohibit" },
      line: "Rule -: IPv6 policy rule 7: not to fd00:7::/64 prohibit in box",
    },
  ],
  alone: {
    "an IPv4 policy rule": "ip rule add priority 7 table 9 proto $PROTO",
    "an IPv6 policy rule": "ip -6 rule add priority 7 table 9 proto $PROTO",
  },
  arbitraryInputs: families.chain((family) =>
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
  ),
  random: ([place = 0, family = 0, priority = 0, table = 0], index, { host, namespaces }) => ({
    kind: "Rule",
    args: {
      host,
      ...insideOf(namespaces[place]),
      priority: 1000 + 100 * index + priority,
      from: family < 5 ? `10.${20 + table}.0.0/16` : `fd00:${20 + table}::/32`,
      table: 70 + table,
    },
  }),
  shown(inputs) {
    const prefixes = [...texts(inputs.from), ...texts(inputs.to)].join();
    const family = prefixes.includes(":") || inputs.family === "ipv6" ? "-6" : "-4";
    const { fwmark } = inputs;
    return [
      {
        command: `${inside(inputs)}ip ${family} rule show priority ${String(inputs.priority)}`,
        texts: [
          ...texts(inputs.from).map((from) => `from ${from} `),
          ...texts(inputs.to).map((to) => `to ${to} `),
          ...texts(inputs.iif).map((name) => `iif ${name} `),
          ...texts(inputs.oif).map((name) => `oif ${name} `),
          ...texts(inputs.table).map((table) => `lookup ${table.replace("254", "main")} `),
          ...texts(inputs.suppressPrefixLength).map((length) => `suppress_prefixlength ${length} `),
          ...texts(inputs.type).map((type) => ` ${type} `),
          ...(typeof fwmark === "number" ? [`fwmark ${fwmark && "0x"}${fwmark.toString(16)} `] : []),
        ],
      },
    ];
  },
  isSimulated: true,
};
