import type { PlanCase } from "./kind-cases.js";

const around =
  "ip link add d0 type veth peer name d1; ip addr add 10.6.0.1/24 dev d0; ip addr add fd00:6::1/64 dev d0 nodad; ip link set d0 up; ip link set d1 up";
const wanted = { destination: "10.7.0.0/16", via: "10.6.0.2" };
const wanted6 = { destination: "default6", via: "fd00:6::2", table: 77 };

export const routePlans: readonly PlanCase[] = [
  {
    title: "nothing there",
    around,
    wanted: { ...wanted, device: "d0", source: "10.6.0.1", metric: 50, mtu: 1400 },
    sees: "nothing",
    plan: [
      "ip -4 route add 10.7.0.0/16 via 10.6.0.2 dev d0 src 10.6.0.1 metric 50 table main scope global mtu 1400 proto PROTO",
    ],
    remove: [],
  },
  {
    title: "without its namespace",
    wanted: { ...wanted, namespace: "box" },
    sees: "nothing",
    plan: ["ip -n box -4 route add 10.7.0.0/16 via 10.6.0.2 table main scope global proto PROTO"],
    remove: [],
  },
  {
    title: "as wanted",
    around,
    made: wanted,
    wanted,
    sees: [],
    plan: [],
    remove: ["ip -4 route delete 10.7.0.0/16 table main proto PROTO"],
  },
  {
    title: "another gateway",
    around,
    made: wanted,
    wanted: { ...wanted, via: "10.6.0.3" },
    sees: ["via"],
    plan: ["ip -4 route replace 10.7.0.0/16 via 10.6.0.3 table main scope global proto PROTO"],
    remove: ["ip -4 route delete 10.7.0.0/16 table main proto PROTO"],
  },
  {
    title: "by a device without a gateway",
    around,
    made: wanted,
    wanted: { destination: "10.7.0.0/16", device: "d0" },
    sees: ["scope", "via"],
    plan: ["ip -4 route replace 10.7.0.0/16 dev d0 table main scope link proto PROTO"],
    remove: ["ip -4 route delete 10.7.0.0/16 table main proto PROTO"],
  },
  {
    title: "leads nowhere from now on",
    around,
    made: wanted,
    wanted: { destination: "10.7.0.0/16", type: "blackhole" },
    sees: ["type", "via"],
    plan: ["ip -4 route replace blackhole 10.7.0.0/16 table main scope global proto PROTO"],
    remove: ["ip -4 route delete 10.7.0.0/16 table main proto PROTO"],
  },
  {
    title: "beside somebody else's of another metric",
    around: `${around}; ip route add 10.7.0.0/16 via 10.6.0.9 metric 100`,
    wanted,
    sees: "nothing",
    plan: ["ip -4 route add 10.7.0.0/16 via 10.6.0.2 table main scope global proto PROTO"],
    remove: [],
  },
  {
    title: "somebody else's",
    around: `${around}; ip route add 10.7.0.0/16 via 10.6.0.9`,
    wanted,
    sees: /^destination taken by a route \(via 10\.6\.0\.9 dev d0 proto 3\) that this stack did not create$/,
    remove: [],
  },
  {
    title: "somebody else's that leads nowhere",
    around: "ip route add unreachable 10.7.0.0/16",
    wanted,
    sees: /^destination taken by a route \(unreachable proto 3\) that this stack did not create$/,
    remove: [],
  },
  {
    title: "IPv6 default in a table that is not there yet",
    around,
    wanted: wanted6,
    sees: "nothing",
    plan: ["ip -6 route add ::/0 via fd00:6::2 metric 1024 table 77 proto PROTO"],
    remove: [],
  },
  {
    title: "IPv6 default as wanted",
    around,
    made: wanted6,
    wanted: wanted6,
    sees: [],
    plan: [],
    remove: ["ip -6 route delete ::/0 metric 1024 table 77 proto PROTO"],
  },
  {
    title: "IPv6 default, another MTU",
    around,
    made: wanted6,
    wanted: { ...wanted6, mtu: 1400 },
    sees: ["mtu"],
    plan: ["ip -6 route replace ::/0 via fd00:6::2 metric 1024 table 77 mtu 1400 proto PROTO"],
    remove: ["ip -6 route delete ::/0 metric 1024 table 77 proto PROTO"],
  },
  {
    title: "IPv6 default that leads nowhere",
    around,
    made: { destination: "default6", type: "prohibit", table: 77 },
    wanted: { destination: "default6", type: "prohibit", table: 77 },
    sees: [],
    plan: [],
    remove: ["ip -6 route delete prohibit ::/0 metric 1024 table 77 proto PROTO"],
  },
];
