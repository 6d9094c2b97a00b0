/**
 * Hosts that drop forwarded packets: the resource's own traffic passes, no other traffic does, and a delete leaves
 * nothing behind.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TestResource } from "../test-resource.js";
import { useLegacyIptables } from "./iptables-backend.js";
import { ask, serve } from "./traffic.js";
import { TestHost } from "./test-host.js";

let host: TestHost;
let before: string;

const families = [
  { ip: "iptables", host: "192.0.2.1", outside: "192.0.2.9", web: "10.77.0.2", app: "10.77.0.3", net: "10.77.0.0/24" },
  {
    ip: "ip6tables",
    host: "fd00:2::1",
    outside: "fd00:2::9",
    web: "fd00:77::2",
    app: "fd00:77::3",
    net: "fd00:77::/64",
  },
] as const;
type Family = (typeof families)[number];

beforeEach(async () => {
  host = await TestHost.start();
  const end = (name: string, port: string, addresses: string[], gateways: string[]) => `
    ip netns add ${name}; ip netns exec ${name} sysctl -qw net.ipv6.conf.default.accept_dad=0
    ip link add ${port} type veth peer name eth0 netns ${name}
    ip link set ${port} up; ip -n ${name} link set lo up; ip -n ${name} link set eth0 up
    ${addresses.map((address) => `ip -n ${name} address add ${address} dev eth0 nodad`).join("\n")}
    ${gateways.map((gateway) => `ip -n ${name} route add default via ${gateway}`).join("\n")}`;
  host.sh(`
    # Without the wait for duplicate addresses.
    sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
    ip link add lan0 address 02:00:00:00:00:77 type bridge
    ip link set lan0 up; ip address add 10.77.0.1/24 dev lan0; ip address add fd00:77::1/64 dev lan0 nodad
    ${end("outside", "out0", ["192.0.2.9/24", "fd00:2::9/64"], [])}
    ip address add 192.0.2.1/24 dev out0; ip address add fd00:2::1/64 dev out0 nodad
    ip -n outside route add 10.77.0.0/24 via 192.0.2.1; ip -n outside route add fd00:77::/64 via fd00:2::1
    ${end("web", "web0", ["10.77.0.2/24", "fd00:77::2/64"], [])}
    ${end("app", "app0", ["10.77.0.3/24", "fd00:77::3/64"], [])}
    ip link set web0 master lan0; ip link set app0 master lan0
    for box in web app; do ip -n $box route add default via 10.77.0.1; ip -n $box route add default via fd00:77::1; done`);
  await Promise.all([
    serve(host, "web", 80, "web"),
    serve(host, "outside", 80, "outside"),
    serve(host, "app", 80, "app"),
  ]);
});
afterEach(() => host.stop());

const forwardOf = ({ web }: Family) => ({
  protocol: "tcp",
  listenPort: 8080,
  exceptInInterface: "lan0",
  targetAddress: web,
  targetPort: 80,
});
const masqueradeOf = ({ net }: Family) => ({ source: net, exceptOutInterface: "lan0" });
const accepts = ({ ip }: Family) =>
  host
    .sh(`${ip}-save -t filter | grep linuxnet: || true`)
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(" ")[1]);

/** The ways in which hosts drop forwarded packets, each with the chain whose rules accept them. */
const gates: [string, (family: Family) => void, string][] = [
  ["by its policy", ({ ip }) => host.sh(`${ip} -P FORWARD DROP`), "FORWARD"],
  ["by its last rule", ({ ip }) => host.sh(`${ip} -A FORWARD -i lo -j ACCEPT; ${ip} -A FORWARD -j REJECT`), "FORWARD"],
  [
    "as Docker sets it up",
    ({ ip }) => host.sh(`${ip} -P FORWARD DROP; ${ip} -N DOCKER-USER; ${ip} -I FORWARD -j DOCKER-USER`),
    "DOCKER-USER",
  ],
  [
    "as an older Docker sets it up",
    ({ ip }) =>
      host.sh(
        `${ip} -P FORWARD DROP; ${ip} -N DOCKER-USER; ${ip} -A DOCKER-USER -j RETURN; ${ip} -I FORWARD -j DOCKER-USER`,
      ),
    "DOCKER-USER",
  ],
  [
    "by its policy, in the legacy backend",
    ({ ip }) => {
      useLegacyIptables(host);
      host.sh(`${ip} -P FORWARD DROP`);
    },
    "FORWARD",
  ],
];

