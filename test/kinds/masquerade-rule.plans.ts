import type { PlanCase } from "./kind-cases.js";
import { restore } from "./shown-commands.js";

const wanted = { source: "172.17.0.0/24", exceptOutInterface: "br0" };
const withExceptions = { ...wanted, exceptDestinations: ["10.0.0.0/8", "192.168.0.0/16"] };
const masquerade = "POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j MASQUERADE";
const chain = "LINUXNET-1A4EA37C942E";
const docker = "iptables -t nat -N DOCKER; iptables -t nat -A POSTROUTING -s 172.18.0.0/16 ! -o docker0 -j MASQUERADE";

export const masqueradeRulePlans: readonly PlanCase[] = [
  { title: "nothing there", wanted, sees: "nothing", plan: restore({ nat: [`-A ${masquerade}`] }), remove: [] },
  {
    title: "nothing there, with a chain of its own",
    wanted: { ...withExceptions, namespace: undefined },
    sees: "nothing",
    plan: [
      "iptables-restore --noflush -w 10",
      "*nat",
      `:${chain} - [0:0]`,
      `-A POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`,
      `-A ${chain} -d 10.0.0.0/8 MARK -j RETURN`,
      `-A ${chain} -d 192.168.0.0/16 MARK -j RETURN`,
      `-A ${chain} MARK -j MASQUERADE`,
      "COMMIT",
    ],
    remove: [],
  },
  {
    title: "without its namespace",
    wanted: { ...wanted, namespace: "box" },
    sees: "nothing",
    plan: restore({ nat: [`-A ${masquerade}`] }, "ip netns exec box iptables-restore"),
    remove: [],
  },
  {
    title: "as wanted, beside other people's rules",
    around: docker,
    made: wanted,
    wanted,
    sees: [],
    plan: [],
    remove: restore({ nat: [`-D ${masquerade}`] }),
  },
  {
    title: "another source and interface",
    made: wanted,
    wanted: { source: "172.17.1.0/24", outInterface: "eth0" },
    sees: ["source", "outInterface", "rules", "exceptOutInterface"],
    plan: restore({ nat: [`-D ${masquerade}`, "-A POSTROUTING -s 172.17.1.0/24 -o eth0 MARK -j MASQUERADE"] }),
    remove: restore({ nat: [`-D ${masquerade}`] }),
  },
  {
    title: "with exceptions from now on",
    made: wanted,
    wanted: withExceptions,
    sees: ["exceptDestinations", "rules"],
    plan: [
      "iptables-restore --noflush -w 10",
      "*nat",
      `:${chain} - [0:0]`,
      `-D ${masquerade}`,
      `-A POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`,
      `-A ${chain} -d 10.0.0.0/8 MARK -j RETURN`,
      `-A ${chain} -d 192.168.0.0/16 MARK -j RETURN`,
      `-A ${chain} MARK -j MASQUERADE`,
      "COMMIT",
    ],
    remove: restore({ nat: [`-D ${masquerade}`] }),
  },
  {
    title: "one exception less",
    made: withExceptions,
    wanted: { ...withExceptions, exceptDestinations: ["10.0.0.0/8"] },
    sees: ["exceptDestinations", "rules"],
    plan: [
      "iptables-restore --noflush -w 10",
      "*nat",
      `:${chain} - [0:0]`,
      `-D POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`,
      `-A POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`,
      `-A ${chain} -d 10.0.0.0/8 MARK -j RETURN`,
      `-A ${chain} MARK -j MASQUERADE`,
      "COMMIT",
    ],
    remove: restore({
      nat: [`-D POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`, `-F ${chain}`, `-X ${chain}`],
    }),
  },
  {
    title: "no exceptions any more",
    made: withExceptions,
    wanted,
    sees: ["rules", "exceptDestinations"],
    plan: restore({
      nat: [
        `-D POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`,
        `-F ${chain}`,
        `-X ${chain}`,
        `-A ${masquerade}`,
      ],
    }),
    remove: restore({
      nat: [`-D POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`, `-F ${chain}`, `-X ${chain}`],
    }),
  },
  {
    title: "with exceptions, as wanted",
    made: withExceptions,
    wanted: withExceptions,
    sees: [],
    plan: [],
    remove: restore({
      nat: [`-D POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`, `-F ${chain}`, `-X ${chain}`],
    }),
  },
  {
    title: "twice",
    made: wanted,
    by: "iptables-save -t nat | sed '/MASQUERADE/{p}' | iptables-restore",
    wanted,
    sees: ["rules"],
    plan: restore({ nat: [`-D ${masquerade}`, `-D ${masquerade}`, `-A ${masquerade}`] }),
    remove: restore({ nat: [`-D ${masquerade}`, `-D ${masquerade}`] }),
  },
  {
    title: "a mark that this one is the beginning of",
    around: 'iptables -t nat -A POSTROUTING -s 172.17.0.0/24 -m comment --comment "$MARK-other" -j MASQUERADE',
    wanted,
    sees: "nothing",
    plan: restore({ nat: [`-A ${masquerade}`] }),
    remove: [],
  },
  {
    title: "half made: the chain without the rule",
    around: "true",
    made: withExceptions,
    by: "iptables -t nat -F POSTROUTING",
    wanted: withExceptions,
    sees: ["exceptOutInterface", "rules"],
    plan: [
      "iptables-restore --noflush -w 10",
      "*nat",
      `:${chain} - [0:0]`,
      `-A POSTROUTING -s 172.17.0.0/24 ! -o br0 MARK -j ${chain}`,
      `-A ${chain} -d 10.0.0.0/8 MARK -j RETURN`,
      `-A ${chain} -d 192.168.0.0/16 MARK -j RETURN`,
      `-A ${chain} MARK -j MASQUERADE`,
      "COMMIT",
    ],
    remove: restore({ nat: [`-F ${chain}`, `-X ${chain}`] }),
  },
  {
    title: "IPv6",
    made: { source: "fd00:17::/64" },
    wanted: { source: "fd00:17::/64", outInterface: "eth0" },
    sees: ["outInterface", "rules"],
    plan: restore(
      {
        nat: [
          "-D POSTROUTING -s fd00:17::/64 MARK -j MASQUERADE",
          "-A POSTROUTING -s fd00:17::/64 -o eth0 MARK -j MASQUERADE",
        ],
      },
      "ip6tables-restore",
    ),
    remove: restore({ nat: ["-D POSTROUTING -s fd00:17::/64 MARK -j MASQUERADE"] }, "ip6tables-restore"),
  },
];
