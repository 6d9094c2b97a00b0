import { type Drift, endProcessInside, markFor, group, processInside, protocol, theirMark } from "./damage.js";

/** Parents that tell whether a macvlan is still alive by its Ethernet address among their own. */
const parent = (name: string, last: number) =>
  `ip link add ${name} address 02:00:00:00:0${last}:01 type veth peer name ${name}-far address 02:00:00:00:0${last}:02; ip link set ${name} up; ip link set ${name}-far up`;
const around = `ip netns add box; ip netns add yard; ${parent("p9", 9)}; ${parent("p8", 8)}`;
/** What is in a namespace goes a moment after it, and until then an Ethernet address is taken. */
const untilGone = "while bridge fdb show dev p9 | grep -q 'aa self permanent'; do sleep 0.01; done";

const wanted = {
  name: "eth0",
  namespace: "box",
  parent: "p9",
  addresses: ["10.6.0.2/24", "fd00:6::2/64"],
  gateway: ["10.6.0.1", "fd00:6::1"],
  mtu: 1400,
};

/** What a refresh shows of one that is not in its place. */
const lost = ["addresses", "gateway", "marked", "up"];

/** What may happen to either kind; `options` as it is made. */
const common = (kind: "Macvlan" | "Ipvlan", options: string): Drift["damages"] => [
  { by: "ip -n box addr del 10.6.0.2/24 dev eth0", shows: ["addresses", "gateway"] },
  { by: "ip -n box addr add 10.99.0.1/24 dev eth0", shows: ["addresses"] },
  { by: "ip -n box addr flush dev eth0", shows: ["addresses", "gateway"] },
  { by: "ip -n box route del default", shows: ["gateway"] },
  { by: `ip -n box -6 route replace default via fd00:6::9 dev eth0 proto ${protocol}`, shows: ["gateway"] },
  { by: "ip -n box route replace default via 10.6.0.9 dev eth0", shows: ["gateway"] },
  { by: "ip -n box link set eth0 mtu 1300", shows: ["mtu"] },
  { by: "ip -n box link set eth0 down", shows: ["addresses", "gateway", "up"] },
  { by: "ip -n box link set eth0 alias ''", shows: ["marked"] },
  { by: "ip -n box link set eth0 group 7", shows: ["marked"] },
  {
    by: "ip link set p9 down; ip link set p9 name moved",
    shows: ["parent"],
    then: "ip link set moved name p9 2>/dev/null; ip link set p9 up",
  },
  {
    by: `ip -n box link del eth0; ip link add link p8 name eth0 netns box mtu 1400 group ${group} ${options}; ip -n box link set eth0 alias ${markFor(kind)}`,
    shows: ["addresses", "gateway", "parent", "up"],
  },
  { by: "ip -n box link del eth0", shows: "gone" },
  { by: "ip link del p9", shows: "gone", then: parent("p9", 9) },
  { by: "ip -n box link set eth0 down; ip -n box link set eth0 name lost", shows: lost },
  { by: "ip -n box link set eth0 netns yard", shows: lost },
  {
    by: "ip -n box link del eth0; ip -n box link add eth0 type bridge",
    shows: "gone",
    refused: true,
    then: "ip -n box link del eth0",
  },
  { by: `ip -n box link set eth0 alias ${theirMark}`, shows: "gone", refused: true, then: "ip -n box link del eth0" },
  { by: "ip -n box link set eth0 alias ''; ip -n box link set eth0 group 0", shows: ["marked"] },
  { by: `ip netns del box; ${untilGone}; ip netns add box`, shows: "gone" },
  {
    by: `${processInside("box")}; ip netns del box`,
    shows: lost,
    then: `${endProcessInside}; ${untilGone}; ip netns add box`,
  },
];

export const macvlanDrifts: readonly Drift[] = [
  {
    kind: "Macvlan",
    title: "in a namespace",
    around,
    wanted: { ...wanted, mac: "02:00:00:00:00:aa" },
    damages: [
      ...common("Macvlan", "address 02:00:00:00:00:aa type macvlan mode bridge"),
      { by: "ip -n box link set eth0 address 02:00:00:00:00:cc", shows: ["mac"] },
      { by: "ip -n box link set eth0 type macvlan mode vepa", shows: ["mode"] },
      { by: "ip -n box link set eth0 type macvlan mode source", shows: ["mode"] },
      // It takes its interfaces along, and does not bring their MTU back.
      { by: "ip link set p9 mtu 1300; ip link set p9 mtu 1500", shows: ["mtu"] },
      {
        by: `ip -n box link del eth0; ip link add link p9 name eth0 netns box mtu 1400 group ${group} type macvlan mode passthru; ip -n box link set eth0 alias ${markFor("Macvlan")}`,
        shows: ["addresses", "gateway", "mac", "mode", "up"],
      },
    ],
  },
  {
    kind: "Macvlan",
    title: "on the host itself, with the parent's MTU",
    around: parent("p9", 9),
    wanted: { name: "m0", parent: "p9", addresses: ["10.6.0.2/24"], mode: "private" },
    damages: [
      { by: "ip link set m0 mtu 1300", shows: [], left: "ip link set m0 mtu 1500" },
      { by: "ip link set m0 type macvlan mode bridge", shows: ["mode"] },
      {
        by: "ip link set p9 down; ip link set p9 name moved",
        shows: ["parent"],
        then: "ip link set moved name p9 2>/dev/null; ip link set p9 up",
      },
      { by: "ip link del m0", shows: "gone" },
    ],
  },
];

/** Where the kernel has no ipvlan, each of these asserts that it is refused. */
export const ipvlanDrifts: readonly Drift[] = [
  {
    kind: "Ipvlan",
    title: "in a namespace",
    around,
    wanted,
    damages: [
      ...common("Ipvlan", "type ipvlan mode l2 bridge"),
      { by: "ip -n box link set eth0 type ipvlan mode l3", shows: ["mode"] },
      { by: "ip -n box link set eth0 type ipvlan mode l2 private", shows: ["flag"] },
    ],
  },
];
