import type { PlanCase } from "./case.js";

const mac = "02:00:00:00:00:01";
const wanted = { name: "br0", mac, addresses: ["172.17.0.1/24", "fd00:17::1/64"] };

export const bridgeCases: readonly PlanCase[] = [
  { title: "nothing there", wanted, sees: "nothing", plan: [], remove: [] },
  { title: "nothing there, with every option", around: "ip netns add box", wanted: { namespace: "box", name: "br0", mac, mtu: 1500, stp: true, forwardDelay: 4, ageingTime: 60, up: false, addresses: ["172.17.0.1/24"] }, sees: "nothing", plan: [], remove: [] },
  { title: "without its namespace", wanted: { ...wanted, namespace: "box" }, sees: "nothing", plan: [], remove: [] },
  { title: "as wanted", made: wanted, wanted: { ...wanted, addresses: ["fd00:17::1/64", "172.17.0.1/24"] }, sees: [], plan: [], remove: [] },
  { title: "another prefix length of the same address", made: wanted, wanted: { ...wanted, addresses: ["172.17.0.1/16", "fd00:17::1/64"] }, sees: [], plan: [], remove: [] },
  { title: "another IPv4 address", made: wanted, wanted: { ...wanted, addresses: ["172.17.0.2/24", "fd00:17::1/64"] }, sees: [], plan: [], remove: [] },
  { title: "one more IPv4 address", made: wanted, wanted: { ...wanted, addresses: [...wanted.addresses, "10.9.0.1/16"] }, sees: [], plan: [], remove: [] },
  { title: "no addresses any more", made: wanted, wanted: { ...wanted, addresses: [] }, sees: [], plan: [], remove: [] },
  { title: "a link-local address that is asked for", made: wanted, wanted: { ...wanted, addresses: [...wanted.addresses, "fe80::17/64"] }, sees: [], plan: [], remove: [] },
  { title: "another Ethernet address and MTU", made: wanted, wanted: { ...wanted, mac: "02:00:00:00:00:02", mtu: 1400 }, sees: [], plan: [], remove: [] },
  { title: "Spanning Tree on", made: wanted, wanted: { ...wanted, stp: true, forwardDelay: 4, ageingTime: 60 }, sees: [], plan: [], remove: [] },
  { title: "to be down", made: wanted, wanted: { ...wanted, up: false }, sees: [], plan: [], remove: [] },
  { title: "set down by hand", made: wanted, by: "ip link set br0 down", wanted, sees: [], plan: [], remove: [] },
  { title: "half made: this stack's group and no alias yet", around: `ip link add br0 group $GROUP address ${mac} type bridge`, wanted, sees: [], plan: [], remove: [] },
  { title: "a bridge made by hand", around: "ip link add br0 type bridge", wanted, sees: /./, remove: [] },
  { title: "another stack's bridge", around: "ip link add br0 type bridge; ip link set br0 alias linuxnet:shop/prod/Bridge/one", wanted, sees: /./, remove: [] },
  { title: "another kind of link with this stack's alias", around: 'ip link add br0 type veth peer name other; ip link set br0 alias "$MARK"', wanted, sees: /./, remove: [] },
];
