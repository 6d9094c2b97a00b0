import type { PlanCase } from "./case.js";

const around = "ip link add br0 type bridge";
const wanted = { protocol: "tcp", listenPort: 8000, targetAddress: "172.17.0.101", targetPort: 8080 };
const onBridge = { ...wanted, exceptInInterface: "br0" };
const local = { ...onBridge, hairpin: false, localhost: true };

export const portForwardCases: readonly PlanCase[] = [
  { title: "nothing there", wanted, sees: "nothing", plan: [], remove: [] },
  { title: "nothing there, with hairpin", around, wanted: onBridge, sees: "nothing", plan: [], remove: [] },
  { title: "nothing there, with localhost", around, wanted: local, sees: "nothing", plan: [], remove: [] },
  { title: "a range that is moved", wanted: { protocol: "udp", listenAddress: "192.0.2.1", listenPort: "9000-9010", inInterface: "eth0", targetAddress: "172.17.0.101", targetPort: 7000 }, sees: "nothing", plan: [], remove: [] },
  { title: "without its namespace", wanted: { ...wanted, namespace: "box" }, sees: "nothing", plan: [], remove: [] },
  { title: "as wanted", around, made: onBridge, wanted: onBridge, sees: [], plan: [], remove: [] },
  { title: "another target and port", around, made: wanted, wanted: { ...wanted, targetAddress: "172.17.0.102", targetPort: 80, listenPort: 8001 }, sees: [], plan: [], remove: [] },
  { title: "no hairpin any more", around, made: onBridge, wanted: { ...onBridge, hairpin: false }, sees: [], plan: [], remove: [] },
  { title: "the rule for the host itself gone", around, made: wanted, by: "iptables-save -t nat | sed '/-A OUTPUT/d' | iptables-restore", wanted, sees: [], plan: [], remove: [] },
  { title: "localhost as wanted", around, made: local, wanted: local, sees: [], plan: [], remove: [] },
  { title: "no localhost any more", around, made: local, wanted: { ...local, localhost: false }, sees: [], plan: [], remove: [] },
  { title: "no localhost any more, which was on before", around: `${around}; echo 1 >/proc/sys/net/ipv4/conf/br0/route_localnet`, made: local, wanted: { ...local, localhost: false }, sees: [], plan: [], remove: [] },
  { title: "no localhost any more, while another forward needs it", around, made: local, by: "iptables -t raw -A PREROUTING -d 127.0.0.0/8 -i br0 -m comment --comment linuxnet:shop/dev/PortForward/two -j DROP", wanted: { ...local, localhost: false }, sees: [], plan: [], remove: [] },
  { title: "IPv6", made: { ...wanted, targetAddress: "fd00:17::101" }, wanted: { ...wanted, targetAddress: "fd00:17::101", targetPort: 80 }, sees: [], plan: [], remove: [] },
];
