import type { PlanCase } from "./case.js";

const macs = { mac: "02:00:00:00:00:01", peer: { name: "veth1-br", mac: "02:00:00:00:00:02" } };
const box = "ip netns add box";
const around = `${box}; ip link add br0 address 02:00:00:00:00:99 type bridge; ip link set br0 up`;
const inBox = { name: "veth1", namespace: "box", ...macs, addresses: ["172.17.0.101/24"] };
const wanted = { ...inBox, peer: { ...inBox.peer, bridge: "br0" } };
const withGateway = { ...wanted, gateway: "172.17.0.1" };

export const vethCases: readonly PlanCase[] = [
  { title: "nothing there", around, wanted: withGateway, sees: "nothing", plan: [], remove: [] },
  { title: "both ends in the host's own namespace", wanted: { name: "a", mac: macs.mac, mtu: 9000, peer: { ...macs.peer, name: "b", up: false } }, sees: "nothing", plan: [], remove: [] },
  { title: "between two namespaces", around: `${box}; ip netns add other`, wanted: { ...inBox, peer: { ...macs.peer, namespace: "other", addresses: ["fd00::2/64"] } }, sees: "nothing", plan: [], remove: [] },
  { title: "the other end in a namespace", around: box, wanted: { name: "veth1", ...macs, peer: { ...macs.peer, namespace: "box" } }, sees: "nothing", plan: [], remove: [] },
  { title: "as wanted", around, made: withGateway, wanted: withGateway, sees: [], plan: [], remove: [] },
  { title: "another address: the gateway's route stays", around, made: withGateway, wanted: { ...withGateway, addresses: ["172.17.0.102/24"] }, sees: [], plan: [], remove: [] },
  { title: "another gateway", around, made: withGateway, wanted: { ...withGateway, gateway: "172.17.0.2" }, sees: [], plan: [], remove: [] },
  { title: "a gateway of each family", around, made: withGateway, wanted: { ...withGateway, addresses: ["172.17.0.101/24", "fd00:17::101/64"], gateway: ["172.17.0.1", "fd00:17::1"] }, sees: [], plan: [], remove: [] },
  { title: "no gateway any more", around, made: withGateway, wanted, sees: [], plan: [], remove: [] },
  { title: "no bridge any more", around, made: wanted, wanted: inBox, sees: [], plan: [], remove: [] },
  { title: "another bridge, with its port's settings", around: `${around}; ip link add br1 type bridge`, made: wanted, wanted: { ...inBox, peer: { ...macs.peer, bridge: "br1", hairpin: true, isolated: true } }, sees: [], plan: [], remove: [] },
  { title: "hairpin on", around, made: wanted, wanted: { ...wanted, peer: { ...wanted.peer, hairpin: true } }, sees: [], plan: [], remove: [] },
  { title: "another MTU and Ethernet address", around, made: wanted, wanted: { ...wanted, mtu: 1400, mac: "02:00:00:00:00:03" }, sees: [], plan: [], remove: [] },
  { title: "to be down", around, made: withGateway, wanted: { ...wanted, up: false }, sees: [], plan: [], remove: [] },
  { title: "set down by hand: the gateway's route is gone with it", around, made: withGateway, by: "ip -n box link set veth1 down", wanted: withGateway, sees: [], plan: [], remove: [] },
  { title: "half made: this stack's group and no alias yet", around: `${box}; ip link add name veth1 netns box address ${macs.mac} group $GROUP type veth peer name veth1-br address ${macs.peer.mac} group $GROUP`, wanted: inBox, sees: [], plan: [], remove: [] },
  { title: "the other end carried off", around, made: wanted, by: "ip link set veth1-br down; ip link set veth1-br name lost", wanted, sees: [], plan: [], remove: [] },
  { title: "this end carried off", around, made: wanted, by: "ip -n box link set veth1 down; ip -n box link set veth1 name lost", wanted, sees: "nothing", plan: [], remove: [] },
  { title: "its namespace gone", around, made: wanted, by: "ip netns del box; sleep 0.2", wanted, sees: "nothing", plan: [], remove: [] },
  { title: "somebody else's interface at this end", around: `${box}; ip -n box link add veth1 type bridge`, wanted, sees: /./, remove: [] },
  { title: "somebody else's interface at the other end", around: `${box}; ip link add veth1-br type bridge`, wanted, sees: /./, remove: [] },
  { title: "somebody else's default route", around: `${around}; ip -n box link set lo up; ip -n box route add default dev lo`, made: wanted, wanted: withGateway, sees: /./, remove: [] },
];
