import type { PlanCase } from "./kind-cases.js";
import { adds, deletes, forget, free, restore, write } from "./shown-commands.js";

const around = "ip link add br0 type bridge";
const wanted = { protocol: "tcp", listenPort: 8000, targetAddress: "172.17.0.101", targetPort: 8080 };
const onBridge = { ...wanted, exceptInInterface: "br0" };
const local = { ...onBridge, hairpin: false, localhost: true };
const wanted6 = { ...wanted, targetAddress: "fd00:17::101" };
const range6 = { protocol: "tcp", listenPort: "8000-8010", targetAddress: "fd00:17::101" };

const listen = (port = 8000) =>
  `-p tcp -m addrtype --dst-type LOCAL -m tcp --dport ${port} MARK -j DNAT --to-destination`;
const target = "172.17.0.101:8080";
const atTarget = "-p tcp -m tcp --dport 8080";

const publish = [`PREROUTING ${listen()} ${target}`, `OUTPUT ! -d 127.0.0.0/8 ${listen()} ${target}`];
const publish6 = (to: string) => [`PREROUTING ${listen()} ${to}`, `OUTPUT ! -d ::1/128 ${listen()} ${to}`];
const fromOutside = [`PREROUTING ! -i br0 ${listen()} ${target}`, publish[1]!];
const hairpin = [
  fromOutside[0]!,
  `PREROUTING -i br0 ${listen()} ${target}`,
  fromOutside[1]!,
  `POSTROUTING -d 172.17.0.101/32 -o br0 ${atTarget} -m conntrack --ctstate DNAT -m mark --mark 0x1000000/0x1000000 MARK -j MASQUERADE`,
];
const hairpinMark = [
  `FORWARD -d 172.17.0.101/32 -i br0 -o br0 ${atTarget} -m conntrack --ctstate DNAT MARK -j MARK --set-xmark 0x1000000/0x1000000`,
];
const guard = ["PREROUTING -d 127.0.0.0/8 -i br0 MARK -j DROP"];
const withLocalhost = [
  ...fromOutside,
  `OUTPUT -d 127.0.0.0/8 -p tcp -m tcp --dport 8000 MARK -j DNAT --to-destination ${target}`,
  `POSTROUTING -s 127.0.0.0/8 -d 172.17.0.101/32 -o br0 ${atTarget} MARK -j MASQUERADE`,
];
const localnet = "net/ipv4/conf/br0/route_localnet";

const removeHairpin = restore({ mangle: deletes(hairpinMark), nat: deletes(hairpin) });
const removeLocalhost = restore({ raw: deletes(guard), nat: deletes(withLocalhost) });
const endLocalhost = restore({ raw: deletes(guard), nat: [...deletes(withLocalhost), ...adds(fromOutside)] });

