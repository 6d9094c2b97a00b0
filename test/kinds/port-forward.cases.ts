import fc from "fast-check";
import { output } from "../engine/network.js";
import { addressOf, interfaceName } from "../inputs/well-formed.js";
import { families, maybe, namespace, port, present } from "./arbitrary-properties.js";
import { rulesDamaged } from "./by-hand.js";
import { namespaced } from "./common-domains.js";
import { deletedFirst, unknown } from "./diff-answers.js";
import type { KindCases } from "./kind-cases.js";
import { portForwardDrifts } from "./port-forward.drifts.js";
import { portForwardPlans } from "./port-forward.plans.js";
import { inside, ruleLister, texts } from "./shown-texts.js";
import { addBridge } from "./surroundings.js";

const plain = { protocol: "tcp", listenPort: 8000, targetAddress: "172.17.0.101" };
const forward = { protocol: "tcp", listenPort: 8000, targetAddress: "10.0.0.2", exceptInInterface: "br0" };

export const cases: KindCases = {
  kind: "PortForward",
  good: { namespace: "con1", protocol: "tcp", listenPort: 8000, exceptInInterface: "br0", targetAddress: "10.0.0.2" },
  domains: {
    ...namespaced,
    protocol: "protocol",
    listenAddress: "address",
    listenPort: "portRange",
    inInterface: "interfaceName",
    exceptInInterface: "interfaceName",
    targetAddress: "address",
    targetPort: "port",
    hairpin: "boolean",
    localhost: "boolean",
  },
  least: forward,
  defaults: [
    [
      { protocol: "tcp", listenPort: "80", targetAddress: "10.0.0.1" },
      { protocol: "tcp", listenPort: 80, targetAddress: "10.0.0.1", hairpin: false, localhost: false },
    ],
    [
      { protocol: "tcp", listenPort: 80, targetAddress: "10.0.0.1", exceptInInterface: "br0" },
      {
        protocol: "tcp",
        listenPort: 80,
        targetAddress: "10.0.0.1",
        exceptInInterface: "br0",
        hairpin: true,
        localhost: false,
      },
    ],
  ],
  unknown: [{ protocol: unknown, listenPort: unknown, targetAddress: unknown, hairpin: unknown, localhost: unknown }],
  refused: [
    [
      {},
      {
        protocol: /tcp.*udp.*sctp/,
        listenPort: /^listenPort: is missing$/,
        targetAddress: /^targetAddress: is missing$/,
      },
    ],
    [{ ...plain, listenPort: true }, { listenPort: /a number from 1 to 65535, or a range/ }],
    [{ ...plain, listenPort: "8010-8000" }, { listenPort: /did you mean "8000-8010"/ }],
    [
      { ...plain, inInterface: "eth0", exceptInInterface: "br0" },
      { exceptInInterface: /can't stand beside inInterface/ },
    ],
    [{ ...plain, listenAddress: "fd00::1" }, { listenAddress: /other address family/ }],
    [{ ...plain, listenAddress: "127.0.0.1" }, { listenAddress: /write localhost: true instead/ }],
    [{ ...plain, targetAddress: "127.0.0.5" }, { targetAddress: /the kernel forwards nothing to it/ }],
    [
      { ...plain, listenPort: "1-100", targetPort: 65500 },
      { targetPort: /no room for the 100 ports of the range 1-100/ },
    ],
    [
      { ...plain, hairpin: true, localhost: true },
      { hairpin: /needs exceptInInterface/, localhost: /needs exceptInInterface/ },
    ],
    [{ ...plain, targetAddress: "fd00::1", exceptInInterface: "br0", localhost: true }, { localhost: /IPv4 only/ }],
  ],
  diffs: [
    [forward, { ...forward, hairpin: true, localhost: false }, "same"],
    [forward, { ...forward, listenPort: "8000" }, "same"],
    [forward, { ...forward, protocol: "udp" }, "in place"],
    [forward, { ...forward, listenPort: 8001 }, "in place"],
    [forward, { ...forward, listenAddress: "10.0.0.1" }, "in place"],
    [forward, { ...forward, targetAddress: "10.0.0.3" }, "in place"],
    [forward, { ...forward, targetPort: 80 }, "in place"],
    [forward, { ...forward, hairpin: false }, "in place"],
    [forward, { ...forward, localhost: true }, "in place"],
    [forward, { ...forward, exceptInInterface: "br1" }, "in place"],
    [
      { ...forward, localhost: true },
      { ...forward, localhost: true, exceptInInterface: "br1" },
      deletedFirst("exceptInInterface"),
    ],
    [forward, { ...forward, targetAddress: "fd00::2" }, deletedFirst("targetAddress")],
    [forward, { ...forward, namespace: "box" }, deletedFirst("namespace")],
    [forward, { ...forward, targetAddress: unknown }, "in place"],
  ],
  plans: portForwardPlans,
  lives: [
    {
      around: addBridge,
      made: {
        protocol: "tcp",
        listenPort: 8000,
        exceptInInterface: "br9",
        targetAddress: "172.18.0.2",
        targetPort: 8080,
      },
      shows: {
        "iptables -t nat -S":
          /-A PREROUTING ! -i br9 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000 .*-j DNAT --to-destination 172\.18\.0\.2:8080/,
      },
      changes: [
        {
          to: {
            protocol: "udp",
            listenPort: "9000-9010",
            listenAddress: "172.18.0.1",
            inInterface: "eth0",
            targetAddress: "172.18.0.3",
          },
          paths: [
            "protocol",
            "listenPort",
            "exceptInInterface",
            "targetAddress",
            "targetPort",
            "hairpin",
            "listenAddress",
            "inInterface",
            "rules",
          ],
          shows: {
            "iptables -t nat -S":
              /-A PREROUTING -d 172\.18\.0\.1\/32 -i eth0 -p udp .*--dport 9000:9010 .*--to-destination 172\.18\.0\.3$/m,
          },
        },
        {
          to: {
            protocol: "udp",
            listenPort: "9000-9010",
            exceptInInterface: "br9",
            targetAddress: "172.18.0.3",
            targetPort: 7000,
            localhost: true,
          },
          paths: ["exceptInInterface", "targetPort", "localhost", "hairpin", "listenAddress", "inInterface", "rules"],
          shows: {
            "iptables -t nat -S": /--to-destination 172\.18\.0\.3:7000-7010\/9000/,
            "cat /proc/sys/net/ipv4/conf/br9/route_localnet": /^1$/,
            "iptables -t raw -S": /-d 127\.0\.0\.0\/8 -i br9 .*DROP/,
          },
        },
        {
          to: { protocol: "tcp", listenPort: 8000, exceptInInterface: "br9", targetAddress: "172.18.0.2" },
          paths: ["protocol", "listenPort", "targetAddress", "targetPort", "localhost", "rules"],
          shows: { "cat /proc/sys/net/ipv4/conf/br9/route_localnet": /^0$/ },
        },
        {
          to: {
            protocol: "tcp",
            listenPort: 8000,
            exceptInInterface: "br9",
            targetAddress: "172.18.0.2",
            targetPort: 8080,
            hairpin: false,
          },
          paths: ["targetPort", "hairpin", "rules"],
          shows: { "iptables-save": /^(?![^]*set-xmark)/ },
        },
        {
          to: {
            protocol: "tcp",
            listenPort: 8000,
            exceptInInterface: "br9",
            targetAddress: "172.18.0.2",
            targetPort: 8080,
          },
          paths: ["hairpin", "rules"],
          shows: { "iptables -t mangle -S": /set-xmark/ },
        },
      ],
      damages: [
        {
          by: "iptables-save -t nat | sed 's/--dport 8000/--dport 8001/' | iptables-restore",
          paths: ["listenPort", "rules"],
        },
        {
          by: "iptables-save -t nat | sed 's/172.18.0.2:8080/172.18.0.9:8081/' | iptables-restore",
          paths: ["targetAddress", "targetPort", "hairpin", "rules"],
        },
        { by: "iptables -t mangle -F", paths: ["hairpin", "rules"] },
        { by: "iptables-save -t nat | sed '/-A OUTPUT/d' | iptables-restore", paths: ["rules"] },
        { by: "iptables-save -t nat | sed '/-A PREROUTING/d' | iptables-restore", paths: ["hairpin", "rules"] },
        { by: "iptables -t nat -F; iptables -t mangle -F", paths: "gone" },
      ],
    },
    {
      title: "for IPv6",
      around: "ip link add br9 type bridge",
      made: {
        protocol: "tcp",
        listenPort: 8000,
        exceptInInterface: "br9",
        targetAddress: "fd00:17::2",
        targetPort: 8080,
      },
      shows: { "ip6tables -t nat -S": /DNAT --to-destination \[fd00:17::2\]:8080/ },
      changes: [
        {
          to: {
            protocol: "tcp",
            listenPort: "8000-8001",
            exceptInInterface: "br9",
            targetAddress: "fd00:17::2",
            targetPort: 9000,
          },
          paths: ["listenPort", "targetPort", "rules"],
          shows: {},
        },
      ],
      damages: [{ by: "ip6tables -t nat -F; ip6tables -t mangle -F", paths: "gone" }],
    },
  ],
  drifts: portForwardDrifts,
  byHand: rulesDamaged,
  unalterable: {
    backend: "says where the rules are, and either is right (test/kernel/backends.test.ts)",
    firewall: "says where the rules are, which a host's user chooses (test/kernel/nftables.test.ts)",
    forwarding: "what a host's own firewall makes of it (test/kernel/forward-drop.test.ts)",
    acceptedIn: "says where the rules are, and any such place is right (test/kernel/forward-drop.test.ts)",
    localnetFound: "a memory of what was there before",
    localnetInterface: "the same",
  },
  inNetwork: {
    web: {
      args: {
        protocol: "tcp",
        listenPort: 8001,
        exceptInInterface: output("lan.name"),
        targetAddress: "10.1.0.2",
        targetPort: 80,
      },
      changed: { targetPort: 81 },
    },
  },
  orphans: [
    {
      name: "web",
      needs: ["lan"],
      inputs: {
        protocol: "tcp",
        listenPort: 8080,
        exceptInInterface: "lan",
        targetAddress: "10.1.0.2",
        targetPort: 80,
        localhost: true,
      },
      line: "PortForward web: 8 IPv4 rules of raw, mangle, nat",
    },
  ],
  arbitraryInputs: families.chain((family) =>
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
  ),
  shown: (inputs) => [
    {
      command: `${inside(inputs)}${ruleLister(inputs.targetAddress)}`,
      texts: [
        ...texts(inputs.listenPort).map((port) => `--dport ${port.replace("-", ":")} `),
        ...texts(inputs.targetAddress),
        ...texts(inputs.exceptInInterface).map((name) => `! -i ${name} `),
      ],
    },
  ],
  isSimulated: true,
};
