/** What the kinds of interfaces with a parent have in common. */
import fc from "fast-check";
import { addresses, maybe, namespace, newName } from "./arbitrary-properties.js";
import { endProcessInside, markFor, group, processInside, protocol, theirMark } from "./damage-by-hand.js";
import type { Drift } from "./kind-cases.js";

/** Namespace and parent of the interfaces in the life cycles. */
export const around =
  "ip netns add box; ip link add p9 address 02:00:00:00:09:09 type veth peer name q9 address 02:00:00:00:09:0a; " +
  "ip addr add 10.6.0.1/24 dev q9; ip link set p9 up; ip link set q9 up";
export const made = { name: "eth0", namespace: "box", parent: "p9", addresses: ["10.6.0.2/24"] };
export const reaches = { "ip netns exec box ping -c1 -W2 10.6.0.1": /1 received/ };

/** Creates a parent whose own Ethernet addresses show whether a deleted macvlan still exists. */
export const parent = (name: string, last: number) =>
  `ip link add ${name} address 02:00:00:00:0${last}:01 type veth peer name ${name}-far address 02:00:00:00:0${last}:02; ip link set ${name} up; ip link set ${name}-far up`;
/** Namespaces and parents of the interfaces that are damaged. */
export const damageSurroundings = `ip netns add box; ip netns add yard; ${parent("p9", 9)}; ${parent("p8", 8)}`;
/** An interface outlives its deleted namespace by a moment, and until then its Ethernet address is taken. */
const untilGone = "while bridge fdb show dev p9 | grep -q 'aa self permanent'; do sleep 0.01; done";

/** The wanted inputs of such an interface. */
export const damaged = {
  name: "eth0",
  namespace: "box",
  parent: "p9",
  addresses: ["10.6.0.2/24", "fd00:6::2/64"],
  gateway: ["10.6.0.1", "fd00:6::1"],
  mtu: 1400,
};

/** The paths in which a refresh shows an interface that is missing from its place. */
const lost = ["addresses", "gateway", "marked", "up"];

/** The damage that applies to both kinds; `options` are those of the create. */
export const damagesOfAny = (kind: string, options: string): Drift["damages"] => [
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

/** The arbitrary properties that both kinds have. */
export const stacked = {
  namespace: maybe(namespace),
  name: newName,
  parent: fc.constant("port9"),
  addresses: maybe(addresses),
  mtu: maybe(fc.integer({ min: 1280, max: 1500 })),
  up: maybe(fc.boolean()),
};
