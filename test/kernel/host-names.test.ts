/**
 * Interfaces in a namespace whose names also exist in the host's own namespace. Before Linux 6.15, the result depends
 * on where `ip link add` runs: `npm run test:machines` tests it on such kernels.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Batch, Transport } from "../../provider/transport/transport.js";
import { TestResource } from "../test-resource.js";
import { clearHost } from "./clear-host.js";
import { isUnsupported } from "./unsupported.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
/** The number of round trips to the host. */
let trips = 0;
let counted: { readonly transport: Transport };
beforeAll(async () => {
  host = await TestHost.start();
  const { transport } = host;
  const run = (batch: Batch) => {
    trips++;
    return transport.run(batch);
  };
  counted = { transport: { run, close: () => transport.close() } };
});
afterAll(() => host.stop());
beforeEach(() => {
  // A virtual machine already has an eth0.
  host.sh(`${clearHost}; [ -e /sys/class/net/eth0 ] || ip link add eth0 type veth peer name eth0-wire
    for box in a b; do ip netns add $box; done
    ip link add p9 type veth peer name q9; ip link set p9 up; ip link set q9 up; ip address add 192.0.2.1/24 dev p9`);
});

const address = { addresses: ["10.0.0.2/24"] };
const inA = { name: "eth0", namespace: "a" };

const cases: readonly [title: string, kind: string, wanted: Record<string, unknown>, where: string][] = [
  ["the first end of a pair", "Veth", { ...inA, ...address, peer: { name: "port" } }, "a"],
  ["the other end of a pair", "Veth", { name: "port", peer: { ...inA, ...address } }, "a"],
  [
    "both ends of a pair, in two namespaces",
    "Veth",
    { ...inA, ...address, peer: { name: "eth0", namespace: "b" } },
    "b",
  ],
  ["both ends of a pair, in one namespace", "Veth", { ...inA, peer: { name: "eth0-wire", namespace: "a" } }, "a"],
  ["a macvlan", "Macvlan", { ...inA, parent: "p9", ...address }, "a"],
  ["an ipvlan", "Ipvlan", { ...inA, parent: "p9", ...address }, "a"],
  ["a vxlan", "Vxlan", { ...inA, vni: 7, local: "192.0.2.1", mtu: 1400 }, "a"],
  [
    "a vxlan by a device",
    "Vxlan",
    { ...inA, vni: 7, local: "192.0.2.1", device: "p9", group: "239.1.1.1", mtu: 1400 },
    "a",
  ],
];

describe.each(cases)("%s", (_, kind, wanted, where) => {
  const links = (namespace: string) => host.sh(`ip -n ${namespace} -o link | grep -c ': eth0[@:]' || :`);

  test("can be called eth0, in one round trip, and goes again", async () => {
    if (isUnsupported(host, kind)) return;
    const theirs = host.sh("cat /sys/class/net/eth0/ifindex");
    const resource = new TestResource(counted, kind, "one");
    trips = 0;
    await resource.up(wanted);
    // A Vxlan queries the host before the create, and so needs one more. Each resource is read back after the create.
    expect(trips).toBeLessThanOrEqual(kind === "Vxlan" ? 3 : 2);
    expect(links(where)).toBe("1");
    expect(await resource.refresh()).toBeDefined();
    expect(resource.changes(wanted)).toEqual([]);
    await resource.down();
    expect(links(where)).toBe("0");
    expect(host.sh("cat /sys/class/net/eth0/ifindex")).toBe(theirs);
  });
});

test("a container that is attached: its end is called eth0", async () => {
  host.sh("touch /run/outside; unshare --net=/run/outside true");
  const box = new TestResource(host, "Namespace", "outside");
  await box.up({ name: "outside", attach: { path: "/run/outside" } });
  const veth = new TestResource(host, "Veth", "one");
  await veth.up({ name: "eth0", namespace: "outside", ...address, peer: { name: "port" } });
  expect(host.sh("nsenter --net=/run/outside ip -o -4 address show dev eth0")).toContain("10.0.0.2/24");
  await veth.down();
  await box.down();
  host.sh("umount /run/outside; rm /run/outside");
});

test("one that was called otherwise can be called eth0 later, and the other way round", async () => {
  const other = { ...inA, name: "net0", ...address, peer: { name: "port" } };
  const wanted = { ...other, name: "eth0" };
  for (const [from, to] of [
    [other, wanted],
    [wanted, other],
  ] as const) {
    const resource = new TestResource(host, "Veth", "one");
    await resource.up(from);
    expect(resource.definition.replaceOn).toContain("name");
    // As the engine does it: the other end keeps its name, so the old pair is deleted first.
    await resource.down();
    await resource.up(to);
    expect(resource.changes(to)).toEqual([]);
    await resource.down();
  }
});
