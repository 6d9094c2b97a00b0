import fc from "fast-check";
import { output } from "../engine/network.js";
import { interfaceName, networkOf } from "../inputs/well-formed.js";
import { followed } from "./advice-case.js";
import { families, maybe, namespace, present } from "./arbitrary-properties.js";
import { rulesDamaged } from "./by-hand.js";
import { namespaced } from "./common-domains.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { masqueradeRuleDrifts } from "./masquerade-rule.drifts.js";
import { masqueradeRulePlans } from "./masquerade-rule.plans.js";
import { inside, ruleLister, texts } from "./shown-texts.js";
import { addNamespace } from "./surroundings.js";

const plain = { source: "172.17.0.0/24" };
const masquerade = {
  source: "10.0.0.0/24",
  exceptOutInterface: "br0",
  exceptDestinations: ["10.1.0.0/16", "10.2.0.0/16"],
};

export const cases: KindCases = {
  kind: "MasqueradeRule",
  good: { namespace: "con1", source: "10.0.0.0/24", exceptOutInterface: "br0", exceptDestinations: ["10.1.0.0/24"] },
  domains: {
    ...namespaced,
    source: "network",
    outInterface: "interfaceName",
    exceptOutInterface: "interfaceName",
    "exceptDestinations[]": "network",
    allowOverlap: "boolean",
  },
  least: { source: "10.0.0.0/24" },
  defaults: [[{ source: "fd00:0::/64" }, { source: "fd00::/64" }]],
  unknown: [{ source: unknown, exceptOutInterface: unknown, exceptDestinations: [unknown] }],
  refused: [
    [{ source: "172.17.0.1/24" }, { source: /the network is 172\.17\.0\.0\/24/ }],
    [{ ...plain, exceptDestinations: [] }, { exceptDestinations: /./ }],
    [
      { ...plain, outInterface: "eth0", exceptOutInterface: "br0" },
      { exceptOutInterface: /can't stand beside outInterface/ },
    ],
    [
      { ...plain, exceptDestinations: ["10.0.0.0/8", "fd00::/8"] },
      { "exceptDestinations[1]": /other address family than the source 172\.17\.0\.0\/24/ },
    ],
  ],
  diffs: [
    [masquerade, { ...masquerade, exceptDestinations: [...masquerade.exceptDestinations].reverse() }, "same"],
    [masquerade, { ...masquerade, source: "10.0.1.0/24" }, "in place"],
    [masquerade, { source: "fd00::/64", exceptOutInterface: "br0" }, deletedFirst("source")],
    [masquerade, { ...masquerade, exceptOutInterface: "br1" }, "in place"],
    [masquerade, { source: masquerade.source, outInterface: "eth0" }, "in place"],
    [masquerade, { source: masquerade.source, exceptOutInterface: "br0" }, "in place"],
    [masquerade, { ...masquerade, namespace: "box" }, deletedFirst("namespace")],
    [masquerade, { ...masquerade, source: unknown }, "in place"],
    [masquerade, masquerade, "same"],
  ],
  plans: masqueradeRulePlans,
  lives: [
    {
      made: { source: "172.17.0.0/24", exceptOutInterface: "br0" },
      shows: {
        "iptables -t nat -S POSTROUTING":
          /^-A POSTROUTING -s 172\.17\.0\.0\/24 ! -o br0 -m comment --comment "linuxnet:shop\/dev\/MasqueradeRule\/life" -j MASQUERADE$/m,
      },
      changes: [
        {
          to: { source: "172.17.1.0/24", outInterface: "eth0" },
          paths: ["source", "outInterface", "exceptOutInterface", "rules"],
          shows: { "iptables -t nat -S POSTROUTING": /-s 172\.17\.1\.0\/24 -o eth0/ },
        },
        {
          to: { source: "172.17.0.0/24", exceptDestinations: ["10.0.0.0/8", "172.16.0.0/12"] },
          paths: ["source", "outInterface", "exceptDestinations", "rules"],
          shows: { "iptables -t nat -S": /LINUXNET-\w+ -d 10\.0\.0\.0\/8 .*RETURN/ },
        },
        {
          // A virtual machine has routes of its own, which would overlap.
          to: { source: "0.0.0.0/0", exceptOutInterface: "br0", allowOverlap: true },
          paths: ["source", "allowOverlap", "exceptOutInterface", "exceptDestinations", "rules"],
          shows: { "iptables -t nat -S": /^(?![^]*LINUXNET)[^]*-A POSTROUTING ! -o br0/ },
        },
        {
          to: { source: "172.17.0.0/24", exceptOutInterface: "br0" },
          paths: ["source", "allowOverlap", "rules"],
          shows: {},
        },
      ],
      damages: [
        {
          by: "iptables-save -t nat | sed 's/! -o br0/! -o br1/' | iptables-restore",
          paths: ["exceptOutInterface", "rules"],
        },
        { by: "iptables-save -t nat | sed '/MASQUERADE/{p}' | iptables-restore", paths: ["rules"] },
        { by: "iptables -t nat -F", paths: "gone" },
      ],
    },
    {
      title: "for IPv6, in a namespace",
      around: `${addNamespace}; ip netns exec box sysctl -qw net.ipv6.conf.all.forwarding=1`,
      made: { namespace: "box", source: "fd00:17::/64", exceptOutInterface: "br0" },
      shows: { "ip netns exec box ip6tables -t nat -S POSTROUTING": /-s fd00:17::\/64 ! -o br0 .*MASQUERADE/ },
      changes: [
        {
          to: { namespace: "box", source: "fd00:18::/64" },
          paths: ["source", "exceptOutInterface", "rules"],
          shows: {},
        },
      ],
      damages: [{ by: "ip netns exec box ip6tables -t nat -F", paths: "gone" }],
    },
  ],
  drifts: masqueradeRuleDrifts,
  byHand: rulesDamaged,
  advice: {
    "Take another network, or say `allowOverlap: true`": followed("Take another network, or say `allowOverlap: true`"),
  },
  unalterable: {
    backend: "says where the rules are, and either is right (test/kernel/backends.test.ts)",
    firewall: "says where the rules are, which a host's user chooses (test/kernel/nftables.test.ts)",
    allowOverlap: "says what is not to be an error",
    forwarding: "what a host's own firewall makes of it (test/kernel/forward-drop.test.ts)",
    acceptedIn: "says where the rules are, and any such place is right (test/kernel/forward-drop.test.ts)",
  },
  inNetwork: {
    out: {
      args: { source: "10.1.0.0/24", exceptOutInterface: output("lan.name") },
      changed: { source: "10.1.0.0/16" },
    },
  },
  orphans: [
    {
      name: "out",
      inputs: { source: "10.1.0.0/24", exceptOutInterface: "lan", exceptDestinations: ["10.7.0.0/16"] },
      line: "MasqueradeRule out: 3 IPv4 rules of nat",
    },
    {
      name: "out6",
      needs: ["box"],
      inputs: { namespace: "box", source: "fd00:1::/64" },
      line: "MasqueradeRule out6: 1 IPv6 rule of nat in box",
    },
  ],
  arbitraryInputs: families.chain((family) =>
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
  ),
  shown: (inputs) => [
    {
      command: `${inside(inputs)}${ruleLister(inputs.source)}`,
      texts: [...texts(inputs.source).map((source) => `-s ${source} `), ...texts(inputs.exceptDestinations)],
    },
  ],
  isSimulated: true,
};
