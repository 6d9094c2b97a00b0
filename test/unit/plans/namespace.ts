import type { PlanCase } from "./case.js";

const wanted = { name: "con1" };
const forwarding = { name: "con1", sysctls: { "net.ipv4.ip_forward": 1 } };

export const namespaceCases: readonly PlanCase[] = [
  { title: "nothing there", wanted: forwarding, sees: "nothing", plan: [], remove: [] },
  { title: "a file without a namespace behind it", around: "touch /run/netns/con1", wanted, sees: "nothing", plan: [], remove: [] },
  { title: "as wanted", made: forwarding, wanted: forwarding, sees: [], plan: [], remove: [] },
  { title: "lo set down, a setting changed", made: forwarding, by: "ip -n con1 link set lo down; ip netns exec con1 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'", wanted: forwarding, sees: [], plan: [], remove: [] },
  { title: "a setting that the kernel does not have", made: wanted, wanted: { name: "con1", sysctls: { "net.no.such": 1 } }, sees: [], plan: [], remove: [] },
  { title: "with a link of this stack in it", made: wanted, by: "ip -n con1 link add br0 group $GROUP type bridge", wanted, sees: [], plan: [], remove: [] },
  { title: "with somebody else's link in it", made: wanted, by: "ip -n con1 link add br0 type bridge", wanted, sees: [], plan: [], remove: [] },
  { title: "made by hand", around: "ip netns add con1", wanted, sees: /./, remove: [] },
  { title: "another stack's", around: "ip netns add con1; ip -n con1 link set lo alias linuxnet:shop/prod/Namespace/one", wanted, sees: /./, remove: [] },
];
