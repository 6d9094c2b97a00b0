import { expect, test, vi } from "vitest";
import { check } from "../../provider/index.js";

// Whatever is wrong with the inputs, no host hears of it.
const { transport } = vi.hoisted(() => ({ transport: vi.fn() }));
vi.mock("../../provider/transport/pool.js", () => ({ createPool: () => ({ transport }) }));

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const host = { address: "10.0.0.1" };
const peer = { name: "veth1-br" };
const vxlan = { name: "vx0", vni: 42, local: "10.0.0.1" };
const masquerade = { source: "172.17.0.0/24" };
const forward = { protocol: "tcp", listenPort: 8000, targetAddress: "172.17.0.101" };

/** A kind, what it is given beside a host, and the properties that are refused with the reasons. */
type Case = readonly [kind: string, given: Record<string, unknown>, failures: Readonly<Record<string, RegExp>>];

test.each<Case>([
  // A property's own value, with its path.
  ["Namespace", { name: "a b" }, { name: /^name: a namespace's name has to start with a letter or a digit/ }],
  ["Namespace", { name: 5 }, { name: /^name: has to be of type string, not number$/ }],
  ["Namespace", { name: "x", sysctls: { "net/../x": 1 } }, { "sysctls.net/../x": /looks like net\.ipv4\.ip_forward/ }],
  ["Namespace", { name: "x", sysctls: { "net.ipv4.ip_forward": "" } }, { "sysctls.net.ipv4.ip_forward": /not empty/ }],
  ["Namespace", { name: "x", dns: {} }, { "dns.servers": /^dns\.servers: is missing$/ }],
  ["Namespace", { name: "x", dns: { servers: ["10.0.0.1"], serach: [] } }, { "dns.serach": /is not a property there/ }],
  [
    "Namespace",
    { name: "x", dns: { servers: ["1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4"], search: ["a..b"], options: ["ndots"] } },
    {
      "dns.servers": /^dns\.servers: has at most 3 servers: resolvers ask no more than that$/,
      "dns.search[0]": /^dns\.search\[0\]: a search domain is made of parts with dots between them/,
      "dns.options[0]": /^dns\.options\[0\]: an option of the resolver is one of ndots:0 to ndots:15, /,
    },
  ],
  [
    "Namespace",
    { name: "x", hosts: { a_b: "10.0.0.2", web: ["10.0.0.2", "x"], db: [] }, hostname: "x." },
    {
      "hosts.a_b": /^hosts\.a_b: a host's name is made of parts with dots between them/,
      "hosts.web[1]": /^hosts\.web\[1\]: "x" is not an IPv4 or IPv6 address/,
      "hosts.db": /^hosts\.db: is a list of at least one; for none leave it out$/,
      hostname: /^hostname: a host name is made of parts/,
    },
  ],
  [
    "Namespace",
    { name: "x", hosts: { localhost: "10.0.0.2" } },
    { "hosts.localhost": /is always there: leave it out$/ },
  ],
  [
    "Bridge",
    { name: "br0", addresses: ["10.0.0.1/24", "10.0.0.0/24"] },
    { "addresses[1]": /did you mean 10\.0\.0\.1\/24\?$/ },
  ],
  ["Bridge", { name: "br0", addresses: "10.0.0.1/24" }, { addresses: /has to be of type array, not string/ }],
  [
    "Bridge",
    { name: "br0", mtu: 67, ageingTime: -1, up: "yes" },
    { mtu: /an MTU is a whole number from 68/, ageingTime: /a time in seconds/, up: /of type boolean, not string/ },
  ],
  ["Veth", { name: "veth1" }, { peer: /^peer: is missing$/ }],
  ["Veth", { name: "veth1", peer: {} }, { "peer.name": /^peer\.name: is missing$/ }],
  [
    "Veth",
    { name: "veth1", peer: { name: "much-too-long-name" } },
    { "peer.name": /at most 15 characters long \(it has 18\)/ },
  ],
  [
    "Veth",
    { name: "veth1", peer: { ...peer, addresses: ["x"] } },
    { "peer.addresses[0]": /^peer\.addresses\[0\]: "x" is not an address with its prefix/ },
  ],
  [
    "Veth",
    { name: "veth1", gateway: ["10.0.0.1", "nowhere"], peer },
    { "gateway[1]": /"nowhere" is not an IPv4 or IPv6 address/ },
  ],
  ["Veth", { name: "veth1", gateway: "10.0.0.1/24", peer }, { gateway: /"10\.0\.0\.1\/24" is not an IPv4/ }],
  [
    "Veth",
    { name: "veth1", mac: "01:00:00:00:00:00", peer: { ...peer, mac: "x" } },
    { mac: /multicast/, "peer.mac": /not an Ethernet address/ },
  ],
  ["Macvlan", { name: "m0" }, { parent: /^parent: is missing$/ }],
  ["Macvlan", { parent: "eth0", mode: "source" }, { mode: /bridge.*private.*vepa.*passthru/ }],
  ["Ipvlan", { parent: "much-too-long-name", mode: "l4" }, { parent: /at most 15 characters/, mode: /l2.*l3.*l3s/ }],
  ["Ipvlan", { parent: "eth0", flag: "none" }, { flag: /bridge.*private.*vepa/ }],
  ["Route", {}, { destination: /is a network such as 172\.17\.0\.0\/24, or "default" or "default6"/ }],
  [
    "Route",
    { destination: "10.0.0.1/8", via: "10.0.0.1" },
    { destination: /the network is 10\.0\.0\.0\/8; "default" and "default6" are accepted too$/ },
  ],
  [
    "Route",
    { destination: "default", via: "10.0.0.1", table: "mine" },
    { table: /main, local, default or a number from 1/ },
  ],
  [
    "Route",
    { destination: "default", via: "10.0.0.1", type: "throw" },
    { type: /unicast.*blackhole.*unreachable.*prohibit/ },
  ],
  ["Vxlan", { name: "vx0" }, { vni: /^vni: is missing$/, local: /^local: is missing$/ }],
  [
    "Vxlan",
    { ...vxlan, vni: 16_777_216, group: "10.0.0.9" },
    {
      vni: /a VXLAN network identifier is a whole number from 0 to 16777215/,
      group: /"10\.0\.0\.9" is not a multicast address, such as 239\.1\.1\.1/,
    },
  ],
  ["MasqueradeRule", { source: "172.17.0.1/24" }, { source: /the network is 172\.17\.0\.0\/24/ }],
  ["MasqueradeRule", { ...masquerade, exceptDestinations: [] }, { exceptDestinations: /./ }],
  [
    "PortForward",
    {},
    {
      protocol: /tcp.*udp.*sctp/,
      listenPort: /^listenPort: is missing$/,
      targetAddress: /^targetAddress: is missing$/,
    },
  ],
  ["PortForward", { ...forward, listenPort: true }, { listenPort: /a number from 1 to 65535, or a range/ }],
  ["PortForward", { ...forward, listenPort: "8010-8000" }, { listenPort: /did you mean "8000-8010"/ }],
  ["Sysctl", { key: "net.ipv4.ip_forward" }, { value: /^value: / }],
  ["Sysctl", { key: "../etc/passwd", value: 1 }, { key: /looks like/ }],
  ["Sysctl", { key: "net.x", value: "a\nb" }, { value: /one line of printable text/ }],

  // Properties that it does not have.
  [
    "Namespace",
    { name: "x", namespace: "y" },
    {
      namespace:
        /^namespace is not a property of Namespace; it has host, name, sysctls, dns, hosts, hostname, attach, adopt$/,
    },
  ],
  [
    "Bridge",
    { name: "br0", adresses: [] },
    { adresses: /^adresses is not a property of Bridge; did you mean addresses\?$/ },
  ],
  [
    "Veth",
    { name: "veth1", peer: { ...peer, brige: "br0", hairPin: true } },
    { "peer.brige": /is not a property there/, "peer.hairPin": /is not a property there/ },
  ],

  // What only shows when properties are seen together.
  [
    "Namespace",
    { name: "x", sysctls: { "kernel.panic": 1 } },
    { 'sysctls["kernel.panic"]': /only keys that start with net\./ },
  ],
  [
    "Vxlan",
    { ...vxlan, remotes: ["10.0.0.2"], group: "239.1.1.1" },
    { group: /^group and remotes are two ways to reach the others/, device: /^device is needed with group/ },
  ],
  ["Vxlan", { ...vxlan, group: "ff05::1", device: "eth0" }, { group: /other address family than local 10\.0\.0\.1/ }],
  [
    "Vxlan",
    { ...vxlan, remotes: ["10.0.0.2", "fd00::2", "10.0.0.2"] },
    { "remotes[1]": /other address family than local/, "remotes[2]": /names 10\.0\.0\.2 once more/ },
  ],
  ["Vxlan", { ...vxlan, remotes: ["10.0.0.1"] }, { "remotes[0]": /is the local address; name the other hosts only/ }],
  ["Vxlan", { ...vxlan, mtu: 1279, addresses: ["fd00::1/64"] }, { mtu: /at least 1280/ }],
  ["Bridge", { name: "br0", stp: true, forwardDelay: 1 }, { forwardDelay: /from 2 to 30 seconds with stp/ }],
  ["Bridge", { name: "br0", mtu: 1279, addresses: ["fd00::1/64"] }, { mtu: /at least 1280/ }],
  [
    "Veth",
    { name: "a", namespace: "x", peer: { name: "a", namespace: "x" } },
    { "peer.name": /is the name of the first end, in the same namespace/ },
  ],
  [
    "Veth",
    { name: "a", gateway: ["10.0.0.1", "10.0.0.2"], peer: { ...peer, gateway: "fd00::1", up: false } },
    { gateway: /one address of each family/, "peer.gateway": /needs the interface up/ },
  ],
  [
    "Veth",
    { name: "a", hairpin: true, peer: { ...peer, isolated: true } },
    { hairpin: /set `bridge` too/, "peer.isolated": /set `bridge` too/ },
  ],
  ["Veth", { name: "a", mtu: 1000, peer: { ...peer, addresses: ["fd00::1/64"] } }, { mtu: /at least 1280/ }],
  ["Ipvlan", { parent: "eth0", mac: "02:00:00:00:00:01" }, { mac: /^mac is not a property of Ipvlan; it has host, / }],
  [
    "Macvlan",
    { parent: "eth0", mode: "passthru", mac: "02:00:00:00:00:01" },
    { mac: /^mac is the parent's in mode passthru; leave it out$/ },
  ],
  ["Macvlan", { name: "eth0", parent: "eth0" }, { name: /^name is the parent's, in the same namespace/ }],
  [
    "Ipvlan",
    { name: "eth0", parent: "eth0", gateway: "10.0.0.1", up: false },
    { name: /is the parent's/, gateway: /needs the interface up/ },
  ],
  [
    "Veth",
    { name: "a", addresses: ["10.0.0.2/32"], gateway: "10.0.0.1", peer },
    { gateway: /10\.0\.0\.1 is in none of the interface's networks \(10\.0\.0\.2\/32\)/ },
  ],
  [
    "Veth",
    { name: "a", addresses: ["10.0.0.2/24"], gateway: "10.0.0.2", peer },
    { gateway: /10\.0\.0\.2 is the interface's own address/ },
  ],
  [
    "Veth",
    { name: "a", addresses: ["10.0.0.2/24"], peer: { ...peer, gateway: "10.0.0.2" } },
    { "peer.gateway": /10\.0\.0\.2 can't be reached by an interface without an IPv4 address/ },
  ],
  [
    "Ipvlan",
    { parent: "eth0", addresses: ["10.0.0.2/24"], gateway: ["10.0.0.1", "fd00::1"] },
    { gateway: /fd00::1 can't be reached by an interface without an IPv6 address/ },
  ],
  [
    "Namespace",
    { sysctls: { "net.ipv4.ip_forward": 1, "net/ipv4/ip_forward": 0 } },
    { 'sysctls["net/ipv4/ip_forward"]': /is the same setting as "net\.ipv4\.ip_forward"/ },
  ],
  ["Macvlan", { parent: "eth0", mtu: 1279, addresses: ["fd00::1/64"] }, { mtu: /at least 1280/ }],
  ["Macvlan", { parent: "eth0", gateway: ["10.0.0.1", "10.0.0.2"] }, { gateway: /one address of each family/ }],
  ["Route", { destination: "10.0.0.0/8" }, { via: /or device is needed/ }],
  [
    "Route",
    { destination: "default", via: "fd00::1" },
    { via: /for the IPv6 default route write destination: "default6"/ },
  ],
  [
    "Route",
    { destination: "fd00::/8", via: "10.0.0.1", source: "10.0.0.2", scope: "link" },
    { via: /other address family/, source: /other address family/, scope: /IPv4 only/ },
  ],
  ["Route", { destination: "0.0.0.0/0", via: "10.0.0.1" }, { destination: /write "default"$/ }],
  ["Route", { destination: "::/0", via: "fd00::1" }, { destination: /write "default6"$/ }],
  ["Route", { destination: "10.0.0.0/8", type: "blackhole", device: "eth0" }, { type: /leads nowhere/ }],
  ["Rule", { from: "10.0.0.0/8" }, { priority: /^priority: is missing$/ }],
  [
    "Rule",
    { priority: 1, from: "10.0.0.1/8", iif: "all", fwmark: "0x100/0xff", table: "mine", type: "goto", family: 4 },
    {
      from: /the network is 10\.0\.0\.0\/8$/,
      iif: /can't be all, default, \., \.\.: these mean/,
      fwmark: /has bits outside its mask; did you mean "0x0\/0xff"\?$/,
      table: /a routing table is main, local, default or a number/,
      type: /lookup/,
      family: /ipv4/,
    },
  ],
  ["Rule", { priority: 1, table: 77, fwmark: "1/0" }, { fwmark: /the mask of 1\/0 has no bits/ }],
  [
    "Rule",
    { priority: 1, table: 77, fwmark: "mark" },
    { fwmark: /is a number from 0 to 4294967295, or a text such as/ },
  ],
  ["Rule", { priority: 1 }, { table: /^table is missing: which routing table/ }],
  [
    "Rule",
    { priority: 1, type: "blackhole", table: 77, suppressPrefixLength: 0 },
    { table: /beside type blackhole, which looks into none$/, suppressPrefixLength: /which looks into no table$/ },
  ],
  [
    "Rule",
    { priority: 1, table: 77, from: "::/0" },
    { from: /is every address: leave it out, and write family: "ipv6"/ },
  ],
  ["Rule", { priority: 1, table: 77, to: "0.0.0.0/0" }, { to: /write family: "ipv4"/ }],
  [
    "Rule",
    { priority: 1, table: 77, from: "10.0.0.0/8", to: "fd00::/8" },
    { to: /^to is of the other address family than from 10\.0\.0\.0\/8$/ },
  ],
  [
    "Rule",
    { priority: 1, table: 77, to: "10.0.0.0/8", family: "ipv6" },
    { family: /^family is ipv6, and 10\.0\.0\.0\/8 is not: leave it out$/ },
  ],
  ["Rule", { priority: 1, table: 77, not: true }, { not: /is for no packets at all/ }],
  ["Rule", { priority: 1, table: 77, suppressPrefixLength: 33 }, { suppressPrefixLength: /at most 32 for IPv4$/ }],
  [
    "MasqueradeRule",
    { ...masquerade, outInterface: "eth0", exceptOutInterface: "br0" },
    { exceptOutInterface: /can't stand beside outInterface/ },
  ],
  [
    "MasqueradeRule",
    { ...masquerade, exceptDestinations: ["10.0.0.0/8", "fd00::/8"] },
    { "exceptDestinations[1]": /other address family than the source 172\.17\.0\.0\/24/ },
  ],
  [
    "PortForward",
    { ...forward, inInterface: "eth0", exceptInInterface: "br0" },
    { exceptInInterface: /can't stand beside inInterface/ },
  ],
  ["PortForward", { ...forward, listenAddress: "fd00::1" }, { listenAddress: /other address family/ }],
  ["PortForward", { ...forward, listenAddress: "127.0.0.1" }, { listenAddress: /write localhost: true instead/ }],
  ["PortForward", { ...forward, targetAddress: "127.0.0.5" }, { targetAddress: /the kernel forwards nothing to it/ }],
  [
    "PortForward",
    { ...forward, listenPort: "1-100", targetPort: 65500 },
    { targetPort: /no room for the 100 ports of the range 1-100/ },
  ],
  [
    "PortForward",
    { ...forward, hairpin: true, localhost: true },
    { hairpin: /needs exceptInInterface/, localhost: /needs exceptInInterface/ },
  ],
  [
    "PortForward",
    { ...forward, targetAddress: "fd00::1", exceptInInterface: "br0", localhost: true },
    { localhost: /IPv4 only/ },
  ],
  ["Sysctl", { namespace: "x", key: "kernel.panic", value: 1 }, { key: /has to start with net\. in a namespace/ }],

  // Beside values that are not known yet, the others are still read.
  [
    "Veth",
    { name: "veth1", namespace: unknown, addresses: [unknown, "x"], peer: { name: unknown, mac: "x" } },
    { "addresses[1]": /"x" is not an address/, "peer.mac": /not an Ethernet address/ },
  ],
])("%s %j is refused", async (kind, given, expected) => {
  const { failures } = await check({}, { kind, owner: { project: "shop", stack: "dev", name: "one" }, host, ...given });
  expect(failures.map(({ property }) => property).sort()).toEqual(Object.keys(expected).sort());
  for (const { property, reason } of failures) {
    expect(reason).toMatch(expected[property]!);
    expect(reason.startsWith(property), "the reason names the property").toBe(true);
  }
  expect(transport).not.toHaveBeenCalled();
});

test.each([
  ["Namespace", "my namespace", {}],
  ["Bridge", "a-name-of-16-cha", {}],
  ["Veth", "all", { peer }],
  ["Macvlan", "lan of c1", { parent: "eth0" }],
])("%s: a Pulumi name that is no name for the kernel says what to do", async (kind, name, given) => {
  const { failures } = await check({}, { kind, owner: { project: "shop", stack: "dev", name }, host, ...given });
  expect(failures).toEqual([
    {
      property: "name",
      reason: expect.stringContaining(
        `(${JSON.stringify(name)} is the resource's name; set name to another)`,
      ) as string,
    },
  ]);
});

test.each<[unknown, RegExp]>([
  [undefined, /^host: has to be a name in the inventory/],
  [{}, /^host\.address: is missing; a host has an address, or `local: true`$/],
  [{ address: "a", passwort: "x" }, /^host\.passwort: is not a property of a host; did you mean password\?$/],
  [{ address: "a", user: "ro ot", jump: "-x" }, /^host\.jump: a host's name can't start with '-'$/],
  [
    "host1",
    /^the host host1 can't be reached: it is not in the inventory \(the stack configuration linuxnet:hosts is empty\)$/,
  ],
  [7, /^host: has to be a name in the inventory/],
])("host %j is refused", async (given, reason) => {
  const { failures } = await check(
    {},
    { kind: "Namespace", owner: { project: "shop", stack: "dev", name: "one" }, host: given },
  );
  expect(failures.map((failure) => failure.reason)).toEqual([expect.stringMatching(reason)]);
});
