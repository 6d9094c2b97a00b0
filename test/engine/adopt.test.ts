import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Lab, startLab } from "../../examples/lab/lab.ts";
import { makeConsumer } from "./consumer.ts";
import { type Network, changed, programFromData, setNetwork, upTo } from "./network.ts";
import { Stack } from "./stack.ts";

const host = "host1";

let folder: string;
let lab: Lab;
let stack: Stack;
let other: Stack;
let before: string;

beforeAll(async () => {
  folder = makeConsumer();
  lab = await startLab({ folder: path.join(folder, "lab"), hosts: [{ name: host, address: "10.0.12.15/22" }] });
  before = await lab.dump(host);
  stack = await new Stack(lab, folder).program(programFromData()).init();
  other = await new Stack(lab, folder, "other").init();
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});

const sh = async (...lines: string[]) => (await lab.exec(host, ["sh", "-ec", lines.join("\n")])).stdout;

/** A container's network, roughly as somebody would create it by hand. The values differ from what the stack wants. */
const byHand = [
  "ip netns add box",
  "ip link add lan address 02:00:00:00:00:99 type bridge",
  "ip address add 10.1.0.9/24 dev lan",
  "ip link set lan up",
  "ip link add eth0 mtu 1400 netns box type veth peer name port mtu 1400",
  "ip -n box address add 10.1.0.8/24 dev eth0",
  "ip -n box link set eth0 up",
  "ip link set port up master lan",
  "ip -n box route add default via 10.1.0.9 dev eth0",
  "ip route add 10.9.0.0/16 via 10.0.12.2",
  "iptables -t nat -A POSTROUTING -s 10.1.0.0/24 ! -o lan -j MASQUERADE",
  // Two of the five rules of a published port, one of them twice; and one that is similar but not the same.
  "iptables -t nat -A PREROUTING ! -i lan -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000 -j DNAT --to-destination 10.1.0.2:80",
  "iptables -t nat -A PREROUTING ! -i lan -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000 -j DNAT --to-destination 10.1.0.2:80",
  "iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000 -j DNAT --to-destination 10.1.0.2:80",
  "iptables -t nat -A OUTPUT -d 10.0.12.15/32 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 10.1.0.2:80",
] as const;

/** The resources that something existing can conflict with. Rules can't conflict. */
const named: Network = {
  box: { kind: "Namespace", args: { host } },
  lan: { kind: "Bridge", args: { host, addresses: ["10.1.0.1/24"] } },
  eth: {
    kind: "Veth",
    args: {
      host,
      name: "eth0",
      namespace: "box",
      addresses: ["10.1.0.2/24"],
      gateway: "10.1.0.1",
      peer: { name: "port", bridge: "lan" },
    },
  },
  far: { kind: "Route", args: { host, destination: "10.9.0.0/16", via: "10.0.12.1", mtu: 1300 } },
  forwarding: { kind: "Sysctl", args: { host, key: "net.ipv4.ip_forward", value: "1" } },
};
const network: Network = {
  ...named,
  eth: { ...named.eth!, options: { dependsOn: ["box", "lan"] } },
  out: { kind: "MasqueradeRule", args: { host, source: "10.1.0.0/24", exceptOutInterface: "lan" } },
  web: {
    kind: "PortForward",
    args: {
      host,
      protocol: "tcp",
      listenPort: 8000,
      exceptInInterface: "lan",
      targetAddress: "10.1.0.2",
      targetPort: 80,
    },
  },
};
const size = Object.keys(network).length;
const adopting = (of: Network): Network =>
  changed(of, Object.fromEntries(Object.keys(of).map((name) => [name, { adopt: true }])));

/** Another stack holds the network's setting, the only kind of resource here that another stack can hold. */
const rival: Network = { theirs: { kind: "Sysctl", args: { host, key: "net.ipv4.ip_forward", value: "0" } } };

