/**
 * The test network for NAT: a host with two bridges of containers, a client on its wire, and a network that is routed
 * to it.
 */
import { clearHost } from "./clear-host.js";
import { useLegacyIptables, useOwnIptables } from "./iptables-backend.js";
import { type Protocol, TrafficEndpoint } from "./nat-traffic.js";
import { TestHost } from "./test-host.js";

export const backends = ["iptables-nft", "iptables-legacy", "nftables"] as const;
export type Backend = (typeof backends)[number];

export type Family = "IPv4" | "IPv6";

/**
 * The lab's addresses in one family. `outside` knows only the host, and has no route to the containers; `routed` has
 * one. `web` and `app` are on the bridge lan0, `far` is on lan1.
 */
export interface Network {
  readonly family: Family;
  /** The host's address on the wire to `outside`, and another one that `outside` knows. */
  readonly host: string;
  readonly second: string;
  readonly outside: string;
  /** The host's address on the way to the routed network. */
  readonly gateway: string;
  readonly routed: string;
  readonly routedNetwork: string;
  /** The host's addresses on the bridges. */
  readonly lan: string;
  readonly otherLan: string;
  readonly web: string;
  readonly app: string;
  readonly far: string;
  /** The network of lan0. */
  readonly source: string;
  readonly loopback: string;
}

export const networks: readonly Network[] = [
  {
    family: "IPv4",
    host: "192.0.2.1",
    second: "203.0.113.2",
    outside: "192.0.2.9",
    gateway: "198.51.100.1",
    routed: "198.51.100.9",
    routedNetwork: "198.51.100.0/24",
    lan: "10.77.0.1",
    otherLan: "10.78.0.1",
    web: "10.77.0.2",
    app: "10.77.0.3",
    far: "10.78.0.2",
    source: "10.77.0.0/24",
    loopback: "127.0.0.1",
  },
  {
    family: "IPv6",
    host: "fd00:2::1",
    second: "fd00:3::2",
    outside: "fd00:2::9",
    gateway: "fd00:51::1",
    routed: "fd00:51::9",
    routedNetwork: "fd00:51::/64",
    lan: "fd00:77::1",
    otherLan: "fd00:78::1",
    web: "fd00:77::2",
    app: "fd00:77::3",
    far: "fd00:78::2",
    source: "fd00:77::/64",
    loopback: "::1",
  },
];

/** The host itself and the namespaces, with the ports that each serves. */
const places = {
  host: [8081],
  outside: [80],
  routed: [80],
  web: [80, 8000, 8005, 8010, 9000, 9005, 9010],
  app: [80, 8080],
  far: [],
} satisfies Record<string, number[]>;
export type Place = keyof typeof places;

/** Where a packet comes from, and where it is sent to. */
export interface TrafficPath {
  readonly from: Place;
  readonly to: string;
  readonly port: number;
}

// `app` has no loopback addresses: what it sends to them reaches the host. With br_netfilter on, a container that
// reaches itself through the host needs a hairpin port, which sends frames back to where they came from.
const setUp = `
  set -e
  sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv6.conf.default.accept_dad=0
  # What is refused is refused at once.
  sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
  place() {
    ip netns add $1; ip netns exec $1 sysctl -qw net.ipv6.conf.default.accept_dad=0
    ip link add $1 type veth peer name eth0 netns $1
    ip link set $1 up; ip -n $1 link set lo up; ip -n $1 link set eth0 up
    ip -n $1 address add $2 dev eth0; ip -n $1 address add $3 dev eth0 nodad
  }
  here() { ip address add $2 dev $1; ip address add $3 dev $1 nodad; }
  place outside 192.0.2.9/24 fd00:2::9/64
  here outside 192.0.2.1/24 fd00:2::1/64; here outside 203.0.113.2/32 fd00:3::2/128
  ip -n outside route add 203.0.113.2 via 192.0.2.1; ip -n outside route add fd00:3::2 via fd00:2::1
  place routed 198.51.100.9/24 fd00:51::9/64
  here routed 198.51.100.1/24 fd00:51::1/64
  ip -n routed route add default via 198.51.100.1; ip -n routed route add default via fd00:51::1
  for lan in 0 1; do
    ip link add lan$lan address 02:00:00:00:00:7$lan type bridge; ip link set lan$lan up
    here lan$lan 10.7$((7 + lan)).0.1/24 fd00:7$((7 + lan))::1/64
  done
  container() {
    place $1 10.$3.0.$4/24 fd00:$3::$4/64; ip link set $1 master $2
    ip -n $1 route add default via 10.$3.0.1; ip -n $1 route add default via fd00:$3::1
  }
  container web lan0 77 2; container app lan0 77 3; container far lan1 78 2
  bridge link set dev web hairpin on
  ip -n app address delete 127.0.0.1/8 dev lo; ip -n app address delete ::1/128 dev lo
  ip netns exec app sysctl -qw net.ipv4.conf.all.route_localnet=1
  ip -n app route add 127.0.0.1 via 10.77.0.1; ip -n app route add ::1 via fd00:77::1
`;

