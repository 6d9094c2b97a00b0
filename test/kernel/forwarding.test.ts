/** Forwarding in the kernel: a rule that needs it enables it, and leaves it enabled. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.start();
  host.sh("sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0");
});
afterEach(() => host.stop());

const read = (key: string) => host.sh(`cat /proc/sys/${key}`);
const notes = () => host.sh("ls /run/linuxnet/sysctl 2>/dev/null || :");

const families = [
  { family: "IPv4", key: "net/ipv4/ip_forward", source: "10.1.0.0/24", targetAddress: "10.1.0.2" },
  { family: "IPv6", key: "net/ipv6/conf/all/forwarding", source: "fd00::/64", targetAddress: "fd00::2" },
] as const;

describe.each(families)("$family", ({ key, source, targetAddress }) => {
  const kinds = [
    ["MasqueradeRule", { source }],
    ["PortForward", { protocol: "tcp", listenPort: 80, targetAddress }],
  ] as const;
  const other = families.find((family) => family.key !== key)!;

  describe.each(kinds)("%s", (kind, wanted) => {
    test.each(["iptables", "nftables"] as const)("with %s, switches it on, and leaves it on", async (firewall) => {
      host.firewall = firewall;
      const resource = new TestResource(host, kind, "own");
      const state = await resource.up(wanted);
      expect(state).toMatchObject({ forwarding: "accepted" });
      expect([read(key), read(other.key)]).toEqual(["1", "0"]);
      expect(await resource.refresh()).toEqual(state);
      await resource.down();
      expect([read(key), read(other.key)]).toEqual(["1", "0"]);
    });

    test("switched off by hand, it is drift, and one up switches it on", async () => {
      const resource = new TestResource(host, kind, "own");
      await resource.up(wanted);
      host.sh(`echo 0 >/proc/sys/${key}`);
      expect(await resource.refresh()).toMatchObject({ forwarding: "off" });
      expect(resource.changes(wanted)).toEqual(["forwarding"]);
      await resource.up(wanted);
      expect(read(key)).toBe("1");
    });

    test("in a namespace it is that one's, without a note", async () => {
      host.sh("ip netns add box");
      const resource = new TestResource(host, kind, "own");
      await resource.up({ ...wanted, namespace: "box" });
      expect([host.sh(`ip netns exec box cat /proc/sys/${key}`), read(key), notes()]).toEqual(["1", "0", ""]);
    });

    test.each([
      ["before", ["rule", "setting"]],
      ["after", ["setting", "rule"]],
    ])("made %s a Sysctl for it: what was found before both is put back with that one", async (_, order) => {
      const rule = new TestResource(host, kind, "own");
      const setting = new TestResource(host, "Sysctl", "forward");
      for (const which of order) {
        if (which === "rule") await rule.up(wanted);
        else expect(await setting.up({ key: key.replaceAll("/", "."), value: "1" })).toMatchObject({ found: "0" });
      }
      expect(await setting.refresh()).toMatchObject({ found: "0", value: "1" });
      await rule.down();
      expect(read(key)).toBe("1");
      await setting.down();
      expect([read(key), notes()]).toEqual(["0", ""]);
    });
  });

  test("a Sysctl that goes while others of the program rely on it leaves it on, and another one puts it back", async () => {
    const setting = new TestResource(host, "Sysctl", "forward");
    const wanted = { key: key.replaceAll("/", "."), value: "1" };
    await setting.up(wanted);
    await setting.down({ inUse: true });
    expect(read(key)).toBe("1");
    const later = new TestResource(host, "Sysctl", "later");
    expect(await later.up(wanted)).toMatchObject({ found: "0" });
    await later.down();
    expect([read(key), notes()]).toEqual(["0", ""]);
  });
});

test("a host that lives on router advertisements keeps its default route", async () => {
  host.sh(`
    ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up
    ip link add lan0 type veth peer name lan1
    ip -6 route add default via fe80::1 dev up0 proto ra`);
  const accepts = () => ["up0", "lan0"].map((name) => read(`net/ipv6/conf/${name}/accept_ra`));
  expect(accepts()).toEqual(["1", "1"]);
  await new TestResource(host, "MasqueradeRule", "own").up({ source: "fd00::/64" });
  expect([read("net/ipv6/conf/all/forwarding"), ...accepts()]).toEqual(["1", "2", "1"]);
});