export const portForwardPlans: readonly PlanCase[] = [
  {
    title: "nothing there",
    wanted,
    sees: "nothing",
    plan: [free("tcp 8000 8000 - - -"), ...restore({ nat: adds(publish) })],
    remove: [],
  },
  {
    title: "nothing there, with hairpin",
    around,
    wanted: onBridge,
    sees: "nothing",
    plan: [free("tcp 8000 8000 - - -"), ...restore({ mangle: adds(hairpinMark), nat: adds(hairpin) })],
    remove: [],
  },
  {
    title: "nothing there, with localhost",
    around,
    wanted: local,
    sees: "nothing",
    // The guard is added before what it guards against.
    plan: [
      free("tcp 8000 8000 - - loopback"),
      ...restore({ raw: adds(guard), nat: adds(withLocalhost) }),
      write(localnet, 1),
    ],
    remove: [],
  },
  {
    title: "a range that is moved",
    wanted: {
      protocol: "udp",
      listenAddress: "192.0.2.1",
      listenPort: "9000-9010",
      inInterface: "eth0",
      targetAddress: "172.17.0.101",
      targetPort: 7000,
    },
    sees: "nothing",
    plan: [
      free("udp 9000 9010 192.0.2.1 eth0 -", "ranges"),
      ...restore({
        nat: [
          "-A PREROUTING -d 192.0.2.1/32 -i eth0 -p udp -m addrtype --dst-type LOCAL -m udp --dport 9000:9010 MARK -j DNAT --to-destination 172.17.0.101:7000-7010/9000",
        ],
      }),
      forget(9000, 9010, "192.0.2.1"),
    ],
    remove: [],
  },
  {
    title: "without its namespace",
    wanted: { ...wanted, namespace: "box" },
    sees: "nothing",
    plan: [
      free("tcp 8000 8000 - - -", "-", "box"),
      ...restore({ nat: adds(publish) }, "ip netns exec box iptables-restore"),
    ],
    remove: [],
  },
  { title: "as wanted", around, made: onBridge, wanted: onBridge, sees: [], plan: [], remove: removeHairpin },
  {
    title: "another target and port",
    around,
    made: wanted,
    wanted: { ...wanted, targetAddress: "172.17.0.102", targetPort: 80, listenPort: 8001 },
    sees: ["listenPort", "targetAddress", "targetPort", "rules"],
    plan: [
      free("tcp 8001 8001 - - -"),
      ...restore({
        nat: [
          ...deletes(publish),
          `-A PREROUTING ${listen(8001)} 172.17.0.102:80`,
          `-A OUTPUT ! -d 127.0.0.0/8 ${listen(8001)} 172.17.0.102:80`,
        ],
      }),
    ],
    remove: restore({ nat: deletes(publish) }),
  },
  {
    title: "no hairpin any more",
    around,
    made: onBridge,
    wanted: { ...onBridge, hairpin: false },
    sees: ["hairpin", "rules"],
    plan: restore({ mangle: deletes(hairpinMark), nat: [...deletes(hairpin), ...adds(fromOutside)] }),
    remove: removeHairpin,
  },
  {
    title: "the rule for the host itself gone",
    around,
    made: wanted,
    by: "iptables-save -t nat | sed '/-A OUTPUT/d' | iptables-restore",
    wanted,
    sees: ["rules"],
    plan: restore({ nat: [`-D ${publish[0]}`, ...adds(publish)] }),
    remove: restore({ nat: [`-D ${publish[0]}`] }),
  },
  {
    title: "localhost as wanted",
    around,
    made: local,
    wanted: local,
    sees: [],
    plan: [],
    remove: [write(localnet, 0), ...removeLocalhost],
  },
  {
    title: "no localhost any more",
    around,
    made: local,
    wanted: { ...local, localhost: false },
    sees: ["localhost", "rules"],
    plan: [write(localnet, 0), ...endLocalhost],
    remove: [write(localnet, 0), ...removeLocalhost],
  },
  {
    title: "no localhost any more, which was on before",
    around: `${around}; echo 1 >/proc/sys/net/ipv4/conf/br0/route_localnet`,
    made: local,
    wanted: { ...local, localhost: false },
    sees: ["localhost", "rules"],
    plan: endLocalhost,
    remove: removeLocalhost,
  },
  {
    title: "no localhost any more, while another forward needs it",
    around,
    made: local,
    by: "iptables -t raw -A PREROUTING -d 127.0.0.0/8 -i br0 -m comment --comment linuxnet:shop/dev/PortForward/two -j DROP",
    wanted: { ...local, localhost: false },
    sees: ["localhost", "rules"],
    plan: endLocalhost,
    remove: removeLocalhost,
  },
  {
    title: "IPv6",
    made: wanted6,
    wanted: { ...wanted6, targetPort: 80 },
    sees: ["targetPort", "rules"],
    plan: restore(
      { nat: [...deletes(publish6("[fd00:17::101]:8080")), ...adds(publish6("[fd00:17::101]:80"))] },
      "ip6tables-restore",
    ),
    remove: restore({ nat: deletes(publish6("[fd00:17::101]:8080")) }, "ip6tables-restore"),
  },
  {
    title: "an IPv6 range that keeps its ports",
    made: range6,
    wanted: range6,
    sees: [],
    plan: [],
    remove: restore(
      { nat: deletes(publish6("fd00:17::101").map((rule) => rule.replace("--dport 8000", "--dport 8000:8010"))) },
      "ip6tables-restore",
    ),
  },
];