/** The provider's objects on the host, as its tools print them. */
type Traces = Readonly<Record<Backend | "settings", string>>;

/** A host with this backend, and its surroundings. */
export class NatLab {
  private readonly talkers = new Map<Place, TrafficEndpoint>();
  private constructor(
    readonly host: TestHost,
    private readonly backend: Backend,
  ) {}

  static async start(backend: Backend): Promise<NatLab> {
    const host = await TestHost.start();
    if (backend === "iptables-legacy") useLegacyIptables(host);
    if (backend === "nftables") host.firewall = "nftables";
    // Removes what an earlier test left on a virtual machine.
    host.sh(clearHost);
    // A virtual machine may not have loaded the module yet.
    host.sh("[ -e /proc/sys/net/bridge ] || modprobe br_netfilter");
    host.sh(setUp);
    const lab = new NatLab(host, backend);
    for (const [place, ports] of Object.entries(places) as [Place, number[]][]) {
      const inside = place === "host" ? [] : ["ip", "netns", "exec", place];
      const argv = (...argv: string[]) => host.argv(...([...inside, ...argv] as [string, ...string[]]));
      lab.talkers.set(place, await TrafficEndpoint.start(argv, place, ports));
    }
    return lab;
  }

  /** The answer, or an empty text; the time to wait depends on what is expected. */
  ask(protocol: Protocol, { from, to, port }: TrafficPath, expected: string): Promise<string> {
    return this.talkers.get(from)!.ask(protocol, to, port, expected);
  }

  /** Whether packets between a bridge's ports pass the rules, as Docker and Kubernetes require. */
  setBridgeNetfilter(on: boolean): void {
    const value = on ? 1 : 0;
    this.host.sh(`sysctl -qw net.bridge.bridge-nf-call-iptables=${value} net.bridge.bridge-nf-call-ip6tables=${value}`);
  }

  /** What the resources change on the host: the provider's rules in each backend, and settings. */
  traces(): Traces {
    const saves = (backend: string) => `{ iptables-${backend}-save; ip6tables-${backend}-save; } | grep linuxnet:`;
    const settings = "ipv4/ip_forward ipv6/conf/all/forwarding ipv4/conf/*/route_localnet";
    const shown = [
      saves("nft"),
      saves("legacy"),
      "nft -s list table inet linuxnet 2>/dev/null",
      `cd /proc/sys/net; grep . ${settings}`,
    ];
    const texts = this.host.sh(shown.join("\necho ---\n")).split("---");
    const [nft, legacy, native, values] = texts.map((text) => text.trim()) as [string, string, string, string];
    return { "iptables-nft": nft, "iptables-legacy": legacy, nftables: native, settings: values };
  }

  /** Also clears the lab from a host that outlives it. */
  async stop(): Promise<void> {
    await Promise.all([...this.talkers.values()].map((talker) => talker.end()));
    this.host.sh(clearHost);
    if (this.backend === "iptables-legacy") useOwnIptables(this.host);
    await this.host.stop();
  }
}
