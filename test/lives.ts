/** Lives of resources, one table for the real kernel and for the simulated host. */

type Inputs = Record<string, unknown>;

/** A resource from its making to its end. */
export interface Life {
  readonly kind: string;
  readonly title?: string;
  /** Made before on the host, and kept: what the resource needs around it. */
  readonly around?: string;
  readonly made: Inputs;
  /** What the host must say once it is made, by command. */
  readonly shows: Readonly<Record<string, RegExp>>;
  /** Changes in place, each from the one before, with what the host must say then. */
  readonly changes: readonly {
    readonly to: Inputs;
    readonly paths: readonly string[];
    readonly shows: Readonly<Record<string, RegExp>>;
  }[];
  /** Damage by hand, and the paths in which a refresh shows it; `gone` where it has to find nothing. */
  readonly damages: readonly { readonly by: string; readonly paths: readonly string[] | "gone" }[];
}

const inNet = "ip netns add box";
const bridged =
  "ip link add br9 address 02:00:00:00:09:09 type bridge; ip addr add 172.18.0.1/24 dev br9; ip link set br9 up";

export const lives: readonly Life[] = [
  {
    kind: "Namespace",
    made: { name: "con1", sysctls: { "net.ipv4.ip_forward": 1 } },
    shows: {
      "ip netns list": /^con1/m,
      "ip -n con1 link show lo": /UP,LOWER_UP/,
      "ip netns exec con1 cat /proc/sys/net/ipv4/ip_forward": /^1$/,
    },
    changes: [
      {
        to: { name: "con1", sysctls: { "net.ipv4.ip_forward": "0", "net.ipv4.tcp_rmem": "4096 131072 6291456" } },
        paths: ["sysctls.net.ipv4.ip_forward", "sysctls.net.ipv4.tcp_rmem"],
        shows: { "ip netns exec con1 cat /proc/sys/net/ipv4/ip_forward": /^0$/ },
      },
    ],
    damages: [
      { by: "ip -n con1 link set lo down", paths: ["loopback"] },
      {
        by: "ip netns exec con1 sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'",
        paths: ["sysctls.net.ipv4.ip_forward"],
      },
      { by: "ip netns del con1", paths: "gone" },
      { by: "ip netns del con1; touch /run/netns/con1", paths: "gone" },
    ],
  },
  {
    kind: "Namespace",
    title: "with names",
    made: {
      name: "con1",
      dns: { servers: ["10.0.0.53", "fd00::53"], search: ["example.org", "."], options: ["ndots:2", "rotate"] },
      hosts: { web: ["10.0.0.2", "fd00::2"], "db.example.org": "10.0.0.10", db: "10.0.0.10", Far: "10.0.0.3" },
      hostname: "con1.example.org",
    },
    shows: {
      "ip netns exec con1 cat /etc/resolv.conf":
        /^# linuxnet:shop\/dev\/Namespace\/life\nnameserver 10.0.0.53\nnameserver fd00::53\nsearch example.org \.\noptions ndots:2 rotate$/,
      "ip netns exec con1 cat /etc/hosts":
        /^# linuxnet:\S+\n127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n10.0.0.2 web\n10.0.0.3 Far\n10.0.0.10 db.example.org db\nfd00::2 web$/,
      "ip netns exec con1 cat /etc/hostname": /^con1.example.org\n# linuxnet:\S+$/,
      "ip netns exec con1 getent ahosts web": /^10\.0\.0\.2 [^]*^fd00::2 |^fd00::2 [^]*^10\.0\.0\.2 /m,
      "ip netns exec con1 getent hosts 10.0.0.10 FAR localhost": /^10.0.0.10 +db.example.org db\n10.0.0.3 +Far\n::1 /,
      "unshare --uts ip netns exec con1 sh -c 'hostname -F /etc/hostname; hostname'": /^con1.example.org$/,
      "stat -c %a:%u:%g /etc/netns/con1/*": /^644:0:0\n644:0:0\n644:0:0$/,
    },
    changes: [
      {
        to: {
          name: "con1",
          dns: { servers: ["fd00::53", "10.0.0.53"], options: ["ndots:2", "rotate"] },
          hosts: { web: "10.0.0.2", db: "10.0.0.11" },
          hostname: "con2",
        },
        paths: ["dns.search", "dns.servers", "hosts.Far", "hosts.db", "hosts.db.example.org", "hosts.web", "hostname"],
        shows: {
          "ip netns exec con1 cat /etc/resolv.conf":
            /Namespace\/life\nnameserver fd00::53\nnameserver 10.0.0.53\noptions /,
          "ip netns exec con1 getent hosts db": /^10.0.0.11 +db$/,
          "ls -A /etc/netns/con1; ls -d /etc/.netns.* 2>&1 || :": /^hostname\nhosts\nresolv.conf\nls: cannot/,
        },
      },
      {
        to: { name: "con1", hosts: {} },
        paths: ["dns", "hosts.db", "hosts.web", "hostname"],
        shows: { "ls -A /etc/netns/con1": /^hosts$/, "ip netns exec con1 getent hosts localhost": /^::1 / },
      },
      { to: { name: "con1" }, paths: ["hosts"], shows: { "ls -d /etc/netns 2>&1 || :": /No such file/ } },
      {
        to: { name: "con1", hostname: "con1" },
        paths: ["hostname"],
        shows: { "cat /etc/netns/con1/hostname": /^con1\n/ },
      },
    ],
    damages: [
      { by: "ip -n con1 link set lo down", paths: ["loopback"] },
      { by: "ip netns del con1", paths: ["loopback", "path"] },
      { by: "rm /etc/netns/con1/hostname", paths: ["hostname"] },
    ],
  },
  {
    kind: "Bridge",
    made: { name: "br0" },
    shows: {
      "ip -d link show br0": /state (DOWN|UP).*\n.*\n.*bridge forward_delay 1500 .*ageing_time 30000 stp_state 0/,
      "ip link show br0": /<.*UP.*>/,
    },
    changes: [
      {
        to: { name: "br0", addresses: ["172.17.0.1/24", "fd00:17::1/64"] },
        paths: ["addresses"],
        shows: { "ip addr show br0": /172\.17\.0\.1\/24[^]*fd00:17::1\/64/, "ip route": /172\.17\.0\.0\/24 dev br0/ },
      },
      {
        to: { name: "br0", addresses: ["172.17.0.2/24"], mtu: 1400, mac: "02:00:00:00:00:aa" },
        paths: ["addresses", "mac", "mtu"],
        shows: { "ip addr show br0": /mtu 1400[^]*02:00:00:00:00:aa[^]*172\.17\.0\.2\/24/ },
      },
      {
        to: { name: "br0", stp: true, forwardDelay: 4, ageingTime: 60 },
        paths: ["addresses", "mac", "stp", "forwardDelay", "ageingTime"],
        shows: { "ip -d link show br0": /forward_delay 400 .*ageing_time 6000 stp_state 1/ },
      },
      {
        to: { name: "br0", up: false, addresses: ["172.17.0.1/24", "fd00:17::1/64"] },
        paths: ["addresses", "up", "stp", "forwardDelay", "ageingTime"],
        shows: { "ip addr show br0": /<BROADCAST,MULTICAST>[^]*fd00:17::1\/64/ },
      },
      {
        to: { name: "br0", addresses: ["172.17.0.1/24", "fd00:17::1/64"], mtu: 1500 },
        paths: ["up", "mtu"],
        shows: { "ip addr show br0": /UP[^]*mtu 1500/ },
      },
    ],
    damages: [
      { by: "ip addr del 172.17.0.1/24 dev br0", paths: ["addresses"] },
      { by: "ip addr add 10.99.0.1/24 dev br0", paths: ["addresses"] },
      { by: "ip -6 addr del fd00:17::1/64 dev br0", paths: ["addresses"] },
      { by: "ip link set br0 down", paths: ["addresses", "up"] },
      { by: "ip link set br0 mtu 1300", paths: ["mtu"] },
      { by: "ip link set br0 address 02:00:00:00:00:bb", paths: ["mac"] },
      { by: "ip link set br0 type bridge stp_state 1", paths: ["stp"] },
      { by: "ip link del br0", paths: "gone" },
    ],
  },
  {
    kind: "Bridge",
    title: "in a namespace",
    around: inNet,
    made: { name: "br0", namespace: "box", addresses: ["10.5.0.1/24"] },
    shows: { "ip -n box addr show br0": /10\.5\.0\.1\/24/ },
    changes: [],
    damages: [{ by: "ip netns del box; ip netns add box", paths: "gone" }],
  },
  {
    kind: "Veth",
    around: `${inNet}; ${bridged}; ip link add br8 address 02:00:00:00:08:08 type bridge`,
    made: { name: "veth1", namespace: "box", addresses: ["172.18.0.2/24"], peer: { name: "veth1-br", bridge: "br9" } },
    shows: {
      "ip -n box addr show veth1": /<.*UP,LOWER_UP>[^]*172\.18\.0\.2\/24/,
      "ip link show veth1-br": /master br9/,
      "ip netns exec box ping -c1 -W1 172.18.0.1": /1 received/,
    },
    changes: [
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24", "fd00:18::3/64"],
          mtu: 1400,
          peer: { name: "veth1-br", bridge: "br9", hairpin: true, isolated: true },
        },
        paths: ["addresses", "mtu", "peer.hairpin", "peer.isolated"],
        shows: {
          "ip -n box addr show veth1": /mtu 1400[^]*172\.18\.0\.3\/24[^]*fd00:18::3\/64/,
          "ip -d link show veth1-br": /hairpin on.*isolated on/,
        },
      },
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24"],
          gateway: "172.18.0.1",
          peer: { name: "veth1-br", bridge: "br8", mac: "02:00:00:00:01:02" },
        },
        paths: ["addresses", "gateway", "mtu", "peer.bridge", "peer.hairpin", "peer.isolated", "peer.mac"],
        shows: {
          "ip -n box route": /^default via 172\.18\.0\.1 dev veth1/,
          "ip -d link show veth1-br": /02:00:00:00:01:02[^]*master br8|master br8[^]*02:00:00:00:01:02/,
        },
      },
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24"],
          up: false,
          peer: { name: "veth1-br", mac: "02:00:00:00:01:02" },
        },
        paths: ["gateway", "up", "peer.bridge"],
        shows: { "ip -n box link show veth1": /<BROADCAST,MULTICAST>/ },
      },
      {
        to: {
          name: "veth1",
          namespace: "box",
          addresses: ["172.18.0.3/24", "fd00:18::3/64"],
          gateway: ["172.18.0.1", "fd00:18::1"],
          peer: { name: "veth1-br", bridge: "br9" },
        },
        paths: ["addresses", "gateway", "up", "peer.bridge", "peer.mac"],
        shows: { "ip -n box -6 route": /default via fd00:18::1/, "ip -n box route": /default via 172\.18\.0\.1/ },
      },
    ],
    damages: [
      { by: "ip -n box addr del 172.18.0.3/24 dev veth1", paths: ["addresses", "gateway"] },
      { by: "ip -n box addr add 10.99.0.1/24 dev veth1", paths: ["addresses"] },
      { by: "ip -n box route del default", paths: ["gateway"] },
      { by: "ip link set veth1-br nomaster", paths: ["peer.bridge"] },
      { by: "ip link set veth1-br master br8", paths: ["peer.bridge"] },
      { by: "ip link set veth1-br down", paths: ["peer.up"] },
      { by: "ip -n box link set veth1 mtu 1300", paths: ["mtu", "peer.mtu"] },
      { by: "ip link set veth1-br address 02:00:00:00:00:cc", paths: ["peer.mac"] },
      { by: "ip link set veth1-br type bridge_slave hairpin on", paths: ["peer.hairpin"] },
      {
        by: "ip link set veth1-br down; ip link set veth1-br name moved",
        paths: ["peer.mac", "peer.bridge", "peer.up"],
      },
      { by: "ip link del veth1-br", paths: "gone" },
      { by: "ip netns del box; sleep 0.1; ip netns add box", paths: "gone" },
    ],
  },
  {
    kind: "Veth",
    title: "between two namespaces",
    around: "ip netns add a; ip netns add b",
    made: {
      name: "eth0",
      namespace: "a",
      addresses: ["10.0.0.1/24"],
      peer: { name: "eth0", namespace: "b", addresses: ["10.0.0.2/24", "fd00::2/64"] },
    },
    shows: { "ip netns exec a ping -c1 -W1 10.0.0.2": /1 received/, "ip -n b addr show eth0": /fd00::2\/64/ },
    changes: [
      {
        to: {
          name: "eth0",
          namespace: "a",
          addresses: ["10.0.0.3/24"],
          peer: { name: "eth0", namespace: "b", addresses: ["10.0.0.2/24"] },
        },
        paths: ["addresses", "peer.addresses"],
        shows: { "ip netns exec b ping -c1 -W1 10.0.0.3": /1 received/ },
      },
    ],
    damages: [{ by: "ip -n b link set eth0 down", paths: ["peer.up"] }],
  },
  {
    kind: "Veth",
    title: "with both ends in one namespace",
    made: { name: "v0", addresses: ["10.0.0.1/24"], peer: { name: "v1" } },
    shows: { "ip -o link show v0": /v0@v1: <.*UP,LOWER_UP>/ },
    changes: [
      {
        to: { name: "v0", peer: { name: "v1", up: false } },
        paths: ["addresses", "peer.up"],
        shows: { "ip -o link show v1": /v1@v0: <BROADCAST,MULTICAST/ },
      },
    ],
    damages: [
      { by: "ip link set v1 up", paths: ["peer.up"] },
      { by: "ip link del v1", paths: "gone" },
    ],
  },
  {
    kind: "Route",
    around:
      "ip link add d0 type veth peer name d1; ip addr add 10.6.0.1/24 dev d0; ip link set d0 up; ip link set d1 up",
    made: { destination: "10.7.0.0/16", via: "10.6.0.2" },
    shows: { "ip route show 10.7.0.0/16": /via 10\.6\.0\.2 dev d0 proto \d+/ },
    changes: [
      {
        to: { destination: "10.7.0.0/16", via: "10.6.0.3", device: "d0", source: "10.6.0.1", mtu: 1400 },
        paths: ["via", "device", "source", "mtu"],
        shows: { "ip route show 10.7.0.0/16": /via 10\.6\.0\.3 dev d0 proto \d+ src 10\.6\.0\.1 mtu 1400/ },
      },
      {
        to: { destination: "10.7.0.0/16", device: "d0" },
        paths: ["via", "source", "mtu", "scope"],
        shows: { "ip route show 10.7.0.0/16": /dev d0 proto \d+ scope link/ },
      },
      {
        to: { destination: "10.7.0.0/16", type: "unreachable" },
        paths: ["device", "scope", "type"],
        shows: { "ip route show type unreachable": /10\.7\.0\.0\/16/ },
      },
      {
        to: { destination: "10.7.0.0/16", via: "10.6.0.2" },
        paths: ["via", "type"],
        shows: { "ip route show 10.7.0.0/16": /via 10\.6\.0\.2/ },
      },
    ],
    damages: [
      {
        by: "p=$(ip route show 10.7.0.0/16 | sed 's/.*proto \\([0-9]*\\).*/\\1/'); ip route replace 10.7.0.0/16 via 10.6.0.9 proto $p",
        paths: ["via"],
      },
      { by: "ip route del 10.7.0.0/16", paths: "gone" },
      { by: "ip link set d0 down; ip link set d0 up", paths: "gone" },
    ],
  },
  {
    kind: "Route",
    title: "for IPv6, in a namespace and a table of its own",
    around: `${inNet}; ip -n box link add d0 type veth peer name d1; ip -n box addr add fd00:6::1/64 dev d0 nodad; ip -n box link set d0 up; ip -n box link set d1 up`,
    made: { namespace: "box", destination: "default6", via: "fd00:6::2", table: 77 },
    shows: { "ip -n box -6 route show table 77": /default via fd00:6::2/ },
    changes: [
      {
        to: { namespace: "box", destination: "default6", via: "fd00:6::3", table: 77, mtu: 1400 },
        paths: ["via", "mtu"],
        shows: { "ip -n box -6 route show table 77": /default via fd00:6::3 .*mtu 1400/ },
      },
      {
        to: { namespace: "box", destination: "default6", type: "blackhole", table: 77 },
        paths: ["via", "type", "mtu"],
        shows: { "ip -n box -6 route show table 77": /blackhole default/ },
      },
      {
        to: { namespace: "box", destination: "default6", via: "fd00:6::3", table: 77 },
        paths: ["via", "type"],
        shows: { "ip -n box -6 route show table 77": /default via fd00:6::3/ },
      },
    ],
    damages: [{ by: "ip -n box -6 route flush table 77", paths: "gone" }],
  },
  {
    kind: "Rule",
    made: { priority: 1000, from: "10.6.0.0/24", table: 77 },
    shows: { "ip rule": /^1000:\tfrom 10\.6\.0\.0\/24 lookup 77 proto \d+$/m },
    changes: [
      {
        to: { priority: 1000, from: "10.6.0.0/24", table: "main", suppressPrefixLength: 0 },
        paths: ["table", "suppressPrefixLength"],
        shows: { "ip rule": /^1000:\tfrom 10\.6\.0\.0\/24 lookup main suppress_prefixlength 0 proto \d+$/m },
      },
      {
        to: { priority: 1000, from: "10.6.0.0/24", type: "unreachable" },
        paths: ["table", "suppressPrefixLength", "type"],
        shows: { "ip rule": /^1000:\tfrom 10\.6\.0\.0\/24 unreachable proto \d+$/m },
      },
      {
        to: { priority: 1000, from: "10.6.0.0/24", table: 77 },
        paths: ["table", "type"],
        shows: { "ip rule": /^(?![^]*unreachable)[^]*1000:\tfrom 10\.6\.0\.0\/24 lookup 77 proto \d+$/m },
      },
    ],
    damages: [
      { by: "ip rule del from 10.6.0.0/24 priority 1000 table 77", paths: "gone" },
      { by: "ip rule add from 10.6.0.0/24 iif d0 priority 1000 table 77", paths: [] },
      { by: "ip rule del from 10.6.0.0/24 iif d0 priority 1000 table 77", paths: [] },
    ],
  },
  {
    kind: "Rule",
    title: "for IPv6, in a namespace, with every selector",
    around: inNet,
    made: {
      ...{ namespace: "box", priority: 1000, not: true, from: "fd00:6::/64", to: "fd00:7::/64", iif: "lo", oif: "d0" },
      ...{ fwmark: "0x10/0xf0", table: 77 },
    },
    shows: {
      "ip -n box -6 rule":
        /^1000:\tnot from fd00:6::\/64 to fd00:7::\/64 fwmark 0x10\/0xf0 iif lo oif d0 \[detached\] lookup 77 proto \d+$/m,
    },
    changes: [],
    damages: [{ by: "ip netns del box; ip netns add box", paths: "gone" }],
  },
  {
    kind: "MasqueradeRule",
    made: { source: "172.17.0.0/24", exceptOutInterface: "br0" },
    shows: {
      "iptables -t nat -S POSTROUTING":
        /^-A POSTROUTING -s 172\.17\.0\.0\/24 ! -o br0 -m comment --comment "linuxnet:shop\/dev\/MasqueradeRule\/life" -j MASQUERADE$/m,
    },
    changes: [
      {
        to: { source: "172.17.1.0/24", outInterface: "eth0" },
        paths: ["source", "outInterface", "exceptOutInterface", "rules"],
        shows: { "iptables -t nat -S POSTROUTING": /-s 172\.17\.1\.0\/24 -o eth0/ },
      },
      {
        to: { source: "172.17.0.0/24", exceptDestinations: ["10.0.0.0/8", "172.16.0.0/12"] },
        paths: ["source", "outInterface", "exceptDestinations", "rules"],
        shows: { "iptables -t nat -S": /LINUXNET-\w+ -d 10\.0\.0\.0\/8 .*RETURN/ },
      },
      {
        // A virtual machine has routes of its own.
        to: { source: "0.0.0.0/0", exceptOutInterface: "br0", allowOverlap: true },
        paths: ["source", "allowOverlap", "exceptOutInterface", "exceptDestinations", "rules"],
        shows: { "iptables -t nat -S": /^(?![^]*LINUXNET)[^]*-A POSTROUTING ! -o br0/ },
      },
      {
        to: { source: "172.17.0.0/24", exceptOutInterface: "br0" },
        paths: ["source", "allowOverlap", "rules"],
        shows: {},
      },
    ],
    damages: [
      {
        by: "iptables-save -t nat | sed 's/! -o br0/! -o br1/' | iptables-restore",
        paths: ["exceptOutInterface", "rules"],
      },
      { by: "iptables-save -t nat | sed '/MASQUERADE/{p}' | iptables-restore", paths: ["rules"] },
      { by: "iptables -t nat -F", paths: "gone" },
    ],
  },
  {
    kind: "MasqueradeRule",
    title: "for IPv6, in a namespace",
    around: `${inNet}; ip netns exec box sysctl -qw net.ipv6.conf.all.forwarding=1`,
    made: { namespace: "box", source: "fd00:17::/64", exceptOutInterface: "br0" },
    shows: { "ip netns exec box ip6tables -t nat -S POSTROUTING": /-s fd00:17::\/64 ! -o br0 .*MASQUERADE/ },
    changes: [
      { to: { namespace: "box", source: "fd00:18::/64" }, paths: ["source", "exceptOutInterface", "rules"], shows: {} },
    ],
    damages: [{ by: "ip netns exec box ip6tables -t nat -F", paths: "gone" }],
  },
  {
    kind: "PortForward",
    around: bridged,
    made: {
      protocol: "tcp",
      listenPort: 8000,
      exceptInInterface: "br9",
      targetAddress: "172.18.0.2",
      targetPort: 8080,
    },
    shows: {
      "iptables -t nat -S":
        /-A PREROUTING ! -i br9 -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8000 .*-j DNAT --to-destination 172\.18\.0\.2:8080/,
    },
    changes: [
      {
        to: {
          protocol: "udp",
          listenPort: "9000-9010",
          listenAddress: "172.18.0.1",
          inInterface: "eth0",
          targetAddress: "172.18.0.3",
        },
        paths: [
          "protocol",
          "listenPort",
          "exceptInInterface",
          "targetAddress",
          "targetPort",
          "hairpin",
          "listenAddress",
          "inInterface",
          "rules",
        ],
        shows: {
          "iptables -t nat -S":
            /-A PREROUTING -d 172\.18\.0\.1\/32 -i eth0 -p udp .*--dport 9000:9010 .*--to-destination 172\.18\.0\.3$/m,
        },
      },
      {
        to: {
          protocol: "udp",
          listenPort: "9000-9010",
          exceptInInterface: "br9",
          targetAddress: "172.18.0.3",
          targetPort: 7000,
          localhost: true,
        },
        paths: ["exceptInInterface", "targetPort", "localhost", "hairpin", "listenAddress", "inInterface", "rules"],
        shows: {
          "iptables -t nat -S": /--to-destination 172\.18\.0\.3:7000-7010\/9000/,
          "cat /proc/sys/net/ipv4/conf/br9/route_localnet": /^1$/,
          "iptables -t raw -S": /-d 127\.0\.0\.0\/8 -i br9 .*DROP/,
        },
      },
      {
        to: { protocol: "tcp", listenPort: 8000, exceptInInterface: "br9", targetAddress: "172.18.0.2" },
        paths: ["protocol", "listenPort", "targetAddress", "targetPort", "localhost", "rules"],
        shows: { "cat /proc/sys/net/ipv4/conf/br9/route_localnet": /^0$/ },
      },
      {
        to: {
          protocol: "tcp",
          listenPort: 8000,
          exceptInInterface: "br9",
          targetAddress: "172.18.0.2",
          targetPort: 8080,
          hairpin: false,
        },
        paths: ["targetPort", "hairpin", "rules"],
        shows: { "iptables-save": /^(?![^]*set-xmark)/ },
      },
      {
        to: {
          protocol: "tcp",
          listenPort: 8000,
          exceptInInterface: "br9",
          targetAddress: "172.18.0.2",
          targetPort: 8080,
        },
        paths: ["hairpin", "rules"],
        shows: { "iptables -t mangle -S": /set-xmark/ },
      },
    ],
    damages: [
      {
        by: "iptables-save -t nat | sed 's/--dport 8000/--dport 8001/' | iptables-restore",
        paths: ["listenPort", "rules"],
      },
      {
        by: "iptables-save -t nat | sed 's/172.18.0.2:8080/172.18.0.9:8081/' | iptables-restore",
        paths: ["targetAddress", "targetPort", "hairpin", "rules"],
      },
      { by: "iptables -t mangle -F", paths: ["hairpin", "rules"] },
      { by: "iptables-save -t nat | sed '/-A OUTPUT/d' | iptables-restore", paths: ["rules"] },
      { by: "iptables-save -t nat | sed '/-A PREROUTING/d' | iptables-restore", paths: ["hairpin", "rules"] },
      { by: "iptables -t nat -F; iptables -t mangle -F", paths: "gone" },
    ],
  },
  {
    kind: "PortForward",
    title: "for IPv6",
    around: "ip link add br9 type bridge",
    made: {
      protocol: "tcp",
      listenPort: 8000,
      exceptInInterface: "br9",
      targetAddress: "fd00:17::2",
      targetPort: 8080,
    },
    shows: { "ip6tables -t nat -S": /DNAT --to-destination \[fd00:17::2\]:8080/ },
    changes: [
      {
        to: {
          protocol: "tcp",
          listenPort: "8000-8001",
          exceptInInterface: "br9",
          targetAddress: "fd00:17::2",
          targetPort: 9000,
        },
        paths: ["listenPort", "targetPort", "rules"],
        shows: {},
      },
    ],
    damages: [{ by: "ip6tables -t nat -F; ip6tables -t mangle -F", paths: "gone" }],
  },
  {
    kind: "Sysctl",
    made: { key: "net.ipv4.ip_forward", value: "1" },
    shows: { "cat /proc/sys/net/ipv4/ip_forward": /^1$/ },
    changes: [
      {
        to: { key: "net.ipv4.ip_forward", value: 0 },
        paths: ["value"],
        shows: { "cat /proc/sys/net/ipv4/ip_forward": /^0$/ },
      },
      { to: { key: "net.ipv4.ip_forward", value: 1 }, paths: ["value"], shows: {} },
    ],
    damages: [{ by: "echo 0 > /proc/sys/net/ipv4/ip_forward", paths: ["value"] }],
  },
];