/** An `up` that fails, and still tries every resource. */
async function failing(network: Network): Promise<string> {
  await setNetwork(stack, network);
  const args = ["--yes", "--skip-preview", "--continue-on-error", "--stack", stack.name];
  const { exitCode, output } = await stack.pulumi("up", ...args);
  expect(exitCode, output).not.toBe(0);
  return output;
}

/** The interfaces and the namespace by their numbers: another number is another interface or namespace. */
const identities = () =>
  sh(
    "for name in lan port; do echo $name $(cat /sys/class/net/$name/ifindex); done",
    "ip -n box -o link show eth0 | cut -d: -f1; ip netns exec box readlink /proc/self/ns/net",
  );

describe.sequential("a network made by hand", () => {
  test("is refused without `adopt`, each part by a message that names it, and nothing is touched", async () => {
    await sh(...byHand);
    await upTo(other, rival);
    const there = await lab.dump(host);
    const output = await failing(named);
    for (const message of [
      'Namespace "box" on host1: name "box" is held by a namespace that this stack did not create',
      'Bridge "lan" on host1: name "lan" is held by a bridge interface that this stack did not create',
      'Veth "eth" on host1: name "eth0" is held by a veth interface that this stack did not create',
      'Route "far" on host1: destination "10.9.0.0/16" is taken by a route (via 10.0.12.2 dev eth0 proto 3) that this stack did not create',
      `Sysctl "forwarding" on host1: value "1" is not what linuxnet:shop/other@${other.identity.id}/Sysctl/theirs holds net.ipv4.ip_forward at, which is "0"`,
    ]) {
      // The last occurrence is the complete message, among the diagnostics.
      const [, ...parts] = output.split(`${message}; nothing was changed for this resource`);
      expect(parts, `${message}\n${output}`).not.toEqual([]);
      expect(parts.at(-1)!.split("\n").slice(0, 4).join("\n")).toMatch(/Or take it over with `adopt: true`/);
    }
    expect(await stack.resources()).toEqual({});
    expect(await lab.dump(host)).toBe(there);
  });

  test("is taken over with it: marked, changed in place, and nothing is there twice", async () => {
    const there = await identities();
    expect((await upTo(stack, adopting(network))).changes).toEqual({ create: size });
    expect(await identities()).toBe(there);

    const marks = [...new Set((await lab.dump(host)).match(/linuxnet:shop\/test@[\w./-]+/g))].sort();
    const kept = Object.entries(network).filter(([, { kind }]) => kind !== "Route" && kind !== "Sysctl");
    expect(marks).toEqual(
      kept.map(([name, { kind }]) => `linuxnet:shop/test@${stack.identity.id}/${kind}/${name}`).sort(),
    );

    expect(await sh("ip -br -4 address show lan; ip -n box -br -4 address show eth0")).toMatch(
      /^lan +UP +10\.1\.0\.1\/24 \neth0@\w+ +UP +10\.1\.0\.2\/24/,
    );
    expect(await sh("cat /sys/class/net/port/mtu; ip -n box link show lo")).toMatch(/^1500\n.*[<,]UP[,>]/);
    expect(await sh("ip -n box route show default")).toMatch(/^default via 10\.1\.0\.1 dev eth0 proto \d{3} \n?$/);
    expect(await sh("ip route show 10.9.0.0/16")).toMatch(
      /^10\.9\.0\.0\/16 via 10\.0\.12\.1 dev eth0 proto \d{3} mtu 1300 \n?$/,
    );
    expect((await sh("cat /proc/sys/net/ipv4/ip_forward")).trim()).toBe("1");

    const rules = (await sh("iptables-save | grep ^-A")).trim().split("\n");
    expect(rules.filter((rule) => rule.includes("MASQUERADE") && rule.includes("10.1.0.0/24"))).toHaveLength(1);
    const unmarked = rules.filter((rule) => !rule.includes("linuxnet:"));
    // A rule that is not the same is not adopted.
    expect(unmarked.map((rule) => rule.replace("-A", "iptables -t nat -A"))).toEqual([byHand.at(-1)]);
    expect(new Set(rules).size).toBe(rules.length);
  });

  test("is the stack's from then on: nothing is left to do, also without `adopt` in the program", async () => {
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    const there = await lab.dump(host);
    await setNetwork(stack, network);
    expect((await stack.up("--expect-no-changes")).changes).toEqual({ same: size });
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: size });
    expect(await lab.dump(host)).toBe(there);
  });

  test("is taken away by destroy, and the stack that lost its setting leaves it alone", async () => {
    await stack.destroy();
    await other.destroy();
    await sh(
      "iptables -t nat -D OUTPUT -d 10.0.12.15/32 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 10.1.0.2:80",
    );
    expect(await lab.dump(host)).toBe(before);
  });
});

