import type { PlanCase } from "./case.js";

const around = "ip link add d0 type veth peer name d1; ip addr add 10.6.0.1/24 dev d0; ip addr add fd00:6::1/64 dev d0 nodad; ip link set d0 up; ip link set d1 up";
const wanted = { destination: "10.7.0.0/16", via: "10.6.0.2" };
const wanted6 = { destination: "default6", via: "fd00:6::2", table: 77 };

export const routeCases: readonly PlanCase[] = [
  { title: "nothing there", around, wanted: { ...wanted, device: "d0", source: "10.6.0.1", metric: 50, mtu: 1400 }, sees: "nothing", plan: [], remove: [] },
  { title: "without its namespace", wanted: { ...wanted, namespace: "box" }, sees: "nothing", plan: [], remove: [] },
  { title: "as wanted", around, made: wanted, wanted, sees: [], plan: [], remove: [] },
  { title: "another gateway", around, made: wanted, wanted: { ...wanted, via: "10.6.0.3" }, sees: [], plan: [], remove: [] },
  { title: "by a device without a gateway", around, made: wanted, wanted: { destination: "10.7.0.0/16", device: "d0" }, sees: [], plan: [], remove: [] },
  { title: "leads nowhere from now on", around, made: wanted, wanted: { destination: "10.7.0.0/16", type: "blackhole" }, sees: [], plan: [], remove: [] },
  { title: "beside somebody else's of another metric", around: `${around}; ip route add 10.7.0.0/16 via 10.6.0.9 metric 100`, wanted, sees: "nothing", plan: [], remove: [] },
  { title: "somebody else's", around: `${around}; ip route add 10.7.0.0/16 via 10.6.0.9`, wanted, sees: /./, remove: [] },
  { title: "somebody else's that leads nowhere", around: "ip route add unreachable 10.7.0.0/16", wanted, sees: /./, remove: [] },
  { title: "IPv6 default in a table that is not there yet", around, wanted: wanted6, sees: "nothing", plan: [], remove: [] },
  { title: "IPv6 default as wanted", around, made: wanted6, wanted: wanted6, sees: [], plan: [], remove: [] },
  { title: "IPv6 default, another MTU", around, made: wanted6, wanted: { ...wanted6, mtu: 1400 }, sees: [], plan: [], remove: [] },
  { title: "IPv6 default that leads nowhere", around, made: { destination: "default6", type: "prohibit", table: 77 }, wanted: { destination: "default6", type: "prohibit", table: 77 }, sees: [], plan: [], remove: [] },
];
