import { deleteNamespace } from "./damage-by-hand.js";
import type { PlanCase } from "./kind-cases.js";
import { around, box, inBox, macs, make, wanted, withGateway } from "./veth.plans.js";

/** What an interrupted run, or somebody else, left of a veth pair or in its place. */
export const vethLeftoverPlans: readonly PlanCase[] = [
  {
    title: "half made: this stack's group and no alias yet",
    around: `${box}; ip link add name veth1 netns box address ${macs.mac} group $GROUP type veth peer name veth1-br address ${macs.peer.mac} group $GROUP`,
    wanted: inBox,
    sees: ["addresses", "up", "peer.up", "marked"],
    plan: [
      "ip link set dev veth1-br alias MARK",
      "ip link set dev veth1-br up",
      "ip -n box link set dev veth1 alias MARK",
      "ip -n box address replace 172.17.0.101/24 dev veth1",
      "ip -n box link set dev veth1 up",
    ],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "the other end carried off",
    around,
    made: wanted,
    by: "ip link set veth1-br down; ip link set veth1-br name lost",
    wanted,
    sees: ["peer.mac", "peer.up", "peer.bridge"],
    plan: ["ip -n box link delete dev veth1", ...make],
    remove: ["ip -n box link delete dev veth1"],
  },
  {
    title: "this end carried off",
    around,
    made: wanted,
    by: "ip -n box link set veth1 down; ip -n box link set veth1 name lost",
    wanted,
    sees: ["addresses", "mac", "up"],
    plan: ["ip link delete dev veth1-br", ...make],
    remove: ["ip link delete dev veth1-br"],
  },
  {
    title: "its namespace gone",
    around,
    made: wanted,
    by: deleteNamespace("box"),
    wanted,
    sees: "nothing",
    plan: make,
    remove: [],
  },
  {
    title: "somebody else's interface at this end",
    around: `${box}; ip -n box link add veth1 type bridge`,
    wanted,
    sees: /^name held by a bridge interface that this stack did not create$/,
    remove: [],
  },
  {
    title: "somebody else's interface at the other end",
    around: `${box}; ip link add veth1-br type bridge`,
    wanted,
    sees: /^peer\.name held by a bridge interface that this stack did not create$/,
    remove: [],
  },
  {
    title: "somebody else's default route",
    around: `${around}; ip -n box link set lo up; ip -n box route add default dev lo`,
    made: wanted,
    wanted: withGateway,
    sees: /^gateway taken by a default route \(via no gateway dev lo proto 3\) that this stack did not create$/,
    remove: ["ip -n box link delete dev veth1"],
  },
];