describe.sequential("adoption that fails", () => {
  afterEach(async () => {
    await stack.destroy();
    expect(await stack.resources()).toEqual({});
  });

  test("half-way, it deletes nothing; the next up finishes it", async () => {
    await sh(...byHand, "echo 1 >/proc/sys/net/ipv6/conf/lan/disable_ipv6");
    const there = await identities();
    const eth = named.eth!.args;
    const output = await failing(
      adopting(
        changed(named, {
          box: { sysctls: { "net.ipv4.nosuch": "1" } },
          lan: { addresses: ["10.1.0.1/24", "fd00:1::1/64"] },
          eth: { peer: { name: "port", bridge: "nosuch" } },
          far: { via: undefined, device: "nosuch", mtu: undefined },
        }),
      ),
    );
    for (const [name, { kind }] of Object.entries(named).filter(([name]) => name !== "forwarding"))
      expect(output).toMatch(new RegExp(`(error:|\\*) ${kind} "${name}" on host1: `));
    expect(await identities()).toBe(there);
    expect(await sh("ip route show 10.9.0.0/16")).toMatch(/via 10\.0\.12\.2 dev eth0/);
    expect(await sh("ip -n box address show eth0")).toMatch(/10\.1\.0\.\d\/24/);

    await upTo(stack, adopting({ ...named, eth: { kind: "Veth", args: eth, options: { dependsOn: ["box", "lan"] } } }));
    expect(await identities()).toBe(there);
    expect((await stack.refresh("--expect-no-changes")).changes).toEqual({ same: 5 });
    await stack.destroy();
    await sh("iptables -t nat -F");
    expect(await lab.dump(host)).toBe(before);
  });

  test("what can't become the resource says so, and stays", async () => {
    await sh(
      "ip link add lan type veth peer name lan-end",
      "ip link add left type veth peer name right",
      "ip link add solo type bridge",
    );
    const there = await lab.dump(host);
    const output = await failing(
      adopting({
        lan: named.lan!,
        end: { kind: "Veth", args: { host, name: "left", peer: { name: "elsewhere" } } },
        bridged: { kind: "Veth", args: { host, name: "solo", peer: { name: "elsewhere2" } } },
        wire: { kind: "Route", args: { host, destination: "10.0.12.0/22", device: "eth0" } },
      }),
    );
    expect(output).toMatch(
      /Bridge "lan" on host1: name "lan" is held by a veth interface that this stack did not create/,
    );
    expect(output).toMatch(
      /Veth "end" on host1: name "left" is held by a veth interface that this stack did not create/,
    );
    expect(output).toMatch(/Veth "bridged" on host1: name "solo" is held by a bridge interface that this stack/);
    expect(output).toMatch(
      /Route "wire" on host1: destination "10\.0\.12\.0\/22" is taken by a route \(dev eth0 proto 2\)/,
    );
    // There is no advice to do what is already being tried.
    expect(output).not.toMatch(/adopt: true/);
    expect(await stack.resources()).toEqual({});
    expect(await lab.dump(host)).toBe(there);
    await sh("ip link del lan", "ip link del left", "ip link del solo");
    expect(await lab.dump(host)).toBe(before);
  });
});
