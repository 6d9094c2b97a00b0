import type { PlanCase } from "./case.js";

const wanted = { source: "172.17.0.0/24", exceptOutInterface: "br0" };
const withExceptions = { ...wanted, exceptDestinations: ["10.0.0.0/8", "192.168.0.0/16"] };
const docker = "iptables -t nat -N DOCKER; iptables -t nat -A POSTROUTING -s 172.18.0.0/16 ! -o docker0 -j MASQUERADE";

export const masqueradeCases: readonly PlanCase[] = [
  { title: "nothing there", wanted, sees: "nothing", plan: [], remove: [] },
  { title: "nothing there, with a chain of its own", wanted: { ...withExceptions, namespace: undefined }, sees: "nothing", plan: [], remove: [] },
  { title: "without its namespace", wanted: { ...wanted, namespace: "box" }, sees: "nothing", plan: [], remove: [] },
  { title: "as wanted, beside other people's rules", around: docker, made: wanted, wanted, sees: [], plan: [], remove: [] },
  { title: "another source and interface", made: wanted, wanted: { source: "172.17.1.0/24", outInterface: "eth0" }, sees: [], plan: [], remove: [] },
  { title: "with exceptions from now on", made: wanted, wanted: withExceptions, sees: [], plan: [], remove: [] },
  { title: "one exception less", made: withExceptions, wanted: { ...withExceptions, exceptDestinations: ["10.0.0.0/8"] }, sees: [], plan: [], remove: [] },
  { title: "no exceptions any more", made: withExceptions, wanted, sees: [], plan: [], remove: [] },
  { title: "with exceptions, as wanted", made: withExceptions, wanted: withExceptions, sees: [], plan: [], remove: [] },
  { title: "twice", made: wanted, by: "iptables-save -t nat | sed '/MASQUERADE/{p}' | iptables-restore", wanted, sees: [], plan: [], remove: [] },
  { title: "a mark that this one is the beginning of", around: 'iptables -t nat -A POSTROUTING -s 172.17.0.0/24 -m comment --comment "$MARK-other" -j MASQUERADE', wanted, sees: "nothing", plan: [], remove: [] },
  { title: "half made: the chain without the rule", around: "true", made: withExceptions, by: "iptables -t nat -F POSTROUTING", wanted: withExceptions, sees: [], plan: [], remove: [] },
  { title: "IPv6", made: { source: "fd00:17::/64" }, wanted: { source: "fd00:17::/64", outInterface: "eth0" }, sees: [], plan: [], remove: [] },
];
