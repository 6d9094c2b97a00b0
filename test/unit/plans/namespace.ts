import { makeScript } from "../../../provider/resources/namespace.js";
import { displayCommand } from "../../../provider/transport/quoting.js";
import { type PlanCase, write } from "./case.js";

const wanted = { name: "con1" };
const forwarding = { name: "con1", sysctls: { "net.ipv4.ip_forward": 1 } };

const make = displayCommand(["sh", "-c", makeScript, "sh", "con1", "MARK"]);

export const namespaceCases: readonly PlanCase[] = [
  {
    title: "nothing there",
    wanted: forwarding,
    sees: "nothing",
    plan: [make, write("net/ipv4/ip_forward", 1, "con1")],
    remove: [],
  },
  {
    title: "a file without a namespace behind it",
    around: "touch /run/netns/con1",
    wanted,
    sees: "nothing",
    plan: ["ip netns delete con1", make],
    remove: [],
  },
  { title: "as wanted", made: forwarding, wanted: forwarding, sees: [], plan: [], remove: ["ip netns delete con1"] },
  {
    title: "lo set down, a setting changed",
    made: forwarding,
    by: "ip -n con1 link set lo down; ip netns exec con1 sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'",
    wanted: forwarding,
    sees: ["sysctls.net.ipv4.ip_forward", "loopback"],
    plan: ["ip -n con1 link set dev lo up", write("net/ipv4/ip_forward", 1, "con1")],
    remove: ["ip netns delete con1"],
  },
  {
    title: "a setting that the kernel does not have",
    made: wanted,
    wanted: { name: "con1", sysctls: { "net.no.such": 1 } },
    sees: ["sysctls.net.no.such"],
    plan: [write("net/no/such", 1, "con1")],
    remove: ["ip netns delete con1"],
  },
  {
    title: "with a link of this stack in it",
    made: wanted,
    by: "ip -n con1 link add br0 group $GROUP type bridge",
    wanted,
    sees: [],
    plan: [],
    remove: ["ip -n con1 link delete group GROUP", "ip netns delete con1"],
  },
  {
    title: "with somebody else's link in it",
    made: wanted,
    by: "ip -n con1 link add br0 type bridge",
    wanted,
    sees: [],
    plan: [],
    remove: ["ip netns delete con1"],
  },
  {
    title: "made by hand",
    around: "ip netns add con1",
    wanted,
    sees: /^name held by a namespace that this stack did not make$/,
    remove: [],
  },
  {
    title: "another stack's",
    around: "ip netns add con1; ip -n con1 link set lo alias linuxnet:shop/prod/Namespace/one",
    wanted,
    sees: /^name held by a namespace marked "linuxnet:shop\/prod\/Namespace\/one"$/,
    remove: [],
  },
];
