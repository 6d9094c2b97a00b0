import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { observeForRefresh } from "../../provider/lifecycle/reconcile.js";
import { SharedObservations } from "../../provider/lifecycle/shared-observations.js";
import type { Batch } from "../../provider/transport/transport.js";
import { TestResource } from "../test-resource.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
});
afterEach(() => host.stop());

describe("frames reach another host", () => {
  // The other host is a namespace. Its vxlan was created by hand inside, so its packets are carried there as well.
  beforeEach(() => {
    host.sh(`
      ip netns add far; ip link add u0 mtu 1400 type veth peer name u1 mtu 1400 netns far; ip netns add box
      ip link set u0 up; ip -n far link set u1 up
      ip address add 192.0.2.1/24 dev u0; ip -n far address add 192.0.2.2/24 dev u1
      ip address add fd00:2::1/64 dev u0 nodad; ip -n far address add fd00:2::2/64 dev u1 nodad`);
  });

  /** Whether a packet of this many bytes reaches the other host and comes back unfragmented. */
  const passes = (bytes: number, namespace?: string) =>
    host
      .sh(`${namespace ? `ip netns exec ${namespace}` : ""} ping -M do -c 1 -W 1 -s ${bytes - 28} 10.42.0.2 2>&1 || :`)
      .includes(" 1 received");

  test.each([
    ["by its address", "id 42 local 192.0.2.2 remote 192.0.2.1", { local: "192.0.2.1", remotes: ["192.0.2.2"] }, 1350],
    ["by IPv6", "id 42 local fd00:2::2 remote fd00:2::1", { local: "fd00:2::1", remotes: ["fd00:2::2"] }, 1330],
    [
      "by a multicast group",
      "id 42 local 192.0.2.2 group 239.1.1.1 dev u1",
      { local: "192.0.2.1", group: "239.1.1.1", device: "u0" },
      1350,
    ],
    [
      "by a multicast group of IPv6",
      "id 42 local fd00:2::2 group ff05::100 dev u1",
      { local: "fd00:2::1", group: "ff05::100", device: "u0" },
      1330,
    ],
    [
      "from a namespace",
      "id 42 local 192.0.2.2 remote 192.0.2.1",
      { namespace: "box", local: "192.0.2.1", remotes: ["192.0.2.2"] },
      1350,
    ],
  ] as const)("%s, of full size and no larger", async (_, far, wanted, room) => {
    host.sh(`
      ip -n far link add vx0 type vxlan ${far} dstport 4789; ip -n far link set vx0 mtu 1500
      ip -n far address add 10.42.0.2/24 dev vx0; ip -n far link set vx0 up`);
    const vxlan = new TestResource(host, "Vxlan", "vx0");
    const { effectiveMtu } = await vxlan.up({ vni: 42, addresses: ["10.42.0.1/24"], ...wanted });
    expect(effectiveMtu).toBe(room);
    const namespace = "namespace" in wanted ? wanted.namespace : undefined;
    expect(passes(room, namespace)).toBe(true);
    expect(passes(room + 1, namespace)).toBe(false);
  });
});

test("many are read in looks that they share, and are told as each one's own look tells it", async () => {
  host.sh(`
    ip netns add box; ip link add u0 type veth peer name u1; ip link set u0 up; ip link set u1 up
    ip address add 192.0.2.1/24 dev u0`);
  const all = await Promise.all(
    Array.from({ length: 12 }, async (_, number) => {
      const vxlan = new TestResource(host, "Vxlan", `vx${number}`);
      const namespace = number % 2 ? "box" : undefined;
      await vxlan.up({ namespace, vni: number, local: "192.0.2.1", remotes: ["192.0.2.2", `192.0.2.${10 + number}`] });
      return vxlan;
    }),
  );
  host.sh("bridge fdb append 00:00:00:00:00:00 dev vx4 dst 192.0.2.99");
  host.sh("bridge -n box fdb delete 00:00:00:00:00:00 dev vx5 dst 192.0.2.2; ip link set u0 mtu 1400");
  const asked: string[] = [];
  const transport = {
    run: (batch: Batch) => {
      asked.push(...batch.commands.map(({ argv }) => argv.join(" ")));
      return host.transport.run(batch);
    },
    close: () => Promise.resolve(),
  };
  const sharedObservations = new SharedObservations(transport);
  const tasks = all.map((vxlan) => ({ ...vxlan.task(vxlan.state!), transport }));
  const shared = await Promise.all(tasks.map((task) => observeForRefresh({ ...task, sharedObservations })));
  // The first four run their own queries, and one query covers the rest; each still looks up its own routes.
  expect(asked.filter((line) => line.includes("fdb"))).toHaveLength(5);
  const own = await Promise.all(tasks.map((task) => observeForRefresh(task)));
  expect(shared).toEqual(own);
  expect(shared[4]!.state).toMatchObject({ remotes: ["192.0.2.2", "192.0.2.14", "192.0.2.99"], mtu: 1450 });
  expect(shared[5]!.state).toMatchObject({ remotes: ["192.0.2.15"] });
});