describe.each(families)("$ip", (family) => {
  const outside = () => ask(host, "outside", "tcp", family.host, 8080);

  describe.each(gates)("a host that drops %s", (_, close, chain) => {
    beforeEach(() => {
      close(family);
      before = host.dump();
    });

    test("lets a published port through, and no more", async () => {
      const forward = new TestResource(host, "PortForward", "web");
      const state = await forward.up(forwardOf(family));
      expect(state).toMatchObject({ forwarding: "accepted", acceptedIn: chain });
      expect(accepts(family)).toEqual([chain, chain, chain]);
      expect(outside()).toBe(`web ${family.outside}`);
      expect(ask(host, "outside", "tcp", family.web, 80)).toBe("");
      expect(ask(host, "web", "tcp", family.outside, 80)).toBe("");
      expect(await forward.refresh()).toEqual(state);
      expect(forward.changes(forwardOf(family))).toEqual([]);
      await forward.up({ ...forwardOf(family), listenPort: 8081 });
      expect(ask(host, "outside", "tcp", family.host, 8081)).toBe(`web ${family.outside}`);
      await forward.down();
      expect(outside()).toBe("");
      expect(host.dump()).toBe(before);
    });

    test("lets a network out, and what answers in; and its containers reach each other", async () => {
      const masquerade = new TestResource(host, "MasqueradeRule", "way-out");
      const state = await masquerade.up(masqueradeOf(family));
      expect(state).toMatchObject({ forwarding: "accepted", acceptedIn: chain });
      expect(ask(host, "web", "tcp", family.outside, 80)).toBe(`outside ${family.host}`);
      expect(ask(host, "web", "udp", family.outside, 80)).toBe(`outside ${family.host}`);
      expect(ask(host, "outside", "tcp", family.web, 80)).toBe("");
      expect(ask(host, "web", "tcp", family.app, 80)).toBe(`app ${family.web}`);
      expect(await masquerade.refresh()).toEqual(state);
      await masquerade.down();
      expect(ask(host, "web", "tcp", family.outside, 80)).toBe("");
      expect(host.dump()).toBe(before);
    });
  });

  test("what is excepted from masquerading passes both ways, with its own address", async () => {
    host.sh(`${family.ip} -P FORWARD DROP`);
    const other = family.outside.includes(":") ? "fd00:2::/64" : "192.0.2.0/24";
    const masquerade = new TestResource(host, "MasqueradeRule", "way-out");
    await masquerade.up({ ...masqueradeOf(family), exceptDestinations: [other] });
    expect(ask(host, "web", "tcp", family.outside, 80)).toBe(`outside ${family.web}`);
    expect(ask(host, "outside", "tcp", family.web, 80)).toBe(`web ${family.outside}`);
  });

  const passes = {
    PortForward: outside,
    MasqueradeRule: () => ask(host, "web", "tcp", family.outside, 80),
  };
  test.each(["PortForward", "MasqueradeRule"] as const)(
    "a host that begins to drop is drift of a %s, and one up makes it pass again",
    async (kind) => {
      before = host.dump();
      const wanted = kind === "PortForward" ? forwardOf(family) : masqueradeOf(family);
      const resource = new TestResource(host, kind, "web");
      expect(await resource.up(wanted)).toMatchObject({ forwarding: "accepted", acceptedIn: undefined });
      expect(accepts(family)).toEqual([]);
      host.sh(`${family.ip} -P FORWARD DROP`);
      expect(await resource.refresh()).toMatchObject({ forwarding: "dropped" });
      expect(resource.changes(wanted)).toEqual(["forwarding"]);
      await resource.up(wanted);
      expect(passes[kind]()).not.toBe("");
      // A host that no longer drops them keeps the accepting rules until the resource is deleted.
      host.sh(`${family.ip} -P FORWARD ACCEPT`);
      await resource.refresh();
      expect(resource.changes(wanted)).toEqual([]);
      await resource.down();
      expect(host.dump()).toBe(before);
    },
  );

  test.each([
    ["without one of them", "/ACCEPT/{/--dport/d}", ["rules", "forwarding"]],
    ["without all of them", "/linuxnet:.*ACCEPT/d", ["forwarding"]],
    ["with one twice", "/ACCEPT/{/--dport/p}", ["rules", "forwarding"]],
  ])("rules %s are drift", async (_, edit, shows) => {
    host.sh(`${family.ip} -P FORWARD DROP`);
    before = host.dump();
    const forward = new TestResource(host, "PortForward", "web");
    await forward.up(forwardOf(family));
    host.sh(`${family.ip}-save -t filter | sed '${edit}' | ${family.ip}-restore`);
    await forward.refresh();
    expect(forward.changes(forwardOf(family)).sort()).toEqual([...shows].sort());
    await forward.up(forwardOf(family));
    expect(accepts(family)).toEqual(["FORWARD", "FORWARD", "FORWARD"]);
    expect(outside()).toBe(`web ${family.outside}`);
    await forward.down();
    expect(host.dump()).toBe(before);
  });

  test("another target is let through, and the former one no longer", async () => {
    host.sh(`${family.ip} -P FORWARD DROP`);
    const forward = new TestResource(host, "PortForward", "web");
    await forward.up(forwardOf(family));
    await forward.up({ ...forwardOf(family), targetAddress: family.app });
    expect(outside()).toBe(`app ${family.outside}`);
    expect(accepts(family)).toHaveLength(3);
    expect(host.sh(`${family.ip}-save`)).not.toContain(`${family.web}/`);
  });
});
